"""The site's secret: one file of 32 random bytes, and the keys derived from it."""

import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sightline.kit import SightlineError

__all__ = ["Keys", "make_key_file", "read_keys"]

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
NONCE = 12
REF_LENGTH = 12  # 60 bits: one chance in 200 million of a clash among 100,000 pupils


def _derive(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"sightline {purpose}".encode(), sha256)


@dataclass(frozen=True)
class Keys:
    """One key per purpose, so that none can be used for another's."""

    secret: bytes = field(repr=False)

    @property
    def vault(self) -> bytes:
        """32 bytes: seals the identity vault."""
        return _derive(self.secret, "vault")

    def seal(self, data: bytes) -> bytes:
        """Bytes that only this site's secret opens again."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(_derive(self.secret, "refused")).encrypt(nonce, data, b"")

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed. Raises `missing_key` when another secret sealed it."""
        cipher = AESGCM(_derive(self.secret, "refused"))
        try:
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], b"")
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

    def order(self, term: str, pupil_ref: str) -> bytes:
        """The last tie-break of the weekly list: fixed within a term, new in the next."""
        return hmac.digest(_derive(self.secret, "order"), f"{term}\n{pupil_ref}".encode(), sha256)


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
        secret = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise SightlineError("missing_key", str(path), "the secret key cannot be read") from error
    if len(secret) != 32:
        raise SightlineError("missing_key", str(path), "this is not a key of 32 bytes")
    return Keys(secret)
