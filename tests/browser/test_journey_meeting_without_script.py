"""The same meeting where the browser runs no script: forms and links alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.support.served import Served

WEEK = "/week/year-9/"


@pytest.fixture(scope="module")
def served(own: Served) -> Served:
    return own


def decide(page: Page, kind: str, **fields: str) -> None:
    page.check(f"#id_kind_{kind}")
    for name, value in fields.items():
        field = page.locator(f"#id_{name}")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(index=int(value))
        else:
            field.fill(value)
    page.click("main button:has-text('Save and next')")


def test_the_meeting_is_held_with_plain_forms(enter: Enter) -> None:
    page = enter("Head of year", script=False)
    assert page.url.endswith(WEEK)
    a_mistake_is_named_and_what_was_typed_is_kept(page)
    decide(page, "act", action="Ring home on Tuesday", owner="1", note="")
    expect(page.locator("#progress")).to_have_text("1 of 10 decided")
    put_one_off(page)
    for number in range(2, 10):
        if number % 2:
            decide(page, "in_hand", review="1")
        else:
            decide(page, "not_now", reason="1", note="A family event, as the tutor knows.")
        expect(page.locator("#progress")).to_have_text(f"{number} of 10 decided")
    the_last_decision_can_be_undone(page)
    page.click("main >> text=Finish meeting")
    expect(page.locator("main")).to_contain_text("To come back to")
    page.locator("input[name=attended]").first.check()
    page.click("button:has-text('Finish the meeting')")
    expect(page.locator("main")).to_contain_text("will ring home on Tuesday")
    page.click("main >> text=Copy as text")
    assert "will ring home on Tuesday" in page.content()


def a_mistake_is_named_and_what_was_typed_is_kept(page: Page) -> None:
    decide(page, "act", note="The tutor has been told.")
    expect(page.locator("#errors a")).to_have_count(2)
    expect(page.locator("#id_note")).to_have_value("The tutor has been told.")
    expect(page.locator("#id_kind_act")).to_be_checked()


def put_one_off(page: Page) -> None:
    name = page.inner_text("#now")
    page.click("text=Come back to this")
    expect(page.locator("#now")).not_to_have_text(name)
    expect(page.locator("[data-row]", has_text=name)).to_contain_text("come back to this")


def the_last_decision_can_be_undone(page: Page) -> None:
    page.click("#said >> text=Undo")
    expect(page.locator("#progress")).to_have_text("8 of 10 decided")
    expect(page.locator("#id_kind_in_hand")).to_be_checked()
    page.click("main button:has-text('Save and next')")
    expect(page.locator("#progress")).to_have_text("9 of 10 decided")
