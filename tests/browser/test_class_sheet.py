"""The sheet of a class as a browser prints it: one page of A4 for thirty pupils."""

import io

from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.conftest import Enter

FILL = """() => {
  const body = document.querySelector('main tbody');
  const longest = [...body.rows].reduce((a, b) => b.innerText.length > a.innerText.length ? b : a);
  while (body.rows.length < 30) body.append(longest.cloneNode(true));
  return body.rows.length;
}"""


def first_class(page: Page) -> None:
    page.get_by_role("link", name="Progress", exact=True).first.click()
    page.get_by_role("heading", name="My classes").wait_for()
    page.locator("main section a").first.click()
    page.get_by_role("table").wait_for()


def test_thirty_pupils_fit_one_page_of_a4(enter: Enter) -> None:
    page = enter("Class teacher")
    first_class(page)
    assert page.evaluate(FILL) == 30
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    width, height = printed.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) in ((595, 842), (596, 842))
    words = printed.pages[0].extract_text()
    assert "Since the result before" in words
    assert "Hide screen" not in words
