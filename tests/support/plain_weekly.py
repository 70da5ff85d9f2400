"""The weekly list in plain Python: "The weekly list" of spec/signals.md, step by step.

It works on the rows that tests.support.plain_signals gives for one list: one school and, if
wanted, one year group. The caller chooses the pupils; nothing here filters by school or year.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.support.plain_signals import THEMES

Row = dict[str, Any]

# Signals flagged at or below minus their threshold, and the one flagged below a share.
AT_MOST_NEGATIVE = ("attendance_momentum", "progress_variance")
BELOW_A_SHARE = ("engagement_vs_peers",)
RECENT_SCHOOL_DAYS = 15


@dataclass(frozen=True)
class Decision:
    """What was decided about a pupil.

    `kind` is "in_hand" (already in hand), "not_now" (not a concern now) or any other word.
    `until` is the review date, or the date chosen: in force on the days before it. `themes` are
    those flagged when the decision was made.
    """

    pupil_id: str
    decided_on: date
    kind: str
    until: date | None = None
    themes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shown:
    """The previous recorded list of the same school and year group."""

    as_of: date
    pupil_ids: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """A candidate with its keys (a)-(d); smaller keys come first."""

    pupil_id: str
    keys: tuple[int, int, int, float]
    signals: tuple[str, ...]


@dataclass(frozen=True)
class Weekly:
    """The list and what became of everybody else.

    `ordered` holds every candidate not set aside, `shown` the first of them. `met_threshold`
    counts the candidates: shown, left out and set aside together.
    """

    shown: list[Entry]
    ordered: list[Entry]
    met_threshold: int
    set_aside: dict[str, str]
    could_not_tell: int
    tie_at_the_cut: bool
    set_aside_by_reason: Counter[str] = field(default_factory=Counter)


def strength(row: Row) -> float:
    """How far past its threshold a flagged value lies: 1 at the threshold, larger beyond it."""
    value, threshold = row["value"], row["threshold"]
    if row["signal"] in AT_MOST_NEGATIVE:
        found = value / -threshold
    elif row["signal"] in BELOW_A_SHARE:
        found = threshold / max(value, 0.01)
    else:
        found = value / threshold
    return float(round(found, 9))


def flags_by_pupil(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The flagged rows of each pupil who has any."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["outcome"] == "flag":
            found[row["pupil_id"]].append(row)
    return dict(found)


def themes(flags: Sequence[Row]) -> set[str]:
    """The different themes flagged."""
    return {THEMES[row["signal"]] for row in flags}


def latest_decisions(decisions: Sequence[Decision], as_of: date) -> dict[str, Decision]:
    """Each pupil's latest decision made on or before as_of; of one day's the last in the list."""
    found: dict[str, Decision] = {}
    for decision in decisions:
        before = found.get(decision.pupil_id)
        if decision.decided_on <= as_of and (
            before is None or decision.decided_on >= before.decided_on
        ):
            found[decision.pupil_id] = decision
    return found


def why_set_aside(decision: Decision | None, flags: Sequence[Row], as_of: date) -> str | None:
    """The decision that holds a pupil back, unless a theme is flagged that was not then."""
    if decision is None or decision.kind not in ("in_hand", "not_now"):
        return None
    in_force = decision.until is not None and as_of < decision.until
    return decision.kind if in_force and themes(flags) <= decision.themes else None


def tier(
    decision: Decision | None,
    pupil_id: str,
    largest: float,
    *,
    as_of: date,
    recent: Collection[date],
    previous: Shown | None,
) -> int:
    """Key (a): 0 review due or strong and not lately decided on, 1 shown and undecided, 2 rest."""
    review_due = (
        decision is not None
        and decision.kind == "in_hand"
        and decision.until is not None
        and decision.until <= as_of
    )
    lately = decision is not None and bool(recent) and min(recent) <= decision.decided_on
    if review_due or (largest >= 2 and not lately):
        return 0
    if previous is not None and pupil_id in previous.pupil_ids:
        decided_since = decision is not None and decision.decided_on >= previous.as_of
        return 2 if decided_since else 1
    return 2


def weekly(
    rows_now: Sequence[Row],
    rows_week_earlier: Sequence[Row],
    *,
    as_of: date,
    capacity: int = 10,
    tie_break: Callable[[str], Any] = str,
    opted_out: Collection[str] = (),
    decisions: Sequence[Decision] = (),
    shown: Shown | None = None,
    school_days: Collection[date] = (),
) -> Weekly:
    """The list for as_of.

    `rows_week_earlier` are the rows at the previous list's as_of, recorded or recomputed for 7
    days earlier. `tie_break` gives key (e) of a pupil_id. `school_days` are the school's; only
    the last 15 up to as_of matter, and only where there are decisions.
    """
    flags = flags_by_pupil(rows_now)
    before = {(r["pupil_id"], r["signal"]) for r in rows_week_earlier if r["outcome"] == "flag"}
    latest = latest_decisions(decisions, as_of)
    recent = sorted(day for day in school_days if day <= as_of)[-RECENT_SCHOOL_DAYS:]
    entries, set_aside = [], {}
    candidates = {pupil_id: found for pupil_id, found in flags.items() if pupil_id not in opted_out}
    for pupil_id, found in candidates.items():
        decision = latest.get(pupil_id)
        reason = why_set_aside(decision, found, as_of)
        if reason is not None:
            set_aside[pupil_id] = reason
            continue
        largest = max(strength(row) for row in found)
        a = tier(decision, pupil_id, largest, as_of=as_of, recent=recent, previous=shown)
        is_new = any((pupil_id, row["signal"]) not in before for row in found)
        keys = (a, -len(themes(found)), 0 if is_new else 1, -largest)
        entries.append(Entry(pupil_id, keys, tuple(row["signal"] for row in found)))
    entries.sort(key=lambda entry: (entry.keys, tie_break(entry.pupil_id)))
    return Weekly(
        shown=entries[:capacity],
        ordered=entries,
        met_threshold=len(candidates),
        set_aside=set_aside,
        could_not_tell=could_not_tell(rows_now, flags),
        tie_at_the_cut=tie_at_the_cut(entries, capacity),
        set_aside_by_reason=Counter(set_aside.values()),
    )


def could_not_tell(rows: Sequence[Row], flags: Mapping[str, object]) -> int:
    """Pupils with no flag and at least one cannot_tell."""
    untold = {row["pupil_id"] for row in rows if row["outcome"] == "cannot_tell"}
    return len(untold - flags.keys())


def tie_at_the_cut(entries: Sequence[Entry], capacity: int) -> bool:
    """Whether the first one left out has the same keys (a)-(d) as the last one shown."""
    if not 0 < capacity < len(entries):
        return False
    return entries[capacity - 1].keys == entries[capacity].keys
