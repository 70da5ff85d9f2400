"""A weekly list with everything said around it, and as plain values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sightline.signals.weekly import WeeklyList

__all__ = ["Week", "week_json"]


@dataclass(frozen=True)
class Week:
    """A weekly list with everything said around it."""

    school_id: str
    year_group: int | None
    as_of: date
    capacity: int
    pack: str
    on_roll: int
    could_not_tell: int
    objected: int
    weekly: WeeklyList
    good: Mapping[str, list[str]]

    def funnel(self) -> dict[str, Any]:
        """How many met a threshold, and what became of them."""
        return {
            "on_roll": self.on_roll,
            "met_threshold": self.weekly.met_threshold,
            "shown": len(self.weekly.entries),
            "left_out": len(self.weekly.left_out),
            "set_aside": sum(self.weekly.set_aside_counts().values()),
            "set_aside_by_reason": self.weekly.set_aside_counts(),
            "could_not_tell": self.could_not_tell,
            "objected": self.objected,
            "tie_at_the_cut": self.weekly.tie_at_the_cut,
        }


def week_json(week: Week) -> dict[str, Any]:
    """A weekly list as plain values, for --json and the API."""
    return {
        "school_id": week.school_id,
        "year_group": week.year_group,
        "as_of": week.as_of.isoformat(),
        "capacity": week.capacity,
        "pack": week.pack,
        "funnel": week.funnel(),
        "entries": [
            _entry_json(place, entry, week) for place, entry in enumerate(week.weekly.entries, 1)
        ],
        "left_out": [entry.pupil_ref for entry in week.weekly.left_out],
        "set_aside": dict(week.weekly.set_aside),
    }


def _entry_json(place: int, entry: Any, week: Week) -> dict[str, Any]:
    return {
        "place": place,
        "pupil_ref": entry.pupil_ref,
        "reasons": [
            {
                name: _plain(value)
                for name, value in asdict(flag).items()
                if name not in ("school_id", "pupil_ref", "as_of")
            }
            for flag in entry.flags
        ],
        "also_true": week.good.get(entry.pupil_ref, []),
        "listed_because": entry.listed_because,
        "leaves_when": entry.leaves_when,
        "new_signals": list(entry.new_signals),
    }


def _plain(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, date)
        else round(value, 6)
        if isinstance(value, float)
        else value
    )
