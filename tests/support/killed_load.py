"""A small site in two exports, and processes that load or compact it until they are killed.

`python -m tests.support.killed_load` is such a process: it imports everything, says `ready`, reads
one job as a line of JSON and does it. It kills itself where the job says so, with SIGKILL; or the
test kills it from outside, at any moment.
"""

import csv
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
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


def do(job: Job) -> None:
    """Load or compact; `stop` is what happens at step number `step`: be killed, or wait."""
    steps: list[str] = []

    def progress(stage: str) -> None:
        steps.append(stage)
        if job.get("step") == len(steps):
            if job.get("stop") == "wait":
                tell({"waits": stage})
                signal.pause()
            kill_self()

    if "around" in job:
        kill_around(job["around"], job["nth"], job["when"])
    site = open_site(Path(job["site"]))
    if job["work"] == "tidy":
        tidy(site, LOAD_DAY)
    elif job["work"] == "load":
        load_at(site, Path(job["folder"]), job["number"], progress=progress)
    elif job["work"] == "read":
        read_slowly(site)
    tell({"done": steps})


def read_slowly(site: Site) -> None:
    """Open the current snapshot, wait for a word, and only then read it."""
    with opened(site) as study:
        tell({"waits": study.snapshot.id})
        sys.stdin.readline()
        counts = {
            name: study.engine.value(f"SELECT count(*) FROM (SELECT DISTINCT * FROM {name})")
            for name in study.snapshot.tables
        }
        tell({"rows": counts})


def tell(value: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


# --- from the test's side ------------------------------------------------------------------------


class Worker:
    """A process that waits for its job."""

    def __init__(self) -> None:
        paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.killed_load"],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )

    def start(self, job: Job) -> None:
        """Give it its job; returns when it has begun."""
        assert self.hear() == {"ready": True}
        self.say(json.dumps({key: str(v) if isinstance(v, Path) else v for key, v in job.items()}))
        assert self.hear() == {"begun": True}

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any] | None:
        """The next thing it says; None when it has been killed or has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        heard: dict[str, Any] | None = json.loads(line) if line else None
        return heard

    def kill(self) -> None:
        """Kill it, wherever it is, and wait until it is gone."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


class Workers:
    """Workers made one ahead, so that the next is ready while this one works."""

    def __init__(self) -> None:
        self._next, self._all = Worker(), list[Worker]()
        self._all.append(self._next)

    def run(self, job: Job, *, kill_after: float | None = None) -> bool:
        """Do a job to its end, or until killed; returns whether it was killed.

        `kill_after` is in seconds from the beginning of the work.
        """
        worker = self.started(job)
        if kill_after is not None:
            sleep(kill_after)
            worker.process.kill()
        worker.process.wait()
        killed = worker.process.returncode == -signal.SIGKILL
        assert killed or worker.process.returncode == 0
        worker.close()
        return killed

    def started(self, job: Job) -> Worker:
        """A worker that has begun a job."""
        worker, self._next = self._next, Worker()
        self._all.append(self._next)
        worker.start(job)
        return worker

    def close(self) -> None:
        for worker in self._all:
            worker.close()


@contextmanager
def workers() -> Iterator[Workers]:
    """Workers of a test; all are gone afterwards."""
    made = Workers()
    try:
        yield made
    finally:
        made.close()


def row_counts(snapshot: Snapshot) -> dict[str, int]:
    """How many rows each table of a snapshot says it has."""
    return {name: state.rows for name, state in snapshot.tables.items()}


if __name__ == "__main__":
    tell({"ready": True})
    one_job = json.loads(sys.stdin.readline() or "null")
    if one_job:
        tell({"begun": True})
        do(one_job)
