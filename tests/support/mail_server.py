"""A mail relay on the loopback address: keeps what it is given, slowly or not at all if told."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

__all__ = ["Kept", "Relay", "mail_relay"]


@dataclass(frozen=True)
class Kept:
    """One mail as the relay took it."""

    recipients: tuple[str, ...]
    data: bytes

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.data, policy=policy.default))

    @property
    def text(self) -> str:
        """Everything a reader or a relay on the way could see, headers included, decoded."""
        mail = self.message
        parts = [f"{name}: {value}" for name, value in mail.items()]
        parts += [one.get_content() for one in mail.walk() if not one.is_multipart()]
        return "\n".join(parts)


@dataclass
class Relay:
    """How the relay behaves and what it has taken."""

    port: int = 0
    delay: float = 0.0  # seconds before it takes each mail
    answer: str = "250 taken"  # to the mail itself
    kept: list[Kept] = field(default_factory=list)
    silent: bool = False  # connects and then says nothing


class _Session(socketserver.StreamRequestHandler):
    """RFC 5321 as far as Python's smtplib speaks it."""

    def handle(self) -> None:
        self.relay: Relay = self.server.relay  # type: ignore[attr-defined]
        if self.relay.silent:
            self.rfile.readline()
            return
        self._say("220 test relay")
        self.to: list[str] = []
        while line := self.rfile.readline():
            if not self._answer(line.decode("ascii").strip()):
                return

    def _answer(self, line: str) -> bool:
        word = line[:4].upper()
        if word == "QUIT":
            self._say("221 goodbye")
            return False
        if word == "RCPT":
            self.to.append(line.partition("<")[2].partition(">")[0])
        if word == "DATA":
            self._say("354 go on")
            self._take()
        else:
            self._say("250 well")
        return True

    def _take(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        time.sleep(self.relay.delay)
        if self.relay.answer.startswith("2"):
            self.relay.kept.append(Kept(tuple(self.to), b"".join(lines)))
        self.to = []
        self._say(self.relay.answer)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode("ascii"))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False  # a silent session would keep the test waiting

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


@contextmanager
def mail_relay(settings: Any, relay: Relay | None = None) -> Iterator[Relay]:
    """A relay for the time of a test, with Django's mail settings pointed at it."""
    found = relay or Relay()
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.relay = found  # type: ignore[attr-defined]
        found.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found
        server.shutdown()
