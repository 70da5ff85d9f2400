import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from typer.testing import CliRunner

from sightline.cli.app import app
from sightline.governance.actions.retention import purge
from sightline.governance.models import Complaint
from sightline.governance.privacy import (
    erase_everywhere,
    export_everywhere,
    register,
    rooms,
)
from sightline.kit import SightlineError
from sightline.messages.models import Message
from sightline.people.fields import SealedText
from sightline.people.models import Invitation, User
from sightline.record.models import AuditEvent
from sightline.record.verify import verify
from sightline.triage.models import Decision, Draft, Event, Listing, Meeting, PupilNote, Support

CLASSES = {
    "internal",
    "pseudonymous",
    "personal",
    "identity",
    "special_category",
    "secret",
}
OURS = [
    model
    for config in apps.get_app_configs()
    if config.name.startswith("sightline.")
    for model in config.get_models()
]
AT = datetime(2026, 3, 9, 8, 40, tzinfo=UTC)
LATEST = datetime(2028, 9, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_column_of_every_table_is_classified(model: Any) -> None:
    columns = {field.name for field in model._meta.concrete_fields}
    assert columns == set(model.PRIVACY["fields"]), "classify the column, or take it out"
    assert set(model.PRIVACY["fields"].values()) <= CLASSES
    assert model.PRIVACY["purpose"].endswith(".")
    assert model.PRIVACY["keep"]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_free_text_about_pupils_is_sealed(model: Any) -> None:
    for field in model._meta.concrete_fields:
        if model.PRIVACY["fields"][field.name] == "special_category":
            plain = isinstance(field, models.TextField | models.CharField)
            assert not plain or field.max_length <= 8, f"{model._meta.label}.{field.name}"
            assert isinstance(field, SealedText | models.JSONField | models.CharField)


def test_every_table_that_names_a_pupil_is_answered_for() -> None:
    named = {
        model
        for model in OURS
        if "pupil_ref" in {field.name for field in model._meta.concrete_fields}
    }
    held = {model for _, room in rooms() for model in room.HOLDS}
    assert named <= held
    hanging = {
        model
        for model in OURS
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in named
    }
    assert hanging <= held


def test_every_room_answers_the_same_questions() -> None:
    assert {name for name, _ in rooms()} == {"people", "governance", "triage", "messages"}
    assert sum(map(len, register().values())) == len(OURS)


def test_a_copy_holds_each_row_about_the_pupil_and_none_about_another(db: Any) -> None:
    held = [model for _, room in rooms() for model in room.HOLDS]
    for ref in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
        maker = Maker(ref)
        for model in held:
            maker.make(model)
    found = export_everywhere("aaaaaaaaaaaa", school_id="S0000", at=AT, actor="command")
    tables = {name: rows for room in found.values() for name, rows in room.items()}
    assert set(tables) == {model._meta.model_name for model in held}
    assert {name for name, rows in tables.items() if len(rows) != 1} == set()
    assert "bbbbbbbbbbbb" not in json.dumps(found, default=str)
    assert "as told by aaaaaaaaaaaa" in json.dumps(found, default=str)
    assert AuditEvent.objects.get().action == "subject_access"


def test_erasing_leaves_nothing_of_one_pupil_and_everything_of_the_other(db: Any) -> None:
    held = [model for _, room in rooms() for model in room.HOLDS]
    for ref in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
        maker = Maker(ref)
        for model in held:
            maker.make(model)
    Complaint.objects.update(closed_at=AT)
    first = Decision.objects.get(pupil_ref="aaaaaaaaaaaa")
    first.undone_at, first.undone_by = AT, first.decided_by
    first.save()
    first.pk, first.replaced_id, first.undone_at, first.undone_by = None, first.pk, None, None
    first.save(force_insert=True)
    counts = erase_everywhere(
        "aaaaaaaaaaaa", school_id="S0000", at=AT, actor="command", why="Asked for"
    )
    assert counts["decision"] == 2
    assert {name for name, count in counts.items() if not count} == set()
    left = export_everywhere("bbbbbbbbbbbb", school_id="S0000", at=AT, actor="command")
    assert all(len(rows) == 1 for room in left.values() for rows in room.values())
    assert {row.action for row in AuditEvent.objects.all()} == {"erase", "subject_access"}
    assert verify() == []


def test_nothing_is_erased_while_a_complaint_is_open(db: Any) -> None:
    Maker("aaaaaaaaaaaa").make(Complaint)
    with pytest.raises(SightlineError, match="not answered yet"):
        erase_everywhere("aaaaaaaaaaaa", school_id="S", at=AT, actor="command", why="")


def test_retention_removes_what_is_past_its_time_and_records_how_much(db: Any) -> None:
    old, young = Maker("aaaaaaaaaaaa"), Maker("bbbbbbbbbbbb")
    for model in (Draft, Event, Meeting, Support, PupilNote, Message, Complaint, Decision):
        old.make(model)
    Support.objects.update(ended_on=date(2026, 7, 1))
    Complaint.objects.update(closed_at=AT - timedelta(days=100))
    young.at = LATEST - timedelta(days=20)
    for model in (Draft, Event, Meeting, Support, PupilNote, Message, Complaint, Decision):
        young.make(model)
    counts = purge(LATEST)
    kept = {"draft": 1, "event": 1, "meeting": 1, "support": 1, "pupilnote": 1, "message": 1}
    assert {name: counts[name] for name in kept} == kept
    assert counts["complaint"] == 0
    assert Decision.objects.count() == Listing.objects.count() == 1
    assert AuditEvent.objects.get().detail["meeting"] == 1
    assert purge(LATEST).keys() == counts.keys()
    assert AuditEvent.objects.count() == 1


def test_an_account_closed_a_year_ago_loses_its_name(db: Any) -> None:
    user = Maker("aaaaaaaaaaaa").make(User)
    User.objects.update(closed_at=AT - timedelta(days=366))
    Invitation.objects.create(token_hash="x", made_at=AT - timedelta(days=31), expires_at=AT)
    assert purge(AT)["user"] == 1
    user.refresh_from_db()
    assert user.name == "A former member of staff"
    assert purge(AT)["user"] == 0
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=False)
def test_the_command_writes_a_folder_with_the_pupils_own_name(
    school: str, pupil: str, pupil_name: str, tmp_path: Path, db: Any
) -> None:
    folder = tmp_path / "copy"
    site = str(settings.SITE.folder)
    args = ["pupil", "export", pupil, "--to", str(folder), "--site", site]
    answer = CliRunner().invoke(app, args, catch_exceptions=False)
    assert answer.exit_code == 0
    assert {path.name for path in folder.iterdir()} == {
        "about.txt",
        "decisions.json",
        "figures.json",
        "identity.json",
        "looks.txt",
        "register.json",
    }
    assert pupil_name.split()[0] in (folder / "identity.json").read_text()
    assert "weeks" in json.loads((folder / "figures.json").read_text())
    assert "copy of their data" in (folder / "looks.txt").read_text()
    wrong = ["pupil", "erase", pupil, "--why", "asked", "--confirm", "No", "--site", site]
    with pytest.raises(SightlineError, match="not the name"):
        CliRunner().invoke(app, wrong, catch_exceptions=False)


