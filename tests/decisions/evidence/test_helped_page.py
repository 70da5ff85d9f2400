"""The page "What support changed": who sees it, what it says, and never in the order of effects."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse
from tests.support.school_site import TODAY
from tests.support.simulated_support import ABSENCE, study
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.insights.disclosure import release_page
from sightline.insights.impact import finding
from sightline.insights.impact.history import STEP
from sightline.insights.impact.measures import BY_MARKS, WORDS
from sightline.pipeline.evidence.answers import Answer
from sightline.pipeline.evidence.impact import (
    BANDS,
    Question,
    history_of,
    impact,
    last_day,
    situation_of,
)
from sightline.pipeline.evidence.impact_json import Judged, Kind, as_json
from sightline.pipeline.study import opened
from sightline.sheets import open_sheets
from sightline.signals.flag import threshold_of
from sightline.triage.loop import loop_by_part, noticed_of
from sightline.triage.models import Decision, Listing, Meeting, Support
from sightline.web.evidence.helped import TOO_FEW, sections
from sightline.web.evidence.helped_asked import asked, band_of, stage_of

Browser = Callable[[str], Client]
MAY = ("head_of_year", "senco", "senior_leader", "trust_lead", "dpo")
MAY_NOT = ("tutor", "class_teacher", "attendance_officer", "data_manager", "administrator")


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.fixture(scope="module")
def simulated() -> dict[str, Any]:
    """An answer about four kinds of support of very different size and effect."""
    made = {
        "Zebra club": (1000, 9.0),
        "mentoring": (1000, 0.0),
        "Breakfast club": (90, 0.0),
        "Attendance plan": (16, 0.0),
    }
    judged = []
    for seed, (name, (pupils, effect)) in enumerate(made.items()):
        one = study(np.random.default_rng(seed), effect=effect, pupils=pupils)
        found = finding(one.units, ABSENCE, one.everyone)
        words = replace(WORDS[BY_MARKS], noun="Absence")
        judged.append(Judged(Kind(name.casefold(), name, BY_MARKS), found, words, 30))
    supports = as_json(judged, TODAY, {}, release_page)
    told = {"until": TODAY.isoformat(), "supports": supports, "recovery": None}
    found_: dict[str, Any] = json.loads(json.dumps(told))
    return found_


@pytest.mark.parametrize("role", MAY_NOT)
def test_the_page_is_not_there_for_roles_without_it(role: str, signed_in: Browser) -> None:
    assert signed_in(role).get(reverse("helped")).status_code == 404


@pytest.mark.parametrize("role", MAY)
def test_leaders_see_every_kind_of_support_of_the_school_by_name(
    role: str, signed_in: Browser
) -> None:
    page = signed_in(role).get(reverse("helped"))
    said = text_of(page)
    assert page.status_code == 200
    names = [one.name for one in page.context["sections"]]
    assert names == sorted(names, key=str.casefold)
    assert {"Attendance plan", "Breakfast club", "Tutoring"} <= set(names)
    assert "went from 21.2% to 14.8%" in said
    assert "need about 60" in said


@pytest.mark.parametrize(
    "query",
    [{"signal": "nothing"}, {"band": "near"}, {"stage": "9"}, {"school": "S9999"}],
)
def test_what_cannot_be_asked_is_not_found(query: dict[str, str], signed_in: Browser) -> None:
    assert signed_in("senco").get(reverse("helped"), query).status_code == 404


def test_a_number_below_ten_is_told_only_to_who_sees_those_pupils_anyway(
    signed_in: Browser,
) -> None:
    senco = signed_in("senco").get(reverse("helped")).context["sections"]
    dpo = signed_in("dpo").get(reverse("helped")).context["sections"]
    assert any(re.search(r"Cannot tell: \d pupil", one.line) for one in senco)
    quiet = {one.line for one in dpo if one.quiet}
    assert quiet == {TOO_FEW[0].upper() + TOO_FEW[1:] + "."}


def test_nothing_on_the_page_of_simulated_supports_is_in_the_order_of_effects(
    simulated: dict[str, Any], signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answered(*_: Any, **__: Any) -> Answer:
        return Answer(simulated, fresh=False)

    monkeypatch.setattr("sightline.web.views.helped.kept_impact", answered)
    page = signed_in("senco").get(reverse("helped"))
    said = text_of(page)
    order = [said.index(one) for one in ("Attendance plan A", "Breakfast club A", "Zebra club A")]
    assert order == sorted(order)
    assert "it helped" in said
    assert "compatible with no difference" in said
    assert "not what the support did" in said
    assert "Were they alike before?" in said


def test_what_is_said_of_each_goes_by_its_number(simulated: dict[str, Any]) -> None:
    by_name = {one["support"]: one for one in simulated["supports"]}
    assert list(by_name) == ["Attendance plan", "Breakfast club", "mentoring", "Zebra club"]
    few, some = by_name["Attendance plan"], by_name["Breakfast club"]
    assert few["saying"] in ("nothing", "words")
    assert few["estimate"] is few["interval"] is few["placebo"] is None
    assert few["why"]
    assert some["estimate"] is None
    assert by_name["Zebra club"]["helped"] is True
    assert by_name["mentoring"]["helped"] is False
    for one in simulated["supports"]:
        counts = [count for count in one["counts"].values() if count is not None]
        assert all(count % 5 == 0 and count >= 10 for count in counts)


def test_in_a_situation_counts_are_rounded_so_that_pages_cannot_be_taken_from_each_other() -> None:
    made = study(np.random.default_rng(1), pupils=400)
    found = finding(made.units, ABSENCE, made.everyone)
    judged = [Judged(Kind("a", "A", BY_MARKS), found, WORDS[BY_MARKS], 30)]
    (one,) = as_json(judged, TODAY, {"band": "well"}, release_page)
    first, second = re.findall(r"about (\d+)", one["sentence"])
    assert int(first) % 5 == int(second) % 5 == 0


def test_the_form_that_starts_a_support_leads_to_what_was_tried_before(
    school: str, signed_in: Browser
) -> None:
    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    places = sheets.places(year_group=9)
    flagged = next(
        one.pupil_ref
        for one in places
        if any(
            row["outcome"] == "flag" and row["signal"] == BY_MARKS
            for row in sheets.pupil(one.pupil_ref).signals
        )
    )
    browser = signed_in("senco")
    page = browser.get(reverse("support_new", args=[flagged])).content.decode()
    assert "What was tried before in such situations" in page
    link = re.search(r'href="(/patterns/helped/\?[^"]*signal=attendance_momentum[^"]*)"', page)
    assert link is not None
    led = browser.get(link.group(1).replace("&amp;", "&"))
    assert led.status_code == 200
    assert led.context["asked"].stage == "3"


def test_strengths_and_year_groups_become_bands_and_stages() -> None:
    assert [band_of(one) for one in (1.0, 1.49, 1.5, 2.4, 2.5, 90)] == [
        "just", "just", "well", "well", "far", "far"
    ]  # fmt: skip
    stages = [stage_of(year).get("stage") for year in (0, 2, 3, 6, 7, 9, 10, 11, 12, 13, 14, None)]
    assert stages == ["1", "1", "2", "2", "3", "3", "4", "4", "5", "5", None, None]


@pytest.mark.parametrize("band", list(BANDS))
def test_the_bands_of_a_signal_share_its_flags_out(band: str, school: str) -> None:
    with opened(settings.SITE, school=school, on=TODAY) as study_:
        for name in (BY_MARKS, "missing_work", "engagement_vs_peers"):
            signal = study_.library[name]
            asked_ = situation_of(study_, signal, Question(signal=name, band=band))
            low, high = BANDS[band]
            threshold = threshold_of(signal, study_.values)
            value = {
                "value / threshold": lambda times, t=threshold: times * t,
                "value / -threshold": lambda times, t=threshold: -times * t,
                "threshold / value": lambda times, t=threshold: t / times,
            }[signal.strength]
            inside = value(low + 0.1)
            assert asked_.low is None or inside >= asked_.low
            assert asked_.high is None or inside < asked_.high
            if high is not None:
                beyond = value(high + 0.1)
                assert (asked_.low is not None and beyond < asked_.low) or (
                    asked_.high is not None and beyond >= asked_.high
                )


def test_all_schools_together_are_asked_about_one_aim_at_a_time() -> None:
    request = RequestFactory().get("/patterns/helped/")
    assert asked(request, ["a", "b"], True) == Question(None, "", BY_MARKS)
    assert asked(request, ["a"], False) == Question("a")
    request = RequestFactory().get("/patterns/helped/?school=b&signal=missing_work")
    assert asked(request, ["a", "b"], True) == Question("b", "", "missing_work")


def test_the_measure_and_the_flags_are_those_of_the_warehouse(school: str) -> None:
    """Attendance in a window, counted again by one plain query for every pupil."""
    with opened(settings.SITE, school=school, on=TODAY) as study_:
        until = last_day(study_, TODAY)
        history = history_of(study_, study_.library[BY_MARKS], school, until, TODAY)
        day = int(history.last[0]) - STEP
        pupils = np.arange(len(history.refs))
        rates = history.measured(pupils, np.full(len(pupils), day - 30), np.full(len(pupils), day))
        rows = study_.engine.rows(
            "SELECT mark.pupil_ref, 100.0 * SUM(code.attended) / SUM(code.possible) AS rate "
            "FROM attendance AS mark JOIN attendance_code AS code ON mark.code = code.code "
            "JOIN impact_day AS day ON mark.date = day.date "
            f"WHERE day.day_no > {day - 30} AND day.day_no <= {day} GROUP BY 1 "
            "HAVING SUM(code.possible) >= 30"
        )
        flags = study_.engine.rows(
            "SELECT COUNT(*) AS many FROM result WHERE signal = 'attendance_momentum' "
            "AND outcome = 'flag'"
        )
    plain = {row["pupil_ref"]: row["rate"] for row in rows}
    ours = {ref: rate for ref, rate in zip(history.refs, rates, strict=True) if np.isfinite(rate)}
    assert ours == pytest.approx(plain)
    assert np.isfinite(history.value).sum() == flags[0]["many"] > 0


def test_the_command_and_the_page_say_the_same(school: str) -> None:
    folder = str(settings.SITE.folder)
    printed = CliRunner().invoke(app, ["impact", "attendance  PLAN", "--site", folder, "--json"])
    told = json.loads(printed.stdout)
    (one,) = told["supports"]
    assert one["support"] == "Attendance plan"
    worked_out = impact(settings.SITE, Question(support="attendance plan"), today=TODAY)
    assert one["sentence"] == worked_out["supports"][0]["sentence"]
    plain = CliRunner().invoke(app, ["impact", "--site", folder, "--school", school])
    names = [line.split(" (")[0] for line in plain.stdout.splitlines() if line[0] != " "]
    assert names == sorted(names, key=str.casefold)


def test_a_support_that_is_not_recorded_is_refused_with_the_nearest_name(school: str) -> None:
    folder = str(settings.SITE.folder)
    answer = CliRunner().invoke(app, ["impact", "Atendance plan", "--site", folder])
    assert answer.exit_code != 0
    assert "attendance plan" in str(answer.exception)


def test_sections_of_nothing_recorded_are_none() -> None:
    assert sections({"supports": []}, exact=True) == []


@pytest.fixture
def listed(db: Any, at: Any, colleague: Callable[[str], Any], school: str) -> Callable[..., None]:
    """`listed(week, ref, "act", after=2, support=5)`: decided and supported after so many days."""
    user = colleague("head_of_year")

    def make(week: date, ref: str, kind: str, after: int = 0, support: int | None = None) -> None:
        moment = at - timedelta(days=(TODAY - week).days)
        meeting, _ = Meeting.objects.get_or_create(
            school_id=school,
            year_group=9,
            week=week,
            defaults={"as_of": week, "snapshot": 1, "capacity": 10, "opened_at": moment},
        )
        flag = {"signal": "missing_work", "theme": "work", "because": "9 of 12"}
        row = Listing.objects.create(
            meeting=meeting,
            pupil_ref=ref,
            position=meeting.listings.count() + 1,
            entry={"flags": [flag], "more_flags": [], "good": []},
        )
        Decision.objects.create(
            listing=row,
            school_id=school,
            pupil_ref=ref,
            kind=kind,
            until=week + timedelta(days=14),
            decided_by=user,
            decided_at=moment + timedelta(days=after),
        )
        if support is not None:
            Support.objects.create(
                school_id=school,
                pupil_ref=ref,
                name="Breakfast club",
                aim_signal="missing_work",
                owner=user,
                started_on=week + timedelta(days=support),
                review_on=week + timedelta(days=support + 14),
                made_by=user,
                made_at=moment,
            )

    return make


def test_the_loop_tells_time_trust_and_help_in_time(
    listed: Callable[..., None], school: str
) -> None:
    week = date(2026, 1, 12)
    for number in range(6):
        listed(week, f"a{number}", "act", after=2, support=7)
    for number in range(4):
        listed(week, f"b{number}", "in_hand", after=2, support=30)
    for number in range(5):
        listed(week, f"c{number}", "not_now", after=2)
    listed(week + timedelta(days=14), "a0", "act")
    weekdays = [date(2026, 1, 5) + timedelta(days=n) for n in range(80)]
    days = [day for day in weekdays if day.weekday() < 5]
    steps = noticed_of(school, since=week, on=TODAY, school_days=days)
    (loop,) = loop_by_part([one for one in steps if one.on == week], lambda _: "Spring 1")
    assert (loop.decided, loop.to_decision, loop.to_support) == (15, "2 days", "7 days")
    assert (loop.trust.count, loop.trust.of) == (10, 15)
    assert (loop.actionability.count, loop.actionability.of) == (6, 15)
    assert (loop.again.count, loop.again.of) == (1, 15)


def test_help_that_still_has_time_is_not_counted_as_late(
    listed: Callable[..., None], school: str
) -> None:
    listed(date(2026, 3, 2), "a0", "act", after=1)
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(10)]
    (one,) = noticed_of(school, since=date(2026, 3, 1), on=TODAY, school_days=days)
    assert one.in_time is None
    assert one.again is None
    assert one.days_to_support is None
