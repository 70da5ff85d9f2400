"""A small site in two exports, and processes that load or compact it until they are killed.

A process gets a job (see `do`). It kills itself where the job says so, with SIGKILL; or the test
kills it from outside, at any moment. Processes are forked off one that has imported everything, so
that many of them take little longer than their work.
"""

import csv
import importlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep
from typing import Any

from sightline.pipeline import Loaded, load, opened, tidy
from sightline.site import Site, make_site, open_site
from sightline.warehouse import Snapshot

ROOT = Path(__file__).resolve().parents[2]
LOAD_DAY = date(2026, 7, 20)
MOMENTS = [datetime(2026, 3, 2, 18, tzinfo=UTC) + timedelta(days=7 * n) for n in range(3)]
DAYS = [date(2026, 1, 5) + timedelta(weeks=w, days=d) for w in range(6) for d in range(5)]
Rows = dict[str, list[list[str]]]
Job = dict[str, Any]
CONTEXT = get_context("forkserver")

HEADERS = {
    "school": "school_id name phase",
    "school_day": "school_id date kind",
    "staff": "staff_id school_id name",
    "pupil": "pupil_id school_id enrolled_on year_group",
    "pupil_identity": "pupil_id given_name family_name date_of_birth",
    "attendance": "pupil_id date session code recorded_at",
    "note": "note_id pupil_id date category text",
}


# --- two exports of two small schools ------------------------------------------------------------


def first_export() -> Rows:
    """Two schools, eight pupils, thirty days; two rows are refused."""
    rows: Rows = {name: [] for name in HEADERS}
    for school in ("S1", "S2"):
        rows["school"].append([school, f"School {school}", "secondary"])
        rows["school_day"] += [[school, str(day), "open"] for day in DAYS]
        rows["staff"].append([f"T{school}", school, f"Teacher {school}"])
    for n in range(1, 9):
        pupil = f"P{n}"
        rows["pupil"].append([pupil, f"S{1 + n % 2}", "2025-09-01", "8"])
        rows["pupil_identity"].append([pupil, f"Given{n}", f"Family{n}", "2013-01-02"])
        for day in DAYS:
            for session in ("AM", "PM"):
                code = "N" if (n + day.day) % 7 == 0 else "/"
                rows["attendance"].append([pupil, str(day), session, code, f"{day}T16:00:00Z"])
        rows["note"].append([f"N{n}", pupil, str(DAYS[n]), "pastoral", f"Spoke to home {n}"])
    rows["attendance"].append(["P1", "2026-01-05", "am", "/", ""])
    rows["note"].append(["N9", "nobody", "2026-01-05", "pastoral", "About nobody"])
    return rows


def second_export() -> Rows:
    """The first, a week later: amended, moved, renamed, mended, and one more row refused."""
    rows = first_export()
    for mark in rows["attendance"][:40:3]:
        mark[3:] = ["I", "2026-03-09T08:00:00Z"]
    rows["attendance"][50][3:] = ["L", "2026-03-08T08:00:00Z"]
    rows["attendance"].append([*rows["attendance"][50][:3], "U", "2026-03-09T08:00:00Z"])
    rows["attendance"][-2][2] = "XX"  # still refused, for another value
    rows["pupil"][1][1] = "S2"  # P2 changes school
    rows["pupil_identity"][2][1:3] = ["Renamed", "Familyname"]
    rows["note"][3][4] = "Spoke to home again"
    rows["note"][-1][1] = "P1"  # mended
    rows["note"].append(["N10", "P1", "2026-02-30", "pastoral", "On no day"])
    return rows


