"""xAPI statements of the Jisc profile: who attended, used or was marked on what.

A file is a JSON array of statements, one statement to a line, or a page as a learning record
store gives it (`statements` and `more`). Names of people are not read: an actor is known by the
name of their account, which is the institution's own id.
"""

import re
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Any

from sightline.sources.documents.json_values import Flaw, json_values
from sightline.sources.documents.types import Found, Refused, Row

__all__ = ["COLUMNS", "XapiReader", "statement_row"]

COLUMNS = (
    *("id", "actor", "verb", "object", "object_type", "start", "end", "timestamp"),
    *("completion", "late", "category", "raw", "min", "max", "scaled", "module"),
)
JISC = "http://xapi.jisc.ac.uk/"
CELL = 2_000  # characters: an address is the longest thing wanted
SLASHES = re.compile(r"[/#]+")


def statement_row(statement: Any) -> dict[str, str] | Flaw:
    """A statement as a row of the view `statements`, without the fields it does not have.

    Verb and kind of object are the last part of their address; an event's times and module stand
    either with the object or in the context.
    """
    if not isinstance(statement, dict):
        return Flaw("unreadable_record", "it is no statement")
    definition = _at(statement, "object", "definition", "extensions")
    context = _at(statement, "context", "extensions")
    result = _at(statement, "result", "extensions")
    cells = {
        "id": _at(statement, "id"),
        "actor": _at(statement, "actor", "account", "name"),
        "verb": _last_part(_at(statement, "verb", "id")),
        "object": _at(statement, "object", "id"),
        "object_type": _last_part(_at(statement, "object", "definition", "type")),
        "start": _first(JISC + "starttime", context, definition),
        "end": _first(JISC + "endtime", context, definition),
        "timestamp": _at(statement, "timestamp"),
        "completion": _at(statement, "result", "completion"),
        "late": _first(JISC + "attendance_late", result),
        "category": _first(JISC + "attendance_category", result),
        **{name: _at(statement, "result", "score", name) for name in COLUMNS[11:15]},
        "module": _module(context) or _module(definition),
    }
    told = {name: _text(value) for name, value in cells.items()}
    if long := next((name for name, text in told.items() if len(text) > CELL), None):
        return Flaw("cell_too_long", f"{long} has more than {CELL:,} characters")
    if odd := next((name for name, text in told.items() if not _is_text(text)), None):
        return Flaw("unreadable_record", f"{odd} holds what is no character")
    return {name: text for name, text in told.items() if text}


def _at(value: Any, *names: str) -> Any:
    """What is found by going down these members; None where there is no such way."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _first(name: str, *members: Any) -> Any:
    return next((found for one in members if (found := _at(one, name)) is not None), None)


def _module(extensions: Any) -> Any:
    """The module instance an event belongs to, else the learning platform's own id of it."""
    area = _at(extensions, JISC + "courseArea")
    own = JISC + "uddModInstanceID"
    return _first(own, area, extensions) or _first(JISC + "vle_mod_id", area, extensions)


def _last_part(address: Any) -> Any:
    """`attended` of http://adlnet.gov/expapi/verbs/attended."""
    return SLASHES.split(address.rstrip("/#"))[-1] if isinstance(address, str) else None


def _text(value: Any) -> str:
    """A plain value as text; empty for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value).strip()
    return ""


def _is_text(text: str) -> bool:
    """Whether it can be stored: no zero byte, and no half of a character."""
    return "\0" not in text and not any("\ud800" <= one <= "\udfff" for one in text)


class XapiReader:
    """Reads a file of statements. A row's number is the place of its statement in the file."""

    form = "json"
    views = MappingProxyType({"statements": COLUMNS})

    def read(self, chunks: Iterable[bytes]) -> Iterator[Found]:
        """Every statement as a row; one that is none is refused by itself."""
        for record, value in enumerate(json_values(chunks, "statements"), start=1):
            row = value if isinstance(value, Flaw) else statement_row(value)
            if isinstance(row, Flaw):
                yield Refused("statements", record, row.reason, None, row.value)
            else:
                yield Row("statements", record, row)
