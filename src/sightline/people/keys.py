"""The site's secrets: one file, and the keys derived from it.

secret.key holds 32 random bytes per line, in hexadecimal:
  1. the identity secret: pupil references, the order of the list, the fingerprint. Never changes.
  2. the sealing secret: vault, texts and refused rows. `sightline keys rotate` renews it.
  3. only while a rotation is under way: the sealing secret before, still good for reading.
A file of one line, as new sites have, seals with the identity secret.
"""

import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sightline.kit import SightlineError

__all__ = ["Ciphers", "Keys", "begin_rotation", "end_rotation", "make_key_file", "read_keys"]

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
NONCE = 12
REF_LENGTH = 12  # 60 bits: one chance in 200 million of a clash among 100,000 pupils


def _derive(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"sightline {purpose}".encode(), sha256)


@dataclass(frozen=True)
class Keys:
    """One key per purpose, so that none can be used for another's.

    `sealing` is the current sealing secret and, during a rotation, the one before; empty: the
    identity secret seals. `path` is where they were read: what a long-running process seals is
    sealed with what the file says then.
    """

    secret: bytes = field(repr=False)
    sealing: tuple[bytes, ...] = field(default=(), repr=False)
    path: Path | None = field(default=None, repr=False, compare=False)

    @property
    def sealing_secrets(self) -> tuple[bytes, ...]:
        """The secrets that may have sealed something, the current one first."""
        return self.sealing or (self.secret,)

    def ciphers(self, purpose: str) -> "Ciphers":
        """What seals and opens one kind of thing: `vault`, `texts` or `refused`."""
        return Ciphers(self, purpose, _ciphers(self.as_filed().sealing_secrets, purpose))

    def as_filed(self) -> "Keys":
        """The same site's keys as its file has them now: a rotation may have come meanwhile."""
        if self.path is None:
            return self
        try:
            state = self.path.stat()
        except FileNotFoundError:  # the disk is away: what was read at the start still holds
            return self
        filed = _read_once(self.path, state.st_ino, state.st_mtime_ns)
        return filed if filed.secret == self.secret else self

    @property
    def sessions(self) -> str:
        """Signs the cookies and one-time links of the pages."""
        return _derive(self.sealing_secrets[0], "sessions").hex()

    def seal(self, data: bytes) -> bytes:
        """Bytes that only this site's secret opens again."""
        return self.ciphers("refused").seal(data, b"")

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed. Raises `missing_key` when another secret sealed it."""
        try:
            return self.ciphers("refused").open(sealed, b"")
        except InvalidTag as error:
            what = "a sealed file cannot be opened with this key"
            raise SightlineError("missing_key", "secret.key", what) from error

    @property
    def fingerprint(self) -> str:
        """Tells whether data was made with this secret, without telling the secret."""
        return _derive(self.secret, "fingerprint").hex()[:16]

    def pupil_refs(self, pupil_ids: Iterable[str]) -> list[str]:
        """The short pseudonym of each pupil id: a keyed hash, the same on every load."""
        key = _derive(self.secret, "pupil_ref")
        return [_short(hmac.digest(key, pupil_id.encode(), sha256)) for pupil_id in pupil_ids]

    @property
    def sealing_fingerprints(self) -> tuple[str, ...]:
        """Tell which secrets may have sealed something, the current one first."""
        secrets_now = self.as_filed().sealing_secrets
        return tuple(_derive(secret, "fingerprint").hex()[:16] for secret in secrets_now)

    def tag(self, purpose: str, data: bytes) -> str:
        """A keyed hash of the identity secret: the same after a rotation, and nobody else's."""
        return hmac.digest(_derive(self.secret, purpose), data, sha256).hex()

    def order(self, term: str, pupil_ref: str) -> bytes:
        """The last tie-break of the weekly list: fixed within a term, new in the next."""
        return hmac.digest(_derive(self.secret, "order"), f"{term}\n{pupil_ref}".encode(), sha256)


@dataclass(frozen=True)
class Ciphers:
    """Seals with the current secret; opens with it or, during a rotation, with the one before."""

    keys: Keys
    purpose: str
    tried: tuple[AESGCM, ...] = field(repr=False)

    def seal(self, data: bytes, bound: bytes) -> bytes:
        """Sealed with AES-GCM and bound to where it belongs: elsewhere it does not open."""
        nonce = os.urandom(NONCE)
        return nonce + self.tried[0].encrypt(nonce, data, bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """What was sealed. Raises InvalidTag when no secret of the site sealed it."""
        for cipher in self.tried:
            found = _opened(cipher, sealed, bound)
            if found is not None:
                return found
        for cipher in self.keys.ciphers(self.purpose).tried:  # rotated since this one was made
            found = _opened(cipher, sealed, bound)
            if found is not None:
                return found
        raise InvalidTag

    def is_current(self, sealed: bytes, bound: bytes) -> bool:
        """Whether the current secret sealed it."""
        return _opened(self.tried[0], sealed, bound) is not None


@lru_cache(maxsize=16)
def _ciphers(secrets_now: tuple[bytes, ...], purpose: str) -> tuple[AESGCM, ...]:
    return tuple(AESGCM(_derive(secret, purpose)) for secret in secrets_now)


@lru_cache(maxsize=4)
def _read_once(path: Path, inode: int, changed: int) -> Keys:
    """The keys of a file in one of its states; a page asks for them with every text it opens."""
    return read_keys(path)


def _opened(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes | None:
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except (InvalidTag, ValueError):  # ValueError: cut short
        return None


def _short(digest: bytes) -> str:
    number = int.from_bytes(digest[:8], "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(0, 5 * REF_LENGTH, 5))


def make_key_file(path: Path) -> None:
    """Write a new secret that only its owner may read; never over an old one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32) + "\n")


def read_keys(path: Path) -> Keys:
    """The keys of a site. Raises `missing_key` when the file is absent or not a key."""
    try:
        lines = [bytes.fromhex(line) for line in path.read_text().split()]
    except (OSError, ValueError) as error:
        raise SightlineError("missing_key", str(path), "the secret key cannot be read") from error
    if not 1 <= len(lines) <= 3 or any(len(line) != 32 for line in lines):
        raise SightlineError("missing_key", str(path), "this is not a key of 32 bytes")
    return Keys(lines[0], tuple(lines[1:]), path)


def begin_rotation(path: Path) -> Keys:
    """Put a new sealing secret before the present one; one that is under way is taken up again."""
    keys = read_keys(path)
    if len(keys.sealing) < 2:
        _write(path, [keys.secret, secrets.token_bytes(32), keys.sealing_secrets[0]])
    return read_keys(path)


def end_rotation(path: Path) -> Keys:
    """Forget the sealing secret before. Call when nothing is sealed with it any more."""
    keys = read_keys(path)
    _write(path, [keys.secret, *keys.sealing[:1]])
    return read_keys(path)


def _write(path: Path, lines: list[bytes]) -> None:
    """The file is whole at every moment: the old one or the new one."""
    temporary = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("".join(f"{line.hex()}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
