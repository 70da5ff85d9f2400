"""Files cut into pieces: each knows where the next one is, so that fetching can go on anywhere."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sightline.kit import SightlineError
from sightline.sources.connectors.drop import NOTE, Drop, Entry
from sightline.sources.connectors.types import Answer, Read

__all__ = [
    "Token",
    "answer_of",
    "following",
    "link",
    "moment",
    "read_piece",
    "spans",
    "with_stopped",
]

CHUNK = 4 * 1024**2  # bytes of a piece


@dataclass(frozen=True, slots=True)
class Token:
    """Where fetching goes on. `chain` is the digest of the file's pieces so far, `digests` are
    those of the files before it."""

    drop: str
    file: str
    offset: int = 0
    chain: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        return json.dumps([self.drop, self.file, self.offset, self.chain, dict(self.digests)])


def spans(entry: Entry, start: int = 0) -> Iterator[tuple[int, int]]:
    """Offset and length of each piece of a file; an empty one has one piece too."""
    for offset in range(start, max(entry.size, 1), CHUNK):
        yield offset, min(CHUNK, entry.size - offset)


def with_stopped(cursor: str, names: Collection[str]) -> str:
    """The cursor of a drop of which these files were stopped: they are tried again.

    That is when something in the folder changes, or when everything is asked for.
    """
    noted = json.loads(cursor or "{}")
    for name in names:
        if NOTE + name in noted:
            noted[NOTE + name]["stopped"] = True
    return json.dumps(noted)


def read_piece(answer: Answer) -> Read:
    """What a piece is of. Raises `source_changed` for one that no session of ours has made."""
    name, newest = answer.headers.get("file"), answer.headers.get("newest", "0")
    if name is None or not newest.isdecimal():
        raise SightlineError("source_changed", "files", "a piece does not say of which file it is")
    if name.startswith(".") or any(one in name for one in "/\\\0"):
        raise SightlineError("source_changed", "files", "a file's name leads out of its folder")
    return Read(
        files={name: answer.body} if name else {},
        newest=moment(int(newest)) if newest != "0" else None,
        cursor=answer.headers.get("cursor", ""),
    )


def following(
    drop: Drop, entry: Entry, offset: int, chain: str, digests: Mapping[str, str]
) -> Token:
    """The place after a piece; its `file` is empty after the last."""
    if offset + CHUNK < entry.size:
        return Token(drop.digest, entry.name, offset + CHUNK, chain, digests)
    names = [*(one.name for one in drop.files), ""]
    done = {**digests, entry.name: chain} if entry in drop.fresh else digests
    return Token(drop.digest, names[names.index(entry.name) + 1], digests=done)


def answer_of(
    name: str, body: bytes, following: Token | None, headers: Mapping[str, str] | None = None
) -> Answer:
    """One piece of a file, with where the next one is."""
    said = {"file": name, **(headers or {})}
    return Answer(f"file:{name}", body, following.text() if following else None, said)


def link(chain: str, piece: bytes) -> str:
    """The digest of a file's pieces up to this one; it can go on in another process."""
    return hashlib.sha256(bytes.fromhex(chain) + piece).hexdigest()


def moment(nanoseconds: int) -> datetime:
    """A time of change as a moment."""
    return datetime.fromtimestamp(nanoseconds / 1e9, tz=UTC)
