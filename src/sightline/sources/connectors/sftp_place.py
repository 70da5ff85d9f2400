"""A folder on an SFTP server: signed in to once its key is known, again when the line is cut."""

import hmac
import logging
import posixpath
import socket
import stat
from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from types import TracebackType
from typing import Self, TypeVar

import paramiko

from sightline.kit import SightlineError
from sightline.sources.connectors.drop import Entry
from sightline.sources.connectors.drop_session import unsettled
from sightline.sources.connectors.http import Reach

__all__ = ["Account", "SftpPlace"]

TRIES = 5
TIMEOUT = 30.0  # seconds
KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
CUT = (paramiko.SSHException, EOFError, OSError)
Given = TypeVar("Given")

# What a library says of a connection may repeat what a server wrote: it is not for our logs.
QUIET = logging.getLogger("sightline.sftp")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


@dataclass(frozen=True, slots=True)
class Account:
    """Who signs in, to a server with one of which keys."""

    user: str
    host_keys: frozenset[str]
    secrets: Mapping[str, str] = field(repr=False)


class SftpPlace:
    """A place of files on a server. Use it as a context manager."""

    def __init__(self, host: str, port: int, folder: str, account: Account, reach: Reach) -> None:
        if not {host, f"{host}:{port}"} & reach.hosts:
            what = f"the source names {', '.join(sorted(reach.hosts)) or 'no server'}"
            raise SightlineError("not_allowed", host, what)
        self.where = f"{host}{folder}"
        self._host, self._port, self._folder = host, port, folder
        self._account, self._reach = account, reach
        self._timeout = reach.timeout or TIMEOUT
        self._socket: socket.socket | None = None
        self._transport: paramiko.Transport | None = None
        self._files: paramiko.SFTPClient | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def entries(self, within: str = "") -> list[Entry]:
        """The regular files there; names that lead elsewhere and links are left out."""
        folder = self._path(within)
        try:
            listed = self._again(lambda files: files.listdir_attr(folder))
        except FileNotFoundError as error:
            if within:  # nothing was moved yet
                return []
            remedy = "Correct the address in the source's file, or have the folder made."
            what = "there is no such folder on the server"
            raise SightlineError("source_refused", self.where, what, remedy) from error
        except UnicodeDecodeError as error:
            remedy = "Have it renamed, or the exports put into a folder of their own."
            what = "a file's name is not UTF-8"
            raise SightlineError("source_changed", self.where, what, remedy) from error
        return [
            Entry(one.filename, one.st_size or 0, int(one.st_mtime or 0) * 10**9, within)
            for one in listed
            if stat.S_ISREG(one.st_mode or 0) and not set(one.filename) & set("/\\\0")
        ]

    def piece(self, entry: Entry, offset: int, size: int) -> bytes:
        """So many bytes, if the file is still the one that was listed, before and after."""
        path = self._path(entry.within, entry.name)

        def read(files: paramiko.SFTPClient) -> tuple[bytes, int, int]:
            with files.open(path, "rb") as file:
                file.seek(offset)
                data = file.read(size)
                about = file.stat()
                return data, about.st_size or 0, int(about.st_mtime or 0) * 10**9

        where = f"{self.where}, {entry.name}"
        try:
            data, total, modified = self._again(read)
        except FileNotFoundError as error:
            raise unsettled(where, "the file is gone") from error
        if (total, modified) != (entry.size, entry.modified) or len(data) != size:
            raise unsettled(where, "the file changed while it was read")
        return data

    def move(self, name: str, to: str) -> bool:
        """Move a file into a folder beneath, in place of an earlier one of its name."""

        def rename(files: paramiko.SFTPClient) -> None:
            if to not in files.listdir(self._folder):
                files.mkdir(self._path(to))
            files.posix_rename(self._path(name), self._path(to, name))

        try:
            self._again(rename, tries=1)
        except (SightlineError, OSError):
            return False
        return True

    def _path(self, *parts: str) -> str:
        return posixpath.join(self._folder, *parts)

    def _again(self, ask: Callable[[paramiko.SFTPClient], Given], tries: int = TRIES) -> Given:
        """What the server says, on a new connection when the one there was is cut."""
        last: Exception | None = None
        for attempt in range(tries):
            try:
                return ask(self._connected())
            except FileNotFoundError:
                raise
            except PermissionError as error:
                remedy = "Ask those who run the server to let this account read it."
                what = "the account may not read it"
                raise SightlineError("source_refused", self.where, what, remedy) from error
            except CUT as error:
                self._close()
                last = error
            if attempt + 1 < tries:
                wait = 2.0**attempt
                self._reach.told(f"{self._host}: the connection was cut; again in {wait:.0f} s")
                self._reach.sleep(wait)
        raise SightlineError("source_down", self._host, "the connection was cut") from last

    def _connected(self) -> paramiko.SFTPClient:
        if self._files is None:
            address = (self._host, self._port)
            self._socket = socket.create_connection(address, self._timeout)
            self._transport = transport = paramiko.Transport(self._socket)
            transport.set_log_channel(QUIET.name)
            transport.banner_timeout = transport.auth_timeout = self._timeout
            transport.start_client(timeout=self._timeout)
            self._check_key(transport.get_remote_server_key())
            self._sign_in(transport)
            files = paramiko.SFTPClient.from_transport(transport)
            if files is None:
                raise paramiko.SSHException
            files.get_channel().settimeout(self._timeout)
            self._files = files
        return self._files

    def _check_key(self, key: paramiko.PKey) -> None:
        seen = key.fingerprint
        known_keys = [one.rstrip("=").encode() for one in self._account.host_keys]
        if not any(hmac.compare_digest(seen.encode(), one) for one in known_keys):
            known = " or ".join(sorted(self._account.host_keys)) or "none"
            what = f"the server showed {key.get_name()} {seen}, the source's file names {known}"
            self._close()
            raise SightlineError("unknown_host", self._host, what)

    def _sign_in(self, transport: paramiko.Transport) -> None:
        user, secrets = self._account.user, self._account.secrets
        try:
            if secrets.get("private_key"):
                transport.auth_publickey(user, self._key())
            elif secrets.get("password"):
                transport.auth_password(user, secrets["password"])
            else:
                what = "neither a password nor a private key is kept for it"
                raise SightlineError("source_refused", self._host, what)
        except paramiko.AuthenticationException as error:
            self._close()
            what = "the account, or its password or key, was not accepted"
            raise SightlineError("source_refused", self._host, what) from error

    def _key(self) -> paramiko.PKey:
        text = _key_text(self._account.secrets["private_key"])
        phrase = self._account.secrets.get("passphrase") or None
        for kind in KEYS:
            try:
                return kind.from_private_key(StringIO(text), phrase)
            except (paramiko.SSHException, ValueError, IndexError, TypeError):
                continue
        what = "the private key cannot be read: it must be Ed25519, ECDSA or RSA, as a text"
        raise SightlineError("source_refused", self._host, what)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        if self._socket is not None:
            self._socket.close()
        self._socket = self._transport = self._files = None


def _key_text(given: str) -> str:
    """A private key as its file has it; as one line, for a prompt, it is the file in base64."""
    text = given.strip()
    if not text.startswith("-----BEGIN"):
        with suppress(ValueError):
            text = b64decode(text, validate=True).decode("ascii").strip()
    return text + "\n"
