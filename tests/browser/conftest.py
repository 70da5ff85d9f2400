"""The demo, served for real, and a browser to open it with."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.support.browser import CHROMIUM, give_password, running_browser, watch
from tests.support.served import Served, SignIn, make_demo, serving

Demo = tuple[Path, Mapping[str, SignIn]]
Arrive = Callable[..., Page]
Enter = Callable[..., Page]
Photograph = Callable[[Page, str], None]

DEVICES: dict[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 960},
    "phone": {"width": 390, "height": 844},
}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo's site, made once by the command a stranger runs.

    SIGHTLINE_TEST_DEMO names a folder to keep it in from one run to the next.
    """
    kept = os.environ.get("SIGHTLINE_TEST_DEMO")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("demo") / "site"
    return folder, make_demo(folder)


@pytest.fixture(scope="session")
def shared(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the demo, served for every journey that leaves the week's list as it is."""
    template, sign_ins = demo
    with serving(template, tmp_path_factory.mktemp("shared") / "site", sign_ins) as one:
        yield one


@pytest.fixture(scope="module")
def own(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the demo for one file of journeys, with a server of its own."""
    template, sign_ins = demo
    with serving(template, tmp_path_factory.mktemp("own") / "site", sign_ins) as one:
        yield one


@pytest.fixture(scope="module")
def served(shared: Served) -> Served:
    """The server that the journeys of a file go to; a file may name another."""
    return shared


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with running_browser() as one:
        yield one


@pytest.fixture
def arrive(browser: Browser, served: Served) -> Iterator[Arrive]:
    """`arrive(width=390)` is an empty page of a browser that nobody has signed in with.

    The test fails if the browser complained of anything on the way.
    """
    with ExitStack() as stack:
        complaints: list[list[str]] = []

        def open_page(
            *,
            width: int = 1280,
            height: int = 900,
            script: bool = True,
            address: str = served.address,
        ) -> Page:
            context: BrowserContext = browser.new_context(
                viewport={"width": width, "height": height},
                java_script_enabled=script,
                locale="en-GB",
                timezone_id="Europe/London",
                base_url=address,
            )
            context.set_default_timeout(15_000)
            stack.callback(context.close)
            page = context.new_page()
            complaints.append(watch(page))
            return page

        yield open_page
        assert [line for told in complaints for line in told] == []


@pytest.fixture
def enter(arrive: Arrive, served: Served) -> Enter:
    """`enter("Head of year", width=390)` is a page signed in as that role."""

    def sign_in(role: str, **how: Any) -> Page:
        page, who = arrive(**how), served.sign_in(role)
        give_password(page, who.email, who.password)
        page.wait_for_url(lambda address: "/accounts/login" not in address)
        return page

    return sign_in


@pytest.hookimpl(tryfirst=True)
@pytest.fixture
def photograph(root: Path) -> Photograph:
    """`photograph(page, "week")`: the pictures of the documentation, on a desktop and a phone.

    They are only written with SIGHTLINE_SCREENSHOTS=1, so that tests change no file of the project.
    """

    def take(page: Page, name: str) -> None:
        if os.environ.get("SIGHTLINE_SCREENSHOTS") != "1":
            return
        before = page.viewport_size
        for device, size in DEVICES.items():
            page.set_viewport_size(size)
            file = root / "docs" / "images" / f"{name}-{device}.png"
            page.screenshot(path=file, animations="disabled", caret="hide")
        if before:
            page.set_viewport_size(before)

    return take


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser and the loopback address."""
    for item in items:
        if "tests/browser" not in str(item.path):
            continue
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.xdist_group("browser"), append=False)  # one demo, one Chromium
        item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1"]))
        if not os.access(CHROMIUM, os.X_OK):
            reason = "Chromium is missing (on Debian: apt-get install chromium)"
            item.add_marker(pytest.mark.skip(reason=reason))
