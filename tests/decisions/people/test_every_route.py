"""Every role against every address. It reads the addresses and access.yml, so it grows by itself.

What a role may not see and what does not exist give the same answer, letter for letter.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.support.school_site import ROLES

from sightline.access import PupilPlace, Viewer, may, read_matrix, why_may_see
from sightline.governance.queries import viewer_of
from sightline.people.models import User
from sightline.sheets import open_sheets
from sightline.web import urls
from sightline.web.clock import now
from sightline.web.door import Rule, taught_by

MATRIX = read_matrix()
NEEDS = {"", *MATRIX.areas, *MATRIX.deeds}
NOBODY = "0123456789ab"  # well made, and no pupil's
ABSENT = 999_999
SIGNAL = "attendance_momentum"
OUTSIDE = re.compile(r"^accounts/")
CHANGING = re.compile(  # what differs between any two answers
    r'name="csrfmiddlewaretoken" value="[^"]*"|Printed by [^<]*'
)
Colleague = Callable[[str], User]
Browser = Callable[[str], Client]


@dataclass(frozen=True)
class Route:
    """One address: its name, what its view declares, and the parts it needs."""

    name: str
    rule: Rule
    parts: tuple[str, ...]
    numbers: frozenset[str]

    def address(self, **known: Any) -> str:
        """The address with these parts; any other part is one that nothing has."""
        parts = {one: ABSENT if one in self.numbers else "nothing" for one in self.parts}
        if "signal" in parts:
            parts["signal"] = SIGNAL
        return reverse(self.name, kwargs=parts | {k: v for k, v in known.items() if k in parts})


def patterns(found: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product and its view, includes opened."""
    for one in get_resolver().url_patterns if found is None else found:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, path)
        else:
            yield path, one


def routes() -> list[Route]:
    return [
        Route(
            one.name,
            one.callback.rule,
            tuple(one.pattern.converters),
            frozenset(
                name
                for name, converter in one.pattern.converters.items()
                if type(converter).__name__ == "IntConverter"
            ),
        )
        for one in urls.urlpatterns
        if hasattr(one.callback, "rule")
    ]


ROUTES = routes()


@pytest.fixture
def viewer(colleague: Colleague) -> Callable[[str], Viewer]:
    def make(role: str) -> Viewer:
        return viewer_of(colleague(role), at=now(), taught=taught_by, school_names={})

    return make


@pytest.fixture
def places(school: str) -> list[PupilPlace]:
    """A pupil of each year, and all pupils of tutor group 9N."""
    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    years: dict[int | None, PupilPlace] = {}
    for place in sheets.places():
        years.setdefault(place.year_group, place)
    return [*years.values(), sheets.places(registration_group="9N")[0]]


def told(answer: HttpResponse) -> tuple[int, str]:
    """An answer without what differs between any two."""
    return answer.status_code, CHANGING.sub("", answer.content.decode())


def browser_of(client: Client) -> Client:
    client.raise_request_exception = False
    return client


# -------------------------------------------------------------------------- what must be declared


def test_every_view_declares_an_area_a_deed_or_nothing() -> None:
    undeclared = [
        path
        for path, one in patterns()
        if not OUTSIDE.match(path) and not hasattr(one.callback, "rule")
    ]
    assert undeclared == []
    assert {route.rule.needs for route in ROUTES} <= NEEDS


def test_what_declares_no_rule_is_allauths_own_or_leads_nowhere() -> None:
    rooms = {one.callback.__module__ for path, one in patterns() if OUTSIDE.match(path)}
    ours = {"sightline.project.sign_in_urls", "django.views.generic.base"}
    assert {room for room in rooms if not room.startswith("allauth.")} <= ours


def test_no_address_of_a_pupil_is_open_to_visitors() -> None:
    public = {route.name for route in ROUTES if route.rule.public}
    assert public <= {"start", "invitation", "stay", "calendar", "hook"}
    assert all("ref" not in route.parts for route in ROUTES if route.rule.public)


def test_addresses_with_pupils_ask_for_a_second_factor() -> None:
    lax = [one.name for one in ROUTES if {"ref", "group"} & set(one.parts) and not one.rule.pupils]
    assert lax == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_sent_to_sign_in(db: Any, method: str) -> None:
    for route in ROUTES:
        if route.rule.public:
            continue
        answer = getattr(Client(), method)(route.address())
        assert answer.status_code in (302, 405), route.name
        if answer.status_code == 302:
            assert answer.url.startswith(reverse("account_login")), route.name


