"""Rows that their source takes back: gone from the present, kept as they were known before."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sightline.pipeline import Loaded, load, opened
from sightline.pipeline.refused import Origin
from sightline.site import Site, make_site
from sightline.sources import Profile, profile

DAY = date(2026, 3, 9)
FIRST = datetime(2026, 3, 2, 18, tzinfo=UTC)
SECOND = datetime(2026, 3, 9, 18, tzinfo=UTC)
THIRD = datetime(2026, 3, 16, 18, tzinfo=UTC)

PROFILE = """
name: made_up
title: A system that tells what is gone
about: For tests.
files:
  incidents: {match: [incidents.csv], feeds: behaviour, columns: {id: [id], pupil: [pupil]}}
  gone: {match: [gone.csv], feeds: behaviour, columns: {id: [id]}}
  members: {match: [members.csv], feeds: class_member, columns: {class: [class], pupil: [pupil]}}
  classes: {match: [fetched.csv], feeds: class_member, columns: {class: [class]}}
tables:
  behaviour: [incidents, gone]
  class_member: [members, classes]
"""
SQL = {
    "behaviour.sql": "select id || '~' || pupil as event_id, pupil as pupil_id, "
    "'2026-02-27' as date, 'praise' as kind, 'Kindness' as category, _file, _row "
    "from raw_incidents",
    # An incident that comes again comes with everybody who was in it.
    "behaviour.withdrawn.sql": "select id as event_id from raw_gone "
    "union all select id as event_id from raw_incidents",
    "class_member.sql": "select class as class_id, pupil as pupil_id, '2025-09-01' as from_on, "
    "_file, _row from raw_members",
    "class_member.withdrawn.sql": "select class as class_id from raw_classes",
}
BASE = {
    "school": "school_id,name,phase\nS1,Elm,secondary\n",
    "school_day": "school_id,date,kind\nS1,2026-02-27,open\n",
    "class": "class_id,school_id,subject\nC1,S1,Maths\nC2,S1,Art\n",
    "pupil": "pupil_id,school_id,enrolled_on,year_group\n"
    + "".join(f"P{n},S1,2025-09-01,8\n" for n in range(1, 4)),
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    folder = tmp_path / "made_up"
    folder.mkdir()
    (folder / "profile.yml").write_text(PROFILE)
    for name, text in SQL.items():
        (folder / name).write_text(text)
    own: Profile = profile.load_profile(folder)
    monkeypatch.setattr("sightline.sources.read_profile", lambda name: own)
    site = make_site(tmp_path / "site")
    bring(site, tmp_path / "base", FIRST, **BASE)
    return site


def bring(site: Site, folder: Path, at: datetime, **files: str) -> Loaded:
    folder.mkdir(exist_ok=True)
    for one in folder.iterdir():
        one.unlink()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return load(site, "made_up", folder, recorded_at=at, load_day=at.date())


def events(site: Site, known_at: datetime | None = None) -> list[str]:
    with opened(site, known_at=known_at) as study:
        rows = study.engine.rows("SELECT event_id FROM behaviour ORDER BY ALL")
    return [row["event_id"] for row in rows]


def test_a_row_taken_back_is_gone_now_and_there_when_it_was_known(
    site: Site, tmp_path: Path
) -> None:
    bring(site, tmp_path / "in", FIRST, incidents="id,pupil\n1,P1\n1,P2\n2,P1\n")
    done = bring(site, tmp_path / "in", SECOND, gone="id\n1\n")
    assert done.account.tables["behaviour"].withdrawn == 2
    assert events(site) == ["2~P1"]
    assert events(site, FIRST) == ["1~P1", "1~P2", "2~P1"]
    assert events(site, SECOND) == ["2~P1"]


def test_taking_back_again_changes_nothing(site: Site, tmp_path: Path) -> None:
    bring(site, tmp_path / "in", FIRST, incidents="id,pupil\n1,P1\n")
    bring(site, tmp_path / "in", SECOND, gone="id\n1\n")
    assert not bring(site, tmp_path / "in", THIRD, gone="id\n1\n").published


def test_a_row_that_comes_back_is_there_again(site: Site, tmp_path: Path) -> None:
    bring(site, tmp_path / "in", FIRST, incidents="id,pupil\n1,P1\n")
    bring(site, tmp_path / "in", SECOND, gone="id\n1\n")
    bring(site, tmp_path / "in", THIRD, incidents="id,pupil\n1,P1\n")
    assert events(site) == ["1~P1"]
    assert events(site, SECOND) == []
    assert events(site, THIRD) == ["1~P1"]


def test_an_incident_that_comes_again_with_fewer_pupils_leaves_the_others_out(
    site: Site, tmp_path: Path
) -> None:
    bring(site, tmp_path / "in", FIRST, incidents="id,pupil\n1,P1\n1,P2\n12,P1\n")
    bring(site, tmp_path / "in", SECOND, incidents="id,pupil\n1,P2\n")
    assert events(site) == ["12~P1", "1~P2"]


def test_a_row_refused_this_time_is_not_taken_for_gone(site: Site, tmp_path: Path) -> None:
    bring(site, tmp_path / "in", FIRST, incidents="id,pupil\n1,P1\n1,P2\n")
    text = BASE["pupil"].replace("P2,S1,2025-09-01,8", "P2,S1,2025-09-01,8")
    done = bring(site, tmp_path / "in", SECOND, pupil=text, incidents="id,pupil\n1,P1\n1,P9\n")
    assert done.account.tables["behaviour"].by_reason == {"unknown_pupil": 1}
    assert events(site) == ["1~P1"]


def test_membership_that_is_no_longer_told_ends_the_day_before(site: Site, tmp_path: Path) -> None:
    members = "class,pupil\nC1,P1\nC1,P2\nC2,P1\n"
    bring(site, tmp_path / "in", FIRST, members=members, fetched="class\nC1\nC2\n")
    bring(site, tmp_path / "in", SECOND, members="class,pupil\nC1,P1\n", fetched="class\nC1\n")
    with opened(site) as study:
        rows = study.engine.rows("SELECT class_id, to_on FROM class_member ORDER BY ALL")
    assert [(row["class_id"], row["to_on"]) for row in rows] == [
        ("C1", date(2026, 3, 8)),
        ("C1", None),
        ("C2", None),
    ]


def test_what_a_complete_source_no_longer_has_is_only_counted_until_somebody_says_so(
    site: Site, tmp_path: Path
) -> None:
    def sync(**more: frozenset[str]) -> Loaded:
        folder = tmp_path / "in"
        origin = Origin(
            "source:mis", complete=frozenset({"behaviour"}), schools=frozenset({"S1"}), **more
        )
        return load(site, "made_up", folder, recorded_at=THIRD, load_day=DAY, origin=origin)

    bring(site, tmp_path / "in", FIRST, incidents="id,pupil\n1,P1\n2,P1\n3,P2\n")
    (tmp_path / "in" / "incidents.csv").write_text("id,pupil\n1,P1\n")
    assert sync().missing == {"behaviour": 2}
    assert events(site) == ["1~P1", "2~P1", "3~P2"]
    ended = sync(end_missing=frozenset({"behaviour"}))
    assert (ended.missing, ended.account.tables["behaviour"].withdrawn) == ({}, 2)
    assert events(site) == ["1~P1"]


def test_a_column_the_source_does_not_have_leaves_what_is_stored(
    site: Site, tmp_path: Path
) -> None:
    praise = "event_id,pupil_id,date,kind,category,location\n1~P1,P1,2026-02-27,praise,Art,Hall\n"
    bring(site, tmp_path / "in", FIRST, behaviour=praise)
    bring(site, tmp_path / "in", SECOND, incidents="id,pupil\n1,P1\n")
    with opened(site) as study:
        [row] = study.engine.rows("SELECT category, location FROM behaviour")
    assert row == {"category": "Kindness", "location": "Hall"}
