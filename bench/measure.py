"""Time a command or a piece of code in a process of its own: seconds and peak memory."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figure:
    """Wall-clock seconds, and peak resident memory in GB, of one process."""

    seconds: float
    memory: float
    code: int
    out: str


def command(words: Sequence[str], **environment: str) -> Figure:
    """Run a command once and measure it whole, from start to exit."""
    started = time.perf_counter()
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
        text=True,
    )
    assert process.stdout is not None
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Figure(seconds, usage.ru_maxrss / 1024**2, process.returncode, out)


def sightline(*words: str) -> Figure:
    """Run the command line of this checkout."""
    found = command([sys.executable, "-m", "sightline.cli", *words])
    if found.code == 2:
        raise SystemExit(f"sightline {' '.join(words)} could not be done")
    return found


def script(name: str, *words: str) -> Figure:
    """Run one of the pieces of code in bench/pieces.py; those of pandas in its environment."""
    python = (
        str(ROOT / ".venv-bench" / "bin" / "python") if name == "pandas_two" else sys.executable
    )
    source = str(ROOT / "src")
    found = command([python, str(ROOT / "bench" / "pieces.py"), name, *words], PYTHONPATH=source)
    if found.code:
        raise SystemExit(f"{name} failed; `make bench` sets up what it needs")
    return found


def best(figures: Sequence[Figure]) -> Figure:
    """The run with the middle time."""
    return sorted(figures, key=lambda one: one.seconds)[len(figures) // 2]


def line(what: str, figure: Figure, limit: str = "", floor: Figure | None = None) -> None:
    """Print one row of the table."""
    ratio = (
        f"{figure.seconds / floor.seconds:.1f}x the floor of {floor.seconds:.2f} s" if floor else ""
    )
    print(
        f"{what:58} {figure.seconds:8.2f} s {figure.memory:6.2f} GB  {limit:14} {ratio}", flush=True
    )


def told(figure: Figure) -> dict[str, float]:
    """What a piece printed as JSON on its last line."""
    found: dict[str, float] = json.loads(figure.out.splitlines()[-1])
    return found
