"""A class teacher's phone, three minutes before the bell."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Enter
from tests.support.browser import transferred
from tests.support.served import Served, serving

TUESDAY = "2026-03-10"  # when the demo's class teacher has lessons
NEVER = re.compile(r"\d+%|\d+ of \d+|points|attendance|concern|late for|noticed", re.IGNORECASE)
MOST_HTML, MOST_IN_ALL = 30_000, 60_000  # characters of the page; bytes on the wire


@pytest.fixture(scope="module")
def served(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    template, sign_ins = demo
    folder = tmp_path_factory.mktemp("tuesday") / "site"
    with serving(template, folder, sign_ins, today=TUESDAY) as one:
        yield one


@pytest.fixture
def phone(enter: Enter) -> Page:
    return enter("Class teacher", width=390, height=844)


def test_the_next_lesson_is_the_first_thing_with_what_helps_and_never_why(phone: Page) -> None:
    assert phone.url.endswith("/lesson/")
    expect(phone.locator("h1")).to_have_text(re.compile(r"Mathematics, \w+, \d\d:\d\d"))
    seats = phone.locator(".seats > li")
    assert 1 <= seats.count() <= 5
    for text in seats.all_inner_texts():
        assert not NEVER.search(text), text


def test_one_tap_after_the_lesson_is_kept(phone: Page) -> None:
    phone.goto(f"/lesson/?on={TUESDAY}&period=1")
    line = phone.locator(".helps li").first
    line.get_by_role("button", name="This helped").click()
    expect(line).to_contain_text("You said: this helped.")
    phone.reload()
    expect(line).to_contain_text("You said: this helped.")
    line.get_by_role("button", name="Didn’t help").click()
    expect(line).to_contain_text("You said: it did not.")


def test_it_is_light_enough_for_patchy_wifi_and_leaves_nothing_on_the_phone(phone: Page) -> None:
    sizes = transferred(phone, "/lesson/")
    assert len(phone.content()) < MOST_HTML
    assert sum(sizes.values()) < MOST_IN_ALL, sizes
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0
    assert phone.evaluate("caches.keys().then(all => all.length)") == 0


def test_the_pupils_pages_and_the_week_stay_shut_to_a_class_teacher(phone: Page) -> None:
    assert phone.locator("main a[href*='/pupil/']").count() == 0
    answer = phone.goto("/week/year-9/")
    assert answer is not None
    assert answer.status == 404
