"""A list keeps its names; what it says of them follows the data (decision record 16).

A recorded entry is shown with today's sentences, drawing and lens. A reason that no longer meets
its threshold stays, with its sentence of today and a word that says so; a new one is marked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sightline.governance.queries import objected
from sightline.sheets import PupilSheet
from sightline.triage.lists import REASONS_SHOWN, title_of
from sightline.triage.queries import Row
from sightline.triage.sparks import spark
from sightline.web.groups import Group

__all__ = ["CLEARED", "NEW", "figures_mark", "rows_now"]

NEW, CLEARED = "new since this list was made", "no longer meets the threshold"
Themes = frozenset[str] | None


def rows_now(group: Group, rows: Sequence[Row], on: Any) -> list[Row]:
    """The rows with what the sheets say now; as recorded while no later data has come.

    When the meeting is over they stay as they were last recorded.
    """
    snapshot = group.sheets.facts.snapshot
    meetings = [row.listing.meeting for row in rows]
    if all(one.finished_at is not None or one.snapshot == snapshot for one in meetings):
        return list(rows)
    themes = objected(group.school_id, on)
    sheets = group.sheets.pupils(row.listing.pupil_ref for row in rows)
    return [
        replace(row, entry=_now(row.entry, sheets[ref], themes.get(ref))) if ref in sheets else row
        for row in rows
        for ref in [row.listing.pupil_ref]
    ]


def figures_mark(entry: Mapping[str, Any], tag: str) -> str:
    """A few letters that differ when what is shown of a pupil does."""
    shown = [
        tag,
        [[one["signal"], one["because"], one.get("state", "")] for one in entry["flags"]],
        [one["signal"] for one in entry["more_flags"]],
        [entry["good"], entry["lens"], entry["spark"]],
    ]
    return sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:10]


def _now(entry: Mapping[str, Any], sheet: PupilSheet, themes: Themes) -> dict[str, Any]:
    flags = _flags(entry, sheet, themes)
    told = dict(entry) | {"flags": flags[:REASONS_SHOWN], "more_flags": flags[REASONS_SHOWN:]}
    if themes is None:  # else the drawing, the lens and the praise stay as they were cut
        told |= {
            "good": list(sheet.good),
            "lens": {"sentences": list(sheet.lens.sentences), "lessons": list(sheet.lens.lessons)},
            "spark": spark([one["signal"] for one in flags], sheet.weeks, _window(flags, sheet)),
        }
    return told


def _flags(entry: Mapping[str, Any], sheet: PupilSheet, themes: Themes) -> list[dict[str, Any]]:
    """Those that meet a threshold, the strongest first; then those recorded that no longer do."""
    recorded = {one["signal"]: one for one in [*entry["flags"], *entry["more_flags"]]}
    now = {row["signal"]: row for row in sheet.signals if not themes or row["theme"] not in themes}
    met = [row for row in now.values() if row["outcome"] == "flag"]
    met.sort(key=lambda row: (-row["strength"], row["signal"]))
    found = [_told(row, "" if row["signal"] in recorded else NEW) for row in met]
    flagged = {row["signal"] for row in met}
    for name, one in recorded.items():
        if name not in flagged:
            found.append(_told(now[name], CLEARED) if name in now else dict(one))
    return found


def _told(row: Mapping[str, Any], state: str) -> dict[str, Any]:
    name = row["signal"]
    return {
        "signal": name,
        "title": title_of(name),
        "theme": row["theme"],
        "because": row["because"],
        "state": state,
    }


def _window(flags: Sequence[Mapping[str, Any]], sheet: PupilSheet) -> Any:
    """The first day that the first reason looks at."""
    starts = {row["signal"]: row["window_from"] for row in sheet.signals}
    return starts.get(flags[0]["signal"]) if flags else None
