"""The answer of a backtest as one JSON value; its counts by group from what may be shown."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sightline.insights import backtest as insight
from sightline.insights.disclosure import ALL, Released
from sightline.kit import plural
from sightline.pipeline.evidence.released import release_groups
from sightline.site import Site

__all__ = ["as_json"]


def as_json(
    site: Site, found: insight.Backtest, title: str, data: tuple[date, date]
) -> dict[str, Any]:
    """One value for a page, a command and a sheet: shares 0-1, None for cannot tell and why."""
    question = found.question
    rows = [
        {
            **_row(asdict(row)),
            "today": row.threshold == question.today,
            "proposed": row.threshold == found.proposal.threshold,
            "judged": not missing,
            "why": missing or None,
            "sentence": insight.in_words(row, question.outcome, question.within, question.person),
        }
        for row, missing in zip(found.rows, found.missing, strict=True)
    ]
    mine = next((row for row in rows if row["today"]), rows[0])
    best = next((row for row in rows if row["proposed"]), None)
    return {
        "signal": question.signal,
        "title": title,
        "outcome": question.outcome,
        "within": question.within,
        "from": question.weeks[0],
        "to": question.weeks[-1],
        "data_from": data[0],
        "data_to": data[1],
        "schools": list(question.schools),
        "weeks": len(question.weeks),
        "pupils": found.pupils,
        "pupil_weeks": found.pupil_weeks,
        "cannot_tell": found.cannot_tell,
        "chosen_on": list(found.chosen_on),
        "reported": found.reported,
        "capacity": found.capacity,
        "lists": found.lists,
        "judged": mine["judged"],
        "why": mine["why"],
        "sentence": mine["sentence"],
        "proposal": {
            "threshold": found.proposal.threshold,
            "why": found.proposal.why,
            "sentence": best["sentence"] if best else None,
            "judged": bool(best and best["judged"]),
        },
        "rows": rows,
        "earlier": [_row(asdict(row)) for row in found.earlier]
        if found.earlier != found.rows
        else [],
        "groups": [_group(found, one) for one in release_groups(site, found.groups)],
        "known": _known(found),
        "caveats": list(insight.CAVEATS),
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 6) if isinstance(value, float) else value for name, value in row.items()
    }


def _known(found: insight.Backtest) -> dict[str, Any]:
    """What the figures rest on: how far the history of amendments reaches."""
    said = []
    if found.cannot_tell == found.pupil_weeks:
        said.append("For every pupil in every week there was too little data to tell.")
    if found.later_known:
        said.append(
            f"{plural(found.later_known, 'pupil-week')} are judged by what was known then, as "
            "marks were recorded or put right later."
        )
    if found.as_they_stand:
        said.append(
            f"{found.as_they_stand:,} of {plural(found.pupil_weeks, 'pupil-week')} rest on the "
            "records as they stand now: nothing says what was known then, so the dates of the "
            "events are used."
        )
    told = {"known_then": found.later_known, "as_they_stand": found.as_they_stand}
    return {**told, "sentence": " ".join(said) or None}


def _group(found: insight.Backtest, one: Released) -> dict[str, Any]:
    by, listed = one.table.dimensions
    rows = []
    for level in [ALL, *by.levels]:
        of = one.shown(level, listed.levels[0])
        each = []
        for number, threshold in enumerate(found.group_thresholds, start=1):
            share = one.rate((level, listed.levels[number]), (level, listed.levels[0]))
            count = one.shown(level, listed.levels[number])
            each.append({"threshold": threshold, "listed": count, "share": share})
        told = "all" if level == ALL else level
        rows.append({"group": told, "pupils": of, "at": each})
    return {"by": by.name, "title": insight.GROUPS[by.name][0], "rows": rows}
