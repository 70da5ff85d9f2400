"""The page about fairness: who sees it, what it says before and after the night, and the file."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.support.school_site import TODAY

from sightline.governance.models import Export
from sightline.people.identity import names_of
from sightline.sheets import open_sheets, sheet_schools
from sightline.web.evidence.fairness_ask import work_out_all

Browser = Callable[[str], Client]
MAY = ("senco", "senior_leader", "trust_lead", "dpo")
MAY_NOT = ("head_of_year", "tutor", "class_teacher", "attendance_officer", "data_manager")


@pytest.fixture
def empty(school: str, tmp_path: Any) -> Any:
    """Nothing worked out: what was kept is put aside while the test runs."""
    kept = settings.SITE.folder / "evidence" / "fairness"
    aside = tmp_path / "fairness"
    if kept.exists():
        kept.rename(aside)
    yield
    if kept.exists():
        for path in kept.glob("*"):
            path.unlink()
        kept.rmdir()
    if aside.exists():
        aside.rename(kept)


@pytest.fixture
def worked_out(school: str, db: Any) -> str:
    work_out_all(settings.SITE, TODAY)  # kept, so only the first test waits
    return school


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.mark.parametrize("role", MAY_NOT)
def test_the_page_is_not_there_for_roles_without_it(role: str, signed_in: Browser) -> None:
    assert signed_in(role).get(reverse("fairness")).status_code == 404


def test_before_the_night_the_page_says_so_and_offers_to_work_it_out(
    empty: None, signed_in: Browser
) -> None:
    page = signed_in("senior_leader").get(reverse("fairness"))
    assert page.status_code == 200
    assert "Not worked out yet" in text_of(page)
    assert "Work them out now" in text_of(page)


@pytest.mark.parametrize("role", MAY)
def test_after_it_leaders_see_a_summary_and_a_table_for_each_attribute(
    role: str, worked_out: str, signed_in: Browser
) -> None:
    said = text_of(signed_in(role).get(reverse("fairness")))
    assert "In short" in said
    for title in ("Special educational needs", "English as an additional", "Disadvantage", "Sex"):
        assert title in said
    assert "It shows where to look, not why" in said


def test_posting_works_out_one_school_and_leads_back_to_it(
    worked_out: str, signed_in: Browser
) -> None:
    address = reverse("fairness") + f"?school={worked_out}"
    answer = signed_in("senco").post(address)
    assert answer.status_code == 302
    assert answer["Location"] == address


def test_a_school_there_is_not_is_not_there(worked_out: str, signed_in: Browser) -> None:
    browser = signed_in("senior_leader")
    assert browser.get(reverse("fairness"), {"school": "S9999"}).status_code == 404


def test_no_name_or_pupil_and_no_member_of_staff_is_on_the_page(
    worked_out: str, signed_in: Browser
) -> None:
    sheets = open_sheets(settings.SITE, worked_out)
    assert sheets is not None
    refs = [one.pupil_ref for one in sheets.places()]
    page = signed_in("senior_leader").get(reverse("fairness"))
    said = page.content.decode().split("<main", 1)[1]
    with settings.SITE.vault(settings.SITE.warehouse.current()) as vault:
        names = {str(name) for name in names_of(vault, refs).values()}
    assert not [ref for ref in refs if ref in said]
    assert not [name for name in names if name in said]
    assert not [staff for staff in sheets.facts.staff if f" {staff} " in said]


def test_every_count_on_the_page_is_a_multiple_of_five(worked_out: str, signed_in: Browser) -> None:
    said = text_of(signed_in("senior_leader").get(reverse("fairness")))
    pairs = re.findall(r"(\d[\d,]*) of (\d[\d,]*)(?! of| comparisons|:)", said)
    assert pairs
    tables = said.split("Cannot tell", 1)[1].split("How to read this")[0]
    for found, of in re.findall(r" (\d[\d,]*) of (\d[\d,]*) ", tables)[1:]:
        assert int(found.replace(",", "")) % 5 == 0
        assert int(of.replace(",", "")) % 5 == 0


def test_each_figure_is_explained(worked_out: str, signed_in: Browser) -> None:
    page = signed_in("senior_leader").get(reverse("fairness")).content.decode()
    asked = set(re.findall(r'popovertarget="(x-[^"]+)"', page))
    assert asked
    assert asked <= set(re.findall(r'id="(x-[^"]+)"', page))


def test_the_file_holds_every_group_and_is_recorded(worked_out: str, signed_in: Browser) -> None:
    answer = signed_in("senior_leader").post(
        reverse("export", args=["fairness"]) + f"?school={worked_out}",
        {"purpose": "Governors, autumn term"},
    )
    assert answer.status_code == 200
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Group,Step")
    assert any(row.startswith("SEND,") for row in rows)
    assert Export.objects.filter(what="fairness").count() == 1


def test_the_night_works_out_every_school(worked_out: str) -> None:
    from sightline.project.work import groups

    assert groups.func() == len(sheet_schools(settings.SITE))
