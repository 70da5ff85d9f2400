"""Every figure explains itself: rule, dates, sum and the rows behind it, as far as one may see."""

import pytest

from sightline.governance.models import Objection
from sightline.record.models import AuditEvent
from sightline.web.figures import parts_of


@pytest.fixture
def flagged(meeting):
    """A listed pupil whose attendance has dropped."""
    return next(
        one
        for one in meeting.listings.order_by("position")
        if one.entry["flags"][0]["signal"] == "attendance_momentum"
    )


def url_of(listing, signal="attendance_momentum"):
    return f"/explain/{listing.pupil_ref}/{signal}/"


def test_a_figure_is_explained_with_its_rule_dates_sum_and_rows(signed_in, flagged):
    answer = signed_in("head_of_year").get(url_of(flagged))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert flagged.entry["flags"][0]["because"] in html
    assert "percentage points below the 20 before" in html
    assert "Mon 2 Feb to Fri 6 Mar" in html
    assert "listed at -3 or below" in html
    assert html.count("<tr>") == 81
    areas = set(AuditEvent.objects.filter(action="read").values_list("area", flat=True))
    assert areas == {"page", "attendance"}


def test_the_sentence_on_the_list_leads_to_the_explanation(signed_in, flagged):
    html = signed_in("head_of_year").get("/week/year-9/").content.decode()
    assert f'href="{url_of(flagged)}"' in html


def test_who_may_not_see_the_rows_sees_the_figure_alone(signed_in, flagged, meeting):
    officer = signed_in("attendance_officer")
    assert "<table>" in officer.get(url_of(flagged)).content.decode()
    other = next(
        (one, flag["signal"])
        for one in meeting.listings.all()
        for flag in one.entry["flags"]
        if flag["theme"] == "behaviour"
    )
    html = officer.get(url_of(*other)).content.decode()
    assert "Your role shows the figure and not the rows" in html
    assert "<table>" not in html


@pytest.mark.parametrize("role", ["class_teacher", "trust_lead", "data_manager", "dpo"])
def test_who_may_not_see_the_page_finds_no_explanation(signed_in, flagged, role):
    assert signed_in(role).get(url_of(flagged)).status_code == 404


def test_a_figure_that_was_objected_to_is_gone(signed_in, flagged, colleague, school, at):
    browser = signed_in("head_of_year")
    Objection.objects.create(
        school_id=school,
        pupil_ref=flagged.pupil_ref,
        kind="objection",
        themes=["attendance"],
        from_on=at.date(),
        recorded_by=colleague("dpo"),
        recorded_at=at,
    )
    assert browser.get(url_of(flagged)).status_code == 404


def test_what_is_not_flagged_has_no_explanation(signed_in, flagged):
    browser = signed_in("head_of_year")
    assert browser.get(url_of(flagged, "support_without_change")).status_code == 404
    assert browser.get(url_of(flagged, "nothing")).status_code == 404
    assert browser.get("/explain/nobodyatall1/attendance_momentum/").status_code == 404


@pytest.mark.parametrize(
    ("signal", "sentence", "figures"),
    [
        (
            "attendance_momentum",
            "Attendance fell 18.7 points, from 95.0% (2 of 40 sessions missed) to 76.3% (9 of 38),"
            " over the last 20 school days.",
            ["18.7 points", "76.3% (9 of 38)"],
        ),
        (
            "missing_work",
            "7 of 11 pieces of work due in the last 20 school days not handed in (64%), in 4"
            " subjects.",
            ["7 of 11 pieces of work"],
        ),
        (
            "our_own_signal",
            "Forgot kit for 3 of 4 lessons in the last 20 school days.",
            ["3 of 4"],
        ),
    ],
)
def test_the_figures_of_a_sentence_stand_apart(signal, sentence, figures):
    parts = parts_of(signal, sentence)
    assert [one.text for one in parts if one.is_figure] == figures
    assert "".join(one.text for one in parts) == sentence


def test_every_sentence_on_the_list_has_a_figure_to_ask_about(meeting):
    for listing in meeting.listings.all():
        for flag in listing.entry["flags"]:
            parts = parts_of(flag["signal"], flag["because"])
            assert any(one.is_figure for one in parts), flag["because"]
