"""One sync of one source: fetch, land, read, load, publish, and only then move the cursor on.

Killed anywhere, the next sync goes on from what has landed. Rows that come twice are the same rows:
the load compares them by key, so that each has its effect exactly once.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sightline.kit import SightlineError
from sightline.pipeline.account import Loaded
from sightline.pipeline.load import load
from sightline.pipeline.sync.convert import Converted, convert
from sightline.pipeline.sync.due import SCHOOL_TIME
from sightline.pipeline.sync.fetch import Fetched, fetch
from sightline.pipeline.sync.files import Checked, check_files
from sightline.pipeline.sync.guard import Held, held
from sightline.pipeline.sync.landing import Landing, Plan
from sightline.pipeline.sync.lock import lock
from sightline.pipeline.sync.origin import complete_tables, origin_of, profile_settings
from sightline.pipeline.sync.plan import plan_of
from sightline.pipeline.sync.recognise import recognise
from sightline.pipeline.sync.settle import settled
from sightline.pipeline.sync.state import SourceState, read_state, write_state
from sightline.pipeline.sync.status import Progress
from sightline.pipeline.sync.types import Choices, Clock, Step, Synced, Told
from sightline.site import Site
from sightline.sources import Profile, read_profile
from sightline.sources.connection import Source
from sightline.sources.connectors import Connector, Part, Reach, connector

__all__ = ["sync"]

UNUSABLE = {"bad_bundle", "no_files"}
BUSY_TRIES = 240  # half-second waits for another command to finish its load


def sync(
    site: Site,
    name: str,
    *,
    clock: Clock,
    choices: Choices | None = None,
    told: Told = lambda step: None,
) -> Synced:
    """Bring in what has changed at a source.

    Raises `not_found`, `bad_settings`, `busy` when it is being synced already, and the `source_*`
    errors. Nothing that had landed is lost then: the next sync goes on from there.
    """
    run = _Run(site, name, clock, choices or Choices(), told)
    with run.locked():
        try:
            return run.run()
        except SightlineError as error:
            run.remember(error)
            raise


@dataclass
class _Run:
    """The state of one sync between its steps."""

    site: Site
    name: str
    clock: Clock
    choices: Choices
    told: Told
    source: Source = field(init=False)
    connector: Connector = field(init=False)
    profile: Profile = field(init=False)
    seen: Step = field(default_factory=lambda: Step("planned"))

    def __post_init__(self) -> None:
        self.source = self.site.sources.read(self.name)
        self.connector = connector(self.source.kind)
        self.profile = read_profile(self.connector.feed.profile or self.source.settings["profile"])
        self.started_at = self.clock.now()
        lane = "live" if self.choices.only is not None else "round"
        lane = "dry-run" if self.choices.dry_run else lane
        self.folder = self.site.folder / "landing" / self.name
        self.landing = Landing(self.folder / lane, self.site.keys)
        self.rows = self.folder / f"{lane}.rows"
        self.progress = Progress(self.folder / f"{lane}.json", self.started_at)
        self.state_file = self.site.folder / "sources" / f"{self.name}.state.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one that syncs this source in this lane; a killed one's lock is free."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock(self.folder / f".{self.landing.folder.name}.lock", wait=False) as mine:
            if not mine:
                what = "it is being synced already"
                raise SightlineError("busy", f"source {self.name}", what)
            try:
                yield
            finally:
                self.progress.end()

    def run(self) -> Synced:
        state = self._state()
        shutil.rmtree(self.rows, ignore_errors=True)  # left by one that was killed
        plan = plan_of(
            self.connector, self.source, state, self.landing, self.choices, self.started_at
        )
        if not plan.since:
            return Synced(self.name, self.started_at, dry_run=self.choices.dry_run)
        self._tell(Step("planned", expected=sum(state.of(part).records for part in plan.since)))
        reach = Reach(self.source.hosts, self.clock.now, self.clock.sleep, self._note)
        secrets = self.site.sources.secrets(self.name)
        fetched = fetch(
            self.connector, self.source, secrets, reach, self.landing, plan, state, self._tell
        )
        try:
            return self._use(plan, state, fetched)
        finally:
            shutil.rmtree(self.rows, ignore_errors=True)

    def _use(self, plan: Plan, state: SourceState, fetched: Fetched) -> Synced:
        parts = [part for part in plan.since if part not in fetched.failed]
        self._tell(Step("reading", records=fetched.records))
        converted = convert(
            self.connector,
            self.source,
            self.profile,
            self.landing,
            parts,
            self.rows,
            self._known_as(parts),
        )
        whole = {part: plan.since[part] is None for part in parts}
        stopped = [f"{part.name}: {error}" for part, error in fetched.failed.items()]
        checked = self._check_files(converted, state)
        stopped += checked.stopped
        holding = self._hold(converted, state, whole)
        used = {part for part in parts if part.resource not in {one.resource for one in holding}}
        complete = complete_tables(self.connector, self.source, plan, used)
        loaded = self._load(converted, used, whole, complete)
        done = Synced(
            self.name,
            self.started_at,
            records=sum(one.records for one in converted.parts.values()),
            rows=converted.rows,
            rejected=sum(one.rejected for one in converted.parts.values()),
            loaded=loaded,
            held=tuple(holding),
            stopped=tuple(stopped),
            dry_run=self.choices.dry_run,
        )
        if not self.choices.dry_run:
            self._settle(plan, converted, used, done, complete, checked)
        self.landing.clear()
        self._tell(Step("done", records=fetched.records))
        return done

    def _known_as(self, parts: list[Part]) -> dict[str, str]:
        """Which earlier ids the supplier's stand for; new ones are kept before they are used."""
        known = self.site.sources.known_as(self.name)
        with self.site.vault(self.site.warehouse.current()) as vault:
            found = recognise(
                self.connector,
                self.source,
                self.landing,
                parts,
                vault=vault,
                keys=self.site.keys,
                known_as=known,
            )
        if found != known and not self.choices.dry_run:
            self.site.sources.write_known_as(self.name, found)
        return found

    def _check_files(self, converted: Converted, state: SourceState) -> Checked:
        """Stop files whose template has changed, where the source gives files."""
        if self.connector.feed.profile:
            return Checked(templates=state.templates)
        checked = check_files(
            self.rows, self.source, self.profile, converted, state.templates, self.choices
        )
        for sentence in checked.noted:
            self._note(sentence)
        return checked

    def _hold(
        self, converted: Converted, state: SourceState, whole: dict[Part, bool]
    ) -> list[Held]:
        """Take what must not be used out of the folder."""
        if self.choices.accept:
            return []
        holding = held(self.connector.feed, converted, state, whole)
        for one in holding:
            resource = self.connector.feed.resource(one.resource)
            if resource.needed:
                self.landing.clear()  # fetched anew next time: it may be mended there by then
                what = f"{one.why}. Nothing was used"
                remedy = f"If it is meant: `sightline sync {self.name} --accept`."
                raise SightlineError("source_changed", f"source {self.name}", what, remedy)
            for view in resource.views:
                (self.rows / f"{view}.csv").unlink(missing_ok=True)
                converted.records.pop(f"{view}.csv", None)
                converted.files.discard(f"{view}.csv")
        return holding

    def _load(
        self,
        converted: Converted,
        used: set[Part],
        whole: dict[Part, bool],
        complete: set[str],
    ) -> Loaded | None:
        if not any(converted.records.values()) and not (converted.files - converted.records.keys()):
            return None
        origin = origin_of(
            self.connector, self.source, converted, used, whole, complete, self.choices
        )
        day = self.choices.load_day or self.started_at.astimezone(SCHOOL_TIME).date()
        for attempt in range(BUSY_TRIES):
            try:
                return load(
                    self.site,
                    self.profile.name,
                    self.rows,
                    recorded_at=self.started_at,
                    load_day=day,
                    dry_run=self.choices.dry_run,
                    origin=origin,
                    settings=profile_settings(self.profile, self.source),
                    progress=lambda stage: self._tell(Step("loading", stage, self.seen.records)),
                )
            except SightlineError as error:
                if error.code in UNUSABLE:  # until other files come: what landed is of no use
                    self.landing.clear()
                if error.code != "busy" or attempt + 1 == BUSY_TRIES:
                    raise
                self.clock.sleep(0.5)
        return None

    def _settle(
        self,
        plan: Plan,
        converted: Converted,
        used: set[Part],
        done: Synced,
        complete: set[str],
        checked: Checked,
    ) -> None:
        """Move the cursors on: the snapshot is published."""
        with lock(self.folder / ".state.lock", wait=True):
            published = self.site.warehouse.current()
            outcome = {**done.as_json(), "notice": self.choices.notice}
            state = replace(self._state(), templates=checked.templates, outcome=outcome)
            write_state(
                self.state_file,
                settled(
                    state,
                    self.connector.feed,
                    plan,
                    converted,
                    used,
                    done.loaded,
                    published=published.number if published else 0,
                    looked=complete,
                ),
            )
        self._tell(Step("watermark", records=self.seen.records))

    def remember(self, error: SightlineError) -> None:
        """Keep why nothing came of a sync, for those who look later."""
        if self.choices.dry_run:
            return
        outcome = {"started_at": self.started_at.isoformat(), "error": str(error)}
        with lock(self.folder / ".state.lock", wait=True):
            write_state(self.state_file, replace(self._state(), outcome=outcome))

    def _state(self) -> SourceState:
        published = self.site.warehouse.current()
        return read_state(self.state_file, published.number if published else 0)

    def _tell(self, step: Step) -> None:
        self.seen = step
        self.progress.tell(step, self.clock.now())
        self.told(step)

    def _note(self, sentence: str) -> None:
        """A wait or a retry, told beside the last step."""
        last = self.seen
        self._tell(Step(last.stage, last.detail, last.records, last.expected, sentence))
