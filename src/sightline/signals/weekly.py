"""The weekly list: at most so many pupils, in an order that says why, and a word on all the others.

No score: a pupil's place follows from five keys, compared one after the other (see KEYS).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sightline.kit import plural, sentence_list
from sightline.signals.flag import Flag

__all__ = ["KEYS", "Decision", "Entry", "Shown", "WeeklyList", "weekly_list"]

KEYS = (
    "a review is due, or a figure is twice its threshold or more",
    "more different themes first",
    "something new since the list before",
    "the largest figure against its threshold",
    "a draw that changes every term",
)
SET_ASIDE = {"in_hand": "already in hand", "not_now": "not a concern now"}


@dataclass(frozen=True)
class Decision:
    """The record of one decision about a pupil, as the list needs it.

    `kind` is `act`, `in_hand` or `not_now`; `until` the review date or the date chosen (it is in
    force on the days before); `themes` those flagged when it was made.
    """

    pupil_ref: str
    decided_on: date
    kind: str
    until: date | None
    themes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shown:
    """The recorded list before this one, of the same school and year group."""

    as_of: date
    pupil_refs: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """A pupil on the list. `flags` are the strongest first; `keys` are (a) to (d) of the order."""

    pupil_ref: str
    flags: tuple[Flag, ...]
    keys: tuple[int, int, int, float]
    new_signals: tuple[str, ...]
    listed_because: str
    leaves_when: str


@dataclass(frozen=True)
class WeeklyList:
    """The list, those who met a threshold and are not on it, and whether the cut fell on a tie."""

    entries: tuple[Entry, ...]
    left_out: tuple[Entry, ...]
    set_aside: Mapping[str, str]
    met_threshold: int
    tie_at_the_cut: bool

    def set_aside_counts(self) -> dict[str, int]:
        return dict(sorted(Counter(self.set_aside.values()).items()))


def weekly_list(
    flags: Iterable[Flag],
    flagged_before: Collection[tuple[str, str]],
    *,
    as_of: date,
    capacity: int,
    tie_break: Callable[[str], Any],
    decisions: Sequence[Decision] = (),
    shown: Shown | None = None,
    lately_from: date | None = None,
    opted_out: Collection[str] = (),
) -> WeeklyList:
    """Put the flagged pupils of one list in order and cut at the capacity.

    `flagged_before` holds (pupil_ref, signal) of the previous list's flags; `lately_from` is the
    first of the last 15 school days. Rule: the signals' page, "The weekly list".
    """
    by_pupil: dict[str, list[Flag]] = defaultdict(list)
    for flag in flags:
        if flag.pupil_ref not in opted_out:
            by_pupil[flag.pupil_ref].append(flag)
    latest = _latest(decisions, as_of)
    set_aside, entries = {}, []
    for pupil_ref, found in by_pupil.items():
        decision = latest.get(pupil_ref)
        held = _why_set_aside(decision, found, as_of)
        if held:
            set_aside[pupil_ref] = held
            continue
        found.sort(key=lambda flag: (-flag.strength, flag.signal))
        tier, why = _tier(decision, pupil_ref, found[0].strength, as_of, lately_from, shown)
        entries.append(_entry(pupil_ref, found, flagged_before, tier, why))
    entries.sort(key=lambda entry: (entry.keys, tie_break(entry.pupil_ref)))
    on, off = entries[:capacity], entries[capacity:]
    tie = bool(on and off and on[-1].keys == off[0].keys)
    return WeeklyList(tuple(on), tuple(off), set_aside, len(by_pupil), tie)


def _entry(
    pupil_ref: str,
    flags: list[Flag],
    flagged_before: Collection[tuple[str, str]],
    tier: int,
    why: str,
) -> Entry:
    themes = {flag.theme for flag in flags}
    new = tuple(flag.signal for flag in flags if (pupil_ref, flag.signal) not in flagged_before)
    keys = (tier, -len(themes), 0 if new else 1, -flags[0].strength)
    parts = [why] if why else []
    parts.append(f"{plural(len(themes), 'theme')} ({sentence_list(sorted(themes))})")
    parts.append("new since a week ago" if new else "the same as a week ago")
    parts.append(f"the largest figure is {flags[0].strength:.1f} times its threshold")
    clears = "the flag clears" if len(flags) == 1 else f"all {len(flags)} flags clear"
    leaves = f"Leaves the list after a decision, when {clears}, or when others come before."
    return Entry(pupil_ref, tuple(flags), keys, new, "; ".join(parts).capitalize() + ".", leaves)


def _latest(decisions: Sequence[Decision], as_of: date) -> dict[str, Decision]:
    found: dict[str, Decision] = {}
    for decision in decisions:
        before = found.get(decision.pupil_ref)
        if decision.decided_on <= as_of and (
            before is None or decision.decided_on >= before.decided_on
        ):
            found[decision.pupil_ref] = decision
    return found


def _why_set_aside(decision: Decision | None, flags: list[Flag], as_of: date) -> str | None:
    if decision is None or decision.kind not in SET_ASIDE:
        return None
    in_force = decision.until is not None and as_of < decision.until
    nothing_new = {flag.theme for flag in flags} <= decision.themes
    return SET_ASIDE[decision.kind] if in_force and nothing_new else None


def _tier(
    decision: Decision | None,
    pupil_ref: str,
    largest: float,
    as_of: date,
    lately_from: date | None,
    shown: Shown | None,
) -> tuple[int, str]:
    """Key (a), and the words for it."""
    if decision and decision.kind == "in_hand" and decision.until and decision.until <= as_of:
        return 0, "a review is due"
    lately = decision and lately_from and decision.decided_on >= lately_from
    if largest >= 2 and not lately:
        return 0, "a figure is twice its threshold or more"
    on_before = shown is not None and pupil_ref in shown.pupil_refs
    if on_before and (decision is None or shown is None or decision.decided_on < shown.as_of):
        return 1, "on the list before and not yet decided on"
    return 2, ""
