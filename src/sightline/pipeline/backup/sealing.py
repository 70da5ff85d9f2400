"""Sealing for a place outside the site: objects in chunks, a manifest in one piece.

Each chunk is sealed with AES-GCM and bound to its object, its place in it and how many there are:
a changed, moved, swapped, missing or added chunk does not open.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag

from sightline.people import Keys

__all__ = ["CHUNK", "BadBytes", "Sealer", "read_header", "sealed_size"]

CHUNK = 4 * 1024**2
OVERHEAD = 12 + 16  # nonce and tag of a chunk
CHECK = 32  # SHA-256 over a manifest's file, so that damage shows even without the key


class BadBytes(Exception):
    """Sealed bytes that are not what was written."""


class Sealer:
    """Seals and opens with one site's keys."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.sealed_with = keys.sealing_fingerprints[0]
        self._ciphers = keys.ciphers("backup")

    def name_of(self, digest: str) -> str:
        """The name of an object: the same for the same bytes, and it does not tell which."""
        return self.keys.tag("backup", f"{self.sealed_with}\n{digest}".encode())[:40]

    def seal(self, name: str, size: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """An object's chunks, each of CHUNK bytes but the last, sealed."""
        of = _chunks(size)
        for place, chunk in enumerate(chunks):
            yield self._ciphers.seal(chunk, _bound(name, place, of))

    def open(self, name: str, size: int, file: BinaryIO) -> Iterator[bytes]:
        """What was sealed, chunk by chunk. Raises BadBytes."""
        of = _chunks(size)
        for place in range(of):
            try:
                chunk = self._ciphers.open(file.read(CHUNK + OVERHEAD), _bound(name, place, of))
            except InvalidTag as error:
                raise BadBytes from error
            yield chunk
        if file.read(1):
            raise BadBytes

    def seal_manifest(self, header: Mapping[str, Any], values: Mapping[str, Any]) -> bytes:
        """A manifest's file: a line in plain text about its objects, and the rest sealed."""
        first = json.dumps(header, sort_keys=True).encode() + b"\n"
        body = zlib.compress(json.dumps(values).encode())
        whole = first + self._ciphers.seal(body, first)
        return whole + sha256(whole).digest()

    def open_manifest(self, data: bytes) -> dict[str, Any]:
        """The sealed part of a manifest's file. Raises BadBytes."""
        first, _, rest = data[:-CHECK].partition(b"\n")
        try:
            body = self._ciphers.open(rest, first + b"\n")
        except InvalidTag as error:
            raise BadBytes from error
        found: dict[str, Any] = json.loads(zlib.decompress(body))
        return found


def read_header(data: bytes) -> dict[str, Any]:
    """The plain line of a manifest's file. Raises BadBytes when any byte of the file changed."""
    if sha256(data[:-CHECK]).digest() != data[-CHECK:]:
        raise BadBytes
    found: dict[str, Any] = json.loads(data.partition(b"\n")[0])
    return found


def sealed_size(size: int) -> int:
    """How many bytes an object of this size takes."""
    return size + OVERHEAD * _chunks(size)


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def _bound(name: str, place: int, of: int) -> bytes:
    return f"{name}\n{place}\n{of}".encode()
