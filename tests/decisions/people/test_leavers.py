from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.support.killed_load import first_export, load_at, small_site, workers, write

from sightline.people.actions.staff import follow_staff
from sightline.people.models import User
from sightline.pipeline.staff import staff_now
from sightline.record.models import AuditEvent
from sightline.site import Site

Colleague = Callable[[str], User]
DAY = date(2026, 7, 20)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path)[0]


def exported(tmp_path: Path, *staff: tuple[str, str, str], name: str = "next") -> Path:
    """An export with these members of staff: id, school, last day."""
    folder = write({**first_export(), "staff": []}, tmp_path / name)
    lines = ["staff_id,school_id,name,left_on"]
    lines += [f"{one},{school},Teacher {one},{left}" for one, school, left in staff]
    (folder / "staff.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def only_staff(folder: Path) -> Path:
    for path in folder.glob("*.csv"):
        if path.name != "staff.csv":
            path.unlink()
    return folder


def ids(site: Site, on: date = DAY) -> dict[str, set[str]]:
    return {school: set(staff) for school, staff in staff_now(site, on).items()}


# ---------------------------------------------------------------------------- who is present


def test_who_is_missing_from_the_latest_staff_file_of_the_school_has_left(
    site: Site, tmp_path: Path
) -> None:
    both = [("T1", "S1", ""), ("T2", "S1", ""), ("T3", "S2", "")]
    load_at(site, exported(tmp_path, *both, name="a"), 0)
    assert ids(site) == {"S1": {"T1", "T2"}, "S2": {"T3"}}
    done = load_at(site, only_staff(exported(tmp_path, ("T1", "S1", ""), name="b")), 1)
    assert done.published
    assert done.account.tables["staff"].accepted == 0
    assert ids(site) == {"S1": {"T1"}, "S2": {"T3"}}
    again = load_at(site, tmp_path / "b", 2)
    assert not again.published
    load_at(site, exported(tmp_path, *both, name="c"), 2)
    assert ids(site) == {"S1": {"T1", "T2"}, "S2": {"T3"}}


def test_a_load_without_a_staff_file_says_nothing_about_staff(site: Site, tmp_path: Path) -> None:
    load_at(site, exported(tmp_path, ("T1", "S1", ""), name="a"), 0)
    folder = write(first_export(), tmp_path / "b")
    (folder / "staff.csv").unlink()
    load_at(site, folder, 1)
    assert ids(site) == {"S1": {"T1"}}


def test_a_last_day_may_lie_ahead_and_counts_to_its_end(site: Site, tmp_path: Path) -> None:
    load_at(site, exported(tmp_path, ("T1", "S1", "2026-07-17"), ("T2", "S1", "")), 0)
    assert ids(site, date(2026, 7, 17)) == {"S1": {"T1", "T2"}}
    assert ids(site, date(2026, 7, 18)) == {"S1": {"T2"}}


def test_a_mistake_in_the_file_makes_nobody_a_leaver(site: Site, tmp_path: Path) -> None:
    load_at(site, exported(tmp_path, ("T1", "S1", ""), ("T2", "S1", ""), name="a"), 0)
    broken = exported(tmp_path, ("T1", "S1", ""), ("T2", "S1", "soon"), name="b")
    load_at(site, broken, 1)
    assert ids(site) == {"S1": {"T1", "T2"}}
    cut = exported(tmp_path, ("T1", "S1", ""), name="c")
    with (cut / "staff.csv").open("a") as file:
        file.write('T2,S1,"Teacher, T2",,,extra\n')
    load_at(site, cut, 2)
    assert ids(site) == {"S1": {"T1", "T2"}}


@pytest.mark.parametrize("step", range(1, 13))
def test_a_killed_load_never_tells_half_a_staff_list(site: Site, tmp_path: Path, step: int) -> None:
    load_at(site, exported(tmp_path, ("T1", "S1", ""), ("T2", "S1", ""), name="a"), 0)
    folder = only_staff(exported(tmp_path, ("T1", "S1", ""), ("T4", "S1", ""), name="b"))
    before, after = {"S1": {"T1", "T2"}}, {"S1": {"T1", "T4"}}
    job = {"work": "load", "site": site.folder, "folder": folder, "number": 1, "step": step}
    with workers() as started:
        started.run(job)
    assert ids(site) in (before, after)
    load_at(site, folder, 1)
    assert ids(site) == after


# ------------------------------------------------------------------------ what accounts follow


def test_a_leavers_sessions_end_at_the_next_load(
    colleague: Colleague, signed_in: Callable[[str], Client], school: str, at: datetime
) -> None:
    leaver, stays = signed_in("senco"), signed_in("head_of_year")
    gone, kept = colleague("senco"), colleague("head_of_year")
    staff = {gone.staff_id: "SENCO", kept.staff_id: "Head of Year 9", "T999": "Teacher of art"}
    present = staff.keys() - {gone.staff_id}
    changes = follow_staff(at=at, school_id=school, staff=staff, present=present)
    assert changes.closed == (gone.pk,)
    assert changes.joiners == {"T999": "Teacher of art"}
    assert leaver.get(reverse("me")).status_code == 302
    assert stays.get(reverse("me")).status_code == 200
    row = AuditEvent.objects.order_by("-number")[0]
    assert (row.actor, row.action, row.subject) == ("system", "account_close", f"user {gone.pk}")
    assert not gone.grants.filter(to_on__isnull=True).exists()


def test_following_again_changes_nothing(colleague: Colleague, school: str, at: datetime) -> None:
    colleague("senco")
    follow_staff(at=at, school_id=school, staff={}, present=set())
    before = AuditEvent.objects.count()
    assert follow_staff(at=at, school_id=school, staff={}, present=set()).closed == ()
    assert AuditEvent.objects.count() == before


def test_accounts_without_a_line_in_the_staff_file_are_left_alone(
    colleague: Colleague, school: str, at: datetime
) -> None:
    user = colleague("data_manager")
    follow_staff(at=at, school_id=school, staff={}, present=set())
    assert User.objects.get(pk=user.pk).is_active


def test_a_mover_keeps_the_account_and_loses_what_it_saw(
    colleague: Colleague, school: str, at: datetime
) -> None:
    user = colleague("senco")
    where = {user.staff_id: "S0009"}
    changes = follow_staff(at=at, school_id=school, staff={}, present=set(), elsewhere=where)
    assert (changes.moved, changes.closed) == ((user.pk,), ())
    user.refresh_from_db()
    assert (user.is_active, user.school_id) == (True, "S0009")
    assert not user.grants.filter(to_on__isnull=True).exists()


def test_an_incomplete_file_does_not_lock_a_whole_school_out(
    db: Any, school: str, at: datetime
) -> None:
    for n in range(10):
        User.objects.create(
            name=f"T{n}", email=f"t{n}@s.test", school_id=school, staff_id=f"T{n}", created_at=at
        )
    changes = follow_staff(at=at, school_id=school, staff={}, present={"T0", "T1"})
    assert (changes.closed, len(changes.held_back)) == ((), 8)
    assert User.objects.filter(is_active=True).count() == 10
    assert AuditEvent.objects.filter(action="leavers_held_back").count() == 1
    changes = follow_staff(at=at, school_id=school, staff={}, present={f"T{n}" for n in range(6)})
    assert len(changes.closed) == 4
