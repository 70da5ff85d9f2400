"""A new school's first hour: the first administrator, an invitation, and second steps."""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrive
from tests.support.authenticator import Authenticator
from tests.support.browser import give_password
from tests.support.served import Served, run, running
from tests.support.this_week import school_of_today

PASSWORD = "three-unlikely-words-walk"
LEAD, OTHER = "year9@school.example", "year8@school.example"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site made, loaded and served by the commands of the documentation; it is no demo."""
    folder = tmp_path_factory.mktemp("first") / "site"
    today = datetime.now(ZoneInfo("Europe/London")).date()
    exports = school_of_today(folder.parent / "exports", today)
    for words in (
        ("init", folder),
        ("load", "--site", folder, "--profile", "canonical", "--from", exports),
        ("prepare", "--site", folder),
    ):
        done = run(*words)
        assert done.returncode == 0, done.stderr
    with running(folder, {}) as one:
        yield one


def test_from_a_code_on_the_console_to_the_first_weekly_list(
    arrive: Arrive, served: Served
) -> None:
    administrator, lead = arrive(), arrive()
    become_the_first_administrator(administrator, served)
    set_up_an_app(administrator)
    link = invite_a_head_of_year(administrator)
    accept(lead, link)
    lead.goto("/week/year-9/")
    assert lead.url.endswith("/second-factor/")
    app, recovery = set_up_an_app(lead)
    expect(lead.locator("h1")).to_have_text(re.compile(r"^Year 9: \w+ pupils to talk about$"))
    a_code_works_once(lead, app, recovery)
    the_link_and_the_first_code_are_used_up(arrive(), link)


def test_a_passkey_alone_signs_in_and_a_password_alone_does_not(
    arrive: Arrive, served: Served
) -> None:
    localhost = served.address.replace("127.0.0.1", "localhost")  # an address has no passkeys
    page = arrive(address=localhost)
    give_a_passkey(page)
    page.goto(invited_on_the_console(served))
    page.fill("#id_password", PASSWORD)
    page.click("main button:has-text('Set it and go on')")
    page.click("text=Set up a passkey")
    page.fill("#id_name", "Work laptop")
    page.click("main button:has-text('Add it')")
    page.click("text=I have kept them")
    expect(page.locator("h1")).to_contain_text("Year 8")
    sign_out(page)
    page.click("main button:has-text('Use a passkey')")
    expect(page.locator("h1")).to_contain_text("Year 8")

    other = arrive(address=localhost)
    give_password(other, OTHER, PASSWORD)
    expect(other.locator("h1")).to_have_text("One more step")
    other.goto("/week/year-8/")
    expect(other.locator("main")).not_to_contain_text("Year 8")


def give_a_passkey(page: Page) -> None:
    """A device of the browser's own that says yes, as a fingerprint reader would."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def invited_on_the_console(served: Served) -> str:
    who = ("--name", "Mrs Bell", "--email", OTHER, "--school", "S0001")
    role = ("--role", "head_of_year", "--scope", "year", "--value", "8")
    done = run("people", "invite", "--site", served.folder, *who, *role)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def become_the_first_administrator(page: Page, served: Served) -> None:
    printed = re.search(r"/start/ with this code: (\S+)", served.console)
    assert printed, served.console
    page.goto("/start/")
    page.fill("#id_name", "Ms Adeyemi")
    page.fill("#id_email", "administrator@school.example")
    for code, password in (("0000-0000-0000-0000", PASSWORD), (printed[1], "short")):
        page.fill("#id_code", code)
        page.fill("#id_password", password)
        page.click("main button:has-text('Start')")
        expect(page.locator("#errors a")).to_have_count(1)
        expect(page.locator("#id_name")).to_have_value("Ms Adeyemi")
    page.fill("#id_password", PASSWORD)
    page.click("main button:has-text('Start')")
    expect(page.locator("h1")).to_have_text("A second step when you sign in")


def set_up_an_app(page: Page) -> tuple[Authenticator, list[str]]:
    """Type the key into an app; returns it and the recovery codes, which are shown once."""
    page.click("text=Set up an app")
    expect(page.locator("svg.qr")).to_be_visible()
    app = Authenticator(page.inner_text("code.key"))
    page.fill("#id_code", app.wrong_code())
    page.click("main button:has-text('Set up')")
    expect(page.locator("#errors")).to_contain_text("That code did not fit")
    page.fill("#id_code", app.code())
    page.click("main button:has-text('Set up')")
    expect(page.locator("h1")).to_have_text("Recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    page.click("text=I have kept them")
    return app, codes


def invite_a_head_of_year(page: Page) -> str:
    page.goto("/people/")
    page.click("main >> text=Invite")
    page.fill("#id_name", "Mr Okonkwo")
    page.fill("#id_email", LEAD)
    page.select_option("#id_staff_id", label=staff_line(page, "Head of Year 9"))
    page.select_option("#id_access", label="Head of year or pastoral lead: one year group")
    page.fill("#id_value", "9")
    page.click("main button:has-text('Invite')")
    return page.inner_text("#link")


def staff_line(page: Page, role: str) -> str:
    options = page.locator("#id_staff_id option").all_inner_texts()
    return next(one for one in options if one.endswith(role))


def accept(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.locator("h1")).to_have_text("Welcome, Mr Okonkwo")
    page.fill("#id_password", PASSWORD)
    page.click("main button:has-text('Set it and go on')")
    expect(page.locator("h1")).to_have_text("A second step when you sign in")


def a_code_works_once(page: Page, app: Authenticator, recovery: list[str]) -> None:
    again(page)
    for wrong in (app.wrong_code(), recovery[0][::-1]):
        give_code(page, wrong)
        expect(page.locator("#errors")).to_be_visible()
    code = app.code()
    give_code(page, code)
    page.wait_for_url("**/week/year-9/")
    again(page)
    give_code(page, code)
    expect(page.locator("#errors")).to_be_visible()
    give_code(page, recovery[0])
    page.wait_for_url("**/week/year-9/")
    again(page)
    give_code(page, recovery[0])
    expect(page.locator("#errors")).to_be_visible()


def again(page: Page) -> None:
    """Sign out, and in again as far as the second step."""
    sign_out(page)
    give_password(page, LEAD, PASSWORD)
    expect(page.locator("h1")).to_have_text("One more step")


def sign_out(page: Page) -> None:
    page.click("details.menu summary")
    page.click("details.menu button:has-text('Sign out')")
    page.wait_for_url("**/accounts/login/**")


def give_code(page: Page, code: str) -> None:
    page.fill("#id_code", code)
    page.click("main button:has-text('Sign in')")


def the_link_and_the_first_code_are_used_up(page: Page, link: str) -> None:
    for address in (link, "/start/"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404
