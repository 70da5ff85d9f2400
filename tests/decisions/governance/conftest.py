"""A chain of the record to tamper with, as somebody who owns the database could."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

LENGTH = 300
SQLITE = ("audit_no_update", "audit_no_delete", "audit_no_replace")
POSTGRESQL = ("audit_append_only", "audit_no_truncate")


@pytest.fixture
def chain(db: Any) -> int:
    """A record of 300 rows; how many."""
    from sightline.record.chain import Entry, record

    at = datetime(2026, 3, 9, 8, 0, 0, 123456, tzinfo=UTC)
    for place in range(0, LENGTH, 3):
        entries = [
            Entry(
                "read",
                "page",
                "S0000",
                f"p{place + step:011}",
                "You lead Year 9",
                {"note": "café \U0001f600 ", "ids": [place, step], "b": None, "a": True},
            )
            for step in range(3)
        ]
        with transaction.atomic():
            record(entries, at=at + timedelta(seconds=place), actor=f"user {place}", request="r")
    return LENGTH


@pytest.fixture
def tamper(db: Any) -> Iterator[Callable[..., None]]:
    """Run SQL on the record with its triggers dropped; they come back with the rollback."""
    with connection.cursor() as cursor:
        for name in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
            table = "" if connection.vendor == "sqlite" else " ON record_auditevent"
            cursor.execute(f"DROP TRIGGER {name}{table}")

        def run(statement: str, values: tuple[Any, ...] = ()) -> None:
            cursor.execute(statement, values)

        yield run


@pytest.fixture
def pupil(school: str) -> str:
    """A pupil of Year 9 in tutor group 9N; the reference."""
    from django.conf import settings

    from sightline.sheets import open_sheets

    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    return sheets.places(year_group=9, registration_group="9N")[0].pupil_ref


@pytest.fixture
def pupil_name(pupil: str) -> str:
    """What that pupil is called."""
    from django.conf import settings

    from sightline.people.identity import names_of

    with settings.SITE.vault(settings.SITE.warehouse.current()) as vault:
        return str(names_of(vault, [pupil])[pupil])
