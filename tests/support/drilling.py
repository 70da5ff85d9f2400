"""The fault drill: syncs that are killed, starved, locked out and cut off, and what is left then.

Each trial starts from a copy of the same site, whose source has changed since its last sync. A
fault is done to the sync; then syncs run undisturbed until one ends well. Afterwards every table
must be what it is without the fault. Readers look on all the time: what they see is the site before
or after, never anything in between.
"""

import random
import resource
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Timer
from typing import Any

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.pipeline.sync import Choices, Clock, sync
from sightline.site import open_site
from sightline.warehouse import kept_tables, open_snapshot
from sightline.warehouse.digest import digests
from tests.support.killed_load import kill_around, kill_self
from tests.support.mis.faults import cut_short, fail_with, too_many
from tests.support.mis.scenarios import SCENARIOS, Scenario
from tests.support.syncing import connected

__all__ = ["Drill", "Fault", "Outcome", "drilled"]

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.support.drilling"])
CHANGED_AT = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)
# Around these calls too: right before and right after what makes a step last.
AROUND = (
    "sightline.pipeline.sync.landing:Landing.keep",
    "sightline.pipeline.sync.landing:Landing.done",
    "sightline.pipeline.load:publish",
    "sightline.pipeline.sync.run:write_state",
    "sightline.pipeline.sync.landing:Landing.clear",
)


@dataclass(frozen=True)
class Fault:
    """What is done to one sync. `words` name it; `job` is told to its process."""

    words: str
    job: dict[str, Any] = field(default_factory=dict)
    kill_after: float | None = None
    beside: Callable[[Path, Scenario], AbstractContextManager[None]] | None = None


