import re
from collections.abc import Callable

from django.conf import settings
from django.test import Client
from django.urls import reverse

from sightline.record.models import AuditEvent
from sightline.sheets import open_sheets
from sightline.web.names import Names

Enter = Callable[[str], Client]
LINK = re.compile(r'/pupil/([0-9a-z]{12})/"')


def _year_of(ref: str, school: str) -> int | None:
    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    place = sheets.place(ref)
    assert place is not None
    return place.year_group


def _found(answer: object) -> list[str]:
    return LINK.findall(answer.content.decode())  # type: ignore[attr-defined]


def test_a_name_finds_only_pupils_whose_page_may_be_opened(signed_in: Enter, school: str) -> None:
    found = _found(signed_in("head_of_year").post(reverse("pupils"), {"name": "a"}))
    assert found
    assert {_year_of(ref, school) for ref in found} == {9}


def test_each_pupil_found_is_recorded_and_nobody_else(signed_in: Enter) -> None:
    found = _found(signed_in("head_of_year").post(reverse("pupils"), {"name": "am"}))
    looked = AuditEvent.objects.filter(action="read").values_list("subject", flat=True)
    assert sorted(found) == sorted(looked)


def test_a_first_and_a_last_name_find_together_in_any_case(signed_in: Enter, school: str) -> None:
    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    ref = sheets.places(year_group=9)[5].pupil_ref
    name = Names().pupil_names(school, [ref])[ref]
    typed = f"{name.family.upper()} {name.given[:2].lower()}"
    assert ref in _found(signed_in("head_of_year").post(reverse("pupils"), {"name": typed}))


def test_what_was_typed_is_in_no_address(signed_in: Enter) -> None:
    page = signed_in("head_of_year").post(reverse("pupils"), {"name": "Zz top"}).content.decode()
    assert "Nobody found" in page
    assert 'value="Zz top"' in page
    assert not re.findall(r'(?:href|action)="[^"]*[Zz]z', page)


def test_an_empty_search_is_answered_with_what_to_do(signed_in: Enter) -> None:
    answer = signed_in("head_of_year").post(reverse("pupils"), {"name": " "})
    assert answer.status_code == 422
    assert 'href="#id_name"' in answer.content.decode()


def test_no_pupil_is_shown_before_anybody_asks(signed_in: Enter) -> None:
    answer = signed_in("senco").get(reverse("pupils"))
    assert _found(answer) == []
    assert "9N" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="read").exists()


def test_a_tutor_goes_through_the_own_group_and_no_other(signed_in: Enter, school: str) -> None:
    client = signed_in("tutor")
    own = client.get(reverse("pupils"), {"group": "9N", "school": school})
    other = client.get(reverse("pupils"), {"group": "9W", "school": school})
    assert len(_found(own)) > 20
    assert _found(other) == []
    assert "9W</a>" not in other.content.decode()


def test_a_guessed_school_or_group_shows_nobody(signed_in: Enter) -> None:
    for query in ({"group": "9N", "school": "S9"}, {"group": "<b>", "school": ""}):
        answer = signed_in("tutor").get(reverse("pupils"), query)
        assert answer.status_code == 200
        assert _found(answer) == []
        assert "<b>" not in answer.content.decode()
