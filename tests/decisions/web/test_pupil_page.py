import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from sightline.governance.models import Objection
from sightline.people.models import EmergencyAccess
from sightline.people.vault import Vault
from sightline.record.models import AuditEvent
from sightline.sheets import SchoolSheets, open_sheets
from sightline.web import clock

Enter = Callable[[str], Client]


@pytest.fixture
def sheets(school: str) -> SchoolSheets:
    found = open_sheets(settings.SITE, school)
    assert found is not None
    return found


@pytest.fixture
def noticed(sheets: SchoolSheets) -> str:
    """A pupil of the tutor group 9N of whom behaviour is noticed, with concerns and absences."""
    return _like(sheets, "9N", lambda one: _flags(one) >= {"behaviour"})


def _like(sheets: SchoolSheets, group: str, fits: Callable[[Any], bool]) -> str:
    """The first pupil that fits: of a tutor group if it can be, else of Year 9."""
    places = sheets.places(registration_group=group) + sheets.places(year_group=9)
    return next(one.pupil_ref for one in places if fits(sheets.pupil(one.pupil_ref)))


def _flags(sheet: Any) -> set[str]:
    return {row["theme"] for row in sheet.signals if row["outcome"] == "flag"}


def _vault(sheets: SchoolSheets) -> Vault:
    return Vault(settings.SITE.folder / "vault.sqlite", settings.SITE.keys, sheets.facts.snapshot)


def _name(sheets: SchoolSheets, ref: str) -> dict[str, str | None]:
    with _vault(sheets) as vault:
        return vault.read("pupil_identity", [ref])[ref]


def _page(client: Client, ref: str, name: str = "pupil") -> str:
    answer = client.get(reverse(name, args=[ref]))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def _without_token(answer: Any) -> str:
    found: str = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return found


def _areas(ref: str) -> list[str]:
    return sorted(AuditEvent.objects.filter(subject=ref).values_list("area", flat=True))


def test_the_page_has_the_name_in_its_heading_and_nowhere_in_title_or_address(
    signed_in: Enter, sheets: SchoolSheets, noticed: str
) -> None:
    page = _page(signed_in("head_of_year"), noticed)
    name = _name(sheets, noticed)
    assert f"<h1>{name['given_name']} {name['family_name']}</h1>" in page
    assert name["given_name"] not in re.search(r"<title>(.*?)</title>", page)[1]  # type: ignore[index]
    addresses = "".join(re.findall(r'(?:href|action)="([^"]*)"', page))
    assert str(name["family_name"]).lower() not in addresses.lower()


def test_the_story_is_the_sheets_own(signed_in: Enter, sheets: SchoolSheets, noticed: str) -> None:
    story = " ".join(sheets.pupil(noticed).story)
    client = signed_in("head_of_year")
    assert story in _page(client, noticed)
    assert story in _page(client, noticed, "pupil_text")


def test_a_look_is_recorded_once_for_each_area_that_is_shown(
    signed_in: Enter, noticed: str
) -> None:
    _page(signed_in("head_of_year"), noticed)
    areas = _areas(noticed)
    assert areas == sorted(set(areas))
    assert {"page", "attendance", "behaviour", "attainment", "notes", "support"} <= set(areas)
    assert set(AuditEvent.objects.values_list("why", flat=True)) == {"You lead Year 9"}


def test_absent_and_forbidden_look_alike(
    signed_in: Enter, sheets: SchoolSheets, noticed: str
) -> None:
    other = sheets.places(year_group=8)[0].pupil_ref
    client = signed_in("head_of_year")
    for name in ("pupil", "pupil_show", "pupil_text", "pupil_access"):
        forbidden = client.get(reverse(name, args=[other]))
        absent = client.get(reverse(name, args=["0" * 12]))
        assert forbidden.status_code == absent.status_code == 404
        assert _without_token(forbidden).replace(other, "0" * 12) == _without_token(absent)
    assert _areas(other) == []