@dataclass(frozen=True)
class Outcome:
    """What was left after a fault: rows lost and doubled, and what else was not as it must be."""

    fault: Fault
    lost: int
    doubled: int
    wrong: str = ""

    @property
    def survived(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


@contextmanager
def drilled(kind: str, folder: Path) -> Iterator["Drill"]:
    """A site that is connected to a made-up system of that kind, ready for trials."""
    with SCENARIOS[kind](folder / "system") as scenario:
        yield Drill(scenario, folder)


class Drill:
    """One connector's trials."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario, self.folder = scenario, folder
        base = connected(
            folder / "base",
            scenario.kind,
            scenario.address,
            schools=scenario.schools,
            secrets=scenario.secrets,
            settings=scenario.settings,
        )
        scenario.begin(base.site)
        base.sync(full=True)
        scenario.change(CHANGED_AT)
        self.before = base.digest
        self.site = base.site.folder
        shutil.copytree(self.site, folder / "calm")
        began = time.monotonic()
        self.steps = self._calm(folder / "calm")
        self.seconds = time.monotonic() - began
        self.after = open_site(folder / "calm").warehouse.require().digest
        assert self.before != self.after, "the change at the source must show"
        self.keys = keys_of(folder / "calm")
        shutil.rmtree(folder / "calm")

    def faults(self, randoms: int, seed: int) -> list[Fault]:
        """Every kind of fault: each named step, the moments around them, and random ones."""
        chance = random.Random(seed)
        found = [Fault(f"killed at {words}", {"step": n}) for n, words in self._named_steps()]
        for target in AROUND:
            name = target.rpartition(":")[2]
            for when in ("before", "after"):
                job = {"around": target, "when": when, "nth": 1}
                found.append(Fault(f"killed {when} {name}", job))
        for kilobytes in (1, 16, 64, 256, 1024):
            job = {"file_limit": kilobytes * 1024}
            found.append(Fault(f"disk full: files of at most {kilobytes} kB", job))
        found.append(Fault("another command is loading", beside=_writing))
        found.append(Fault("the vault is locked", beside=_vault_locked))
        if self.scenario.faults:
            for change, words in (
                (cut_short, "an answer is cut short"),
                (too_many, "429"),
                (fail_with(500), "500"),
                (fail_with(503), "503"),
            ):
                for times in (1, 3, 50):
                    beside = partial(_network, change=change, times=times)
                    found.append(Fault(f"network: {words}, {times} times", beside=beside))
        found += [
            Fault(f"killed after {delay * 1000:.0f} ms", kill_after=delay)
            for delay in sorted(chance.uniform(0, self.seconds * 1.1) for _ in range(randoms))
        ]
        return found

    def trial(self, fault: Fault) -> Outcome:
        """Do a fault to a copy of the site, let it recover, and look at what is left."""
        folder = self.folder / "trial"
        shutil.copytree(self.site, folder)
        try:
            beside = fault.beside(folder, self.scenario) if fault.beside else nullcontext()
            with _reader(folder) as seen:
                with beside:
                    _process(folder, fault.job, fault.kill_after)
                for _ in range(3):
                    if _process(folder, {}, None) == 0:
                        break
            return self._judged(fault, folder, set(seen()))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _judged(self, fault: Fault, folder: Path, seen: set[str]) -> Outcome:
        found = keys_of(folder)
        lost = sum((self.keys - found).values())
        doubled = sum(count - 1 for count in found.values() if count > 1)
        wrong = ""
        if open_site(folder).warehouse.require().digest != self.after:
            wrong = "rows differ"
        elif strange := seen - {self.before, self.after}:
            wrong = f"a reader saw something else: {sorted(strange)}"
        elif list((folder / "landing").rglob("*.page")) or list(
            (folder / "landing").rglob("*.csv")
        ):
            wrong = "something was left in the landing place"
        return Outcome(fault, lost, doubled, wrong)

    def _calm(self, folder: Path) -> list[str]:
        ours, theirs = CONTEXT.Pipe()
        process = CONTEXT.Process(target=_work, args=(str(folder), {"tell": True}, theirs))
        process.start()
        theirs.close()
        steps: list[str] = ours.recv()
        process.join()
        assert process.exitcode == 0, "the sync without a fault must end well"
        return steps

    def _named_steps(self) -> Iterator[tuple[int, str]]:
        """The first time that each step is told, counted from 1."""
        seen = set()
        for number, words in enumerate(self.steps, start=1):
            if words not in seen:
                seen.add(words)
                yield number, words


def keys_of(folder: Path) -> Counter[str]:
    """How often each key is among the published rows of a site."""
    site, contract, found = open_site(folder), read_contract(), Counter[str]()
    with Engine() as engine:
        open_snapshot(engine, site.warehouse, site.warehouse.require(), contract)
        for table in kept_tables(contract):
            key = ["pupil_ref" if name == "pupil_id" else name for name in table.key]
            cells = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in key)
            rows = engine.rows(
                f"SELECT concat_ws('|', '{table.name}', {cells}) AS key, count(*) AS n "
                f"FROM {table.name} GROUP BY ALL"
            )
            found.update({row["key"]: row["n"] for row in rows})
    return found


# --- the processes -------------------------------------------------------------------------------


def _process(folder: Path, job: dict[str, Any], kill_after: float | None) -> int:
    """Sync in a process of its own; its exit code."""
    process = CONTEXT.Process(target=_work, args=(str(folder), job, None))
    process.start()
    if kill_after is not None:
        process.join(kill_after)
        process.kill()
    process.join()
    code = process.exitcode
    process.close()
    return int(code or 0)


def _work(folder: str, job: dict[str, Any], line: Connection | None) -> None:
    """One sync. Exit code 3: it ended with an error that it explained."""
    steps: list[str] = []

    def told(step: Any) -> None:
        steps.append(f"{step.stage} {step.detail}".strip())
        if job.get("step") == len(steps):
            kill_self()

    if "around" in job:
        kill_around(job["around"], job["nth"], job["when"])
    if "file_limit" in job:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["file_limit"], resource.RLIM_INFINITY))
    moment = CHANGED_AT + timedelta(hours=26)  # the next day: everything is due
    ticks = iter(range(10**9))

    def now() -> datetime:
        return moment + timedelta(milliseconds=next(ticks))

    clock = Clock(now, lambda seconds: time.sleep(min(seconds, 0.005)))
    choices = Choices()
    try:
        sync(open_site(Path(folder)), "mis", clock=clock, choices=choices, told=told)
    except (SightlineError, OSError):
        raise SystemExit(3) from None
    if line is not None:
        line.send(steps)


@contextmanager
def _reader(folder: Path) -> Iterator[Callable[[], list[str]]]:
    """Reads the site over and over in a process of its own; gives the digests it saw."""
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=_read, args=(str(folder), theirs), daemon=True)
    process.start()
    theirs.close()
    found: list[str] = []

    def ended() -> list[str]:
        if not found:
            ours.send("stop")
            found.extend(ours.recv())
        return found

    try:
        yield ended
    finally:
        process.kill() if found else ended()
        process.join()


def _read(folder: str, line: Connection) -> None:
    """What the rows themselves come to, whatever the manifest says."""
    site, contract, seen = open_site(Path(folder)), read_contract(), set()
    while True:
        with site.warehouse.reading() as snapshot, Engine() as engine:
            open_snapshot(engine, site.warehouse, snapshot, contract)
            same = all(
                digests(engine, table, f"SELECT * FROM {table.name}")
                == snapshot.tables[table.name].digests
                for table in kept_tables(contract)
                if table.name in snapshot.tables
            )
        seen.add(snapshot.digest if same else f"{snapshot.id}: rows of another load")
        if line.poll(0.2):
            line.send(sorted(seen))
            return


# --- what happens beside a sync ------------------------------------------------------------------


@contextmanager
def _writing(folder: Path, scenario: Scenario) -> Iterator[None]:
    """Another command holds the warehouse for half a second."""
    held = open_site(folder).warehouse.writing()
    held.__enter__()
    timer = Timer(0.5, held.__exit__, (None, None, None))
    timer.start()
    yield
    timer.join()


@contextmanager
def _vault_locked(folder: Path, scenario: Scenario) -> Iterator[None]:
    """Something else writes to the vault for half a second."""
    connection = sqlite3.connect(folder / "vault.sqlite", check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    timer = Timer(0.5, connection.rollback)
    timer.start()
    yield
    timer.join()
    connection.close()


@contextmanager
def _network(folder: Path, scenario: Scenario, *, change: Any, times: int) -> Iterator[None]:
    assert scenario.faults
    scenario.faults.plan(".", change, skip=1, times=times)
    yield
    scenario.faults.end()
