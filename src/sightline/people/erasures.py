"""The ledger of erasures: what must not come back when a site is restored from an older backup.

erasures.log holds a line of JSON for each erasure, written and on disk before anything is erased,
and one for each backup, so that a restore knows which came after it. Each line carries a keyed
hash of itself and of the line before: nobody without the site's key can add, alter or move one.
It holds pseudonyms and moments, never a name or a reason.

backup     a backup begins, `of` is its name    pupil  `ref` is being erased everywhere
retention  facts past their time are removed, as on the day in `of`
done       the line numbered in `of` has been carried out          restore  the site was restored
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from sightline.kit import SightlineError
from sightline.people.keys import Keys

__all__ = ["Erasures", "Line", "pending"]

PURPOSE = "erasures"


@dataclass(frozen=True)
class Line:
    """One line. `mac` is its keyed hash, in which that of the line before is."""

    number: int
    at: datetime
    kind: str
    school_id: str = ""
    ref: str = ""
    by: str = ""
    of: str = ""
    mac: str = ""


@dataclass(frozen=True)
class Erasures:
    """The ledger in one file. A file that is not there is a ledger without lines."""

    path: Path
    keys: Keys

    def lines(self) -> list[Line]:
        """Every line, oldest first. Raises `damaged` naming the first that does not hold."""
        return self._read(self.path.read_bytes())[0] if self.path.exists() else []

    def append(self, kind: str, *, at: datetime, **values: str) -> Line:
        """Add a line and return once it is on the disk: what it speaks of may then be done."""
        with self._opened() as file:
            data = file.read()
            lines, whole = self._read(data)
            file.truncate(whole)  # a writer killed half-way had not begun its work
            made = Line(len(lines) + 1, at, kind, **values)
            made = replace(made, mac=self._mac(made, lines))
            end = b"\n" if data[:whole].endswith(b"}") else b""  # of a line that lost it
            file.write(end + _written(made) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(self.path.parent)
        return made

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    def _read(self, data: bytes) -> tuple[list[Line], int]:
        """The lines, and how many bytes they take; a last one cut short is none."""
        found: list[Line] = []
        *whole, tail = data.split(b"\n")
        for raw in whole:
            line = self._checked(raw, found)
            if line is None:
                self._damaged(len(found) + 1)
            else:
                found.append(line)
        if not tail or (line := self._checked(tail, found)) is None:
            if tail.endswith(b"}") or b"}" in tail[-2:]:  # all of it, and not as it was written
                self._damaged(len(found) + 1)
            return found, len(data) - len(tail)
        return [*found, line], len(data)

    def _checked(self, raw: bytes, before: Sequence[Line]) -> Line | None:
        try:
            line = _line(json.loads(raw))
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
        holds = line.number == len(before) + 1 and line.mac == self._mac(line, before)
        return line if holds and raw == _written(line) else None

    def _damaged(self, number: int) -> NoReturn:
        what = f"line {number} was altered, or lines before it were taken out"
        remedy = "Take a copy of it from another place, such as beside the copy of the key."
        raise SightlineError("damaged", str(self.path), what, remedy)

    def _mac(self, line: Line, before: Sequence[Line]) -> str:
        text = json.dumps(_text(line), sort_keys=True)
        return self.keys.tag(PURPOSE, f"{before[-1].mac if before else ''}\n{text}".encode())


def pending(lines: Sequence[Line], upto: int = 0) -> list[Line]:
    """The erasures that no line numbered up to `upto` (0: no line at all) says were carried out."""
    seen = [line for line in lines if not upto or line.number <= upto]
    done = {line.of for line in seen if line.kind == "done"}
    kinds = ("pupil", "retention")
    return [line for line in lines if line.kind in kinds and str(line.number) not in done]


def _text(line: Line) -> dict[str, Any]:
    values = asdict(line) | {"at": line.at.isoformat()}
    del values["mac"]
    return values


def _written(line: Line) -> bytes:
    return json.dumps(_text(line) | {"mac": line.mac}).encode()


def _line(values: dict[str, Any]) -> Line:
    return Line(**{**values, "at": datetime.fromisoformat(values["at"])})


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