class Maker:
    """Rows of any table, with made-up values, about one pupil."""

    def __init__(self, ref: str) -> None:
        self.ref, self.at, self.made, self.count = ref, AT, {}, 0

    def make(self, model: Any) -> Any:
        if model not in self.made:
            values = {
                field.name: self._value(field)
                for field in model._meta.concrete_fields
                if not field.primary_key and not (field.null and field.name != "school")
            }
            self.made[model] = model.objects.create(**values)
        return self.made[model]

    def _value(self, field: Any) -> Any:
        self.count += 1
        if field.name == "pupil_ref":
            return self.ref
        if field.is_relation:
            return self.make(field.related_model)
        if isinstance(field, SealedText):
            return f"as told by {self.ref}"
        if field.unique or field.name in ("week", "year_group"):
            return {"week": self.at.date(), "year_group": ord(self.ref[0]) % 90}.get(
                field.name, f"{self.ref}{self.count}"
            )
        kinds = {
            models.DateTimeField: self.at,
            models.DateField: self.at.date(),
            models.BooleanField: False,
            models.JSONField: {},
            models.IntegerField: 1,
            models.FloatField: 1.0,
            models.CharField: "x",
            models.TextField: "x",
        }
        return next(value for kind, value in kinds.items() if isinstance(field, kind))
