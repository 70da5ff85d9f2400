import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sightline.people.identity import Name, names_of
from sightline.record.models import AuditEvent
from sightline.sheets import SchoolSheets, open_sheets
from sightline.triage.actions.notes import write_note
from sightline.triage.models import StrategyFeedback
from sightline.web.homes.lesson import AT_MOST, ClassWords, Line, coming, five

MONDAY = date(2026, 3, 9)
BUDGET = 30_000


@pytest.fixture
def sheets(school: str) -> SchoolSheets:
    found = open_sheets(settings.SITE, school)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """It is the tests' morning, whatever the hour they are run at."""
    monkeypatch.setattr("sightline.web.door.now", lambda: at)


@pytest.fixture
def teacher(colleague: Callable[[str], Any]) -> Any:
    return colleague("class_teacher")


@pytest.fixture
def words(
    sheets: SchoolSheets, teacher: Any, colleague: Callable[[str], Any], at: datetime
) -> list[str]:
    """Eight pupils of the teacher's next class with words about each; their refs."""
    now = coming(sheets, teacher.staff_id, at)
    assert now is not None
    refs = [one.pupil_ref for one in sheets.places(class_id=now.slot.class_id)][:8]
    for ref in refs:
        by = {"by": colleague("senco"), "at": at, "school_id": "S0000", "pupil_ref": ref}
        write_note(**by, kind="strategy", text=f"Strategy for {ref}")
        write_note(**by, kind="voice", text=f"Voice of {ref}")
        write_note(**by, kind="home", text=f"Home note on {ref}")
        write_note(**by, kind="note", text=f"Staff note on {ref}")
    return refs


