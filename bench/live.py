"""From a changed mark to the pages, in one process that stays: see bench/README.md.

Usage: live.py WORK [SCHOOLS ...]; sites of 1, 10 and 100 schools unless said.
"""

import csv
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.pipeline import load, prepare, refresh
from sightline.site import Site, make_site, open_site
from sightline.synthetic import write_schools
from sightline.warehouse import open_snapshot

FRIDAY, TODAY = date(2026, 3, 6), date(2026, 3, 9)
SITES = (1, 10, 100)
MARKS = (1, 10, 100, 1000)
RUNS = 3  # the middle one is printed
HEAD = ("pupil_id", "date", "session", "code", "minutes_late", "recorded_at")
LONGEST = 120


@dataclass(frozen=True)
class Taken:
    """Seconds of one run, from the file's last byte to the last file of sheets in its place."""

    load: float
    refresh: float
    how: str

    @property
    def whole(self) -> float:
        return self.load + self.refresh


def site_of(work: Path, schools: int) -> Site:
    """A trust of so many schools of 1,000 pupils, loaded and prepared; reused when there."""
    folder = work / f"live-{schools}"
    if (folder / "ready").exists():
        return open_site(folder)
    shutil.rmtree(folder, ignore_errors=True)
    exports = work / f"live-{schools}-exports"
    write_schools(exports, schools=schools, pupils=1000, seed=7, until=FRIDAY)
    make_site(folder)
    site = open_site(folder)
    evening = datetime(2026, 3, 6, 18, tzinfo=UTC)
    load(site, "canonical", exports, recorded_at=evening, load_day=FRIDAY)
    shutil.rmtree(exports)
    prepare(site, today=TODAY, built_at=evening)
    (folder / "ready").touch()
    return site


def some_marks(site: Site, schools: Sequence[str], count: int) -> list[tuple[str, str, str]]:
    """Marks of the last two weeks, as many of each school: pupil_id, date, session."""
    snapshot = site.warehouse.require()
    each = -(-count // len(schools))
    with Engine() as engine, site.vault(snapshot) as vault:
        open_snapshot(engine, site.warehouse, snapshot, read_contract(), schools=schools)
        rows = engine.rows(
            "SELECT pupil_ref, date, session FROM attendance WHERE date >= DATE '2026-02-23' "
            "QUALIFY row_number() OVER (PARTITION BY school_id "
            f"ORDER BY hash(pupil_ref, date, session)) <= {each}"
        )[:count]
        ids = vault.read("pupil", sorted({row["pupil_ref"] for row in rows}))
    return [(ids[row["pupil_ref"]]["pupil_id"], str(row["date"]), row["session"]) for row in rows]


def amended(folder: Path, marks: Sequence[tuple[str, str, str]], minutes: int) -> Path:
    """The marks as late ones, by so many minutes: never what is stored already."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "attendance.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows((*mark, "L", minutes, "") for mark in marks)
    return folder


def moments(site: Site) -> Iterator[datetime]:
    """A minute later each time than anything the site has recorded."""
    at = max(site.warehouse.require().recorded_at, datetime(2026, 3, 9, 6, tzinfo=UTC))
    while True:
        at += timedelta(minutes=1)
        yield at


def once(site: Site, folder: Path, at: datetime) -> Taken:
    started = time.perf_counter()
    done = load(site, "canonical", folder, recorded_at=at, load_day=TODAY)
    assert done.published
    stored = time.perf_counter()
    made = refresh(site, today=TODAY, built_at=at)
    ended = time.perf_counter()
    whole = sum(pupils is None for pupils in made.pupils.values())
    sheets = sum(len(pupils) for pupils in made.pupils.values() if pupils is not None)
    how = f"{sheets} sheets" + (f", {whole} schools whole" if whole else "")
    return Taken(stored - started, ended - stored, how)


def measured(site: Site, work: Path, count: int, schools: Sequence[str]) -> Taken:
    marks, clock = some_marks(site, schools, count), moments(site)
    first = site.warehouse.require().number
    taken = []
    for run in range(RUNS):
        folder = amended(work / "live-in", marks, 1 + (first + run) % LONGEST)
        taken.append(once(site, folder, next(clock)))
    return sorted(taken, key=lambda one: one.whole)[RUNS // 2]


def line(schools: int, where: str, count: int, taken: Taken) -> None:
    figures = f"{taken.load:7.2f} {taken.refresh:9.2f} {taken.whole:7.2f}"
    print(f"{schools:7} {where:>8} {count:6} {figures}   {taken.how}", flush=True)


def main(work: Path, sizes: Sequence[int]) -> None:
    work.mkdir(parents=True, exist_ok=True)
    print(f"{os.cpu_count()} cores; seconds, the middle of {RUNS} runs in one process")
    print("schools       in  marks    load   refresh   whole   made anew")
    for size in sizes:
        site = site_of(work, size)
        schools = sorted(site.warehouse.require().schools)
        measured(site, work, 1, schools[:1])  # the first of a process reads rules and contract
        for count in MARKS:
            line(size, "one", count, measured(site, work, count, schools[:1]))
        if size == 1:
            continue
        for count in MARKS:
            line(size, "all", count, measured(site, work, count, schools))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(one) for one in sys.argv[2:]] or SITES)
