"""Later data and an open list: the names stay, the figures follow, and only real looks count."""

import re
import shutil
from datetime import timedelta
from html import unescape

import pytest
from tests.support.later_marks import all_days, later_marks

from sightline.record.models import AuditEvent
from sightline.sheets import open_sheets
from sightline.site import open_site
from sightline.triage.models import Listing, Meeting

WEEK = "/week/year-9/"
UPDATES = f"{WEEK}updates/"
ROW = re.compile(r'<li class="row" id="p(\d+)" data-row data-figures="(\w+)"')
CARD = re.compile(r'id="card"[^>]*data-listing="(\d+)" data-figures="(\w+)"')


@pytest.fixture
def site(settings, school, tmp_path):
    """The demo school in a copy that takes later data."""
    settings.SITE = open_site(shutil.copytree(settings.SITE.folder, tmp_path / "site"))
    return settings.SITE


@pytest.fixture
def sheets(site, school):
    return lambda: open_sheets(site, school)


@pytest.fixture
def open_list(signed_in, site):
    """The head of year's browser with the list open, and what its page says it shows."""
    browser = signed_in("head_of_year")
    return browser, page_of(browser)


def page_of(browser):
    html = unescape(browser.get(WEEK).content.decode())
    state = re.search(r'data-state="([^"]+)"', html)[1]
    return {"html": html, "state": state, "shown": dict(CARD.findall(html) + ROW.findall(html))}


def ask(browser, page):
    """What the page's script asks; the answer."""
    shown = ",".join(f"{pk}:{mark}" for pk, mark in page["shown"].items())
    opened = CARD.search(page["html"])[1]
    tag = f'"{page["state"]}"'
    return browser.get(UPDATES, {"shown": shown, "open": opened}, headers={"If-None-Match": tag})


def looks():
    return AuditEvent.objects.filter(action="read").count()


def ref_of(pk):
    return Listing.objects.get(pk=pk).pupil_ref


def absent(site, sheets, tmp_path, refs, at, days=12):
    """Whole days missed lately by some pupils, as the school's system now says."""
    pupils = sheets().pupils(refs)
    return later_marks(
        site,
        tmp_path / f"later-{len(list(tmp_path.iterdir()))}",
        "O",
        {ref: all_days(pupils[ref], days) for ref in refs},
        at,
    )


def free_pupils(sheets, count):
    """Pupils of the year who are neither on the list nor set aside, with nothing flagged."""
    flagged = {flag.pupil_ref for flag in sheets().group(9).flags}
    refs = [place.pupil_ref for place in sheets().places(year_group=9)]
    return [ref for ref in refs if ref not in flagged][:count]


def test_nothing_new_is_nothing_to_read_and_no_look(open_list, django_assert_max_num_queries):
    browser, page = open_list
    before = looks()
    for _ in range(3):
        with django_assert_max_num_queries(8):  # who asks, what they may see, what was decided
            answer = ask(browser, page)
        assert (answer.status_code, answer.content) == (304, b"")
    assert looks() == before


def test_other_pupils_data_changes_no_figure_shown_and_is_no_look(
    open_list, site, sheets, at, tmp_path
):
    browser, page = open_list
    other = next(one.pupil_ref for one in sheets().places(year_group=7))
    absent(site, sheets, tmp_path, [other], at)
    before = looks()
    answer = ask(browser, page)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != f'"{page["state"]}"'
    told = answer.content.decode()
    assert 'class="row"' not in told
    assert 'id="evidence"' not in told
    assert 'id="fresh"' in told
    assert looks() == before


def test_the_figures_of_listed_pupils_are_told_anew_and_only_theirs_are_looks(
    open_list, site, sheets, at, tmp_path
):
    browser, page = open_list
    opened = CARD.search(page["html"])[1]
    closed = next(pk for pk in page["shown"] if pk != opened)
    done = absent(site, sheets, tmp_path, [ref_of(opened), ref_of(closed)], at)
    assert [len(refs or ()) for refs in done.pupils.values()] == [2]  # and nobody else's sheet
    before = looks()
    answer = ask(browser, page)
    told = unescape(answer.content.decode())
    assert [pk for pk, _ in ROW.findall(told)] == [closed]
    assert 'id="evidence"' in told
    assert "Attendance fell" in told
    assert {one.subject for one in AuditEvent.objects.filter(action="read")[before:]} == {
        ref_of(opened),
        ref_of(closed),
    }
    anew = page_of(browser)
    assert f'"{anew["state"]}"' == answer.headers["ETag"]
    assert anew["shown"].keys() == page["shown"].keys()
    assert {pk for pk in page["shown"] if page["shown"][pk] != anew["shown"][pk]} == {
        opened,
        closed,
    }
    marks = dict(re.findall(r'id="p(\d+)" data-row data-figures="(\w+)"', told))
    assert anew["shown"][closed] == marks[closed]
    assert ask(browser, anew).status_code == 304


