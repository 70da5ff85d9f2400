"""What a sync asks for: what was cut off, what is due, or what somebody has asked for."""

from datetime import datetime, timedelta

from sightline.kit import SightlineError
from sightline.pipeline.sync.due import parts_due
from sightline.pipeline.sync.landing import Landing, Plan
from sightline.pipeline.sync.state import SourceState
from sightline.pipeline.sync.types import Choices
from sightline.sources.connection import Source
from sightline.sources.connectors import Connector, Part

__all__ = ["parts_of", "plan_of"]

# What has happened on a day; the other tables say who and where, and are needed whole.
HAPPENINGS = {"school_day", "attendance", "lesson_mark", "behaviour", "assessment", "work"}
HAPPENINGS |= {"engagement", "note"}
STALE = timedelta(hours=24)  # what landed longer ago is fetched anew


def parts_of(connector: Connector, source: Source) -> list[Part]:
    """What a source is asked for: everything of its kind, or the resources its file names.

    Raises `bad_settings` for a resource there is not.
    """
    known = {one.name for one in connector.feed.resources}
    if unknown := sorted(set(source.resources) - known):
        what = f"`{unknown[0]}` is not one of its resources"
        remedy = f"There are: {', '.join(sorted(known))}."
        raise SightlineError("bad_settings", f"source {source.name}", what, remedy)
    parts = connector.parts(source)
    return [one for one in parts if not source.resources or one.resource in source.resources]


def plan_of(
    connector: Connector,
    source: Source,
    state: SourceState,
    landing: Landing,
    choices: Choices,
    started_at: datetime,
) -> Plan:
    """The parts to fetch, each since its moment; begins the landing unless it goes on."""
    unfinished = None if choices.asks else landing.unfinished()
    if unfinished and started_at - unfinished.started_at < STALE:
        return unfinished
    overlap = connector.feed.overlap
    since: dict[Part, datetime | None] = {}
    for part, whole in _wanted(connector, source, state, choices, started_at).items():
        mark = state.of(part).watermark
        since[part] = None if whole or mark is None else mark - overlap
        if choices.since and _by_change(connector, part, full=choices.full):
            since[part] = choices.since
    plan = Plan(started_at, since)
    landing.begin(plan)
    return plan


def _by_change(connector: Connector, part: Part, *, full: bool) -> bool:
    """Whether `since` is for this part: with `full` only for what has happened."""
    resource = connector.feed.resource(part.resource)
    return not resource.whole and (not full or set(resource.tables) <= HAPPENINGS)


def _wanted(
    connector: Connector,
    source: Source,
    state: SourceState,
    choices: Choices,
    started_at: datetime,
) -> dict[Part, bool]:
    """The parts, and whether each is wanted completely."""
    parts = parts_of(connector, source)
    if choices.only is not None:  # a call: what was never fetched waits for its turn
        return {part: False for part in parts if part in choices.only and state.of(part).fetched_at}
    if choices.full or choices.since or choices.templates:
        return dict.fromkeys(parts, choices.since is None)
    return parts_due(connector, parts, state, started_at)
