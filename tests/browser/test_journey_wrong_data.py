"""A number that is wrong: from the head of year's doubt to the data manager's answer."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter

DOUBT = "On the trip to the museum the whole class was marked absent."
ANSWER = "You are right: the trip is in the register now, and tonight's load brings it."


def test_a_wrong_number_is_reported_looked_up_and_answered(enter: Enter) -> None:
    head = enter("Head of year")
    name = head.inner_text("#now")
    the_number_explains_itself(head)
    say_it_is_wrong(head)
    the_data_manager_answers(enter("Data manager"))
    head.reload()
    expect(head.locator("main")).to_contain_text("Corrected (")
    expect(head.locator("main")).to_contain_text(ANSWER)
    expect(head.locator("main")).to_contain_text(name)


def the_number_explains_itself(page: Page) -> None:
    number = page.locator("button.num").first
    number.click()
    explanation = page.locator("[popover]:popover-open")
    for part in ("Dates", "Worked out", "Rule", "Source"):
        expect(explanation.locator("dt", has_text=part)).to_be_visible()
    explanation.get_by_role("link", name="See the rows behind it").click()
    expect(page.locator("h1")).to_have_text("How this was worked out")
    assert page.locator("table tbody tr").count() > 5


def say_it_is_wrong(page: Page) -> None:
    page.click("main >> text=Say this is wrong")
    expect(page.locator("blockquote")).not_to_be_empty()
    page.click("main button:has-text('Send to the data manager')")
    expect(page.locator("#errors a")).to_have_count(1)
    page.fill("#id_text", DOUBT)
    page.click("main button:has-text('Send to the data manager')")
    expect(page.locator("main")).to_contain_text("Not answered yet")


def the_data_manager_answers(page: Page) -> None:
    page.locator("section", has_text="Reported as wrong").locator("a").first.click()
    expect(page.locator("main")).to_contain_text(DOUBT)
    page.check("input[name=outcome] >> nth=0")
    page.fill("#id_answer", ANSWER)
    page.click("main button:has-text('Answer and close')")
    expect(page.locator("main")).to_contain_text(ANSWER)
