"""Read the pages of a learning record store: statements to rows, told apart by their day."""

import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.types import Answer, Read, Rejected, Row
from sightline.sources.documents import statement_row

__all__ = [
    "MADE_VOID",
    "THROUGH",
    "USED",
    "WHOLE_FROM",
    "day_of",
    "moment_of",
    "more_of",
    "page_of",
    "read_page",
    "voided_by",
]

MADE_VOID = "voidedStatementId"  # asks for one statement that another one made void
THROUGH = "x-experience-api-consistent-through"  # what was stored until then is all there
WHOLE_FROM = "whole-from"  # our own: the first day of which everything was asked for
MARKED = "scored"
USED = ("attended", "viewed", "accessed", "loggedin", "completed", "posted", "submitted", MARKED)
KEPT = {
    *("id", "actor", "verb", "object", "start", "timestamp", "completion"),
    *("raw", "min", "max", "scaled", "module"),
}


def page_of(body: bytes, where: str) -> list[Any]:
    """The statements of a page, or the one statement that a body is. Raises `source_changed`."""
    given = _json(body, where)
    if "statements" not in given and "verb" in given:
        return [given]
    statements = given.get("statements")
    if not isinstance(statements, list):
        raise SightlineError("source_changed", where, "the answer is no list of statements")
    return statements


def more_of(body: bytes, where: str) -> str:
    """Where the next page is; empty after the last."""
    more = _json(body, where).get("more")
    return more if isinstance(more, str) else ""


def voided_by(statement: Any) -> str:
    """The id of the statement that this one makes void; empty when it makes none."""
    row = statement_row(statement)
    return row.get("object", "") if isinstance(row, dict) and row.get("verb") == "voided" else ""


def day_of(statement: Any) -> str:
    """The day a statement is about, as the profile counts it; empty when it is not counted."""
    row = statement_row(statement)
    day = _day(row) if isinstance(row, dict) and row.get("verb") in USED else ""
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return ""


def read_page(source: Source, answer: Answer) -> Read:
    """The rows of a page.

    Statements of other kinds are left out, and so are those about days that did not come whole.
    """
    statements = page_of(answer.body, source.name)
    made_void = MADE_VOID in dict(parse_qsl(urlsplit(answer.url).query))
    whole_from = answer.headers.get(WHOLE_FROM, "")
    rows: list[Row] = []
    rejected = []
    for number, one in enumerate(statements, start=1):
        row = statement_row(one)
        if not isinstance(row, dict) or not row.get("id"):
            reason = "unreadable_record" if isinstance(row, dict) else row.reason
            rejected.append(Rejected(number, reason, "statements"))
        elif _is_wanted(row, whole_from):
            rows.append({name: _whole(text) for name, text in row.items() if name in KEPT})
            rows[-1]["record_id"] = rows[-1]["id"]
    stored = [moment_of(one.get("stored")) for one in statements if isinstance(one, dict)]
    newest = max((one for one in stored if one), default=None)
    through = moment_of(answer.headers.get(THROUGH, ""))
    if newest and through:
        newest = min(newest, through)
    return Read(
        rows={"voided" if made_void else "statements": rows},
        rejected=tuple(rejected),
        records=0 if made_void else len(statements),
        newest=None if made_void else newest,
        cursor=newest.isoformat() if newest and not made_void else "",
    )


def moment_of(given: Any) -> datetime | None:
    """A moment as stores write it; None for anything else."""
    if not isinstance(given, str):
        return None
    try:
        found = datetime.fromisoformat(given.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_wanted(row: Row, whole_from: str) -> bool:
    """A mark stands by itself; what is counted must be about a day that came whole."""
    if row.get("verb") not in USED:
        return False
    return row["verb"] == MARKED or _day(row) >= whole_from


def _day(row: Row) -> str:
    return (row.get("start") or row.get("timestamp", ""))[:10]


def _whole(text: str) -> str:
    """Half a character cannot be written."""
    return text.encode("utf-8", "replace").decode()


def _json(body: bytes, where: str) -> dict[str, Any]:
    try:
        given = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise SightlineError("source_changed", where, "the answer is no JSON") from error
    if not isinstance(given, dict):
        raise SightlineError("source_changed", where, "the answer is no page of statements")
    return given
