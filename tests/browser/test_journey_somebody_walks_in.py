"""A child stands in the door: one key, and nothing about anybody is on the screen."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter

AGAIN = "Show it again"


def covered(page: Page, name: str) -> bytes:
    """The picture of a covered page, on which no name is: for the eye, the ear or the tab."""
    expect(page.locator("#cover")).to_be_visible()
    assert name not in page.locator("body").inner_text()
    assert name not in page.locator("body").aria_snapshot()
    assert page.title() == "Sightline"
    return page.screenshot()


def test_escape_closes_what_is_open_then_covers_the_page_then_shows_it_again(enter: Enter) -> None:
    page = enter("Head of year")
    name = page.inner_text("#now")
    page.locator("button.num").first.click()
    expect(page.locator("[popover]:popover-open")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[popover]:popover-open")).to_have_count(0)
    expect(page.locator("#cover")).not_to_be_visible()
    page.keyboard.press("Escape")
    of_the_week = covered(page, name)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, header, footer')") is None
    page.keyboard.press("Escape")
    expect(page.locator("#now")).to_be_visible()

    page.click("#now a")
    expect(page.locator("h1")).to_have_text(name)
    page.keyboard.press("Escape")
    assert covered(page, name) == of_the_week, "the picture tells what is under it"


def test_a_tap_covers_the_page_on_a_phone(enter: Enter) -> None:
    page = enter("Head of year", width=390, height=844)
    name = page.inner_text("#now")
    page.click("#hide")
    covered(page, name)
    page.click(f"text={AGAIN}")
    expect(page.locator("#now")).to_be_visible()


def test_the_button_covers_the_page_where_no_script_runs(enter: Enter) -> None:
    page = enter("Head of year", script=False)
    page.click("#hide")
    expect(page.locator("#cover")).to_be_in_viewport(ratio=1)
    top = page.evaluate(
        "document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('#cover') !== null"
    )
    assert top
    page.click(f"text={AGAIN}")
    expect(page.locator("#cover")).not_to_be_in_viewport()
