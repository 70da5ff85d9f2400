"""The record of every look and change: append-only rows, each holding the hash of the one before.

`hash` is SHA-256 over the JSON of all other columns in a fixed order, with `previous` among them
(the chain of a certificate-transparency log without its tree). A row that is altered, removed or
moved breaks the chain at that place; a rewrite of the whole chain is caught by an anchor kept
elsewhere: a number and a hash noted down on an earlier day (see verify.py).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction

from sightline.record.models import AuditEvent, ChainHead

__all__ = ["START", "Anchor", "Entry", "anchor", "changed", "digest", "plain", "record"]

START = hashlib.sha256(b"Sightline audit chain").hexdigest()
"""The hash before the first row."""
COLUMNS = (
    "number",
    "at",
    "actor",
    "acting_for",
    "action",
    "area",
    "school_id",
    "subject",
    "why",
    "detail",
    "request",
    "previous",
)
LENGTHS: dict[str, int] = {
    field.name: field.max_length
    for field in AuditEvent._meta.concrete_fields
    if field.name in COLUMNS and field.max_length
}


class Person(Protocol):
    """Whoever did it: all the record needs is their number."""

    pk: Any


@dataclass(frozen=True)
class Entry:
    """One look (`action` is "read") or change, in references and reasons, never in values."""

    action: str
    area: str
    school_id: str = ""
    subject: str = ""
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Anchor:
    """The last number and its hash on some day, to be kept where this machine cannot write."""

    number: int
    hash: str


def record(
    entries: Sequence[Entry],
    *,
    at: datetime,
    actor: str,
    acting_for: str = "",
    request: str = "",
) -> None:
    """Append entries in the caller's transaction; a failure must undo what they speak of.

    Raises TransactionManagementError outside a transaction, and ValueError for a moment without a
    time zone or a text longer than its column: a row that two databases would keep differently.
    """
    if not entries:
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the record is written with what it records")
    head = ChainHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        raise DatabaseError("the record has lost its end")
    rows = []
    for entry in entries:
        row = AuditEvent(
            number=head.number + 1,
            at=at,
            actor=actor,
            acting_for=acting_for,
            action=entry.action,
            area=entry.area,
            school_id=entry.school_id,
            subject=entry.subject,
            why=plain(entry.why)[: LENGTHS["why"]],
            detail=plain(entry.detail),
            request=request,
            previous=head.hash,
        )
        _fits(row)
        row.hash = digest(row)
        head.number, head.hash = row.number, row.hash
        rows.append(row)
    AuditEvent.objects.bulk_create(rows)
    head.save(update_fields=["number", "hash"])


def changed(
    *, by: Person, at: datetime, action: str, area: str, school_id: str, subject: str, **detail: Any
) -> None:
    """Append one change by a person: the line every action ends with."""
    record([Entry(action, area, school_id, subject, "", detail)], at=at, actor=f"user {by.pk}")


def digest(row: AuditEvent) -> str:
    """The hash of a row, from every column but `hash` itself."""
    values = {name: getattr(row, name) for name in COLUMNS}
    values["at"] = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as every database gives it back unchanged: text, whole numbers, lists, tables.

    PostgreSQL rewrites fractions (1e16 becomes a whole number) and refuses U+0000 and lone
    surrogates, so fractions become text and those characters a question mark.
    """
    if isinstance(value, str):
        return value.replace("\0", "?").encode("utf-8", "replace").decode()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(plain(str(name))): plain(one) for name, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(str(one)) for one in value)
    if isinstance(value, Iterable):
        return [plain(one) for one in value]
    return plain(str(value))


def anchor() -> Anchor:
    """Where the chain ends now."""
    head = ChainHead.objects.get(pk=1)
    return Anchor(head.number, head.hash)


def _fits(row: AuditEvent) -> None:
    if row.at.utcoffset() is None:
        raise ValueError("a moment of the record needs its time zone")
    for name, most in LENGTHS.items():
        if len(getattr(row, name)) > most:
            raise ValueError(f"`{name}` of the record holds {most} characters at most")