def test_a_reason_that_no_longer_holds_stays_and_says_so(open_list, site, sheets, at, tmp_path):
    browser, _ = open_list
    one = next(  # with attendance among the three reasons that are told in full
        one
        for one in Listing.objects.order_by("position")
        if not one.entry["more_flags"]
        and "attendance_momentum" in {flag["signal"] for flag in one.entry["flags"]}
    )
    days = {one.pupil_ref: all_days(sheets().pupil(one.pupil_ref), 20)}
    later_marks(site, tmp_path / "present", "/", days, at)
    html = unescape(browser.get(WEEK, {"open": one.pk}).content.decode())
    assert html.count("data-row") == 10
    assert "no longer meets the threshold" in html
    assert f"/explain/{one.pupil_ref}/attendance_momentum/" not in html


def test_who_meets_a_threshold_only_now_is_a_line_and_can_be_brought_on(
    open_list, site, sheets, at, tmp_path
):
    browser, page = open_list
    assert not re.search(r'id="newcomers">', page["html"])
    (other,) = free_pupils(sheets, 1)
    absent(site, sheets, tmp_path, [other], at)
    line = "1 more pupil in Year 9 meets a threshold since this list was made."
    assert line in ask(browser, page).content.decode()
    html = page_of(browser)["html"]
    assert line in html
    assert html.count("data-row") == 10
    aside = unescape(browser.get(f"{WEEK}not-repeated/").content.decode())
    assert "Since the list was made (1)" in aside
    told = browser.post(f"{WEEK}more/", {"pupil": other, "reason": "Rang us this morning."})
    assert told.status_code == 303
    html = unescape(browser.get(WEEK).content.decode())
    assert html.count("data-row") == 11
    assert line not in html
    assert "left out because of an objection" not in html
    met, away = re.search(r"(\d+) of \d+ pupils met .*?>(\d+) ", html).groups()
    assert int(met) == 11 + int(away)


def test_an_objection_is_honoured_in_the_figures_that_follow(
    open_list, site, sheets, at, tmp_path, colleague, school
):
    from sightline.governance.models import Objection

    browser, page = open_list
    opened = CARD.search(page["html"])[1]
    Objection.objects.create(
        school_id=school,
        pupil_ref=ref_of(opened),
        kind="objection",
        themes=["attendance", "punctuality"],
        from_on=at.date(),
        recorded_at=at,
        recorded_by=colleague("dpo"),
    )
    absent(site, sheets, tmp_path, [ref_of(opened)], at)
    html = unescape(browser.get(WEEK, {"open": opened}).content.decode())
    card = html[html.find('id="evidence"') : html.find('id="pops"')]
    assert "Attendance fell" not in card


def test_the_moment_of_the_data_is_said_without_script(open_list, site, sheets, at, tmp_path):
    browser, page = open_list
    assert "Data from Fri 6 Mar, 18:00, <span>updated Fri 6 Mar, 18:00</span>." in page["html"]
    (other,) = free_pupils(sheets, 1)
    absent(site, sheets, tmp_path, [other], at)
    assert "Data from 08:40, <span>updated 08:40</span>." in page_of(browser)["html"]


def test_a_finished_meeting_keeps_the_figures_it_had(
    open_list, site, sheets, at, tmp_path, colleague
):
    browser, page = open_list
    opened = CARD.search(page["html"])[1]
    Meeting.objects.update(finished_at=at, finished_by=colleague("head_of_year"))
    absent(site, sheets, tmp_path, [ref_of(opened)], at + timedelta(minutes=1))
    html = unescape(browser.get(WEEK, {"open": opened}).content.decode())
    assert CARD.search(html)[2] == page["shown"][opened]
