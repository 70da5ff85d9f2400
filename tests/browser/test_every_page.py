"""Every page that every role can reach by following links, at every width, light and dark."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrive, Enter
from tests.support.browser import WIDTHS, axe_faults, give_password, overflow, text_spacing
from tests.support.served import Served

ROLES = (
    "Head of year",
    "SENCO",
    "Attendance officer",
    "Tutor",
    "Class teacher",
    "Head of department",
    "Senior leader",
    "Trust lead",
    "Data manager",
    "Data protection officer",
    "Administrator",
)
# What stands for one pupil, year, class or number in an address: one of each kind is enough.
ONE_OF = re.compile(r"/(\d+|[0-9a-hjkmnp-tv-z]{12}|S0000-C\d+|year-\d+|\d+[A-Z])(?=/|$)")
ONE_SIGNAL = re.compile(
    r"(?<=/thresholds/)\w+|(?<=/explain/\*/)\w+|(?<=/progress/S0000/)[\w-]+(?=/)"
)
SAME_FOR_ALL = ("/accounts/", "/second-factor/")  # once for the first who comes by
NO_PAGES = (".ics", ".pdf", ".csv", "/static/", "/export/", "/text/")
# Forms that are sent as they come, and that nothing may be saved from: whose, and where.
EMPTY_FORMS = {
    "Head of year": (
        "/week/year-9/",
        "/pupil/*/note/",
        "/pupil/*/wrong/",
        "/support/new/*/",
        "/thresholds/attendance_momentum/",
    ),
    "Data protection officer": ("/pupil/*/objection/", "/record/complaints/", "/export/record/"),
    "Administrator": ("/people/invite/",),
}
# What a page is made of: its kinds of element, and which heading follows which.
MADE_OF = """() => {
  const shapes = [...document.querySelectorAll('body *')].map(one =>
    `${one.tagName} ${one.getAttribute('class')} ${one.type} ${one.getAttribute('role')}`);
  const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => one.tagName);
  return [...new Set([...shapes, ...levels.map((one, at) => `${levels[at - 1]} ${one}`)])];
}"""


def kind_of(address: str) -> str:
    return ONE_SIGNAL.sub("*", ONE_OF.sub("/*", urlsplit(address).path))


def pages_within_reach(page: Page, served: Served, known: set[str]) -> Iterator[str]:
    """One address of each kind that is not known, found by following links from the first page."""
    waiting, seen = [page.url], {kind_of(page.url)} | known
    while waiting:
        page.goto(waiting.pop(0))
        yield kind_of(page.url)
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        for link in links:
            address, _, _ = link.partition("#")
            if not address.startswith(served.address) or any(one in address for one in NO_PAGES):
                continue
            if kind_of(address) not in seen:
                seen.add(kind_of(address))
                waiting.append(address)


@pytest.fixture(scope="module")
def checked() -> dict[str, list[set[str]]]:
    """What the pages already checked are made of, by their kind."""
    return {}


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_passes_axe_and_fits_every_width(
    role: str, enter: Enter, served: Served, checked: dict[str, list[set[str]]]
) -> None:
    """A page of which another role's page of the kind had everything is only measured again."""
    page = enter(role)
    faults: list[str] = []
    visited = []
    known = {where for where in checked if where.startswith(SAME_FOR_ALL)}
    for where in pages_within_reach(page, served, known):
        visited.append(where)
        made_of = set(page.evaluate(MADE_OF))
        if not any(made_of <= before for before in checked.setdefault(where, [])):
            checked[where].append(made_of)
            faults += [f"{where} {fault}" for fault in faults_of(page)]
        else:
            faults += [f"{where} {fault}" for fault in too_wide_for_its_words(page)]
    assert faults == []
    assert len(visited) >= 4, visited


def test_a_form_sent_too_early_says_what_is_missing_to_everybody(enter: Enter) -> None:
    faults: list[str] = []
    ref = enter("Head of year").locator("#now a").evaluate("one => one.pathname.split('/')[2]")
    for role, addresses in EMPTY_FORMS.items():
        page = enter(role)
        for address in addresses:
            page.goto(address.replace("*", ref))
            page.locator("main form .btn.primary").last.click()
            expect(page.locator("#errors li").first).to_be_visible()
            expect(page.locator("#errors")).to_be_focused()
            assert every_mistake_leads_to_its_field(page), address
            faults += [f"{address} {one}" for one in (*axe_faults(page), *too_wide(page))]
    assert faults == []


def every_mistake_leads_to_its_field(page: Page) -> bool:
    links = page.locator("#errors a")
    return links.count() > 0 and all(
        links.evaluate_all("all => all.map(one => document.querySelector(one.hash) !== null)")
    )


def test_what_is_shown_to_somebody_not_signed_in_is_as_good(arrive: Arrive) -> None:
    page = arrive()
    faults: list[str] = []
    for address in ("/accounts/login/", "/nowhere/", "/invitation/of-nobody/"):
        page.goto(address)
        faults += [f"{address} {fault}" for fault in faults_of(page)]
    give_password(page, "nobody@school.example", "three-unlikely-words-walk")
    expect(page.locator("#errors")).to_be_visible()
    faults += [f"not signed in {fault}" for fault in faults_of(page)]
    assert faults == []


def faults_of(page: Page) -> Iterator[str]:
    yield from axe_faults(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    for fault in axe_faults(page):
        yield f"(phone, dark): {fault}"
    page.emulate_media(color_scheme="light")
    yield from too_wide(page)
    text_spacing(page)
    for fault in too_wide(page):
        yield f"with text spacing: {fault}"
    page.set_viewport_size({"width": 1280, "height": 900})


def too_wide_for_its_words(page: Page) -> Iterator[str]:
    """The narrowest page at its widest spacing: a longer name or address may not fit."""
    text_spacing(page)
    yield from too_wide(page, WIDTHS[:1])
    page.set_viewport_size({"width": 1280, "height": 900})


def too_wide(page: Page, widths: tuple[int, ...] = WIDTHS) -> Iterator[str]:
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        if (over := overflow(page)) > 0:
            yield f"{over} px too wide at {width}"
