import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.governance.actions.objections import end_objection, record_objection
from sightline.governance.models import Objection
from sightline.governance.objections_file import mirror_objections
from sightline.governance.queries import objected
from sightline.kit import SightlineError
from sightline.pipeline import opened
from sightline.record.models import AuditEvent

SignedIn = Callable[[str], Client]
DAY = date(2026, 3, 9)
THEMES = ["attendance", "behaviour", "work"]


@pytest.fixture(autouse=True)
def clean_file() -> Iterator[None]:
    """The tests share one site: its file of objections goes with the test."""
    yield
    (settings.SITE.folder / "objections.json").unlink(missing_ok=True)


@pytest.fixture
def record_one(
    colleague: Callable[[str], Any], pupil: str, school: str, at: datetime
) -> Callable[..., Objection]:
    def make(ref: str = pupil, **values: Any) -> Objection:
        given: dict[str, Any] = {
            "kind": "objection",
            "themes": [],
            "known_themes": THEMES,
            "from_on": DAY,
            "to_on": None,
            "reason": "The family asked by letter.",
        }
        return record_objection(
            by=colleague("dpo"), at=at, school_id=school, pupil_ref=ref, **(given | values)
        )

    return make


def test_an_objection_holds_from_its_day_to_its_last(
    record_one: Callable[..., Objection], pupil: str, school: str
) -> None:
    record_one(from_on=date(2026, 3, 10), to_on=date(2026, 3, 12))
    held = [pupil in objected(school, date(2026, 3, day)) for day in (9, 10, 12, 13)]
    assert held == [False, True, True, False]


def test_ending_counts_at_once_and_both_are_recorded(
    record_one: Callable[..., Objection],
    colleague: Callable[[str], Any],
    pupil: str,
    school: str,
    at: datetime,
) -> None:
    one = record_one(themes=["behaviour"])
    assert objected(school, DAY) == {pupil: frozenset({"behaviour"})}
    end_objection(by=colleague("dpo"), at=at, objection=one)
    assert objected(school, DAY) == {}
    rows = AuditEvent.objects.order_by("number")
    assert [row.action for row in rows] == ["object", "end_objection"]
    assert "letter" not in str([row.__dict__ for row in rows])
    with pytest.raises(ValidationError, match="ended already"):
        end_objection(by=colleague("dpo"), at=at, objection=one)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "other"),
        ("themes", ["grades"]),
        ("to_on", date(2026, 3, 8)),
        ("reason", "  "),
    ],
)
def test_what_cannot_be_recorded_is_said_by_field(
    record_one: Callable[..., Objection], field: str, value: Any
) -> None:
    with pytest.raises(ValidationError) as refused:
        record_one(**{field: value})
    assert list(refused.value.message_dict) == [field]
    assert not Objection.objects.exists()
    assert not AuditEvent.objects.exists()


def test_the_file_says_what_the_database_says(
    record_one: Callable[..., Objection],
    school: str,
    pupil: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        record_one(themes=["behaviour"])
        record_one(themes=["work"])
        record_one("otherpupil12", from_on=date(2026, 4, 1))
    path = settings.SITE.folder / "objections.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "letter" not in path.read_text()
    for day in (DAY, date(2026, 4, 1)):
        assert settings.SITE.objections(day).get(school) == objected(school, day)


def test_a_file_nobody_can_read_stops_the_facts_half_instead_of_listing_anyway() -> None:
    path: Path = settings.SITE.folder / "objections.json"
    for text in ("", "{", '[{"school_id": "S"}]', '[{"from_on": "soon", "to_on": null}]'):
        path.write_text(text)
        with pytest.raises(SightlineError, match="serve"):
            settings.SITE.objections(DAY)


def test_the_command_line_leaves_them_out_and_counts_them(
    record_one: Callable[..., Objection], school: str, django_capture_on_commit_callbacks: Any
) -> None:
    before = _week()
    first, second = before["entries"][0], before["entries"][1]
    theme = second["reasons"][0]["theme"]
    with django_capture_on_commit_callbacks(execute=True):
        record_one(first["pupil_ref"])
        record_one(second["pupil_ref"], themes=[theme], known_themes=[theme])
    after = _week()
    assert (before["funnel"]["objected"], after["funnel"]["objected"]) == (0, 2)
    left = {one["pupil_ref"]: one for one in after["entries"]}
    assert first["pupil_ref"] not in left
    assert first["pupil_ref"] not in after["left_out"]
    shown = left.get(second["pupil_ref"], {"reasons": []})
    assert theme not in {reason["theme"] for reason in shown["reasons"]}
    with opened(settings.SITE, on=DAY) as study:
        names = study.names("school")
        refs = [first["pupil_ref"], second["pupil_ref"]]
        study.signals([date(2026, 3, 6)], names=names, pupils=refs)
        rows = list(study.rows())
    assert {row["pupil_ref"] for row in rows} == {second["pupil_ref"]}
    assert theme not in {study.library[row["signal"]].theme for row in rows}


def test_the_form_records_lists_and_ends(
    signed_in: SignedIn, pupil: str, pupil_name: str, school: str
) -> None:
    client, address = signed_in("dpo"), reverse("objection_new", args=[pupil])
    empty = client.post(address, {"scope": "some"})
    assert empty.status_code == 422
    assert "Choose at least one theme" in empty.content.decode()
    typed = {"kind": "objection", "scope": "all", "reason": "By telephone"}
    late = client.post(address, typed | {"from_on_day": "40", "from_on_month": "1"})
    assert late.status_code == 422
    assert "By telephone" in late.content.decode(), "what was typed is kept"
    assert client.post(address, typed).status_code == 302
    assert objected(school, DAY) == {pupil: frozenset()}
    assert pupil_name in client.get(reverse("objections")).content.decode()
    assert client.post(address, {"end": str(Objection.objects.get().pk)}).status_code == 302
    assert objected(school, DAY) == {}


def test_only_the_data_protection_officer_records_and_nobody_guesses_an_id(
    signed_in: SignedIn, pupil: str
) -> None:
    for role in ("head_of_year", "senior_leader", "data_manager", "administrator"):
        assert signed_in(role).get(reverse("objection_new", args=[pupil])).status_code == 404
    client = signed_in("dpo")
    assert client.get(reverse("objection_new", args=["nobodyatall1"])).status_code == 404
    assert client.post(reverse("objection_new", args=[pupil]), {"end": "999"}).status_code == 404


def _week() -> dict[str, Any]:
    mirror_objections()
    args = ["week", "--as-of", "2026-03-06", "--year", "9", "--json"]
    answer = CliRunner().invoke(
        app, [*args, "--site", str(settings.SITE.folder)], catch_exceptions=False
    )
    found: dict[str, Any] = json.loads(answer.stdout)
    return found