def write(rows: Rows, folder: Path, *, end: str = "\r\n") -> Path:
    """The rows as canonical files; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, lines in rows.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator=end)
            writer.writerow(HEADERS[table].split())
            writer.writerows(lines)
    return folder


def small_site(root: Path) -> tuple[Site, Path, Path]:
    """A new site and the folders of the two exports, nothing loaded yet."""
    exports = root / "exports"
    write(first_export(), exports / "first")
    write(second_export(), exports / "second")
    return make_site(root / "site"), exports / "first", exports / "second"


def load_at(site: Site, folder: Path, number: int, **options: Any) -> Loaded:
    """Load a folder as the load of that number, counted from nought."""
    moment = MOMENTS[number]
    return load(site, "canonical", folder, recorded_at=moment, load_day=LOAD_DAY, **options)


def copy_of(site: Site, folder: Path) -> Site:
    """The same site elsewhere."""
    shutil.copytree(site.folder, folder)
    return open_site(folder)


# --- the process ---------------------------------------------------------------------------------


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_around(target: str, nth: int, when: str) -> None:
    """Be killed right before or after the nth call of `module:name` or `module:Class.name`."""
    module_name, _, path = target.partition(":")
    owner: Any = importlib.import_module(module_name)
    *outer, name = path.split(".")
    for one in outer:
        owner = getattr(owner, one)
    real: Callable[..., Any] = getattr(owner, name)
    calls = iter(range(1, sys.maxsize))

    def called(*args: Any, **options: Any) -> Any:
        number = next(calls)
        if number == nth and when == "before":
            kill_self()
        result = real(*args, **options)
        if number == nth and when == "after":
            kill_self()
        return result

    setattr(owner, name, called)


def do(job: Job, line: Connection) -> None:
    """Do a job: `work` is load, tidy or read, `site` the site's folder.

    For a load, `folder` and `number` say what, and `step` at which call of `progress` to be killed
    or, when `stop` is "wait", to wait for ever. `around`, `nth` and `when` are for `kill_around`.
    """
    steps: list[str] = []
    line.send("begun")

    def progress(stage: str) -> None:
        steps.append(stage)
        if job.get("step") == len(steps):
            if job.get("stop") == "wait":
                line.send(f"waits at {stage}")
                signal.pause()
            kill_self()

    if "around" in job:
        kill_around(job["around"], job["nth"], job["when"])
    site = open_site(job["site"])
    if job["work"] == "tidy":
        tidy(site, LOAD_DAY)
    elif job["work"] == "load":
        load_at(site, job["folder"], job["number"], progress=progress)
    else:
        read_slowly(site, line)
    line.send("done")


def read_slowly(site: Site, line: Connection) -> None:
    """Open the current snapshot, wait for a word, and only then read it: counts of its rows."""
    with opened(site) as study:
        line.send(f"waits with {study.snapshot.id}")
        line.recv()
        line.send(
            {
                name: study.engine.value(f"SELECT count(*) FROM (SELECT DISTINCT * FROM {name})")
                for name in study.snapshot.tables
            }
        )


# --- from the test's side ------------------------------------------------------------------------


class Worker:
    """A process that has begun a job."""

    def __init__(self, job: Job) -> None:
        self._line, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=do, args=(job, theirs), daemon=True)
        self.process.start()
        theirs.close()
        assert self.hear() == "begun"

    def say(self, word: str) -> None:
        self._line.send(word)

    def hear(self) -> Any:
        """The next thing it says; None when it has been killed or has ended."""
        try:
            return self._line.recv()
        except EOFError:
            return None

    def kill(self) -> None:
        """Kill it, wherever it is, and wait until it is gone."""
        self.process.kill()
        self.process.join()

    def was_killed(self) -> bool:
        """Wait for its end: killed, or done without an error."""
        self.process.join()
        assert self.process.exitcode in (0, -signal.SIGKILL)
        return bool(self.process.exitcode)

    def close(self) -> None:
        self.kill()
        self.process.close()
        self._line.close()


class Workers:
    """The processes of a test."""

    def __init__(self) -> None:
        self._all: list[Worker] = []

    def started(self, job: Job) -> Worker:
        """A process that has begun a job."""
        self._all.append(Worker(job))
        return self._all[-1]

    def run(self, job: Job, *, kill_after: float | None = None) -> bool:
        """Do a job to its end, or until killed; returns whether it was killed.

        `kill_after` is in seconds from the beginning of the work.
        """
        worker = self.started(job)
        if kill_after is not None:
            sleep(kill_after)
            worker.process.kill()
        return worker.was_killed()

    def close(self) -> None:
        for worker in self._all:
            worker.close()


@contextmanager
def workers() -> Iterator[Workers]:
    """Processes of a test; all are gone afterwards."""
    start_server()
    made = Workers()
    try:
        yield made
    finally:
        made.close()


def start_server() -> None:
    """Start the process that the others are forked off; it needs to know where things are."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT), before or ""])
    try:
        CONTEXT.set_forkserver_preload([__name__])
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


def row_counts(snapshot: Snapshot) -> dict[str, int]:
    """How many rows each table of a snapshot says it has."""
    return {name: state.rows for name, state in snapshot.tables.items()}