@pytest.mark.parametrize("role", ["class_teacher", "trust_lead", "data_manager", "dpo"])
def test_roles_without_the_page_do_not_get_it(signed_in: Enter, noticed: str, role: str) -> None:
    assert signed_in(role).get(reverse("pupil", args=[noticed])).status_code == 404


def test_an_attendance_officer_sees_marks_and_nothing_of_behaviour(
    signed_in: Enter, sheets: SchoolSheets, noticed: str
) -> None:
    page = _page(signed_in("attendance_officer"), noticed)
    sheet = sheets.pupil(noticed)
    assert "Half-days missed" in page
    assert "concern" not in page.split("<main")[1].split("</main>")[0].lower()
    assert not any(sentence in page for sentence in sheet.lens.sentences)
    assert "Your role is not shown their text" in page or "not shown notes" in page
    assert not {"behaviour", "attainment", "work", "voice"} & set(_areas(noticed))


def test_at_figures_only_a_tutor_sees_counts_and_no_single_log(
    signed_in: Enter, sheets: SchoolSheets
) -> None:
    ref = next(
        one.pupil_ref
        for one in sheets.places(registration_group="9N")
        if any(row.kind == "concern" for row in sheets.pupil(one.pupil_ref).behaviour)
    )
    page = _page(signed_in("tutor"), ref)
    assert '<th scope="col" class="r">Concerns</th>' in page
    assert "behaviour concern</li>" not in page  # the legend of the lane
    assert ">Behaviour</text>" not in page
    assert ">Attendance</text>" in page


def test_restricted_and_safeguarding_notes_are_never_shown(
    signed_in: Enter, sheets: SchoolSheets
) -> None:
    client = signed_in("senco")
    shut = [
        (place.pupil_ref, note)
        for place in sheets.places()
        for note in sheets.pupil(place.pupil_ref).notes
        if note.restricted or note.category == "Safeguarding"
    ]
    assert shut
    for ref, note in shut[:6]:
        with _vault(sheets) as vault:
            text = vault.read("note", [note.note_id])[note.note_id]["text"]
        page = _page(client, ref)
        assert str(text) not in page
        assert "There may be a safeguarding record" in page


def test_table_drawing_and_words_hold_the_same_numbers(
    signed_in: Enter, sheets: SchoolSheets
) -> None:
    ref = _like(sheets, "9N", lambda one: sum(w.possible - w.attended for w in one.weeks[-8:]) > 9)
    page = _page(signed_in("head_of_year"), ref)
    rows = [(int(a), int(b)) for a, b in re.findall(r'<td class="r">(\d+) of (\d+)</td><td', page)]
    missed, possible = sum(a for a, _ in rows[:12]), sum(b for _, b in rows[:12])
    assert f"Missed {missed} of {possible} sessions" in page
    first = page.split('<svg class="chart wide"')[1].split("</svg>")[0]
    drawn = re.search(r'<path d="([^"]*)"[^>]* class="f-att s-att"', first)
    assert drawn is not None
    assert drawn[1].count("M") == missed


def test_the_three_widths_tell_a_screen_reader_one_sentence(signed_in: Enter, noticed: str) -> None:
    page = _page(signed_in("head_of_year"), noticed)
    assert page.count('role="img" aria-labelledby="tl-words"') == 1
    assert page.count('<p class="vh" id="tl-words">') == 1
    assert all(f'class="chart {name}"' in page for name in ("wide", "mid", "narrow"))


def test_the_whole_year_can_be_asked_for(signed_in: Enter, noticed: str) -> None:
    client = signed_in("head_of_year")
    short = client.get(reverse("pupil", args=[noticed])).content.decode()
    long = client.get(reverse("pupil", args=[noticed]) + "?show=year").content.decode()
    assert "The last 12 school weeks" in short
    assert "This year, side by side" in long
    assert long.count('<th scope="row">') > short.count('<th scope="row">')


