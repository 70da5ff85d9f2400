import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

import sightline.web
from sightline.web import errors

Enter = Callable[[str], Client]
WEB = Path(sightline.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def _menu(page: str) -> list[str]:
    main = page.split('aria-label="Main">')[1].split("</nav>")[0]
    return re.findall(r">([^<>]+)</a>", main)


def test_no_template_needs_a_looser_policy() -> None:
    loose = re.compile(r"<style|\sstyle=|\son[a-z]{3,}=|hx-on|javascript:|<script(?![^>]*\ssrc=)")
    # What a PDF is made from is never sent to a browser.
    sent = [path for path in TEMPLATES if path.name != "paper.html"]
    assert [path.name for path in sent if loose.search(path.read_text())] == []


def test_every_posted_form_has_its_token() -> None:
    forms = [
        (path.name, form)
        for path in TEMPLATES
        for form in re.findall(r"<form(.*?)</form>", path.read_text(), re.DOTALL)
        if 'method="post"' in form.lower()
    ]
    assert [name for name, form in forms if "{% csrf_token %}" not in form] == []


def test_no_title_can_hold_a_name() -> None:
    titles = [
        (path.name, title)
        for path in TEMPLATES
        for title in re.findall(r"{% block title %}(.*?){% endblock %}", path.read_text())
    ]
    assert len(titles) > 20
    assert [one for one in titles if re.search(r"\bname\b|pupil\.|sheet\.", one[1])] == []


def test_a_visitor_is_told_nothing(client: Client, db: Any) -> None:
    page = client.get("/nowhere/")
    assert page.status_code == 404
    text = page.content.decode()
    assert 'aria-label="Main"' not in text
    assert "Data to" not in text
    assert "Sign out" not in text


def test_the_menu_follows_the_roles_and_has_six_places_at_most(signed_in: Enter) -> None:
    menus = {
        role: _menu(signed_in(role).get("/nowhere/").content.decode())
        for role in ("head_of_year", "class_teacher", "senior_leader", "dpo", "administrator")
    }
    assert all(len(menu) <= 6 for menu in menus.values())
    assert menus["head_of_year"][:2] == ["This week", "Pupils"]
    assert menus["class_teacher"][0] == "My classes"
    assert "Pupils" not in menus["class_teacher"] + menus["dpo"] + menus["administrator"]
    assert "Record" in menus["dpo"]
    assert "People" in menus["administrator"]


def test_the_current_place_is_marked_once(signed_in: Enter) -> None:
    page = signed_in("head_of_year").get(reverse("pupils")).content.decode()
    main = page.split('aria-label="Main">')[1].split("</nav>")[0]
    assert main.count('aria-current="page"') == 1
    assert re.search(r'aria-current="page">Pupils<', main)


def test_every_page_says_how_old_the_data_is(signed_in: Enter) -> None:
    page = signed_in("head_of_year").get(reverse("pupils")).content.decode()
    assert "Data to Friday 6 March; loaded Fri 6 Mar, 18:00." in page


def test_what_surrounds_a_page_costs_at_most_two_questions(
    signed_in: Enter, django_assert_max_num_queries: Any, colleague: Callable[[str], Any]
) -> None:
    from sightline.web.context import around
    from sightline.web.door import page

    request = RequestFactory().get("/")
    request.user = colleague("head_of_year")
    request.session = {}  # type: ignore[assignment]
    kept = {}

    @page("", pupils=False)
    def view(request: Any) -> Any:
        from django.http import HttpResponse

        with django_assert_max_num_queries(2):
            kept.update(around(request))
        return HttpResponse("")

    view(request)
    assert kept["user_name"] == "Ms Okafor"
    assert kept["school_name"] != "Sightline"


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (errors.not_found, 404, "nothing to show here"),
        (errors.not_allowed, 403, "not open to you"),
        (errors.stale_form, 403, "open for too long"),
        (errors.broken, 500, "went wrong on our side"),
    ],
)
def test_errors_say_what_happened_and_what_to_do(
    db: Any, answer: Any, status: int, words: str
) -> None:
    page = answer(RequestFactory().get("/"))
    assert page.status_code == status
    assert words in page.content.decode()
    assert "start page" in page.content.decode()


def test_a_page_whose_look_cannot_be_recorded_shows_no_pupil(db: Any) -> None:
    page = errors.not_recorded(RequestFactory().get("/"), RuntimeError("SECRET"))
    assert page.status_code == 503
    assert "SECRET" not in page.content.decode()
    assert "Nothing is shown" in page.content.decode()


def test_the_reading_preferences_are_classes_of_the_page(
    signed_in: Enter, colleague: Callable[[str], Any]
) -> None:
    user = colleague("head_of_year")
    user.reading, user.shortcuts = "text-large calm", False
    user.save()
    page = signed_in("head_of_year").get(reverse("pupils")).content.decode()
    assert '<html lang="en-GB" class="text-large calm">' in page
    assert 'data-shortcuts="off"' in page


def test_the_script_keeps_nothing_in_the_browser_and_is_small() -> None:
    import gzip

    script = WEB / "static/sightline/app.js"
    text = script.read_text()
    assert not re.findall(r"localStorage|sessionStorage|indexedDB|document\.cookie|eval\(", text)
    assert ".innerHTML" not in text
    assert len(gzip.compress(script.read_bytes(), 9)) < 4_096
