"""A real SFTP server on loopback, over a folder, that can cut the line in the middle of a file."""

import os
import socket
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

__all__ = ["SftpServer", "key_text"]

USER, PASSWORD = "elm", "correct horse"


def key_text() -> str:
    """A new private key, as `ssh-keygen` would write it."""
    made = Ed25519PrivateKey.generate()
    return made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def _key(text: str) -> paramiko.PKey:
    return paramiko.Ed25519Key.from_private_key(StringIO(text))


class SftpServer:
    """Serves a folder while it is open (a context manager).

    `cut_after` are the bytes after which the line goes dead, once each; `on_read` hears of every
    read, with the file's path, before it is answered. `sign_ins` counts tries to sign in.
    """

    def __init__(self, folder: Path, *, read_only: bool = True, public: str = "") -> None:
        self.folder, self.read_only = folder, read_only
        self.host_key = _key(key_text())
        self.public = _key(public) if public else None
        self.cut_after: list[int] = []
        self.on_read: Callable[[Path], None] = lambda path: None
        self.sign_ins, self.connections = 0, 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._transports: list[paramiko.Transport] = []
        self._open = True
        self._thread = Thread(target=self._accept, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def fingerprint(self) -> str:
        return str(self.host_key.fingerprint)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        self._thread.join()
        self._socket.close()
        self.cut()

    def cut(self) -> None:
        """End every connection there is."""
        for transport in self._transports:
            transport.close()
            transport.sock.close()

    def about_to_read(self, path: Path, length: int) -> None:
        """Count what is read and cut the line when its time has come."""
        self.on_read(path)
        if self.cut_after:
            self.cut_after[0] -= length
            if self.cut_after[0] < 0:
                self.cut_after.pop(0)
                for transport in self._transports:
                    transport.sock.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while self._open:
            try:
                line, _ = self._socket.accept()
            except TimeoutError:
                continue
            line.settimeout(None)
            transport = paramiko.Transport(line)
            transport.set_log_channel("sightline.sftp")
            transport.add_server_key(self.host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
            self.connections += 1
            self._transports = [one for one in self._transports if one.is_active()] + [transport]
            try:
                transport.start_server(server=_SignIn(self))
            except (paramiko.SSHException, EOFError, OSError):
                line.close()


class _SignIn(paramiko.ServerInterface):
    def __init__(self, server: SftpServer) -> None:
        self.server = server

    def get_allowed_auths(self, username: str) -> str:
        return "publickey,password"

    def check_auth_password(self, username: str, password: str) -> int:
        self.server.sign_ins += 1
        return _answer((username, password) == (USER, PASSWORD))

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.server.sign_ins += 1
        return _answer(username == USER and key == self.server.public)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


def _answer(right: bool) -> int:
    return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: _SignIn, *args: object, **kwargs: object) -> None:
        super().__init__(server, *args, **kwargs)
        self.server = server.server

    def _real(self, path: str) -> Path:
        return self.server.folder / self.canonicalize(path).lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            return [
                paramiko.SFTPAttributes.from_stat(one.lstat(), one.name)
                for one in self._real(path).iterdir()
            ]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    def open(self, path: str, flags: int, attr: object) -> paramiko.SFTPHandle | int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            return paramiko.SFTP_PERMISSION_DENIED
        try:
            return _Handle(self.server, self._real(path))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def mkdir(self, path: str, attr: object) -> int:
        return self._write(lambda: self._real(path).mkdir())

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        return self._write(lambda: self._real(oldpath).replace(self._real(newpath)))

    def _write(self, deed: Callable[[], object]) -> int:
        if self.server.read_only:
            return paramiko.SFTP_PERMISSION_DENIED
        deed()
        return paramiko.SFTP_OK


class _Handle(paramiko.SFTPHandle):
    def __init__(self, server: SftpServer, path: Path) -> None:
        super().__init__()
        self.server, self.path = server, path
        self.file = path.open("rb")

    def read(self, offset: int, length: int) -> bytes:
        self.server.about_to_read(self.path, length)
        return os.pread(self.file.fileno(), length, offset)

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.file.fileno()))

    def close(self) -> None:
        self.file.close()
