"""How the files of a drop are fetched: piece by piece, all from one state of the folder.

A set is taken when it is complete and stays as it is until its last piece is read. When one of its
files changes meanwhile, nothing of it is used: pupils of one evening and marks of another must not
be loaded together. What was taken is remembered in the cursor of the source's only part.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sightline.kit import SightlineError, plural, sentence_list
from sightline.sources.connectors.drop import NOTE, Drop, Entry, plan, still_written, waiting_for
from sightline.sources.connectors.drop_pieces import (
    Token,
    answer_of,
    following,
    link,
    moment,
    spans,
)
from sightline.sources.connectors.drop_settings import DONE, Agreed
from sightline.sources.connectors.http import Reach
from sightline.sources.connectors.types import Answer, Part

__all__ = ["DropSession", "Place", "unsettled"]

LARGEST_FILE = 4 * 1024**3  # bytes
OLD = timedelta(days=1)  # a file this old is not being written, whatever its machine's clock says


def unsettled(where: str, what: str) -> SightlineError:
    """A set of files that was begun is no longer what it was."""
    return SightlineError("source_unsettled", where, what)


class Place(Protocol):
    """Where files lie. Only `move` changes anything there."""

    @property
    def where(self) -> str:
        """As it is called in messages."""

    def entries(self, within: str = "") -> list[Entry]:
        """The regular files there. SightlineError when the place cannot be listed."""

    def piece(self, entry: Entry, offset: int, size: int) -> bytes:
        """So many bytes of a file. `source_unsettled` when there are fewer or it has changed."""

    def move(self, name: str, to: str) -> bool:
        """Move a file into a folder beneath; whether that was allowed."""


class DropSession:
    """Fetches one source's drops from a place. The sync gives it the `cursors` of earlier ones."""

    def __init__(self, place: Place, agreed: Agreed, reach: Reach) -> None:
        self.cursors: Mapping[str, str] = {}
        self._place, self._agreed, self._reach = place, agreed, reach
        self._noted: dict[str, Any] = {}
        self._full = False

    def answers(
        self, part: Part, *, since: datetime | None, resume: str | None
    ) -> Iterator[Answer]:
        """The pieces of the next drop; none when there is nothing new or it is not complete.

        Raises `source_unsettled` when a set that was begun has changed: what landed of it must be
        forgotten, and the next call begins again.
        """
        self._full = since is None
        self._noted = json.loads(self.cursors.get(part.name) or "{}")
        self._put_away()
        if resume is None:
            drop = self._settled()
            if drop is not None:
                yield from self._pieces(drop, None)
            return
        yield from self._pieces(*self._begun(Token(*json.loads(resume))))

    def _begun(self, token: Token) -> tuple[Drop, Token]:
        """The drop that was begun, if its files are still what they were."""
        drop = plan(self._entries(), self._noted, self._agreed, full=self._full)
        if drop.digest != token.drop:
            drop = self._that_differ(drop)
        if drop.digest != token.drop:
            raise unsettled(self._place.where, "its files changed before all of them were taken")
        return drop, token

    def _entries(self) -> list[Entry]:
        listed = self._place.entries()
        return listed + (self._place.entries(self._agreed.move_to) if self._agreed.move_to else [])

    def _settled(self) -> Drop | None:
        """The drop to take, seen twice in the same state; None when there is none yet."""
        where, before = self._place.where, self._entries()
        drop = plan(before, self._noted, self._agreed, full=self._full)
        self._check_sizes(drop)
        if not drop.fresh:
            return drop if drop.files else None
        age = abs(self._reach.now() - moment(max(one.modified for one in drop.fresh)))
        if drop.awaited and age < timedelta(minutes=self._agreed.settle_minutes):
            self._reach.told(f"{where}: {waiting_for(drop)}")
            return None
        if age < OLD and still_written([], self._seen(before, drop)):
            self._reach.sleep(self._agreed.settle_seconds)
        if writing := still_written(before, self._seen(self._entries())):
            self._reach.told(f"{where}: still being written: {sentence_list(writing)}")
            return None
        if drop.later:
            self._reach.told(f"{where}: {plural(drop.later, 'file')} of later days wait their turn")
        return self._that_differ(drop)

    def _seen(self, entries: list[Entry], drop: Drop | None = None) -> list[Entry]:
        """The files to take, or those of a drop, with the markers that say they are complete."""
        return [
            one
            for one in entries
            if one.name.lower().endswith(DONE)
            or (one in drop.fresh if drop else self._agreed.takes(one.name))
        ]

    def _check_sizes(self, drop: Drop) -> None:
        for one in drop.files:
            if one.size > LARGEST_FILE:
                what = f"a file is larger than {LARGEST_FILE // 1024**3} GB"
                raise SightlineError("source_changed", f"{self._place.where}, {one.name}", what)

    def _that_differ(self, drop: Drop) -> Drop:
        """The drop without files that were written again with the content they had."""
        if self._full:
            return drop
        same = []
        for entry in drop.fresh:
            noted = self._noted.get(NOTE + entry.name) or {}
            if noted.get("size") == entry.size and not noted.get("stopped"):
                same += [entry.name] if self._digest(entry) == noted.get("digest") else []
        return drop.without(same, self._agreed) if same else drop

    def _digest(self, entry: Entry) -> str:
        chain = ""
        for offset, size in spans(entry):
            chain = link(chain, self._place.piece(entry, offset, size))
        return chain

    def _pieces(self, drop: Drop, token: Token | None) -> Iterator[Answer]:
        if not drop.files:
            yield answer_of("", b"", None, {"cursor": self._cursor(drop, {})})
            return
        names = [one.name for one in drop.files]
        at = token or Token(drop.digest, names[0])
        for entry in drop.files[names.index(at.file) :]:
            for offset, size in spans(entry, at.offset):
                piece = self._place.piece(entry, offset, size)
                at = following(drop, entry, offset, link(at.chain, piece), at.digests)
                if at.file:
                    yield answer_of(entry.name, piece, at)
                else:
                    self._check_unchanged(drop)
                    yield answer_of(entry.name, piece, None, self._last(drop, at.digests))

    def _last(self, drop: Drop, digests: Mapping[str, str]) -> dict[str, str]:
        """What the last piece of a drop has to say."""
        newest = max(one.modified for one in drop.files)
        return {"cursor": self._cursor(drop, digests), "newest": str(newest)}

    def _cursor(self, drop: Drop, digests: Mapping[str, str]) -> str:
        """What is remembered once the drop has been accepted."""
        noted = {
            key: one for key, one in self._noted.items() if key[len(NOTE) :] not in drop.forget
        }
        for entry in drop.passed:
            noted[NOTE + entry.name] = {"size": entry.size, "modified": entry.modified, "drop": 0}
        for entry in drop.fresh:
            digest = digests.get(entry.name) or noted.get(NOTE + entry.name, {}).get("digest", "")
            about = {"size": entry.size, "modified": entry.modified}
            noted[NOTE + entry.name] = about | {"digest": digest, "drop": drop.number}
        return json.dumps(noted)

    def _check_unchanged(self, drop: Drop) -> None:
        if not set(drop.files) <= set(self._entries()):
            raise unsettled(self._place.where, "its files changed while they were read")

    def _put_away(self) -> None:
        """Move what an accepted sync has taken, where that was agreed."""
        if not self._agreed.move_to:
            return
        for entry in self._place.entries():
            noted = self._noted.get(NOTE + entry.name, {})
            taken = entry.is_as(noted) and not noted.get("stopped")
            if taken and not self._place.move(entry.name, self._agreed.move_to):
                self._reach.told(f"{self._place.where}: files may not be moved; they stay")
                return
