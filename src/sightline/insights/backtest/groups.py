"""Which groups a threshold would have listed more: tables of true counts, for the disclosure gate.

A pupil counts once, however many weeks they were listed. Who a pupil is plays no part in any
signal; this asks what the signal does, not what it uses.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sightline.insights.backtest.replay import Replay
from sightline.insights.backtest.threshold import Flags
from sightline.insights.disclosure import Dimension, Table
from sightline.signals.run import SqlEngine

__all__ = ["GROUPS", "group_tables"]

# The column of `pupil`, its name on the page, and its words; what is not recorded comes last.
GROUPS: Mapping[str, tuple[str, Mapping[Any, str]]] = {
    "sex": ("Sex", {"F": "girls", "M": "boys", "X": "other", "U": "unknown"}),
    "sen_status": ("SEND", {"N": "no SEND", "K": "SEN support", "E": "EHC plan"}),
    "eal": ("EAL", {True: "EAL", False: "not EAL"}),
    "disadvantaged": ("Disadvantage", {True: "disadvantaged", False: "not disadvantaged"}),
    "year_group": ("Year group", {}),
}
NOT_RECORDED = "not recorded"
LEVELS = ("evaluated", "listed", "listed at the stricter")


def group_tables(
    engine: SqlEngine, told: Replay, chosen: Flags, thresholds: Sequence[float], signal: str
) -> list[Table]:
    """One table for each way of grouping: pupils evaluated, and listed at each threshold.

    `thresholds` go from the one that lists most to the one that lists fewest. Answers about the
    same schools are of one population, so that no two of them can be taken from each other.
    """
    numbers = [(told.listed_at[one] & chosen).any(axis=1) for one in thresholds]
    evaluated = (told.told & chosen).any(axis=1)
    depth = evaluated.astype(int) + sum(one.astype(int) for one in numbers)
    columns = ", ".join(f"pupil.{name}" for name in GROUPS)
    rows = engine.rows(
        f"SELECT {columns} FROM asked_pupil AS p INNER JOIN whole_pupil AS pupil "
        "ON p.pupil_ref = pupil.pupil_ref ORDER BY p.pupil_no"
    )
    levels = LEVELS[: len(thresholds) + 1]
    filters = {
        "signal": signal,
        "weeks": f"{told.weeks[0]} to {told.weeks[-1]}",
        "thresholds": ", ".join(f"{one:.10g}" for one in thresholds),
    }
    about = f"tried on the past: {' '.join(told.schools)}"
    found = []
    for name, (_, words) in GROUPS.items():
        cells: Counter[tuple[str, ...]] = Counter()
        for row, deep in zip(rows, depth, strict=True):
            for level in levels[:deep]:  # each level holds those after it
                cells[word_of(row[name], words), level] += 1
        if words_told := _levels_of(cells):
            dimensions = (Dimension(name, words_told), Dimension("listed", levels, nested=True))
            found.append(Table(about, told.weeks[-1], dimensions, dict(cells), filters))
    return found


def word_of(value: Any, words: Mapping[Any, str]) -> str:
    if value is None:
        return NOT_RECORDED
    return words[value] if words else f"year {value}"


def _levels_of(cells: Counter[tuple[str, ...]]) -> tuple[str, ...]:
    """The groups there are; none where nothing is recorded."""
    words = sorted({key[0] for key in cells}, key=lambda one: (one == NOT_RECORDED, len(one), one))
    return tuple(words) if set(words) - {NOT_RECORDED} else ()
