"""From a changed mark at the MIS to the pages, when the MIS calls: seconds, whole way.

    python bench/called.py SITE EXPORTS SCHOOL [--changes 20]

SITE is a loaded and prepared site and EXPORTS the folder it was loaded from; give it a copy. A
made-up MIS on this machine holds SCHOOL, `sightline serve` runs as it does at a school. Each time a
mark is changed there and the site is called; what is measured ends when the school's sheets are in
place. An open page asks every two seconds, so that it shows the change up to two seconds later.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb

from sightline.pipeline import prepare
from sightline.pipeline.sync import Choices, Clock, sync
from sightline.pipeline.sync.plan import parts_of
from sightline.site import open_site
from sightline.sources.connection import Source
from sightline.sources.connectors import connector
from sightline.synthetic.loopback import LoopbackServer, MadeUpMis
from sightline.synthetic.loopback.wonde import MadeUpWonde

PORT, SECRET = 8766, "of-the-benchmark"
HOOK = f"http://127.0.0.1:{PORT}/hook/mis/{SECRET}/"
LONGEST = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("exports", type=Path)
    parser.add_argument("school")
    parser.add_argument("--changes", type=int, default=20)
    given = parser.parse_args()
    day = date.fromisoformat(open_site(given.site).settings["today"])
    began = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    with TemporaryDirectory() as folder:
        one_school(given.exports, Path(folder), given.school)
        mis = MadeUpMis(Path(folder), began, ("school", "pupil", "pupil_identity", "attendance"))
    wonde = MadeUpWonde(mis)
    with LoopbackServer(wonde.answer) as server:
        connect(given.site, wonde, f"{server.address}/v1.0", given.school, day)
        command = [sys.executable, "-m", "sightline.cli", "serve", "--site", str(given.site)]
        command += ["--port", str(PORT)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as pages:
            assert pages.stderr is not None
            while "Sightline is at" not in pages.stderr.readline():
                pass
            try:
                seconds = [
                    one_change(given.site, mis, wonde, given.school, day, number)
                    for number in range(given.changes + 2)
                ][2:]  # the first two warm up
            finally:
                pages.terminate()
    print(f"changes {len(seconds)}, cores {os.cpu_count()}")
    print(f"median {median(seconds):.2f} s, worst {max(seconds):.2f} s, until the sheets are there")
    return 0


def one_school(exports: Path, folder: Path, school: str) -> None:
    """Only this school's rows of the tables the MIS is asked for."""
    as_written = "all_varchar = true, quote = '\"', escape = '\"'"
    pupils = f"SELECT pupil_id FROM read_csv('{exports}/pupil.csv') WHERE school_id = '{school}'"
    for table in ("school", "pupil", "pupil_identity", "attendance"):
        own = (
            f"school_id = '{school}'" if table in ("school", "pupil") else f"pupil_id IN ({pupils})"
        )
        rows = f"SELECT * FROM read_csv('{exports}/{table}.csv', {as_written}) WHERE {own}"
        duckdb.sql(f"COPY ({rows}) TO '{folder}/{table}.csv' (HEADER)")


def connect(folder: Path, wonde: MadeUpWonde, address: str, school: str, day: date) -> None:
    """The source, its pupils recognised, its marks asked for from today on."""
    site = open_site(folder)
    [theirs] = [one for one, ours in wonde.schools().items() if ours == school]
    source = Source(
        "mis",
        "wonde",
        address,
        True,
        1440,
        ("students", "marks"),
        {theirs: school},
        {"calendar": "own"},
    )
    site.sources.write(source)
    site.sources.write_secrets("mis", {"token": wonde.token, "hook": SECRET})
    begun = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert parts_of(connector("wonde"), source)
    clock = Clock(lambda: moment(day), time.sleep)
    sync(site, "mis", clock=clock, choices=Choices(full=True, since=begun, load_day=day))
    prepare(site, today=day, built_at=moment(day))  # as the night does, so that nothing waits


def moment(day: date) -> datetime:
    return datetime.now(UTC).replace(year=day.year, month=day.month, day=day.day)


def one_change(
    folder: Path, mis: MadeUpMis, wonde: MadeUpWonde, school: str, day: date, number: int
) -> float:
    """Change one mark, call, and wait for the sheets; seconds."""
    [sheets] = [one for one in (folder / "sheets").glob("*.sqlite") if school in one.name]
    chance = random.Random(number)
    marks = [one for one in mis.since("attendance") if one["code"] in ("/", "\\")]
    mark = chance.choice(marks[-20_000:])
    before, began = sheets.stat().st_ino, time.monotonic()
    mis.put("attendance", mark | {"code": "I"}, moment(day))
    wonde.call(HOOK, school, resource="attendance/session")
    while sheets.stat().st_ino == before:
        if time.monotonic() - began > LONGEST:
            raise SystemExit("the pages did not follow")
        time.sleep(0.02)
    seconds = time.monotonic() - began
    time.sleep(0.5)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
