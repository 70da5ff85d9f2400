"""Erasing: into the ledger before anything goes; stopped anywhere, the rest is done later."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.support.killed_load import load_at, small_site

from sightline.governance.models import Complaint, Objection
from sightline.kit import SightlineError
from sightline.people import Erasures, pending
from sightline.people.models import User
from sightline.project.erasing import erase_pupil, finish_erasures
from sightline.record.models import AuditEvent
from sightline.record.verify import verify
from sightline.site import Site

AT = datetime(2026, 3, 9, 8, 40, tzinfo=UTC)


class Killed(BaseException):
    """What a process that is killed does: nothing more."""


@pytest.fixture
def officer(db: Any) -> User:
    """The data protection officer's account."""
    return User.objects.create(name="Mr Farrow", email="dpo@school.test", created_at=AT)


@pytest.fixture
def site(tmp_path: Path, officer: User) -> Site:
    """A site with eight pupils; the first has objected."""
    site, first, _ = small_site(tmp_path)
    load_at(site, first, 0)
    made = {"school_id": "S2", "pupil_ref": ref_of(site), "kind": "objection", "from_on": AT.date()}
    Objection.objects.create(**made, recorded_by=officer, recorded_at=AT)
    return site


def ref_of(site: Site) -> str:
    (ref,) = site.keys.pupil_refs(["P1"])
    return ref


def lines_of(site: Site) -> list[Any]:
    return Erasures(site.folder / "erasures.log", site.keys).lines()


def erased(site: Site) -> dict[str, int]:
    return erase_pupil(
        site, ref_of(site), school_id="S2", at=AT, actor="command", why="asked by the family"
    )


def is_held(site: Site) -> tuple[bool, bool]:
    """Whether decisions, and whether the vault, still hold the pupil."""
    with site.vault(site.warehouse.current()) as vault:
        named = bool(vault.read("pupil_identity", [ref_of(site)])) or "N1" in vault.read("note")
    return Objection.objects.filter(pupil_ref=ref_of(site)).exists(), named


def test_an_erasure_is_in_the_ledger_without_a_name_or_a_reason(site: Site) -> None:
    assert erased(site)["objection"] == 1
    assert is_held(site) == (False, False)
    begun, done = lines_of(site)
    assert (begun.kind, begun.ref, begun.school_id) == ("pupil", ref_of(site), "S2")
    assert (done.kind, done.of) == ("done", "1")
    text = (site.folder / "erasures.log").read_text()
    assert not [word for word in ("Given1", "Family1", "P1", "family") if word in text]


STEPS = {
    "before the decisions": ("erase_everywhere", (True, True)),
    "before the names": ("forget_pupil", (False, True)),
}


@pytest.mark.parametrize("step", STEPS)
def test_stopped_between_two_steps_the_next_command_does_the_rest(
    step: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any, **options: Any) -> None:
        assert [line.kind for line in lines_of(site)] == ["pupil"]  # it is on the disk already
        raise Killed

    name, left = STEPS[step]
    with monkeypatch.context() as patched:
        patched.setattr(f"sightline.project.erasing.{name}", killed)
        with pytest.raises(Killed):
            erased(site)
    assert is_held(site) == left
    assert finish_erasures(site, at=AT) == 1
    assert is_held(site) == (False, False)
    assert pending(lines_of(site)) == []
    assert finish_erasures(site, at=AT) == 0
    assert {row.action for row in AuditEvent.objects.all()} >= {"erase"}
    assert verify() == []


def test_nothing_is_begun_while_a_complaint_is_open(site: Site, officer: User) -> None:
    made = {"school_id": "S2", "pupil_ref": ref_of(site), "kind": "complaint", "text": "x"}
    by = {"received_at": AT, "received_by": officer, "acknowledge_by": AT.date()}
    Complaint.objects.create(**made, **by)
    with pytest.raises(SightlineError, match="not answered yet"):
        erased(site)
    assert lines_of(site) == []
    assert is_held(site) == (True, True)


def test_notes_that_the_source_has_taken_back_are_erased_too(site: Site, tmp_path: Path) -> None:
    load_at(site, tmp_path / "exports" / "second", 1)  # note N10's day is wrong, N9 is mended
    with site.vault(site.warehouse.current()) as vault:
        assert {"N1", "N9"} <= set(vault.read("note"))
    erased(site)
    with site.vault(site.warehouse.current()) as vault:
        assert not {"N1", "N9"} & set(vault.read("note"))
