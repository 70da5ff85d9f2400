import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sightline.people.identity import names_of
from sightline.pipeline.evidence.released import FOLDER
from sightline.pipeline.register import Register, YearDay
from sightline.sheets import SchoolSheets, open_sheets
from sightline.triage.models import Decision, Listing, Meeting
from sightline.triage.shares import Share
from sightline.web.homes.patterns import absence_of, signal_lines
from sightline.web.homes.shown import NOT_SHOWN, shown_shares

WEEK = date(2026, 2, 23)


@pytest.fixture(autouse=True)
def nothing_released() -> None:
    """The school of the tests is one, what it has released is each test's own."""
    shutil.rmtree(settings.SITE.folder / FOLDER, ignore_errors=True)


@pytest.fixture
def sheets(school: str) -> SchoolSheets:
    found = open_sheets(settings.SITE, school)
    assert found is not None
    return found


@pytest.fixture
def decided(
    sheets: SchoolSheets, colleague: Callable[[str], Any], at: Any
) -> Callable[..., list[str]]:
    """`decided(12, of=30)` is a finished meeting of 30 pupils, of whom 12 were decided; refs."""

    def make(many: int, of: int = 30, met: int = 61) -> list[str]:
        user = colleague("head_of_year")
        meeting = Meeting.objects.create(
            school_id="S0000",
            year_group=9,
            week=WEEK,
            as_of=WEEK,
            snapshot=1,
            capacity=15,
            counts={"met_threshold": met},
            opened_at=at - timedelta(days=14),
            finished_at=at - timedelta(days=14),
            finished_by=user,
        )
        refs = [one.pupil_ref for one in sheets.places(year_group=9)][:of]
        flag = {"signal": "missing_work", "theme": "work", "because": "9 of 12 pieces"}
        for place, ref in enumerate(refs, start=1):
            entry = {"flags": [flag], "more_flags": [], "good": []}
            row = Listing.objects.create(
                meeting=meeting, pupil_ref=ref, position=place, entry=entry
            )
            if place > many:
                continue
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
    days = [YearDay(year, day, 200, 900, 90 + year) for year in (8, 9) for day in (1, 2)]
    register = Register({}, [YearDay(7, 1, 9, 900, 90), YearDay(7, 2, 10, 900, 90), *days])
    seven, eight, nine = absence_of(settings.SITE, "a school", WEEK, register)
    assert [one.words for one in seven.cells] == [NOT_SHOWN] * 5
    assert seven.cells[0].percent is None
    assert [one.cells[0].words for one in (eight, nine)].count(NOT_SHOWN) == 1, (
        "or year 7 were what is left of the school"
    )


def test_a_signal_with_fewer_than_ten_decisions_shows_no_count() -> None:
    few = {"accepted": 4, "in_hand": 3, "not_a_concern": 1, "wrong_data": 1}
    many = {"accepted": 14, "in_hand": 13, "not_a_concern": 11, "wrong_data": 1}
    found = signal_lines(settings.SITE, "a school", WEEK, {"b": few, "a": many}, str.upper)
    assert [one.title for one in found] == ["A", "B"]
    assert str(found[0].useful).startswith("25 of 40 (")
    assert str(found[0].acted_on).startswith("15 of 40 (")
    assert not found[1].useful.tells


def test_a_leader_sees_the_work_by_half_term_and_year_group(
    signed_in: Callable[[str], Client], decided: Callable[..., list[str]]
) -> None:
    decided(14)
    page = signed_in("senior_leader").get("/patterns/").content.decode()
    assert "15 of 30 (50%, likely 33 to 67%)" in page
    assert "Spring 2" in page
    assert "Year 9" in page
    assert "30 of 60" in page
    assert "Work not handed in" in page


def test_fewer_than_ten_decisions_say_nothing_and_all_but_a_few_neither(
    signed_in: Callable[[str], Client], decided: Callable[..., list[str]]
) -> None:
    decided(9)
    client = signed_in("senior_leader")
    page = client.get("/patterns/").content.decode()
    assert "of 30 (" not in page
    assert "Too few to say" in page
    Decision.objects.all().delete()
    Meeting.objects.all().delete()
    shutil.rmtree(settings.SITE.folder / FOLDER)
    decided(28)
    assert "of 30 (" not in client.get("/patterns/").content.decode()


@pytest.mark.parametrize("seed", range(3))
def test_no_count_on_the_page_or_in_its_drawings_is_a_true_one(
    signed_in: Callable[[str], Client], decided: Callable[..., list[str]], seed: int
) -> None:
    """The whole source, drawings too: counts are multiples of five, at least ten, shares theirs."""
    many, of = 13 + seed, 28 - seed
    decided(many, of=of, met=47 + seed)
    page = signed_in("senior_leader").get("/patterns/").content.decode()
    counts = [int(x) for pair in re.findall(r"\b(\d+) of (\d+)\b", page) for x in pair]
    assert counts
    assert {count % 5 for count in counts} == {0}
    assert min(counts) >= 10
    drawn = Share(round(many / 5) * 5, round(of / 5) * 5)
    assert f"({round(100 * many / of)}%" not in page.replace(str(drawn), "")
    bars = re.findall(r'opacity=".38" x="(\d+)" width="(\d+)"', page)
    assert set(bars) == {(str(drawn.range[0]), str(drawn.width))}


def test_one_decision_more_changes_nothing_on_the_page(
    signed_in: Callable[[str], Client], decided: Callable[..., list[str]]
) -> None:
    """The differencing attack by time: the same page before and after one pupil."""
    decided(17)
    client = signed_in("senior_leader")
    before = client.get("/patterns/").content.decode()
    first = Decision.objects.first()
    assert first is not None
    first.delete()
    after = client.get("/patterns/").content.decode()
    told = re.compile(r"<main.*</main", re.DOTALL)
    assert told.findall(before) == told.findall(after)


def test_parts_that_do_not_make_up_the_whole_leave_nothing_small_to_work_out() -> None:
    parts = {"year": {"Year 7": Share(30, 60), "Year 8": Share(33, 66)}}
    whole, shown = shown_shares(settings.SITE, "some", WEEK, Share(66, 130), parts)
    everything = [whole, *shown["year"].values()]
    assert sum(one.of for one in everything) < 60 + 65 + 130, "or four pupils were in no year"


def test_no_pupil_and_no_member_of_staff_is_on_the_page(
    signed_in: Callable[[str], Client], decided: Callable[..., list[str]]
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
    decided: Callable[..., list[str]],
    sheets: SchoolSheets,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refs = decided(14)

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
    assert "15 of 30" in page
    assert "Too few to say" in page
    assert not [ref for ref in refs if ref in page]
