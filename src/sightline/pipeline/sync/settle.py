"""What a source's state is after a sync: the cursors moved on, what was seen remembered."""

from dataclasses import replace
from datetime import datetime, timedelta

from sightline.pipeline.account import Loaded
from sightline.pipeline.sync.convert import Converted
from sightline.pipeline.sync.guard import filled_shares
from sightline.pipeline.sync.landing import Plan
from sightline.pipeline.sync.state import PartState, SourceState
from sightline.sources.connectors import Feed, Part

__all__ = ["settled"]

SLOWEST = timedelta(hours=1)
PARENT_TO_COME = {"unknown_pupil", "unknown_class", "not_on_roll"}
LONGEST_WAIT = timedelta(days=1)


def settled(
    state: SourceState,
    feed: Feed,
    plan: Plan,
    converted: Converted,
    used: set[Part],
    loaded: Loaded | None,
    *,
    published: int,
    looked: set[str],
) -> SourceState:
    """The state after the parts in `used` are stored; `looked` are the tables compared in full."""
    parts = dict(state.parts)
    for part in used:
        since, read = plan.since[part], converted.parts[part]
        known = state.of(part)
        moved = _watermark(known.watermark, read.newest, read.records, plan.started_at)
        if known.watermark and _waits(feed, part, loaded, plan.started_at - known.watermark):
            moved = known.watermark
        parts[part.name] = PartState(
            watermark=moved,
            fetched_at=plan.started_at,
            whole_at=plan.started_at if since is None else known.whole_at,
            records=read.records if since is None else known.records,
            cursor=read.cursor or known.cursor,
        )
    missing = {table: n for table, n in state.missing.items() if table not in looked}
    missing |= loaded.missing if loaded else {}
    since_day = plan.started_at.date().isoformat()
    return replace(
        state,
        snapshot=published,
        parts=parts,
        filled=state.filled | _shares(feed, converted, used),
        missing=missing,
        missing_since={t: state.missing_since.get(t, since_day) for t in missing},
        totals=_totals(state, converted),
    )


def _waits(feed: Feed, part: Part, loaded: Loaded | None, since: timedelta) -> bool:
    """Whether to ask for the same again: rows were refused for a pupil or class yet to come.

    Those come with another part, at most a day later; after that the rows stay refused.
    """
    tables = feed.resource(part.resource).tables
    accounts = loaded.account.tables if loaded else {}
    refused = {one for table in tables if table in accounts for one in accounts[table].by_reason}
    return bool(refused & PARENT_TO_COME) and since < LONGEST_WAIT


def _watermark(
    before: datetime | None, newest: datetime | None, records: int, started: datetime
) -> datetime | None:
    """Where to go on: at the newest change by the supplier's own clock, if it tells.

    A moment that lies ahead is a wrong clock and does not count beyond the start. One long past
    does not hold the cursor back either: a supplier's clock is not more than an hour slow.
    """
    if newest is None and records == 0 and before is not None:
        return max(before, started - SLOWEST)
    moved = started if newest is None else min(max(newest, started - SLOWEST), started)
    return moved if before is None else max(before, moved)


def _shares(feed: Feed, converted: Converted, used: set[Part]) -> dict[str, float]:
    views = {view for part in used for view in feed.resource(part.resource).views}
    shares = filled_shares(feed, converted)
    return {name: share for name, share in shares.items() if name.partition(".")[0] in views}


def _totals(state: SourceState, converted: Converted) -> list[list[object]]:
    kept = {(one[0], one[1], one[2]): one[3] for one in state.totals}
    kept |= converted.totals
    return [[*key, number] for key, number in sorted(kept.items())]
