"""Follow pupils from each week on: one function for each outcome, by name."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from sightline.contract import attendance_codes
from sightline.insights.backtest.outcomes import absence
from sightline.insights.backtest.outcomes.spells import (
    WIDE,
    Spells,
    from_spells,
    merged,
    starts_within,
)
from sightline.insights.backtest.outcomes.types import (
    FAR,
    Asked,
    Days,
    Flags,
    Followed,
    day_numbers,
    read_sql,
)
from sightline.insights.backtest.replay import TableEngine

__all__ = ["Acted", "Asked", "Followed", "follow", "supported"]

Acted = Iterable[tuple[str, date]]
"""What meetings decided to act on: pupil_ref and day."""

STEP = -1.0  # a mean gap of one step of the scale below what was expected, or lower


def follow(engine: TableEngine, outcome: str, asked: Asked, acted: Acted = ()) -> Followed:
    """What came after each week, of the pupils of `asked_pupil`."""
    codes = [code for code in attendance_codes() if code.category != "missing"]
    attended = ("present", "approved_educational_activity")
    columns = {
        "code": [code.code for code in codes],
        "possible": [int(code.category != "not_possible") for code in codes],
        "attended": [int(code.category in attended) for code in codes],
    }
    engine.register("outcome_code", pa.table(columns))
    rows = list(acted)
    told = {"pupil_ref": pa.array([one for one, _ in rows], pa.string())}
    engine.register(
        "acted", pa.table({**told, "decided_on": pa.array([d for _, d in rows], pa.date32())})
    )
    ends = read_sql(engine, "followed", asked)
    left, data = (day_numbers(ends[one], asked) for one in ("left_on", "data_end"))
    until = np.minimum(left, np.where(data == FAR, -1, data))
    return KINDS[outcome](engine, asked, ends, until)


def supported(engine: TableEngine, asked: Asked) -> Flags:
    """Who had a support running on the day of each week. Needs what `follow` made."""
    return from_spells(support_spells(engine, asked, meetings=False), asked)


def _persistent(engine: TableEngine, asked: Asked, ends: Any, until: Days) -> Followed:
    return absence.persistent_absence(engine, asked, until)


def _falls(engine: TableEngine, asked: Asked, ends: Any, until: Days) -> Followed:
    return absence.attendance_falls(engine, asked, until)


def _suspension(engine: TableEngine, asked: Asked, ends: Any, until: Days) -> Followed:
    found = read_sql(engine, "suspensions", asked)
    days = (day_numbers(found[one], asked) for one in ("from_on", "to_on"))
    return of_spells(Spells(found["pupil_no"].astype(np.int64), *days), asked, until)


def _acted_on(engine: TableEngine, asked: Asked, ends: Any, until: Days) -> Followed:
    return of_spells(support_spells(engine, asked, meetings=True), asked, until)


def _below(engine: TableEngine, asked: Asked, ends: Any, until: Days) -> Followed:
    """It begins with the result that brings the mean down; without a result nothing was seen."""
    found = read_sql(engine, "results", asked)
    pupil, day = found["pupil_no"].astype(np.int64), day_numbers(found["day"], asked)
    gap = found["gap"].astype(float)
    key = pupil * WIDE + day
    low = gap <= STEP + 1e-9
    within_range = np.isfinite(gap) & ~low
    fell = np.zeros(len(pupil), bool)
    fell[1:] = low[1:] & within_range[:-1] & (pupil[1:] == pupil[:-1])
    ask = np.arange(asked.pupils)[:, None] * WIDE + asked.at[None, :]
    last = np.searchsorted(key, ask, side="right") - 1
    mine = np.zeros(last.shape, bool)
    if len(pupil):
        mine = (last >= 0) & (pupil[last] == np.arange(asked.pupils)[:, None])
        mine &= np.isfinite(gap[last])
    already = mine & low[last] if len(pupil) else mine
    seen = np.searchsorted(key, ask + asked.within, side="right") > last + 1
    then = asked.at + asked.within
    known = mine & seen & (until[:, None] >= then[None, :])
    falls = Spells(pupil[fell], day[fell], day[fell])
    after = starts_within(falls, asked) & known & ~already
    return Followed(already, known, after, pupil[fell], day[fell])


def _withdrawn(engine: TableEngine, asked: Asked, ends: Any, until: Days) -> Followed:
    """Leaving is the outcome, so a leaver is followed; a fail is known on the school's last day."""
    left, data, last = (
        day_numbers(ends[one], asked) for one in ("left_on", "data_end", "last_open")
    )
    result = ends["final_result"]
    early = (left < last) & ~np.isin(result, ["pass", "distinction"])
    lost = early | np.isin(result, ["withdrawn", "fail"])
    day = np.minimum(left, last)
    pupil = np.flatnonzero(lost & (day < FAR))
    spells = Spells(pupil, day[pupil], np.full(len(pupil), FAR))
    over = (
        np.isin(result, ["pass", "distinction"]) | lost | (np.where(data == FAR, -1, data) >= last)
    )
    end = np.where(over, FAR, np.where(data == FAR, -1, data))
    return of_spells(spells, asked, end)


def of_spells(spells: Spells, asked: Asked, until: Days) -> Followed:
    """An outcome that has a first and a last day of its own."""
    already = from_spells(spells, asked)
    known = until[:, None] >= (asked.at + asked.within)[None, :]
    after = starts_within(spells, asked) & known & ~already
    return Followed(already, known, after, spells.pupil, spells.start)


def support_spells(engine: TableEngine, asked: Asked, *, meetings: bool) -> Spells:
    """Supports that overlap are one; with `meetings` a decision stands for `within` days too."""
    found = read_sql(engine, "supports", asked)
    pupil, decided = found["pupil_no"].astype(np.int64), found["is_decision"] == 1
    start, end = (day_numbers(found[one], asked) for one in ("from_on", "to_on"))
    end = np.where(decided, start + asked.within - 1, np.minimum(end, FAR))
    kept = ~decided | meetings
    return merged(pupil[kept], start[kept], end[kept])


KINDS: dict[str, Callable[[TableEngine, Asked, Any, Days], Followed]] = {
    "persistent_absence": _persistent,
    "attendance_falls": _falls,
    "suspension": _suspension,
    "below_expected": _below,
    "withdrawn_or_failed": _withdrawn,
    "acted_on": _acted_on,
}
