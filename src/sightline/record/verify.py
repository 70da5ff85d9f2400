"""Does the record still hold? Every place where it does not, in words.

Anchors are lines `number hash date`, one for each day somebody noted where the record ended.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sightline.kit import SightlineError
from sightline.record.chain import START, Anchor, digest
from sightline.record.models import AuditEvent, ChainHead

__all__ = ["Fault", "anchor_line", "read_anchors", "verify"]

BATCH = 5000
LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64}) (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Fault:
    """Where the chain no longer holds: the row's number and what is wrong with it."""

    number: int
    what: str

    def __str__(self) -> str:
        return f"Row {self.number}: {self.what}."


def verify(anchors: Iterable[Anchor] = ()) -> list[Fault]:
    """Every place where the chain does not hold, the missing tail and the anchors included.

    Takes no lock: rows appended meanwhile are read too.
    """
    noted: dict[int, set[str]] = defaultdict(set)
    for one in anchors:
        noted[one.number].add(one.hash)
    faults: list[Fault] = []
    if noted.pop(0, {START}) != {START}:
        faults.append(Fault(0, "this is not how a record begins"))
    number, previous, last = 0, START, None
    while True:
        head = ChainHead.objects.filter(
            pk=1
        ).first()  # before the rows: so the rows are never fewer
        batch = _batch(last, faults)
        for row in batch:
            faults += _faults_of(row, number, previous, noted.pop(row.number, {row.hash}))
            number = last = row.number
            previous = row.hash
        if not batch:
            break
    faults += _end(head, number, previous)
    faults += [Fault(lost, "the row noted down elsewhere is missing") for lost in sorted(noted)]
    return list(dict.fromkeys(faults))


def _faults_of(row: AuditEvent, number: int, previous: str, noted: set[str]) -> Iterator[Fault]:
    if row.number <= number:
        yield Fault(row.number, "it stands before the first row")
    elif row.number > number + 1:
        gone = f"rows {number + 1} to {row.number - 1} are missing"
        yield Fault(number + 1, "it is missing" if row.number == number + 2 else gone)
    elif row.previous != previous:
        yield Fault(row.number, "it does not follow the row before")
    if not _is_whole(row):
        yield Fault(row.number, "it was altered")
    if noted != {row.hash}:
        yield Fault(row.number, "it is not the row that was noted down elsewhere")


def _batch(after: int | None, faults: list[Fault]) -> list[AuditEvent]:
    wanted = AuditEvent.objects.order_by("number")
    if after is not None:
        wanted = wanted.filter(number__gt=after)
    try:
        return list(wanted[:BATCH])
    except (AttributeError, TypeError, ValueError):  # a value that is no moment any more
        numbers = list(wanted.values_list("number", flat=True)[:BATCH])
        return [row for one in numbers if (row := _readable(one, faults)) is not None]


def _readable(number: int, faults: list[Fault]) -> AuditEvent | None:
    try:
        return AuditEvent.objects.get(number=number)
    except (AttributeError, TypeError, ValueError):
        faults.append(Fault(number, "it was altered and cannot be read"))
        return None


def _is_whole(row: AuditEvent) -> bool:
    try:
        return digest(row) == row.hash
    except (AttributeError, TypeError, ValueError):
        return False


def _end(head: ChainHead | None, number: int, previous: str) -> list[Fault]:
    if head is None:
        return [Fault(number + 1, "the note of where the record ends is missing")]
    if head.number > number:
        return [Fault(number + 1, f"it is missing; the record should end at row {head.number}")]
    if head.number < number:
        return [Fault(number, f"the record should end at row {head.number}")]
    return [] if head.hash == previous else [Fault(number, "the record should end in another way")]


def anchor_line(found: Anchor, on: date) -> str:
    """What an outside witness keeps: where the record ended on a day."""
    return f"{found.number} {found.hash} {on.isoformat()}\n"


def read_anchors(path: Path) -> list[Anchor]:
    """The anchors of a file, oldest first. Raises `bad_argument` naming a line it cannot read."""
    found = []
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            what = f"line {place} is not `number hash date`"
            raise SightlineError("bad_argument", str(path), what, "Take the file as it was kept.")
        found.append(Anchor(int(match[1]), match[2]))
    return found
