"""The weekly meeting from the first pupil to the recap, without a mouse."""

from io import BytesIO
from time import monotonic

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Enter, Photograph
from tests.support.served import Served

WEEK = "/week/year-9/"
NO_MOUSE = "addEventListener('pointerdown', () => console.error('somebody used a mouse'), true)"
POLLED = 30_000  # milliseconds: a page asks for news every 20 seconds


@pytest.fixture(scope="module")
def served(own: Served) -> Served:
    return own


@pytest.fixture
def lead(enter: Enter) -> Page:
    """The head of year, at the list, whose browser complains of any mouse."""
    page = enter("Head of year")
    page.add_init_script(NO_MOUSE)
    page.goto(WEEK)
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says these words."""
    for _ in range(150):
        page.keyboard.press("Tab")
        said = page.evaluate("document.activeElement.textContent + document.activeElement.name")
        if words in said:
            return
    raise AssertionError(f"Tab never comes to {words}")


def follow(page: Page, words: str) -> None:
    tab_to(page, words)
    with page.expect_navigation():
        press(page, "Enter")


def opened(page: Page) -> str:
    """The name of the pupil who is open."""
    return page.inner_text("#now")


def save(page: Page, decided: int) -> None:
    """Save and next; the page then says how many are decided."""
    press(page, "Control+Enter")
    expect(page.locator("#progress")).to_have_text(f"{decided} of 10 decided")


def act(page: Page, what: str, who: str) -> None:
    press(page, "1", "a")
    page.keyboard.type(what)
    press(page, "Tab")
    page.keyboard.type(who)  # the list of colleagues goes to whoever begins like this


def in_hand(page: Page) -> None:
    press(page, "2", "r", "ArrowDown")


def not_now(page: Page) -> None:
    press(page, "3", "Tab", "ArrowDown", "Tab", "ArrowDown", "Tab")
    page.keyboard.type("A family event, as the tutor knows.")


def test_ten_of_ten_are_decided_with_keys_and_a_colleague_is_never_overwritten(
    lead: Page, enter: Enter, photograph: Photograph
) -> None:
    photograph(lead, "week")
    a_pupil_is_found_by_key(lead)
    photograph(lead, "pupil")
    press(lead, "g", "w")
    expect(lead.locator("#progress")).to_have_text("0 of 10 decided")
    colleague = a_colleague_begins_on_the_third(enter("SENCO"), lead)
    began = monotonic()
    any_pupil_can_be_opened(lead)
    decide_the_first_three(lead)
    for number in range(4, 11):
        not_now(lead) if number % 2 else in_hand(lead)
        save(lead, number)
    assert monotonic() - began < 60
    expect(lead.locator("#now")).to_contain_text("Everybody on the list is decided")
    nothing_is_overwritten(colleague, by=lead.inner_text(".menu .wide"))
    the_meeting_is_finished(lead)
    the_pack_is_a_pdf(lead)


def a_colleague_begins_on_the_third(page: Page, lead: Page) -> Page:
    third = lead.locator("[data-row]").nth(2).get_attribute("id") or ""
    page.goto(f"{WEEK}?open={third[1:]}")
    press(page, "2", "n")
    page.keyboard.type("The plan of last term runs on.")
    return page


def a_pupil_is_found_by_key(page: Page) -> None:
    press(page, "/")
    expect(page.locator("#id_name")).to_be_focused()
    page.keyboard.type("amira")
    press(page, "Enter")
    expect(page.locator("#found-title")).to_have_text("1 pupil found")
    follow(page, "Amira Haddadin")
    expect(page.locator("h1")).to_have_text("Amira Haddadin")


def any_pupil_can_be_opened(page: Page) -> None:
    first = opened(page)
    press(page, "j", "j", "k")  # to the third, and back to the second
    second = page.evaluate("document.activeElement.textContent")
    press(page, "Enter")
    expect(page.locator("#now")).to_have_text(second)
    press(page, "j", "Enter")  # who is open stands first; below it, the first on the list
    expect(page.locator("#now")).to_have_text(first)


def decide_the_first_three(page: Page) -> None:
    first = opened(page)
    act(page, "Ring home on Tuesday", "M")
    save(page, 1)
    assert opened(page) != first
    expect(page.locator("#live")).to_contain_text("1 of 10 decided")
    press(page, "u")
    expect(page.locator("#progress")).to_have_text("0 of 10 decided")
    assert opened(page) == first
    expect(page.locator("#id_action")).to_have_value("Ring home on Tuesday")
    save(page, 1)
    press(page, "n")
    page.keyboard.type("The tutor has been told.")
    expect(page.locator("#kept")).to_contain_text("Draft saved", timeout=10_000)
    page.reload()
    expect(page.locator("#id_note")).to_have_value("The tutor has been told.")
    press(page, "2")
    save(page, 2)
    in_hand(page)
    save(page, 3)


def nothing_is_overwritten(page: Page, by: str) -> None:
    """The page heard of it without a reload; what the colleague wrote waits, and is not saved."""
    expect(page.locator("#updates")).to_contain_text(f"{by} decided number 3", timeout=POLLED)
    press(page, "Control+Enter")
    conflict = page.locator("#conflict")
    expect(conflict).to_contain_text(f"{by} decided this a moment ago")
    expect(conflict).to_be_focused()
    expect(page.locator("#id_note")).to_have_value("The plan of last term runs on.")
    with page.expect_navigation():
        press(page, "Tab", "Enter")  # Keep the other's decision
    expect(page.locator(".decided li", has_text=f"({by}, ")).to_have_count(10)


def the_meeting_is_finished(page: Page) -> None:
    follow(page, "Finish the meeting")
    tab_to(page, "attended")
    press(page, "Space")
    follow(page, "Finish the meeting")
    expect(page.locator("main")).to_contain_text("will ring home on Tuesday")


def the_pack_is_a_pdf(page: Page) -> None:
    page.goto(WEEK)
    follow(page, "Meeting pack")
    tab_to(page, "As a PDF")
    with page.expect_response("**/pack.pdf") as answer:
        press(page, "Enter")
    assert answer.value.headers["content-type"] == "application/pdf"
    paper = PdfReader(BytesIO(page.request.get(answer.value.url).body()))
    assert "Ring home on Tuesday" in paper.pages[0].extract_text()