@pytest.mark.parametrize("themes", [[], ["behaviour"]])
def test_an_objection_in_force_is_said_and_no_signal_is_shown(
    signed_in: Enter,
    colleague: Callable[[str], Any],
    sheets: SchoolSheets,
    noticed: str,
    at: Any,
    themes: list[str],
) -> None:
    Objection.objects.create(
        school_id=sheets.school_id,
        pupil_ref=noticed,
        kind="objection",
        themes=themes,
        from_on=at.date(),
        recorded_by=colleague("dpo"),
        recorded_at=at,
    )
    page = _page(signed_in("head_of_year"), noticed)
    sheet = sheets.pupil(noticed)
    assert "An objection is in force" in page
    assert not any(sentence in page for sentence in sheet.story)
    assert not any(
        row["because"] in page for row in sheet.signals if not themes or row["theme"] in themes
    )


def test_turned_round_the_page_speaks_to_the_pupil_and_leaves_staff_notes_out(
    signed_in: Enter, sheets: SchoolSheets
) -> None:
    ref = next(
        place.pupil_ref
        for place in sheets.places(year_group=9)
        if any(
            not note.restricted and note.category == "Pastoral"
            for note in sheets.pupil(place.pupil_ref).notes
        )
    )
    page = _page(signed_in("head_of_year"), ref, "pupil_show")
    sheet = sheets.pupil(ref)
    with _vault(sheets) as vault:
        texts = vault.read("note", [one.note_id for one in sheet.notes])
    assert "You came to" in page
    assert not any(str(one["text"]) in page for one in texts.values())
    assert not any(sentence in page for sentence in sheet.story)
    assert "threshold" not in page.split("<main")[1].split("</main>")[0]
    assert "expected" not in page
    assert "Another teacher" not in page


def test_who_can_see_the_page_is_counted_by_role_and_reason(
    signed_in: Enter, colleague: Callable[[str], Any], noticed: str
) -> None:
    for role in ("senco", "attendance_officer", "class_teacher", "dpo"):
        colleague(role)
    page = _page(signed_in("head_of_year"), noticed, "pupil_access")
    assert "leads Year 9" in page
    assert "SENCO or inclusion lead" in page
    assert "This page as figures and sentences" in page
    assert "Mrs Bell" not in page


def test_the_page_asks_the_database_little(
    signed_in: Enter, noticed: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("head_of_year")
    _page(client, noticed)
    with django_assert_max_num_queries(30):
        _page(client, noticed)


def test_nothing_about_a_pupil_is_kept_by_the_browser(signed_in: Enter, noticed: str) -> None:
    answer = signed_in("head_of_year").get(reverse("pupil", args=[noticed]))
    assert answer["Cache-Control"] == "no-store"


def test_a_listed_pupil_is_one_step_from_the_decision(signed_in: Enter) -> None:
    client = signed_in("head_of_year")
    week = client.get(reverse("week", args=["year-9"])).content.decode()
    ref = re.findall(r"/pupil/([0-9a-z]{12})/", week)[0]
    page = _page(client, ref)
    asked = re.search(r'href="(/week/year-9/\?open=\d+)">Decide or add a note', page)
    assert asked is not None
    assert client.get(asked[1]).status_code == 200


def test_an_emergency_says_so_and_shows_this_pupil_alone(
    signed_in: Enter, colleague: Callable[[str], Any], sheets: SchoolSheets
) -> None:
    first, second = sheets.places(year_group=8)[:2]
    moment = clock.now()
    EmergencyAccess.objects.create(
        user=colleague("head_of_year"),
        school_id=sheets.school_id,
        pupil_ref=first.pupil_ref,
        reason="Hurt on the stairs",
        started_at=moment,
        ends_at=moment + timedelta(hours=1),
        told=colleague("senior_leader"),
    )
    client = signed_in("head_of_year")
    page = _page(client, first.pupil_ref)
    assert "Emergency access until" in page
    assert "Hurt on the stairs" not in page
    assert "Add a note" not in page
    assert client.get(reverse("pupil", args=[second.pupil_ref])).status_code == 404
