"""A real Chromium, and what every page is held to: axe, reflow, no complaint of the browser."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

__all__ = [
    "CHROMIUM",
    "WIDTHS",
    "axe_faults",
    "give_password",
    "overflow",
    "running_browser",
    "text_spacing",
    "transferred",
    "watch",
]

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
AXE_RUN = f"""
Promise.allSettled(document.getAnimations().map(one => one.finished))
  .then(() => axe.run(document, {json.dumps(AXE_OPTIONS)}))
  .then(found => JSON.stringify(found.violations))
"""
WIDTHS = (320, 390, 768, 1024, 1440)
ANSWERED = re.compile(r"^Failed to load resource: .* status of (404|409|422) ")
# WCAG 1.4.12: a reader may set all of these, and nothing may be lost.
SPACING = (
    "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
    "p{margin-bottom:2em!important}"
)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """One headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def axe_faults(page: Page) -> list[str]:
    """Every violation axe finds, as "rule: what (first element)", once colours have settled.

    axe is put into the page by the debugger, past the page's policy, which allows no such script.
    """
    session = page.context.new_cdp_session(page)
    if page.evaluate("typeof axe") == "undefined":
        session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = session.send(
        "Runtime.evaluate",
        {"expression": AXE_RUN, "awaitPromise": True, "returnByValue": True},
    )
    session.detach()
    assert "exceptionDetails" not in found, found
    violations: list[dict[str, Any]] = json.loads(found["result"]["value"])
    return [f"{one['id']}: {one['help']} ({one['nodes'][0]['html'][:160]})" for one in violations]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def text_spacing(page: Page) -> None:
    """Apply the reader's own spacing, as a browser's extension would (past the page's policy)."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    session.send("DOM.enable")
    session.send("CSS.enable")
    sheet = session.send("CSS.createStyleSheet", {"frameId": frame})["styleSheetId"]
    session.send("CSS.setStyleSheetText", {"styleSheetId": sheet, "text": SPACING})


def watch(page: Page) -> list[str]:
    """Collects what the browser complains of: errors of script, and of the page's policy.

    That a page answered "not found" or "not yet", as journeys want it to, is no complaint.
    """
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda message: told.extend(_complaint(message)))
    return told


def _complaint(message: ConsoleMessage) -> list[str]:
    if message.type != "error":
        return []
    is_page = "/static/" not in message.location.get("url", "")
    return [] if is_page and ANSWERED.search(message.text) else [message.text]


def give_password(page: Page, email: str, password: str) -> None:
    """Fill in and send the page of signing in."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.click("main form button:has-text('Sign in')")


def transferred(page: Page, address: str) -> dict[str, int]:
    """Bytes on the wire for a page whose parts are not cached yet, by kind of part."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def begun(told: dict[str, Any]) -> None:
        kinds[told["requestId"]] = told["type"]

    def ended(told: dict[str, Any]) -> None:
        kind = kinds.get(told["requestId"], "Other")
        sizes[kind] = sizes.get(kind, 0) + int(told["encodedDataLength"])

    session.on("Network.responseReceived", begun)
    session.on("Network.loadingFinished", ended)
    page.goto(address, wait_until="networkidle")
    session.detach()
    return sizes
