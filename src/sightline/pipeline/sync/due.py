"""When a source is asked, and for what: by the minute, daily, weekly, not at registration."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sightline.pipeline.sync.state import SourceState
from sightline.sources.connection import Source
from sightline.sources.connectors import Connector, Part

__all__ = ["QUIET", "is_due", "is_quiet", "parts_due"]

SCHOOL_TIME = ZoneInfo("Europe/London")
QUIET = (time(8, 35), time(9, 15))  # registers are being taken: the MIS is at its busiest
NIGHT = (time(0, 0), time(5, 0))
WHOLE_AGAIN = timedelta(days=6, hours=12)
WHOLE_AT_LAST = timedelta(days=8)  # also by day, when no night would do


def is_quiet(now: datetime) -> bool:
    """Whether schools take their registers now, so that nothing is asked for unasked."""
    return QUIET[0] <= now.astimezone(SCHOOL_TIME).time() < QUIET[1]


def is_due(source: Source, state: SourceState, now: datetime) -> bool:
    """Whether a source that is switched on is to be asked by itself now."""
    if not source.on or is_quiet(now):
        return False
    fetched = [one.fetched_at for one in state.parts.values() if one.fetched_at]
    return not fetched or now - max(fetched) >= timedelta(minutes=source.every)


def parts_due(
    connector: Connector, parts: list[Part], state: SourceState, now: datetime
) -> dict[Part, bool]:
    """The parts to ask for now, and whether completely.

    Live resources every time; the others once a day, after midnight at school. Completely: what was
    never complete, what cannot be asked for by change, and every part once a week at night.
    """
    due = {}
    for part in parts:
        resource, known = connector.feed.resource(part.resource), state.of(part)
        if not resource.live and known.fetched_at and _day(known.fetched_at) == _day(now):
            continue
        due[part] = (
            resource.whole or known.whole_at is None or _whole_again(now - known.whole_at, now)
        )
    return due


def _whole_again(age: timedelta, now: datetime) -> bool:
    at_night = NIGHT[0] <= now.astimezone(SCHOOL_TIME).time() < NIGHT[1]
    return age >= (WHOLE_AGAIN if at_night else WHOLE_AT_LAST)


def _day(moment: datetime) -> str:
    return moment.astimezone(SCHOOL_TIME).date().isoformat()