def moment(hour: int, minute: int, day: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_the_next_lesson_follows_the_timetable_of_the_day(
    sheets: SchoolSheets, teacher: Any
) -> None:
    slots = sheets.slots(MONDAY, staff_id=teacher.staff_id)
    first = coming(sheets, teacher.staff_id, moment(7, 0))
    assert first is not None
    assert (first.on, first.slot) == (MONDAY, slots[0])


def test_a_lesson_is_the_next_until_ten_minutes_after_it_began(
    sheets: SchoolSheets, teacher: Any
) -> None:
    slots = sheets.slots(MONDAY, staff_id=teacher.staff_id)
    hour, minute = map(int, slots[0].starts_at.split(":"))
    begun = moment(hour, minute)
    at_ten = coming(sheets, teacher.staff_id, begun.replace(minute=minute + 4))
    assert at_ten is not None
    assert at_ten.slot == slots[0]
    later = coming(sheets, teacher.staff_id, begun.replace(hour=hour + 1))
    assert later is not None
    assert later.slot != slots[0]


def test_after_the_last_lesson_it_is_the_next_school_days_first(
    sheets: SchoolSheets, teacher: Any
) -> None:
    found = coming(sheets, teacher.staff_id, moment(20, 0))
    assert found is not None
    assert found.on > MONDAY
    assert sheets.facts.days[found.on][0] == "open"
    assert found.slot == sheets.slots(found.on, staff_id=teacher.staff_id)[0]


def test_somebody_without_lessons_has_none_ahead(sheets: SchoolSheets) -> None:
    assert coming(sheets, "nobody", moment(8, 0)) is None


def test_at_most_five_are_named_and_agreed_adjustments_come_first() -> None:
    names = {f"p{n}": Name("A", f"Name{9 - n}") for n in range(9)}
    words = {ref: ClassWords((Line(1, "x"),)) for ref in names}
    seats = five(names, words, {"p0"})
    assert len(seats) == AT_MOST
    assert [one.pupil_ref for one in seats] == ["p0", "p8", "p7", "p6", "p5"]


def test_a_pupil_without_words_is_not_named() -> None:
    assert five({"p0": Name("A", "B")}, {"p0": ClassWords()}, {"p0"}) == []


def test_the_page_says_what_helps_and_never_why_noticed(
    signed_in: Callable[[str], Client], words: list[str]
) -> None:
    page = signed_in("class_teacher").get("/lesson/").content.decode()
    shown = [ref for ref in words if f"Strategy for {ref}" in page]
    assert len(shown) == AT_MOST
    assert all(f"Voice of {ref}" in page for ref in shown)
    assert "Home note" not in page
    assert "Staff note" not in page


def test_no_flag_sentence_and_no_pupil_page_is_on_a_class_teachers_pages(
    signed_in: Callable[[str], Client], words: list[str], sheets: SchoolSheets, teacher: Any
) -> None:
    client = signed_in("class_teacher")
    class_id = next(iter(sheets.taught_by(teacher.staff_id, MONDAY)))
    told = {
        row["because"]
        for place in sheets.places(class_id=class_id)
        for row in sheets.pupil(place.pupil_ref).signals
    }
    for address in ("/lesson/", "/classes/", f"/classes/{class_id}/"):
        page = client.get(address).content.decode()
        assert not [one for one in told if one and one in page]
        assert not re.search(r'href="/pupil/\w+/"', page)


def test_each_pupil_shown_is_recorded_once_with_why(
    signed_in: Callable[[str], Client], words: list[str]
) -> None:
    signed_in("class_teacher").get("/lesson/")
    looks = AuditEvent.objects.filter(action="read")
    assert {one.area for one in looks} == {"strategies", "voice"}
    assert all(one.why.startswith("You teach ") for one in looks)
    assert looks.filter(area="strategies").count() == AT_MOST


def test_another_teachers_class_is_absent(
    signed_in: Callable[[str], Client], sheets: SchoolSheets, teacher: Any
) -> None:
    mine = sheets.taught_by(teacher.staff_id, MONDAY)
    others = {one for place in sheets.places() for one in place.class_ids} - mine.keys()
    mates = {ref.pupil_ref for one in mine for ref in sheets.places(class_id=one)}
    apart = next(
        one
        for one in sorted(others)
        if not mates & {place.pupil_ref for place in sheets.places(class_id=one)}
    )
    assert signed_in("class_teacher").get(f"/classes/{apart}/").status_code == 404
    assert signed_in("class_teacher").get("/classes/guessed/").status_code == 404


def test_another_teachers_class_shows_only_the_pupils_one_teaches(
    signed_in: Callable[[str], Client], sheets: SchoolSheets, teacher: Any
) -> None:
    mine = sheets.taught_by(teacher.staff_id, MONDAY)
    mates = {one.pupil_ref for cls in mine for one in sheets.places(class_id=cls)}
    other, strangers = next(
        (cls, refs - mates)
        for cls in sorted({c for p in sheets.places() for c in p.class_ids} - mine.keys())
        if (refs := {one.pupil_ref for one in sheets.places(class_id=cls)}) & mates and refs - mates
    )
    page = signed_in("class_teacher").get(f"/classes/{other}/").content.decode()
    with settings.SITE.vault(settings.SITE.warehouse.current()) as vault:
        names = names_of(vault, strangers | mates)
    known = {str(names[ref]) for ref in mates}
    assert not [
        ref for ref in strangers if str(names[ref]) in page and str(names[ref]) not in known
    ]


def test_the_phone_page_keeps_its_budget(
    signed_in: Callable[[str], Client], words: list[str]
) -> None:
    page = signed_in("class_teacher").get("/lesson/").content
    assert len(page) < BUDGET
    assert page.count(b"<script") == 1  # the one of every page; nothing more is fetched
    assert b"<img" not in page


def test_one_tap_says_that_a_line_helped(
    signed_in: Callable[[str], Client], words: list[str]
) -> None:
    client = signed_in("class_teacher")
    page = client.get("/lesson/").content.decode()
    form = dict(re.findall(r'name="(line|class_id|on|period)" value="([^"]+)"', page))
    assert form["on"] == f"{MONDAY}"
    answer = client.post("/lesson/helped/", form | {"helped": "yes"})
    assert answer.status_code == 303
    assert StrategyFeedback.objects.get().helped
    assert "You said: this helped." in client.get(answer["Location"]).content.decode()
    assert AuditEvent.objects.filter(action="strategy_feedback").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"class_id": "S0000-C0001x"}, {"line": "999999"}, {"line": "x"}, {"line": ""}]
)
def test_feedback_on_what_one_does_not_teach_is_absent(
    signed_in: Callable[[str], Client],
    words: list[str],
    wrong: dict[str, str],
    sheets: SchoolSheets,
    teacher: Any,
) -> None:
    class_id = next(iter(sheets.taught_by(teacher.staff_id, MONDAY)))
    form = {"line": "1", "class_id": class_id, "helped": "yes"} | wrong
    assert signed_in("class_teacher").post("/lesson/helped/", form).status_code == 404
    assert not StrategyFeedback.objects.exists()


def test_a_class_without_words_is_told_kindly(signed_in: Callable[[str], Client], db: Any) -> None:
    page = signed_in("class_teacher").get("/lesson/").content.decode()
    assert "Nobody has written down yet what helps" in page
    assert "Add what helps" in page


def test_a_tutor_without_lessons_opens_the_tutor_group(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("tutor")
    page = client.get("/lesson/", follow=True)
    assert page.redirect_chain[-1][0] == "/classes/tutor/9N/"
    assert client.get("/classes/tutor/9R/").status_code == 404


@pytest.mark.parametrize("query", ["?on=2026-03-09&period=99", "?on=2026-03-08&period=1"])
def test_a_lesson_that_is_not_ones_own_is_absent(
    signed_in: Callable[[str], Client], query: str
) -> None:
    assert signed_in("class_teacher").get(f"/lesson/{query}").status_code == 404
