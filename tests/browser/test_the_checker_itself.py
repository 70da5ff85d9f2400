"""A page of planted faults: if one is not found, the checks of the other pages mean little."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.support.browser import axe_faults, overflow

PLANTED = {
    "aria-hidden-focus",
    "aria-progressbar-name",
    "button-name",
    "color-contrast",
    "document-title",
    "heading-order",
    "html-has-lang",
    "image-alt",
    "label",
    "link-name",
    "select-name",
    "target-size",
}


def test_every_planted_fault_is_found(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.set_content((Path(__file__).parent / "canary.html").read_text(encoding="utf-8"))
    found = {fault.partition(":")[0] for fault in axe_faults(page)}
    assert found >= PLANTED
    assert overflow(page) > 1000
    page.close()
