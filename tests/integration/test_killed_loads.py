"""Killed at any moment, a load leaves the last snapshot whole, and the next load completes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import rmtree
from time import perf_counter
from typing import Any

import pyarrow as pa
import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.pipeline import Loaded, read_refused
from sightline.site import Site, open_site
from sightline.warehouse import delta, kept_tables, open_snapshot
from sightline.warehouse.digest import digests
from tests.support.killed_load import Workers, copy_of, load_at, row_counts, small_site, workers

RANDOM_MOMENTS = 10  # bench/drill.py tries hundreds
# Moments that no step boundary meets: between the writes of one table, and within publishing.
WRITE = "deltalake:write_deltalake"
SEAL = "sightline.pipeline.load:write_refused"
INSIDE = [
    *((WRITE, nth, when) for nth in (1, 2, 4) for when in ("before", "after")),
    ("sqlite3:connect", 1, "after"),
    (SEAL, 1, "before"),
    (SEAL, 1, "after"),
    ("sightline.warehouse.snapshot:os.fsync", 1, "before"),
    ("sightline.warehouse.snapshot:Path.rename", 1, "before"),
    ("sightline.warehouse.snapshot:Path.rename", 1, "after"),
    ("sightline.warehouse.snapshot:os.fsync", 2, "after"),
]


@dataclass(frozen=True)
class State:
    """All that a site tells its readers."""

    number: int
    digest: str
    rows: dict[str, int]
    stored: dict[str, dict[str, str]]  # table -> school -> digest of the rows now in its files
    identities: dict[str, Any]
    refused: list[Any]


def state_of(site: Site) -> State | None:
    """What a reader sees, every file read to its end; None before the first snapshot."""
    snapshot = site.warehouse.current()
    if snapshot is None:
        return None
    contract = read_contract()
    with Engine() as engine, site.vault(snapshot) as vault:
        open_snapshot(engine, site.warehouse, snapshot, contract)
        stored = {
            table.name: digests(engine, table, f"SELECT * FROM {table.name}")
            for table in kept_tables(contract)
            if table.name in snapshot.tables
        }
        kinds = ("pupil", "pupil_identity", "staff", "note")
        identities = {kind: vault.read(kind) for kind in kinds}
    return State(
        snapshot.number,
        snapshot.digest,
        row_counts(snapshot),
        stored,
        identities,
        refused_in(read_refused(site.warehouse, snapshot, site.keys)),
    )


def refused_in(rows: Any) -> list[Any]:
    names = ["table", "file", "row", "column", "value", "reason", "remedy"]
    return sorted(tuple(map(str, row.values())) for row in rows.select(names).to_pylist())


@dataclass(frozen=True)
class Unkilled:
    """A loaded site, the next export, and what loading it gives when nobody kills it."""

    root: Path
    empty: Site
    before: Site
    folders: tuple[Path, Path]
    states: tuple[State | None, State | None, State | None]
    loads: tuple[Loaded, Loaded]
    again: Loaded
    seconds: tuple[float, float]


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Unkilled:
    root = tmp_path_factory.mktemp("killed")
    empty, first, second = small_site(root)
    site = copy_of(empty, root / "unkilled")
    one = load_at(site, first, 0)
    after_one = state_of(site)
    before = copy_of(site, root / "before")
    two = load_at(site, second, 1)
    after_two = state_of(site)
    again = load_at(site, second, 1)
    assert not again.published
    with workers() as some:
        seconds = (
            seconds_of(some, copy_of(empty, root / "timed 0"), first, 0),
            seconds_of(some, copy_of(before, root / "timed 1"), second, 1),
        )
    states = (None, after_one, after_two)
    return Unkilled(root, empty, before, (first, second), states, (one, two), again, seconds)


def seconds_of(some: Workers, site: Site, folder: Path, number: int) -> float:
    """How long a load takes in a process of its own: the span to draw moments from."""
    worker = some.started(job(site, folder, number))
    started = perf_counter()
    assert worker.hear() == "done"
    return perf_counter() - started


@pytest.fixture(scope="module")
def some_workers() -> Iterator[Workers]:
    with workers() as some:
        yield some


def job(site: Site, folder: Path, number: int) -> dict[str, Any]:
    return {"work": "load", "site": site.folder, "folder": folder, "number": number}


def assert_survives(unkilled: Unkilled, site: Site, number: int) -> bool:
    """After a killed load: nothing half-seen, and the next load gives what an unkilled one gives.

    Returns whether the load had been published before it was killed.
    """
    site = open_site(site.folder)
    seen = state_of(site)
    assert seen in unkilled.states[number : number + 2]
    published = seen == unkilled.states[number + 1]
    loaded = load_at(site, unkilled.folders[number], number)
    assert state_of(site) == unkilled.states[number + 1]
    assert loaded.published is not published
    if not published:
        assert loaded.account == unkilled.loads[number].account
        assert loaded.notices == unkilled.loads[number].notices
        assert refused_in(loaded.refused) == refused_in(unkilled.loads[number].refused)
    elif number == 1:
        assert loaded.account == unkilled.again.account
    return published


STEPS = 11  # what `progress` is called with, in order, is asserted below


def test_a_load_has_the_steps_that_the_next_test_kills_at(unkilled: Unkilled) -> None:
    steps: list[str] = []
    site = copy_of(unkilled.before, unkilled.root / "steps")
    load_at(site, unkilled.folders[1], 1, progress=steps.append)
    tables = ["school", "school_day", "staff", "pupil", "pupil_identity", "attendance", "note"]
    assert steps == ["recovered", *tables, "identities", "refused", "published"]
    assert len(steps) == STEPS


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_at_a_step_boundary(
    step: int, unkilled: Unkilled, some_workers: Workers, tmp_path: Path
) -> None:
    site = copy_of(unkilled.before, tmp_path / "site")
    assert some_workers.run(job(site, unkilled.folders[1], 1) | {"step": step})
    assert assert_survives(unkilled, site, 1) is (step == STEPS)


@pytest.mark.parametrize(("around", "nth", "when"), INSIDE)
def test_killed_inside_a_step(
    around: str, nth: int, when: str, unkilled: Unkilled, some_workers: Workers, tmp_path: Path
) -> None:
    site = copy_of(unkilled.before, tmp_path / "site")
    inside = {"around": around, "nth": nth, "when": when}
    assert some_workers.run(job(site, unkilled.folders[1], 1) | inside)
    renamed = (around, when) in {(INSIDE[-1][0], "after"), (INSIDE[-2][0], "after")}
    assert assert_survives(unkilled, site, 1) is renamed


def test_killed_at_random_moments(
    unkilled: Unkilled, some_workers: Workers, tmp_path: Path
) -> None:
    rng, seconds, kills = Random(20260302), list(unkilled.seconds), 0
    for attempt in range(4 * RANDOM_MOMENTS):
        number = 0 if kills % 5 == 0 else 1  # one in five is a site's very first load
        start = unkilled.before if number else unkilled.empty
        site = copy_of(start, tmp_path / f"site {attempt}")
        moment = (kills + rng.random()) / RANDOM_MOMENTS  # one in every tenth of a load
        after = moment * seconds[number]
        if some_workers.run(job(site, unkilled.folders[number], number), kill_after=after):
            kills += 1
        else:
            seconds[number] *= 0.9  # it was done already: loads take less long than they did
        assert_survives(unkilled, site, number)
        rmtree(site.folder)
        if kills == RANDOM_MOMENTS:
            return
    pytest.fail(f"only {kills} loads could be killed")


def test_killed_again_and_again_it_still_completes(
    unkilled: Unkilled, some_workers: Workers, tmp_path: Path
) -> None:
    site = copy_of(unkilled.before, tmp_path / "site")
    for step in (6, 8, 4, 9, 10):
        assert some_workers.run(job(site, unkilled.folders[1], 1) | {"step": step})
    assert not assert_survives(unkilled, site, 1)


def test_going_back_needs_no_log_entry_that_a_load_has_cleared_away(tmp_path: Path) -> None:
    """Delta Lake drops old log entries at every hundredth version unless told not to."""
    rows = pa.table({"school_id": ["S1"], "value": [1]})
    for _ in range(99):
        delta.write(tmp_path, rows, ())
    published = delta.version_now(tmp_path), delta.files_now(tmp_path)
    for entry in (tmp_path / "_delta_log").glob("*.json"):
        os.utime(entry, (1_600_000_000, 1_600_000_000))
    delta.write(tmp_path, rows, ())
    delta.roll_back(tmp_path, published[0])
    assert delta.files_now(tmp_path) == published[1]
