"""What was decided comes back by the front door: decide, support, load, and the signal sees it."""

import csv
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from typer.testing import CliRunner

pytestmark = pytest.mark.django_db
START, AS_OF = date(2026, 1, 12), date(2026, 3, 6)
THEN = datetime(2026, 1, 12, 8, 40, tzinfo=UTC)


@pytest.fixture
def site(school: str, tmp_path: Path) -> Any:
    """A copy of the site to load into, so that no other test sees it."""
    from sightline.site import open_site

    folder = tmp_path / "site"
    shutil.copytree(settings.SITE.folder, folder)
    return open_site(folder)


def results(site: Any, signal: str, day: date) -> dict[str, dict[str, Any]]:
    from sightline.pipeline import opened

    with opened(site) as study:
        study.signals([day], names=[signal], year_group=9)
        return {row["pupil_ref"]: row for row in study.rows()}


def unchanged_pupil(site: Any) -> tuple[str, float]:
    """A pupil without any support whose attendance is about the same on both days."""
    before = results(site, "attendance_momentum", START)
    after = results(site, "attendance_momentum", AS_OF)
    due = results(site, "support_without_change", AS_OF)
    for ref, row in before.items():
        levels = row["level"], after.get(ref, {}).get("level")
        if None in levels or due[ref]["denominator"]:
            continue
        if abs(levels[1] - levels[0]) < 1 and levels[0] < 95:
            return ref, levels[0]
    raise AssertionError("the demo school has such a pupil")


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "support.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_support_without_change_is_seen_by_its_signal_after_its_review_date(
    begin: Any, site: Any, decided: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sightline.cli.app import app
    from sightline.sheets import open_sheets
    from sightline.triage.models import Decision
    from sightline.triage.support_queries import OUR_PREFIX

    monkeypatch.setenv("SIGHTLINE_SITE", str(site.folder))
    ref, level = unchanged_pupil(site)
    Decision.objects.filter(pk=decided.pk).update(pupil_ref=ref)
    decided.refresh_from_db()
    support = begin(
        at=THEN,
        pupil_ref=ref,
        start_level=level,
        success=level + 5,
        review_on=date(2026, 3, 2),
        decision=decided,
    )
    given = ["--site", str(site.folder), "casework", "--load", "--day", "2026-03-09"]
    done = CliRunner().invoke(app, given, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    row = results(site, "support_without_change", AS_OF)[ref]
    assert (row["outcome"], row["numerator"], row["denominator"]) == ("flag", 1, 1)
    sheets = open_sheets(site, "S0000")
    assert sheets is not None
    kept = {one.support_id: one for one in sheets.pupil(ref).supports}
    assert kept[f"{OUR_PREFIX}{support.pk}"].staff_id == support.owner.staff_id
    assert not (site.folder / "casework").exists()


def test_the_schools_own_file_loaded_later_leaves_ours_alone(begin: Any, site: Any) -> None:
    from sightline.pipeline import load, opened
    from sightline.triage.casework import write_casework

    folder, at = site.folder / "casework", datetime(2026, 3, 9, 9, tzinfo=UTC)
    begin()
    write_casework(site, folder, at=at)
    one = load(site, "canonical", folder, recorded_at=at, load_day=at.date())
    assert (one.account.tables["support"].accepted, one.account.refusals) == (1, 0)
    exports, theirs = settings.SITE.folder / "exports", site.folder / "theirs"
    theirs.mkdir()
    shutil.copy(exports / "support.csv", theirs)
    load(site, "canonical", theirs, recorded_at=at.replace(hour=10), load_day=at.date())
    with opened(site) as study:
        found = study.engine.rows("SELECT count(*) AS n FROM support WHERE support_id LIKE 'SL-%'")
    assert found[0]["n"] == 1


def test_the_file_follows_the_contract_and_changes_with_a_review(
    begin: Any, site: Any, ref: str, colleague: Callable[[str], Any], at: datetime, tmp_path: Path
) -> None:
    from sightline.triage.actions.supports import review_support
    from sightline.triage.casework import COLUMNS, write_casework

    support = begin(owner=colleague("tutor"))  # who is not in the staff file
    assert write_casework(site, tmp_path / "out", at=at).supports == 1
    [row] = rows_of(tmp_path / "out")
    assert tuple(row) == COLUMNS
    assert row["support_id"] == f"SL-{support.pk}"
    assert (row["ended_on"], row["staff_id"]) == ("", "")
    assert site.keys.pupil_refs([row["pupil_id"]]) == [ref]
    assert (tmp_path / "out" / "support.csv").stat().st_mode & 0o077 == 0
    review_support(by=colleague("senco"), at=at, support=support, outcome="end")
    write_casework(site, tmp_path / "out", at=at)
    assert rows_of(tmp_path / "out")[0]["ended_on"] == "2026-03-09"


def test_a_pupil_whose_id_is_held_no_more_is_left_out_and_counted(
    begin: Any, site: Any, at: datetime, tmp_path: Path
) -> None:
    from sightline.record.models import AuditEvent
    from sightline.triage.casework import Written, write_casework

    begin(pupil_ref="zzzzzzzzzzzz")
    assert write_casework(site, tmp_path / "out", at=at) == Written(supports=0, unknown=1)
    assert AuditEvent.objects.get(action="write_casework").detail == {"supports": 0}


def test_the_command_wants_to_know_where_to(site: Any) -> None:
    from sightline.cli.app import app

    runner, given = CliRunner(), ["--site", str(site.folder), "casework"]
    assert "either --to FOLDER or --load" in str(runner.invoke(app, given).exception)
