"""On paper, in forced colours, on a slow line, and under a policy that lets nothing else in."""

import base64
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Enter
from tests.support.browser import transferred, watch
from tests.support.served import Served

A4 = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
MOST = 60_000  # bytes of a page with style, script and letters
PLANT = """
  document.body.insertAdjacentHTML('beforeend',
    '<p id="planted" style="color: red" onclick="planted = 1">x</p>' +
    '<img src="//elsewhere.example/x">');
  const script = document.createElement('script');
  script.textContent = 'planted = 1';
  document.body.append(script);
  document.getElementById('planted').click();
"""


def printed(page: Page) -> PdfReader:
    session = page.context.new_cdp_session(page)
    return PdfReader(BytesIO(base64.b64decode(session.send("Page.printToPDF", A4)["data"])))


def test_each_listed_pupil_s_page_prints_on_one_sheet(enter: Enter) -> None:
    page = enter("Head of year")
    links = page.locator("#list .who a").evaluate_all("all => all.map(one => one.href)")
    assert len(links) == 10
    sheets = {}
    for number, link in enumerate(links, 1):
        page.goto(link)
        paper = printed(page)
        sheets[number] = len(paper.pages)
        text = " ".join(paper.pages[0].extract_text().split())
        assert page.inner_text("h1") in text
        assert "Printed by" in text
        assert "Hide screen" not in text
    assert set(sheets.values()) == {1}, sheets


def test_in_forced_colours_every_control_has_an_edge_and_every_line_a_colour(
    enter: Enter,
) -> None:
    page = enter("Head of year")
    page.emulate_media(forced_colors="active")
    assert page.locator("main .btn:visible").evaluate_all(NO_EDGE) == []
    assert page.locator("main svg [class*='s-']").evaluate_all(NO_STROKE) == []
    page.check("#id_kind_act")
    expect(page.locator("#id_action")).to_be_visible()


NO_EDGE = """all => all.filter(one => {
  const style = getComputedStyle(one);
  return parseFloat(style.borderTopWidth) === 0 && !style.textDecorationLine.includes('underline');
}).map(one => one.outerHTML.slice(0, 120))"""
NO_STROKE = """all => {
  const paper = getComputedStyle(document.body).backgroundColor;
  return all.filter(one => [paper, 'none'].includes(getComputedStyle(one).stroke))
    .map(one => one.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("which", ["#list", "#now a"])
def test_the_list_and_a_pupil_s_page_are_light(which: str, enter: Enter) -> None:
    page = enter("Head of year")
    address = page.url if which == "#list" else page.get_attribute(which, "href") or ""
    sizes = transferred(page, address)
    assert sum(sizes.values()) < MOST, sizes


def test_the_policy_refuses_whatever_is_planted_in_a_page(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    told = watch(page)
    page.goto(f"{served.address}/accounts/login/")
    page.evaluate(PLANT)
    assert page.evaluate("typeof planted") != "number"
    for what in ("script", "style", "img-src"):
        assert any("Content Security Policy" in line and what in line for line in told), told
    page.close()
