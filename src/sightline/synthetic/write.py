"""Schools to files: one school at a time, two processes, always the same bytes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from sightline.synthetic.bulk import bulk_tables
from sightline.synthetic.columns import COLUMNS
from sightline.synthetic.facts import make
from sightline.synthetic.lines import header
from sightline.synthetic.plan import DEMO_NUMBER, Plan
from sightline.synthetic.tables import small_tables

__all__ = ["write_demo", "write_part", "write_schools"]

Progress = Callable[[str, int, int], None]
PROCESSES = 2
TRUTH = "truth.json"


def write_schools(
    folder: Path,
    *,
    schools: int,
    pupils: int,
    seed: int,
    phase: str = "secondary",
    until: date | None = None,
    progress: Progress | None = None,
) -> None:
    """Writes `<table>.csv` for all 17 tables and truth.json, `schools` schools in one folder.

    `phase` is `secondary` or `primary`; `until` leaves out what was not known on that day. School
    number k depends on `seed` and k only. `progress(school_id, done, schools)` is called after
    each school. Raises ValueError for an unknown phase or a number below 1."""
    if phase not in ("secondary", "primary"):
        raise ValueError(f"phase {phase!r}: secondary or primary")
    if schools < 1 or pupils < 1 or seed < 0:
        raise ValueError("schools and pupils start at 1, the seed at 0")
    _write(
        folder,
        [Plan(seed, number, pupils, phase, until) for number in range(1, schools + 1)],
        progress,
    )


def write_demo(
    folder: Path,
    *,
    seed: int = 20250901,
    until: date | None = None,
    progress: Progress | None = None,
) -> None:
    """Writes the demo: one secondary school of 1,000 pupils with the fixed cast, 2025/26."""
    _write(folder, [Plan(seed, DEMO_NUMBER, 1000, "secondary", until)], progress)


def write_part(folder: Path, plan: Plan) -> None:
    """Writes one school's rows, without headers, as `<school_id>.<table>`."""
    facts = make(plan)
    for table, rows in {**small_tables(facts), **bulk_tables(facts)}.items():
        (folder / f"{plan.school_id}.{table}").write_bytes(rows)
    told = [
        story.as_dict()
        for story in facts.stories
        if plan.until is None or story.from_on <= str(plan.until)
    ]
    (folder / f"{plan.school_id}.truth").write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def _write(folder: Path, plans: list[Plan], progress: Progress | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".parts-") as parts, ExitStack() as stack:
        files = {
            table: stack.enter_context((folder / f"{table}.csv").open("wb")) for table in COLUMNS
        }
        for table, columns in COLUMNS.items():
            files[table].write(header(columns))
        stories: list[object] = []
        for done, plan in enumerate(_made(stack, Path(parts), plans), start=1):
            for table, file in files.items():
                _append(file, Path(parts) / f"{plan.school_id}.{table}")
            truth = Path(parts) / f"{plan.school_id}.truth"
            stories += json.loads(truth.read_text("utf-8"))
            truth.unlink()
            if progress:
                progress(plan.school_id, done, len(plans))
    (folder / TRUTH).write_text(json.dumps(stories, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _append(file: IO[bytes], part: Path) -> None:
    with part.open("rb") as rows:
        shutil.copyfileobj(rows, file, 1 << 20)
    part.unlink()


def _made(stack: ExitStack, parts: Path, plans: list[Plan]) -> Iterator[Plan]:
    """The plans in order, each when its parts lie in the folder."""
    if len(plans) == 1:
        write_part(parts, plans[0])
        yield plans[0]
        return
    workers = [
        stack.enter_context(_worker(parts, plans[first::PROCESSES])) for first in range(PROCESSES)
    ]
    for place, plan in enumerate(plans):
        output = workers[place % PROCESSES].stdout
        assert output is not None
        if output.readline().strip() != plan.school_id:
            raise RuntimeError(f"school {plan.school_id} could not be made")
        yield plan


def _worker(parts: Path, plans: list[Plan]) -> subprocess.Popen[str]:
    """A process of its own: unlike a forked one it may start from any thread and any script."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    work = json.dumps(
        [[p.seed, p.number, p.pupils, p.phase, p.until and str(p.until)] for p in plans]
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "sightline.synthetic.worker", str(parts)],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert process.stdin is not None
    process.stdin.write(work)
    process.stdin.close()
    return process