# ----------------------------------------------------------------------------- every role, every


@pytest.mark.once
@pytest.mark.parametrize("role", ROLES)
def test_pages_of_other_roles_are_not_there(
    role: str, signed_in: Browser, viewer: Callable[[str], Viewer]
) -> None:
    browser, who, wrong = browser_of(signed_in(role)), viewer(role), []
    for route in ROUTES:
        if route.rule.public or route.parts:
            continue
        answer = browser.get(route.address())
        forbidden = bool(route.rule.needs) and may(who, route.rule.needs) is None
        if forbidden and answer.status_code not in (404, 405):
            wrong.append((route.name, answer.status_code))
        if answer.status_code >= 500:
            wrong.append((route.name, answer.status_code))
    assert wrong == []


@pytest.mark.once
@pytest.mark.parametrize("role", ROLES)
def test_pupils_out_of_scope_are_as_absent_as_those_who_do_not_exist(
    role: str, signed_in: Browser, viewer: Callable[[str], Viewer], places: list[PupilPlace]
) -> None:
    browser, who, wrong = browser_of(signed_in(role)), viewer(role), []
    for route in ROUTES:
        if "ref" not in route.parts:
            continue
        absent = {
            method: told(getattr(browser, method)(route.address(ref=NOBODY)))
            for method in ("get", "post")
        }
        wrong += [
            (route.name, "a guess", one[0]) for one in absent.values() if one[0] not in (404, 405)
        ]
        for place in places:
            wrong += _pupil(browser, who, route, place, absent)
    assert wrong == []


def _pupil(
    browser: Client, who: Viewer, route: Route, place: PupilPlace, absent: dict[str, Any]
) -> list[Any]:
    """What is wrong with the answers about one pupil at one address."""
    address, need = route.address(ref=place.pupil_ref), route.rule.needs
    where = (route.name, f"Year {place.year_group}")
    reasons = [why_may_see(who, place, area) for area in MATRIX.areas]
    if not any(reasons) or (need and may(who, need) is None):
        return [
            (*where, method)
            for method, answer in absent.items()
            if told(getattr(browser, method)(address)) != answer
        ]
    answer = browser.get(address)
    reason = why_may_see(who, place, need) if need in MATRIX.areas else None
    shown = reason is not None and reason.level == "event" and route.parts == ("ref",)
    if need in MATRIX.areas and reason is None:
        return [] if told(answer) == absent["get"] else [(*where, "of another area")]
    if answer.status_code >= 500 or (shown and answer.status_code == 404):
        return [(*where, answer.status_code)]
    return []


@pytest.mark.parametrize("role", ROLES)
def test_years_and_schools_out_of_scope_are_as_absent_as_those_there_are_not(
    role: str, school: str, signed_in: Browser, viewer: Callable[[str], Viewer]
) -> None:
    browser, who, wrong = browser_of(signed_in(role)), viewer(role), []
    groups = {f"year-{year}": (school, year) for year in range(7, 12)}
    groups |= {f"{school.lower()}-year-{year}": (school, year) for year in (8, 9)}
    groups |= {"s0001-year-9": ("S0001", 9), "year-99": (school, 99)}
    for route in ROUTES:
        if "group" not in route.parts or not route.name or not route.rule.needs:
            continue
        absent = {
            m: told(getattr(browser, m)(route.address(group="year-0"))) for m in ("get", "post")
        }
        wrong += [
            (route.name, "year-0", one[0]) for one in absent.values() if one[0] not in (404, 405)
        ]
        for group, (school_id, year) in groups.items():
            if may(who, route.rule.needs, school_id=school_id, year_group=year) is not None:
                continue
            for method, answer in absent.items():
                found = told(getattr(browser, method)(route.address(group=group)))
                if found != answer:
                    wrong.append((route.name, group, method, found[0]))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_guessed_numbers_find_nothing(role: str, signed_in: Browser) -> None:
    browser, wrong = browser_of(signed_in(role)), []
    for route in ROUTES:
        if not route.numbers:
            continue
        for number in (0, ABSENT, 10**30):
            parts = dict.fromkeys(route.numbers, number)
            for method in ("get", "post"):
                status = getattr(browser, method)(route.address(**parts)).status_code
                if status not in (404, 405):
                    wrong.append((route.name, number, method, status))
    assert wrong == []
