"""Fetch the parts of a plan into the landing place, each from where it was cut off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sightline.kit import SightlineError
from sightline.pipeline.sync.landing import Landing, Plan
from sightline.pipeline.sync.state import SourceState
from sightline.pipeline.sync.types import Step
from sightline.sources.connection import Source
from sightline.sources.connectors import Connector, Part, Reach, Session

__all__ = ["Fetched", "fetch"]

OF_ONE_PART = {"source_refused", "source_changed"}  # the others mean that nothing can be fetched
VOID = OF_ONE_PART | {"source_unsettled"}


@dataclass
class Fetched:
    """How far fetching came. `failed` parts are left out of this sync, each with its reason."""

    records: int = 0
    failed: dict[Part, SightlineError] = field(default_factory=dict)


def fetch(
    connector: Connector,
    source: Source,
    secrets: Mapping[str, str],
    reach: Reach,
    landing: Landing,
    plan: Plan,
    state: SourceState,
    tell: Callable[[Step], None],
) -> Fetched:
    """Land every part. A part that fails is left out, unless nothing is of use without it.

    Raises `source_down` and whatever stops every part; what has landed stays.
    """
    done = Fetched()
    expected = sum(state.of(part).records for part in plan.since)
    with connector.session(source, secrets, reach) as session:
        if hasattr(session, "cursors"):
            session.cursors = {part.name: state.of(part).cursor for part in plan.since}
        for part in plan.since:
            try:
                _land(connector, source, session, landing, plan, part, done, expected, tell)
            except SightlineError as error:
                if error.code in VOID:  # fetched anew next time: it may be mended there by then
                    landing.again(part)
                if error.code not in OF_ONE_PART or connector.feed.resource(part.resource).needed:
                    raise
                done.failed[part] = error
    if len(done.failed) == len(plan.since):
        raise next(iter(done.failed.values()))
    return done


def _land(
    connector: Connector,
    source: Source,
    session: Session,
    landing: Landing,
    plan: Plan,
    part: Part,
    done: Fetched,
    expected: int,
    tell: Callable[[Step], None],
) -> None:
    if landing.is_done(part) and not landing.is_whole(part):
        landing.again(part)
    if not landing.is_done(part):
        number, resume = landing.place(part)
        if resume is None:
            landing.again(part)
        for answer in landing.answers(part):
            done.records += connector.read(source, part, answer).records
        for answer in session.answers(part, since=plan.since[part], resume=resume):
            number += 1
            landing.keep(part, number, answer)
            done.records += connector.read(source, part, answer).records
            tell(Step("fetching", part.name, done.records, expected))
        landing.done(part)
    tell(Step("landed", part.name, done.records, expected))
