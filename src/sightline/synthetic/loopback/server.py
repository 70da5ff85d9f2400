"""A web server on loopback: it answers by a function, counts its calls, can be made to fail."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

__all__ = ["Asked", "Given", "LoopbackServer"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call: method, path, query, headers in lower case, body."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer. `sent` is how many bytes of the body really go out: the rest is cut off."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None


Answer = Callable[[Asked], Given]


class _Server(ThreadingHTTPServer):
    """Callers may be killed in the middle of a call: nothing to tell anybody."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class LoopbackServer:
    """Answers on 127.0.0.1 by `answer` while it is open (a context manager).

    `change` may replace an answer before it goes out (the tests' faults); `calls` are all so far.
    """

    def __init__(self, answer: Answer, port: int = 0) -> None:
        self.answer = answer
        self.change: Callable[[Asked, Given], Given] = lambda asked, given: given
        self.calls: list[Asked] = []
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", port), self._handler())
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _given(self, asked: Asked) -> Given:
        with self._lock:
            self.calls.append(asked)
        return self.change(asked, self.answer(asked))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        given_by = self._given

        class Handler(BaseHTTPRequestHandler):
            """One call."""

            protocol_version = "HTTP/1.1"
            # In one piece and at once: a head sent before its body waits 40 ms to be confirmed.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self._serve("GET")

            def do_POST(self) -> None:
                self._serve("POST")

            def _serve(self, method: str) -> None:
                where = urlsplit(self.path)
                given = given_by(
                    Asked(
                        method,
                        where.path,
                        dict(parse_qsl(where.query, keep_blank_values=True)),
                        {name.lower(): value for name, value in self.headers.items()},
                        self.rfile.read(int(self.headers.get("Content-Length") or 0)),
                    )
                )
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(given.body)))
                self.end_headers()
                self.wfile.write(given.body[: given.sent])
                if given.sent is not None:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                """Calls are counted, not printed."""

        return Handler
