"""This week's list from the group's facts and what was decided before, as it will be recorded."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sightline.sheets import GroupFacts
from sightline.signals import read_library
from sightline.signals.flag import Flag
from sightline.signals.weekly import Decision, Entry, Shown, WeeklyList, weekly_list
from sightline.triage.chance import GROUPS
from sightline.triage.rules import LATELY_SCHOOL_DAYS
from sightline.triage.sparks import spark

__all__ = [
    "REASONS_SHOWN",
    "SET_ASIDE_CODES",
    "Before",
    "allowed",
    "counts_of",
    "entry_of",
    "make_list",
    "title_of",
    "without_themes",
]

REASONS_SHOWN = 3
SET_ASIDE_CODES = {"already in hand": "in_hand", "not a concern now": "not_now"}
EVERYTHING: frozenset[str] = frozenset()  # an objection that names no theme is to all of them


@dataclass(frozen=True)
class Before:
    """What happened before this list: decisions, the list before, and its flags.

    `flagged` is None where no list was recorded: then the facts of a week earlier stand in.
    """

    decisions: Sequence[Decision] = ()
    shown: Shown | None = None
    flagged: Collection[tuple[str, str]] | None = None


def make_list(
    group: GroupFacts,
    before: Before,
    *,
    on: date,
    objections: Mapping[str, frozenset[str]],
    order: Callable[[str, str], Any],
    capacity: int | None = None,
) -> WeeklyList:
    """The list of a group on the day of its meeting. `order(term, ref)` breaks the last ties."""
    return weekly_list(
        allowed(group.flags, objections),
        group.before if before.flagged is None else before.flagged,
        as_of=on,
        capacity=group.capacity if capacity is None else capacity,
        tie_break=lambda ref: order(group.term, ref),
        decisions=before.decisions,
        shown=before.shown,
        lately_from=_lately_from(group.days),
        opted_out=[ref for ref, themes in objections.items() if themes == EVERYTHING],
    )


def allowed(flags: Sequence[Flag], objections: Mapping[str, frozenset[str]]) -> list[Flag]:
    """The flags that no objection forbids to use."""
    return [
        flag
        for flag in flags
        if flag.pupil_ref not in objections
        or (objections[flag.pupil_ref] and flag.theme not in objections[flag.pupil_ref])
    ]


def counts_of(
    group: GroupFacts, weekly: WeeklyList, objections: Mapping[str, frozenset[str]]
) -> dict[str, Any]:
    """What the page says about those who are not on the list, and the shares of groups."""
    flagged = {flag.pupil_ref for flag in group.flags}
    used = {flag.pupil_ref for flag in allowed(group.flags, objections)}
    untold = {ref for ref in group.cannot_tell if objections.get(ref) != EVERYTHING}
    return {
        "on_roll": group.on_roll,
        "met_threshold": weekly.met_threshold,
        "could_not_tell": len(untold),
        "objected": len(flagged - used),
        "tie_at_the_cut": weekly.tie_at_the_cut,
        "lens": lens_counts(group, [entry.pupil_ref for entry in weekly.entries]),
    }


def lens_counts(group: GroupFacts, refs: Collection[str]) -> dict[str, list[int]]:
    """For each group: listed, places, in the year, known in the year."""
    return {
        key: [len(group.groups[key] & set(refs)), len(refs), *group.shares[key]]
        for key in GROUPS
        if key in group.groups and key in group.shares
    }


def entry_of(group: GroupFacts, entry: Entry) -> dict[str, Any]:
    """Everything shown of one listed pupil, as plain values and without identity."""
    ref = entry.pupil_ref
    lens = group.lens.get(ref)
    told = [_flag(flag) for flag in entry.flags]
    return {
        "flags": told[:REASONS_SHOWN],
        "more_flags": told[REASONS_SHOWN:],
        "good": list(group.good.get(ref, ())),
        "listed_because": entry.listed_because,
        "leaves_when": entry.leaves_when,
        "new_signals": list(entry.new_signals),
        "lens": {
            "sentences": list(lens.sentences if lens else ()),
            "lessons": list(lens.lessons if lens else ()),
        },
        "spark": spark(
            [flag.signal for flag in entry.flags],
            group.weeks.get(ref, ()),
            entry.flags[0].window_from,
        ),
    }


def without_themes(entry: Mapping[str, Any], themes: frozenset[str]) -> dict[str, Any] | None:
    """A recorded entry as it may be shown after an objection; None when nothing is left."""
    if themes == EVERYTHING:
        return None
    told = [one for one in entry["flags"] + entry["more_flags"] if one["theme"] not in themes]
    if not told:
        return None
    shown = dict(entry) | {"flags": told[:REASONS_SHOWN], "more_flags": told[REASONS_SHOWN:]}
    if len(told) < len(entry["flags"]) + len(entry["more_flags"]):
        # The drawing, the lens, the praise and the order may rest on the theme objected to.
        shown |= {"spark": None, "good": [], "lens": {"sentences": [], "lessons": []}}
        shown |= {"listed_because": "Listed for what is shown here."}
    return shown


def title_of(signal: str) -> str:
    """What a signal is called; a school's own goes by its folder's name."""
    known = read_library().get(signal)
    return known.title if known else signal.replace("_", " ").capitalize()


def _lately_from(days: Sequence[date]) -> date | None:
    return days[-LATELY_SCHOOL_DAYS:][0] if days else None


def _flag(flag: Flag) -> dict[str, Any]:
    return {
        "signal": flag.signal,
        "title": title_of(flag.signal),
        "theme": flag.theme,
        "because": flag.because,
        "value": round(flag.value, 6),
        "threshold": round(flag.threshold, 6),
        "strength": flag.strength,
        "version": flag.version,
        "window": [one and one.isoformat() for one in (flag.window_from, flag.window_to)],
    }
