"""Also true: a list of worries is incomplete without what is going well."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sightline.engine import literal
from sightline.kit import plural
from sightline.signals.run import SqlEngine, render

__all__ = ["NOTHING_YET", "good_news"]

NOTHING_YET = "Nothing recorded yet: ask the tutor."
MIN_SESSIONS = 20  # below this, "every session" says little


def good_news(engine: SqlEngine, pupil_refs: Collection[str], as_of: date) -> dict[str, list[str]]:
    """Sentences of what is good, by pupil, after `run` for the school pack on that date."""
    if not pupil_refs:
        return {}
    sql = (Path(__file__).parent / "good_news.sql").read_text(encoding="utf-8")
    listed = ", ".join(literal(ref) for ref in sorted(pupil_refs))
    facts = engine.rows(
        f"SELECT * FROM ({render(sql, {'as_of': as_of})}) WHERE pupil_ref IN ({listed})"
    )
    results = engine.rows(
        f"SELECT * FROM result WHERE as_of = {literal(as_of)} AND outcome = 'clear' "
        f"AND pupil_ref IN ({listed}) ORDER BY pupil_ref, signal"
    )
    told = {row["pupil_ref"]: _sentences(row) for row in facts}
    for row in results:
        told[row["pupil_ref"]] += _from_signal(row)
    return {ref: sentences or [NOTHING_YET] for ref, sentences in told.items()}


def _sentences(row: Mapping[str, Any]) -> list[str]:
    found = []
    if row["praised"]:
        found.append(f"Praised {plural(row['praised'], 'time')} in the last 20 school days.")
    if row["possible"] >= MIN_SESSIONS and row["attended"] == row["possible"]:
        found.append(f"In school for all of the last {plural(int(row['possible']), 'session')}.")
    if row["attended"] >= MIN_SESSIONS and not row["late"]:
        found.append(f"On time for all {plural(int(row['attended']), 'session')} attended.")
    return found


def _from_signal(row: Mapping[str, Any]) -> Sequence[str]:
    if row["signal"] == "missing_work" and row["value"] == 0:
        return [f"All {int(row['denominator'])} pieces of work due lately were handed in."]
    if row["signal"] == "progress_variance" and row["value"] >= 0:
        return [f"Results in {int(row['denominator'])} subjects are at or above what was expected."]
    return []
