from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sightline.people.identity import names_of
from sightline.pipeline.register import Register, YearDay
from sightline.sheets import SchoolSheets, open_sheets
from sightline.triage.models import Decision, Listing, Meeting
from sightline.web.homes.patterns import NOT_SHOWN, absence_of, signal_lines

WEEK = date(2026, 2, 23)


@pytest.fixture
def sheets(school: str) -> SchoolSheets:
    found = open_sheets(settings.SITE, school)
    assert found is not None
    return found


@pytest.fixture
def decided(
    sheets: SchoolSheets, colleague: Callable[[str], Any], at: Any
) -> Callable[[int], list[str]]:
    """`decided(12)` is a finished meeting of so many pupils, all decided; their refs."""

    def make(many: int) -> list[str]:
        user = colleague("head_of_year")
        meeting = Meeting.objects.create(
            school_id="S0000",
            year_group=9,
            week=WEEK,
            as_of=WEEK,
            snapshot=1,
            capacity=15,
            counts={"met_threshold": 31},
            opened_at=at - timedelta(days=14),
            finished_at=at - timedelta(days=14),
            finished_by=user,
        )
        refs = [one.pupil_ref for one in sheets.places(year_group=9)][:many]
        flag = {"signal": "missing_work", "theme": "work", "because": "9 of 12 pieces"}
        for place, ref in enumerate(refs, start=1):
            entry = {"flags": [flag], "more_flags": [], "good": []}
            row = Listing.objects.create(
                meeting=meeting, pupil_ref=ref, position=place, entry=entry
            )
            Decision.objects.create(
                listing=row,
                school_id="S0000",
                pupil_ref=ref,
                kind="act",
                until=WEEK + timedelta(days=14),
                themes=["work"],
                decided_by=user,
                decided_at=at - timedelta(days=13),
            )
        return refs

    return make


def test_a_group_of_fewer_than_ten_pupils_is_not_shown() -> None:
    days = [YearDay(7, 1, 9, 900, 90), YearDay(7, 2, 10, 900, 90), YearDay(8, 1, 200, 900, 45)]
    seven, eight = absence_of(Register({}, days))
    assert [one.words for one in seven.cells] == [NOT_SHOWN, "10.0%", *[NOT_SHOWN] * 3]
    assert seven.cells[0].percent is None
    assert eight.cells[0].words == "5.0%"


def test_a_signal_with_fewer_than_ten_decisions_shows_no_count() -> None:
    few = {"accepted": 4, "in_hand": 3, "not_a_concern": 1, "wrong_data": 1}
    one, other = signal_lines({"b": few, "a": few | {"accepted": 5}}, str.upper)
    assert (one.title, one.useful.tells) == ("A", True)
    assert (other.title, other.useful.tells) == ("B", False)


def test_a_leader_sees_the_work_by_half_term_and_year_group(
    signed_in: Callable[[str], Client], decided: Callable[[int], list[str]]
) -> None:
    decided(12)
    page = signed_in("senior_leader").get("/patterns/").content.decode()
    assert "12 of 12 (100%, likely 76 to 100%)" in page
    assert "Spring 2" in page
    assert "Year 9" in page
    assert "12 of 31" in page
    assert "Work not handed in" in page


def test_fewer_than_ten_decisions_say_nothing(
    signed_in: Callable[[str], Client], decided: Callable[[int], list[str]]
) -> None:
    decided(9)
    page = signed_in("senior_leader").get("/patterns/").content.decode()
    assert "9 of 9" not in page
    assert "Too few to say" in page
    assert "Fewer than 10: not shown" in page


def test_no_pupil_and_no_member_of_staff_is_on_the_page(
    signed_in: Callable[[str], Client], decided: Callable[[int], list[str]]
) -> None:
    refs = decided(12)
    with settings.SITE.vault(settings.SITE.warehouse.current()) as vault:
        names = names_of(vault, refs)
    for role in ("trust_lead", "dpo"):
        page = signed_in(role).get("/patterns/").content.decode()
        assert not [ref for ref in refs if ref in page or str(names[ref]) in page]
        assert "Ms Okafor" not in page


def test_nobody_decides_from_a_page_of_patterns(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("trust_lead").get("/patterns/").content.decode()
    assert "/pupil/" not in page
    assert "/meetings/" not in page


@pytest.mark.parametrize("role", ["head_of_year", "senco", "tutor", "class_teacher"])
def test_who_does_not_lead_the_school_finds_no_page(
    signed_in: Callable[[str], Client], role: str
) -> None:
    assert signed_in(role).get("/patterns/").status_code == 404


def test_before_any_meeting_the_page_says_so(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("senior_leader").get("/patterns/").content.decode()
    assert "No meeting has been finished yet" in page
    assert "Sessions missed, by year group and weekday" in page


def test_a_trust_sees_its_schools_on_one_scale_in_order_of_name(
    signed_in: Callable[[str], Client],
    decided: Callable[[int], list[str]],
    sheets: SchoolSheets,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refs = decided(12)

    class Other:
        """Another school of the trust, with a roll of its own and no meeting yet."""

        facts = replace(sheets.facts, school_id="S0001", name="Ashdown School")

        @staticmethod
        def places() -> list[Any]:
            return []

    client = signed_in("trust_lead")
    schools = {"S0000": "Northfield School", "S0001": "Ashdown School"}
    monkeypatch.setattr("sightline.web.views.patterns.sheet_schools", lambda _: schools)
    monkeypatch.setattr(
        "sightline.web.views.patterns.open_sheets",
        lambda _, one: sheets if one == "S0000" else Other(),
    )
    page = client.get("/patterns/").content.decode()
    assert page.index("Ashdown School") < page.index("Northfield School</a></h2>")
    assert page.count('class="rangebar" viewBox="0 0 100 10"') == 6
    assert "12 of 12" in page
    assert "Too few to say" in page
    assert not [ref for ref in refs if ref in page]
