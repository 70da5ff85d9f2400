"""A family objects: the pupil is off the list at once, everywhere, and counted as left out."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.support.served import Served, run

WEEK = "/week/year-9/"


@pytest.fixture(scope="module")
def served(own: Served) -> Served:
    return own


def test_an_objection_counts_from_the_moment_it_is_recorded(enter: Enter, served: Served) -> None:
    head = enter("Head of year")
    name, tag = head.inner_text("#now"), head.inner_text("#card .tag >> nth=0")
    address = head.locator("#now a").get_attribute("href") or ""
    ref = address.strip("/").rpartition("/")[2]
    assert ref in weekly_list(served)
    with_signals(head, address)
    record_the_objection(enter("Data protection"), name, tag)
    head.goto(WEEK)
    expect(head.locator("main")).not_to_contain_text(name)
    expect(head.locator("main")).to_contain_text("1 is left out because of an objection.")
    without_signals(head, address)
    assert ref not in weekly_list(served)


def with_signals(page: Page, address: str) -> None:
    page.goto(address)
    page.click("summary:has-text('Explain these figures')")
    expect(page.locator(".behind li").first).to_be_visible()


def record_the_objection(page: Page, name: str, tag: str) -> None:
    """The data protection officer finds the pupil by name, and records what the family asks."""
    page.click("main >> text=Objections")
    page.click("main >> text=the record")
    page.fill("#id_name", name)
    page.click("button:has-text('Find')")
    page.locator("main li").filter(has_text=name).filter(has_text=tag).locator("a").click()
    page.click("main >> text=Objection or opt-out")
    page.click("main button:has-text('Record it')")
    expect(page.locator("#errors a").first).to_be_visible()
    page.check("#id_kind_objection")
    page.check("#id_scope")
    page.fill("#id_reason", "The family asked by letter to be on no list.")
    page.click("main button:has-text('Record it')")
    expect(page.locator("main table")).to_contain_text(name)


def without_signals(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".objection")).to_be_visible()
    expect(page.locator(".behind")).to_have_count(0)
    expect(page.locator(".story")).to_have_count(0)


def weekly_list(served: Served) -> str:
    done = run("week", "--site", served.folder, "--as-of", "2026-03-06", "--year", "9")
    assert done.returncode == 0, done.stderr
    return done.stdout
