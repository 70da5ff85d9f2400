from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sightline.people.models import Grant

FIRST = {
    "head_of_year": "/week/year-9/",
    "senco": "/senco/",
    "attendance_officer": "/attendance/",
    "tutor": "/lesson/",
    "class_teacher": "/lesson/",
    "senior_leader": "/patterns/",
    "trust_lead": "/patterns/",
    "data_manager": "/data/",
    "dpo": "/record/",
    "administrator": "/people/",
}


@pytest.mark.parametrize(("role", "address"), FIRST.items())
def test_each_role_opens_on_its_own_page(
    signed_in: Callable[[str], Client], role: str, address: str
) -> None:
    answer = signed_in(role).get("/")
    assert (answer.status_code, answer["Location"]) == (302, address)


def test_somebody_without_a_role_is_told_who_to_ask(
    signed_in: Callable[[str], Client], colleague: Callable[[str], Any]
) -> None:
    colleague("tutor").grants.all().delete()
    page = signed_in("tutor").get("/").content.decode()
    assert "Who to ask" in page
    assert "administrator" in page


def test_several_roles_open_on_the_first_with_ways_to_the_others(
    signed_in: Callable[[str], Client], colleague: Callable[[str], Any], school: str, at: Any
) -> None:
    user = colleague("class_teacher")
    Grant.objects.create(
        user=user,
        role="senco",
        scope="school",
        school_id=school,
        from_on=date(2025, 9, 1),
        given_at=at,
    )
    client = signed_in("class_teacher")
    assert client.get("/")["Location"] == "/senco/"
    page = client.get("/senco/").content.decode()
    assert 'aria-label="Your pages"' in page
    assert 'href="/lesson/"' in page


def test_a_head_of_two_years_chooses(
    signed_in: Callable[[str], Client], colleague: Callable[[str], Any], school: str, at: Any
) -> None:
    Grant.objects.create(
        user=colleague("head_of_year"),
        role="head_of_year",
        scope="year",
        school_id=school,
        value="8",
        from_on=date(2025, 9, 1),
        given_at=at,
    )
    client = signed_in("head_of_year")
    assert client.get("/")["Location"] == "/meetings/"
    page = client.get("/meetings/").content.decode()
    assert "Year 8" in page
    assert "Year 9" in page
    assert "Year 10" not in page


def test_a_visitor_is_led_to_the_sign_in(db: Any, school: str) -> None:
    assert Client().get("/").status_code == 302
