"""The one door for figures about groups: through the gate, with all that was released before.

What was released is remembered in `evidence/released/`, one file for each population. It holds true
counts of groups, so it is for this site's own processes only, and it is in every backup: a restored
site must not answer differently from the one before. A table takes the place of the one before it
with the same rows, columns and filters, and is forgotten after `REMEMBERED`: by then the school
year is another.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from sightline.insights.disclosure import Released, Table, from_record, release_page, to_record
from sightline.kit import SightlineError
from sightline.site import Site

__all__ = ["FOLDER", "REMEMBERED", "forget_releases", "release_groups"]

FOLDER = "evidence/released"
REMEMBERED = timedelta(days=400)
"""A school year and the weeks in which people still look back at it."""


def release_groups(
    site: Site, tables: Sequence[Table], *, minimum: int | None = None
) -> list[Released]:
    """The tables as they may be shown, in the order given.

    Those of one population and date are a page and go through the gate together. The site's
    setting `disclosure_minimum` holds; `minimum` can only raise it. Asking the same again gives the
    same. Raises `damaged` where what was released before cannot be read: nothing is shown then.
    """
    least = max(int(site.settings["disclosure_minimum"]), minimum or 0)
    found: dict[int, Released] = {}
    for population, as_of in dict.fromkeys((one.population, one.as_of) for one in tables):
        places = [
            at
            for at, one in enumerate(tables)
            if (one.population, one.as_of) == (population, as_of)
        ]
        page = _released(site, [tables[at] for at in places], least)
        found |= dict(zip(places, page, strict=True))
    return [found[at] for at in range(len(tables))]


def forget_releases(site: Site, day: date) -> int:
    """Forget what was released more than `REMEMBERED` before a day; how many tables went."""
    gone = 0
    for path in sorted((site.folder / FOLDER).glob("*.json")):
        with _alone(path):
            ledger = _read(path)
            kept = [one for one in ledger if one.table.as_of >= day - REMEMBERED]
            gone += len(ledger) - len(kept)
            if not kept:
                path.unlink()
            elif len(kept) < len(ledger):
                _write(path, kept)
    return gone


def _released(site: Site, page: Sequence[Table], minimum: int) -> list[Released]:
    path = site.folder / FOLDER / f"{sha256(page[0].population.encode()).hexdigest()[:32]}.json"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(path):  # two who ask at once must not each be given what the other's hides
        ledger = _read(path)
        same = _as_before(page, ledger, minimum)
        if same is not None:
            return same
        released = release_page(page, minimum=minimum, earlier=ledger)
        newest = max(page[0].as_of, *(one.table.as_of for one in ledger), date.min)
        new = {_shape(one.table) for one in released}
        kept = [
            one
            for one in ledger
            if _shape(one.table) not in new and one.table.as_of >= newest - REMEMBERED
        ]
        _write(path, [*kept, *{_shape(one.table): one for one in released}.values()])
        return released


def _as_before(
    page: Sequence[Table], ledger: Sequence[Released], minimum: int
) -> list[Released] | None:
    """What was released of exactly these tables, where nothing has been released of them since."""
    last = {_shape(one.table): one for one in ledger}
    told = [last.get(_shape(table)) for table in page]
    same = [one for one, table in zip(told, page, strict=True) if one and one.table == table]
    by_this_rule = all(figure.minimum == minimum for one in same for figure in one.figures.values())
    return same if len(same) == len(page) and by_this_rule else None


def _shape(table: Table) -> tuple[object, ...]:
    """What a table counts, whatever the numbers and the day."""
    return table.dimensions, frozenset(table.filters.items())


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a population's ledger; free again when its holder is killed."""
    descriptor = os.open(path.with_name(f".{path.stem}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> list[Released]:
    if not path.exists():
        return []
    try:
        return [from_record(one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except (KeyError, TypeError, ValueError) as error:
        what = "what was released before cannot be read, so nothing can be shown safely"
        remedy = "Bring this file back from a backup."
        raise SightlineError("damaged", str(path), what, remedy) from error


def _write(path: Path, ledger: Sequence[Released]) -> None:
    """Put the whole ledger in place by one rename: a crash leaves the one before."""
    draft = path.with_name(f".{path.stem}.new")
    with open(
        draft, "w", encoding="utf-8", opener=lambda p, flags: os.open(p, flags, 0o600)
    ) as out:
        out.write(json.dumps([to_record(one) for one in ledger], separators=(",", ":")))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
