"""Later data while a list is open: its figures change by themselves, and nothing typed is lost."""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import run

import pytest
from playwright.sync_api import Page, expect

from sightline.sheets import open_sheets
from sightline.site import open_site
from tests.browser.conftest import Enter
from tests.support.later_marks import all_days, write_marks
from tests.support.served import Served, environment

WEEK = "/week/year-9/"
SOON = 20_000  # milliseconds for a load in another process, and two seconds until the page asks
NOW = datetime(2026, 3, 9, 8, 40, tzinfo=UTC)


@pytest.fixture(scope="module")
def served(own: Served) -> Served:
    return own


def absences(served: Served, folder: Path, refs: list[str], at: datetime) -> None:
    """Another process loads twelve days of absence of some pupils, and the pages follow."""
    site = open_site(served.folder)
    (school,) = site.warehouse.require().schools
    sheets = open_sheets(site, school)
    assert sheets is not None
    days = {ref: all_days(sheets.pupil(ref), 12) for ref in refs}
    words = ["load", "--site", served.folder, "--profile", "canonical"]
    words += ["--from", write_marks(site, folder, "O", days), "--day", at.date()]
    words += ["--recorded-at", at.isoformat()]
    command = [sys.executable, "-m", "sightline.cli", *map(str, words)]
    done = run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr


def refs_on(page: Page) -> list[str]:
    """The pupils on the list, as their links name them."""
    found = [one.get_attribute("href") or "" for one in page.locator("[data-row] .who a").all()]
    return [one.strip("/").split("/")[-1] for one in found]


def test_figures_follow_a_load_without_a_reload_and_a_draft_stays(
    enter: Enter, served: Served, tmp_path: Path
) -> None:
    page = enter("Head of year")
    page.goto(WEEK)
    expect(page.locator("#fresh")).to_contain_text("Data from")
    names = page.locator("[data-row] .who").all_inner_texts()
    marks = page.evaluate(
        "[...document.querySelectorAll('[data-figures]')].map(x => x.dataset.figures)"
    )
    page.evaluate("window.sameVisit = true")
    page.keyboard.press("2")
    page.locator("#id_note").fill("Half a sentence")
    page.locator("#id_note").focus()
    opened, closed = refs_on(page)[0], refs_on(page)[3]

    absences(served, tmp_path / "later", [opened, closed], NOW)
    expect(page.locator("#live")).to_have_text("2 pupils\u2019 figures updated", timeout=SOON)
    expect(page.locator("#fresh")).to_contain_text("ago")
    assert page.evaluate("window.sameVisit") is True
    assert page.locator("[data-row] .who").all_inner_texts() == names
    after = page.evaluate(
        "[...document.querySelectorAll('[data-figures]')].map(x => x.dataset.figures)"
    )
    assert [one != other for one, other in zip(marks, after, strict=True)].count(True) == 2
    expect(page.locator("#evidence")).to_contain_text("Attendance fell")
    expect(page.locator("#id_note")).to_have_value("Half a sentence")
    expect(page.locator("#id_note")).to_be_focused()


def test_an_open_explanation_and_the_focus_survive_and_a_newcomer_is_a_line(
    enter: Enter, served: Served, tmp_path: Path
) -> None:
    page = enter("Head of year")
    page.goto(WEEK)
    count = page.locator("[data-row]").count()
    number = page.locator("#evidence button.num").first
    number.click()
    expect(page.locator(".pop:popover-open")).to_be_visible()
    site = open_site(served.folder)
    (school,) = site.warehouse.require().schools
    sheets = open_sheets(site, school)
    assert sheets is not None
    flagged = {flag.pupil_ref for flag in sheets.group(9).flags}
    # Of those who met nothing, some who were in the most: there is a fall to see. More than one,
    # as one may have objected, or be supported already.
    others = sorted(
        (one.pupil_ref for one in sheets.places(year_group=9) if one.pupil_ref not in flagged),
        key=lambda ref: sum(mark.category == "present" for mark in sheets.pupil(ref).marks),
    )[-4:]
    first = refs_on(page)[0]

    absences(served, tmp_path / "later", [first, *others], NOW + timedelta(minutes=5))
    more = re.compile("[1-4] more pupils? in Year 9")
    expect(page.locator("#newcomers")).to_contain_text(more, timeout=SOON)
    assert page.locator("[data-row]").count() == count
    expect(page.locator(".pop:popover-open")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#newcomers a").click()
    expect(page.locator("h1")).to_have_text("Not repeated this week")
    expect(page.get_by_text("Since the list was made")).to_be_visible()
