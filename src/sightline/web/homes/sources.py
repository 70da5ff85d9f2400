"""How each connection to another system stands, in words for those who look after the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sightline.kit import SightlineError, plural
from sightline.pipeline.sync import SourceState, Status, read_state, read_status
from sightline.pipeline.sync.totals import Total, totals_of
from sightline.site import Site
from sightline.sources.connection import Source
from sightline.sources.connectors import Connector, Part, connector

__all__ = ["ResourceLine", "SourceLine", "source_lines"]

STAGES = {
    "planned": "beginning",
    "fetching": "fetching",
    "landed": "fetching",
    "reading": "reading what came",
    "loading": "checking and storing",
    "watermark": "finishing",
    "done": "finishing",
}


@dataclass(frozen=True)
class ResourceLine:
    """One kind of thing that is asked for: when it last came, and when completely."""

    title: str
    heard: datetime | None
    whole: datetime | None
    records: int
    often: str


@dataclass(frozen=True)
class SourceLine:
    """One connection. `running` says in words where a sync is; `trouble` what needs somebody,
    `notice` what the supplier said when it called.

    `held` are sentences on what is held back, `stopped` on what was left out of the last sync;
    `missing` gives table, rows, and since when they are no longer at the source.
    """

    name: str
    title: str
    on: bool
    every: int
    host: str
    schools: Sequence[str]
    heard: datetime | None
    running: str
    trouble: str
    notice: str
    held: Sequence[str]
    stopped: Sequence[str]
    missing: Sequence[tuple[str, int, str]]
    resources: Sequence[ResourceLine]
    totals: Sequence[Total]
    last: str

    @property
    def often(self) -> str:
        """How often it is asked: `15 minutes`, `day`."""
        hours, minutes = divmod(self.every, 60)
        if minutes:
            return plural(self.every, "minute")
        return "day" if hours == 24 else plural(hours, "hour").removeprefix("1 ")


def source_lines(site: Site, now: datetime) -> list[SourceLine]:
    """Every connection of a site. One whose file cannot be used says so instead."""
    lines = []
    published = site.warehouse.current()
    for name in site.sources.names():
        try:
            source = site.sources.read(name)
            known = connector(source.kind)
            path = site.folder / "sources" / f"{name}.state.json"
            state = read_state(path, published.number if published else 0)
            lines.append(_line(site, source, known, state, now))
        except SightlineError as error:
            lines.append(_broken(name, str(error)))
    return lines


def _line(
    site: Site, source: Source, known: Connector, state: SourceState, now: datetime
) -> SourceLine:
    heard = [one.fetched_at for one in state.parts.values() if one.fetched_at]
    outcome = state.outcome
    return SourceLine(
        name=source.name,
        title=known.feed.title,
        on=source.on,
        every=source.every,
        host=", ".join(sorted(source.hosts)) or source.address,
        schools=sorted(set(source.schools.values())),
        heard=max(heard, default=None),
        running=_running(site, source.name, now),
        trouble=str(outcome.get("error", "")),
        notice=str(outcome.get("notice", "")),
        held=[one["why"] for one in outcome.get("held", ())],
        stopped=list(outcome.get("stopped", ())),
        missing=[
            (table, many, state.missing_since.get(table, ""))
            for table, many in sorted(state.missing.items())
        ],
        resources=[_resource(known, one.name, source, state) for one in known.feed.resources],
        totals=totals_of(site, source.name, state),
        last=_last(outcome),
    )


def _resource(known: Connector, name: str, source: Source, state: SourceState) -> ResourceLine:
    resource = known.feed.resource(name)
    try:
        parts = [one for one in known.parts(source) if one.resource == name]
    except SightlineError:
        parts = [Part(name)]
    states = [state.of(part) for part in parts]
    often = "at every sync" if resource.live else "once a day"
    if source.resources and name not in source.resources:
        often = "not asked for"
    return ResourceLine(
        title=resource.title,
        heard=max((one.fetched_at for one in states if one.fetched_at), default=None),
        whole=max((one.whole_at for one in states if one.whole_at), default=None),
        records=sum(one.records for one in states),
        often=often,
    )


def _running(site: Site, name: str, now: datetime) -> str:
    """Where a sync of this source is, or nothing when none runs."""
    for lane in ("round", "live"):
        status = read_status(site.folder / "landing" / name / f"{lane}.json")
        if status is not None:
            return _words(status, now)
    return ""


def _words(status: Status, now: datetime) -> str:
    step = status.step
    words = f"{STAGES.get(step.stage, step.stage)} {step.detail.partition('.')[0]}".strip()
    if step.records:
        of = f" of about {step.expected:,}" if step.expected > step.records else ""
        words += f", {plural(step.records, 'record')}{of}"
    left = status.left(now)
    if left is not None:
        words += f", about {plural(max(1, round(left / 60)), 'minute')} to go"
    if step.note:
        words += f" ({step.note})"
    ago = max(0, round((now - status.told_at).total_seconds()))
    return f"{words}. Told {plural(ago, 'second')} ago."


def _last(outcome: dict[str, Any]) -> str:
    """What the last sync did, in one sentence."""
    if not outcome or "error" in outcome:
        return ""
    came = f"{plural(int(outcome['records']), 'record')} came in"
    refused = int(outcome["refused"])
    tail = f", {plural(refused, 'row was refused', 'rows were refused')}" if refused else ""
    stored = "and what was new is published" if outcome["published"] else "and nothing was new"
    return f"{came}{tail} {stored}."


def _broken(name: str, why: str) -> SourceLine:
    return SourceLine(name, "", False, 0, "", (), None, "", why, "", (), (), (), (), (), "")
