"""Somebody who is no longer in the staff file is out at the next load, wherever they are."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Enter
from tests.support.browser import give_password
from tests.support.served import Served, run


@pytest.fixture(scope="module")
def served(own: Served) -> Served:
    return own


def staff_file_without(role: str, exports: Path, folder: Path) -> Path:
    """A folder of exports in which whoever had this role is missing."""
    lines = (exports / "staff.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    stay = [line for line in lines if not line.rstrip().endswith(f",{role}")]
    assert len(stay) == len(lines) - 1
    (folder / "staff.csv").write_text("".join(stay), encoding="utf-8")
    return folder


def test_a_leavers_next_click_leads_to_signing_in(
    enter: Enter, served: Served, demo: Demo, tmp_path: Path
) -> None:
    leaver, colleague = enter("SENCO"), enter("Head of year")
    leaver.goto("/week/year-9/")
    expect(leaver.locator("h1")).to_have_text("Year 9: ten pupils to talk about")
    exports = staff_file_without("SENCO", demo[0] / "exports", tmp_path)
    done = run("load", "--site", served.folder, "--profile", "canonical", "--from", exports)
    assert "1 account of leavers closed." in done.stderr, done.stderr

    leaver.click("nav >> text=Pupils")
    assert "/accounts/login/" in leaver.url
    expect(leaver.locator("main")).not_to_contain_text("Year 9")
    the_password_opens_nothing_any_more(leaver, served)
    going_back_shows_nothing(leaver)
    colleague.reload()
    expect(colleague.locator("h1")).to_have_text("Year 9: ten pupils to talk about")


def the_password_opens_nothing_any_more(page: Page, served: Served) -> None:
    who = served.sign_in("SENCO")
    give_password(page, who.email, who.password)
    expect(page.locator("#errors")).to_be_visible()


def going_back_shows_nothing(page: Page) -> None:
    """Pages about pupils are kept by no browser: Back asks the server, which asks who it is."""
    page.goto("/accounts/login/")
    for _ in range(3):
        page.go_back()
        assert "/accounts/login/" in page.url
        expect(page.locator("main")).not_to_contain_text("Year 9")
