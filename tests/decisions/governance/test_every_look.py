from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import URLPattern, reverse
from tests.support.school_site import TODAY

from sightline.governance.models import Complaint, Objection
from sightline.record.models import AuditEvent
from sightline.record.verify import verify
from sightline.sheets import open_sheets
from sightline.web.urls import urlpatterns

SignedIn = Callable[[str], Client]
ROLES = ("head_of_year", "senco", "attendance_officer", "tutor", "class_teacher", "dpo")
ARGUMENTS = {"ref", "group", "signal"}
PAGES = [
    one
    for one in urlpatterns
    if isinstance(one, URLPattern) and set(one.pattern.converters) <= ARGUMENTS
]


@pytest.fixture
def seen(pupil: str, school: str, colleague: Callable[[str], Any]) -> Callable[[str], str]:
    """A pupil whom each role may see something of."""

    def of(role: str) -> str:
        if role != "class_teacher":
            return pupil
        sheets = open_sheets(settings.SITE, school)
        assert sheets is not None
        taught = sheets.taught_by(colleague(role).staff_id, TODAY)
        return sheets.places(class_id=next(iter(taught)))[0].pupil_ref

    return of


@pytest.fixture
def address() -> Callable[[URLPattern, str], str]:
    """The address of any page about a pupil, their year group or nobody."""

    def of(page: URLPattern, ref: str) -> str:
        known = {"ref": ref, "group": "year-9", "signal": "attendance_momentum"}
        return reverse(str(page.name), kwargs={one: known[one] for one in page.pattern.converters})

    return of


@pytest.fixture
def names(school: str) -> set[str]:
    """The full name of every pupil of the school."""
    from sightline.people.identity import names_of

    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    with settings.SITE.vault(settings.SITE.warehouse.current()) as vault:
        found = names_of(vault, [one.pupil_ref for one in sheets.places()])
    return {str(name) for name in found.values()}


@pytest.fixture
def no_record(db: Any) -> Callable[[bool], None]:
    """Let the database refuse every new line of the record, as a full disk would."""

    def refuse(on: bool) -> None:
        table = "record_auditevent"
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                make = (
                    f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
                )
                cursor.execute(make if on else "DROP TRIGGER full_disk")
                return
            if not on:
                cursor.execute(f"DROP TRIGGER full_disk ON {table}")
                return
            cursor.execute(
                "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$"
            )
            cursor.execute(
                f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION full_disk()"
            )

    return refuse


def test_the_walk_covers_pages_about_pupils() -> None:
    about = {one.name for one in PAGES if "ref" in one.pattern.converters}
    assert {"report_wrong", "objection_new", "pupil_lookers", "note_new"} <= about


@pytest.mark.parametrize("role", ROLES)
def test_each_look_is_recorded_once_and_without_its_record_nothing_is_shown(
    signed_in: SignedIn,
    colleague: Callable[[str], Any],
    address: Callable[[URLPattern, str], str],
    seen: Callable[[str], str],
    names: set[str],
    no_record: Callable[[bool], None],
    role: str,
) -> None:
    client, actor, shown = signed_in(role), f"user {colleague(role).pk}", 0
    pupil = seen(role)
    for page in PAGES:
        where, before = address(page, pupil), AuditEvent.objects.count()
        answer = client.get(where)
        rows = list(AuditEvent.objects.filter(number__gt=before, action="read"))
        body = answer.content.decode(errors="replace")
        looks = [(row.area, row.subject) for row in rows]
        assert len(looks) == len(set(looks)), where
        assert {row.actor for row in rows} <= {actor}, where
        assert len({row.request for row in rows}) <= 1, where
        if answer.status_code != 200:
            assert not looks, where
            continue
        if not looks:
            assert not any(name in body for name in names), f"{where} shows an unrecorded pupil"
        if "ref" in page.pattern.converters:
            assert pupil in {subject for _, subject in looks}, where
        if looks:
            shown += 1
            no_record(True)
            refused = client.get(where)
            no_record(False)
            body = refused.content.decode()
            assert refused.status_code == 503, where
            assert pupil not in body, where
            assert not any(name in body for name in names), where
    assert shown
    assert verify() == []


def test_a_change_that_cannot_be_recorded_is_not_made(
    signed_in: SignedIn, pupil: str, no_record: Callable[[bool], None]
) -> None:
    leader, officer = signed_in("head_of_year"), signed_in("dpo")
    no_record(True)
    typed = {"text": "Was on a trip"}
    assert leader.post(reverse("report_wrong", args=[pupil]), typed).status_code == 503
    typed = {"kind": "objection", "scope": "all", "reason": "By letter"}
    assert officer.post(reverse("objection_new", args=[pupil]), typed).status_code == 503
    typed = {"kind": "complaint", "pupil": pupil, "text": "We were not told."}
    assert officer.post(reverse("complaints"), typed).status_code == 503
    no_record(False)
    assert not Complaint.objects.exists()
    assert not Objection.objects.exists()
    assert not AuditEvent.objects.exists()
