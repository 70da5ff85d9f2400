"""A sheet as the bytes that are stored, and back: short, and read in well under a millisecond."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sightline.sheets.register import Register
from sightline.sheets.types import (
    BehaviourRow,
    GroupFacts,
    Lens,
    NoteRow,
    PupilSheet,
    ResultRow,
    SupportRow,
    WeekFigures,
)
from sightline.signals.flag import Flag

__all__ = ["group_from", "packed", "sheet_from", "store_group", "store_sheet", "unpacked"]

# The columns of each part of a sheet that are dates.
PARTS: Mapping[str, tuple[Callable[..., Any], tuple[int, ...]]] = {
    "behaviour": (BehaviourRow, (0,)),
    "results": (ResultRow, (0,)),
    "weeks": (WeekFigures, (0,)),
    "supports": (SupportRow, (3, 4, 5)),
    "notes": (NoteRow, (1,)),
    "out_of_lessons": (lambda *row: row, (0,)),
    "minutes": (lambda *row: row, (0,)),
    "work": (lambda *row: row, (0,)),
    "use": (lambda *row: row, (0,)),
}
PLAIN = (
    "pupil_ref",
    "school_id",
    "year_group",
    "registration_group",
    "sex",
    "sen_status",
    "eal",
    "disadvantaged",
)
DATES = ("as_of", "enrolled_on", "left_on")
SIGNAL_DATES = ("window_from", "window_to")


def packed(value: Any) -> bytes:
    """A plain value, dates as text, compressed."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_text)
    return zlib.compress(text.encode(), 4)


def unpacked(stored: bytes) -> Any:
    """What `packed` was given, dates still as text."""
    return json.loads(zlib.decompress(stored))


def store_sheet(sheet: PupilSheet, register: Register) -> bytes:
    """One pupil's sheet as bytes."""
    line, late = register.line(sheet.marks)
    told: dict[str, Any] = {name: getattr(sheet, name) for name in (*PLAIN, *DATES)}
    told |= {
        name: [_written(one, places) for one in getattr(sheet, name)]
        for name, (_, places) in PARTS.items()
    }
    return packed(
        told
        | {
            "marks": line,
            "late": list(late.items()),
            "class_ids": sheet.class_ids,
            "signals": [dict(one) for one in sheet.signals],
            "good": sheet.good,
            "lens": [sheet.lens.sentences, sheet.lens.lessons],
            "story": sheet.story,
        }
    )


def sheet_from(stored: bytes, register: Register) -> PupilSheet:
    """The sheet that `store_sheet` was given."""
    told = unpacked(stored)
    made: dict[str, Any] = {name: told[name] for name in PLAIN}
    made |= {name: _day(told[name]) for name in DATES}
    made |= {name: _part(told[name], *how) for name, how in PARTS.items()}
    return PupilSheet(
        **made,
        marks=register.marks(told["marks"], dict(told["late"])),
        class_ids=tuple(told["class_ids"]),
        signals=tuple(_dated(one, SIGNAL_DATES) for one in told["signals"]),
        good=tuple(told["good"]),
        lens=_lens(told["lens"]),
        story=tuple(told["story"]),
    )


def store_group(facts: GroupFacts) -> bytes:
    """One group's facts as bytes."""
    told = {one.name: getattr(facts, one.name) for one in fields(facts)}
    return packed(
        told
        | {
            "flags": [_row(flag) for flag in facts.flags],
            "before": sorted(facts.before),
            "cannot_tell": sorted(facts.cannot_tell),
            "good": dict(facts.good),
            "lens": {ref: [one.sentences, one.lessons] for ref, one in facts.lens.items()},
            "weeks": {ref: [_row(one) for one in rows] for ref, rows in facts.weeks.items()},
            "shares": dict(facts.shares),
            "groups": {name: sorted(refs) for name, refs in facts.groups.items()},
        }
    )


def group_from(stored: bytes) -> GroupFacts:
    """The facts that `store_group` was given."""
    told = unpacked(stored)
    told |= {
        "as_of": _day(told["as_of"]),
        "flags": tuple(_flag(row) for row in told["flags"]),
        "before": frozenset((ref, signal) for ref, signal in told["before"]),
        "cannot_tell": frozenset(told["cannot_tell"]),
        "good": {ref: tuple(lines) for ref, lines in told["good"].items()},
        "lens": {ref: _lens(one) for ref, one in told["lens"].items()},
        "weeks": {ref: _part(rows, WeekFigures, (0,)) for ref, rows in told["weeks"].items()},
        "shares": {name: tuple(share) for name, share in told["shares"].items()},
        "groups": {name: frozenset(refs) for name, refs in told["groups"].items()},
        "days": tuple(map(date.fromisoformat, told["days"])),
    }
    return GroupFacts(**told)


def _flag(row: Sequence[Any]) -> Flag:
    flag = Flag(*row)
    days = {name: _day(getattr(flag, name)) for name in ("as_of", *SIGNAL_DATES)}
    return replace(flag, **days)


def _row(one: Any) -> Sequence[Any]:
    return one if isinstance(one, tuple) else tuple(vars(one).values())


def _written(one: Any, dates: tuple[int, ...]) -> list[Any]:
    """A row with its dates as text: a year has few of them, and they are written often."""
    row = list(one if isinstance(one, tuple) else vars(one).values())
    for place in dates:
        if row[place] is not None:
            row[place] = _iso(row[place])
    return row


@lru_cache(maxsize=2000)
def _iso(day: date) -> str:
    return day.isoformat()


def _part(
    rows: Sequence[list[Any]], make: Callable[..., Any], dates: tuple[int, ...]
) -> tuple[Any, ...]:
    for row in rows:
        for place in dates:
            if row[place] is not None:
                row[place] = date.fromisoformat(row[place])
    return tuple(make(*row) for row in rows)


def _dated(told: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return told | {name: _day(told[name]) for name in names}


def _lens(stored: Sequence[Sequence[str]]) -> Lens:
    return Lens(tuple(stored[0]), tuple(stored[1]))


def _day(text: Any) -> Any:
    return None if text is None else date.fromisoformat(text)


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))
