"""What `make signal` makes can be run and explained before its rule is written."""

import subprocess
import sys
from pathlib import Path

from tests.support import curated

from sightline.engine import Engine
from sightline.signals import Signal, make_scope, read_library, run, values_of
from sightline.signals.evidence import rows_behind
from sightline.signals.examples import read_examples


def started(root: Path, library: Path) -> dict[str, Signal]:
    """A library of one: the signal that was started."""
    command = [sys.executable, root / "contrib" / "new_signal.py", "attendance/late_arrivals"]
    subprocess.run([*command, library], check=True, capture_output=True)
    return read_library(library)


def test_a_started_signal_can_be_read_run_and_explained(root: Path, tmp_path: Path) -> None:
    library = started(root, tmp_path)
    assert list(library) == ["late_arrivals"]
    example = read_examples(library["late_arrivals"])[0]
    values = values_of(library, {}, "defaults")
    with Engine(threads=1) as engine:
        curated.register(engine, example.tables())
        make_scope(engine, [example.when])
        run(engine, library, list(library), values)
        assert engine.rows("SELECT outcome FROM result") == [{"outcome": "cannot_tell"}]
        rows_behind(engine, library, "late_arrivals", values)
