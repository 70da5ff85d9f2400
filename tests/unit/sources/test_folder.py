"""A watched folder gives whole files of whole sets, once, and is never written to unasked."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.mis.drops import Watched, write

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors import Answer, Part, connector, drop_pieces
from sightline.sources.stamps import pattern_of, stamp_of

NINE = [f"export {number}.csv" for number in range(1, 10)]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def watched(inbox: Path) -> Watched:
    settings = {"profile": "canonical"}
    return Watched(connector("folder"), Source("elm", "folder", str(inbox), settings=settings))


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drop_pieces, "CHUNK", 10)


def test_the_files_of_a_folder_are_taken_byte_for_byte(watched: Watched, inbox: Path) -> None:
    write(inbox / "pupil.csv", b"pupil_id\r\n1\xe9\r\n")
    write(inbox / "empty.csv", b"")
    assert watched.sync() == {"pupil.csv": b"pupil_id\r\n1\xe9\r\n", "empty.csv": b""}


def test_an_unchanged_folder_gives_nothing_and_waits_for_nothing(
    watched: Watched, inbox: Path
) -> None:
    write(inbox / "pupil.csv", "pupil_id\n1\n")
    watched.sync()
    watched.waited.clear()
    assert watched.fetch() == []
    assert watched.waited == []


def test_what_was_not_accepted_is_taken_again(watched: Watched, inbox: Path) -> None:
    write(inbox / "pupil.csv", "pupil_id\n1\n")
    assert watched.files(watched.fetch()) == watched.sync() != {}


def test_a_changed_file_is_taken_and_the_unchanged_ones_are_not(
    watched: Watched, inbox: Path
) -> None:
    write(inbox / "pupil.csv", "pupil_id\n1\n")
    write(inbox / "staff.csv", "staff_id\n1\n")
    watched.sync()
    write(inbox / "pupil.csv", "pupil_id\n2\n", minutes_ago=4)
    assert watched.having(settle_minutes="0").sync() == {"pupil.csv": b"pupil_id\n2\n"}


def test_a_file_written_again_with_the_same_content_is_remembered_not_taken(
    watched: Watched, inbox: Path
) -> None:
    write(inbox / "pupil.csv", "pupil_id\n1\n")
    watched.sync()
    write(inbox / "pupil.csv", "pupil_id\n1\n", minutes_ago=2)
    assert watched.sync() == {}
    assert watched.fetch() == []


def test_a_full_sync_takes_everything_again(watched: Watched, inbox: Path) -> None:
    write(inbox / "pupil.csv", "pupil_id\n1\n")
    taken = watched.sync()
    watched.since = None
    assert watched.sync() == taken


@pytest.mark.parametrize(
    "name",
    ["pupil.csv.tmp", "pupil.csv.part", "pupil.csv~", ".pupil.csv", "~pupil.csv", "pupil.txt"],
)
def test_unfinished_and_foreign_files_are_not_taken(
    watched: Watched, inbox: Path, name: str
) -> None:
    write(inbox / name, "pupil_id\n1\n")
    assert watched.having(files="*.csv,*.tmp,*.part,*~").fetch() == []


def test_links_and_folders_are_not_taken(watched: Watched, inbox: Path, tmp_path: Path) -> None:
    (inbox / "pupil.csv").symlink_to(write(tmp_path / "elsewhere.csv", "secret\n"))
    (inbox / "staff.csv").mkdir()
    assert watched.fetch() == []


def test_a_file_that_grows_while_it_is_watched_is_left_for_the_next_time(
    watched: Watched, inbox: Path
) -> None:
    path = write(inbox / "pupil.csv", "pupil_id\n")
    watched.asleep = lambda seconds: write(path, "pupil_id\n1\n", minutes_ago=0) and None
    assert watched.fetch() == []
    assert watched.waited == [60]
    assert "pupil.csv" in watched.told[-1]
    watched.asleep = lambda seconds: None
    assert watched.sync() == {"pupil.csv": b"pupil_id\n1\n"}


def test_a_marker_says_that_a_file_is_complete_without_a_wait(
    watched: Watched, inbox: Path
) -> None:
    write(inbox / "pupil.csv", "pupil_id\n1\n", minutes_ago=1)
    write(inbox / "pupil.csv.done", "", minutes_ago=1)
    assert list(watched.sync()) == ["pupil.csv"]
    assert watched.waited == []


def test_a_marker_of_yesterday_does_not_count(watched: Watched, inbox: Path) -> None:
    write(inbox / "pupil.csv.done", "", minutes_ago=1500)
    write(inbox / "pupil.csv", "pupil_id\n1\n", minutes_ago=1)
    watched.fetch()
    assert watched.waited == [60]


def test_a_set_that_is_still_coming_is_awaited_whole(watched: Watched, inbox: Path) -> None:
    """An MIS that writes nine files in three minutes is not read after the fifth."""
    for name in NINE:
        write(inbox / name, "a\n", minutes_ago=60)
    assert list(watched.sync()) == NINE
    for name in NINE[:5]:
        write(inbox / name, "b\n", minutes_ago=2)
    assert watched.fetch() == []
    assert "export 6.csv, export 7.csv, export 8.csv and export 9.csv" in watched.told[-1]
    for name in NINE[5:]:
        write(inbox / name, "b\n", minutes_ago=1)
    assert list(watched.sync()) == NINE


def test_a_set_that_stays_incomplete_is_taken_after_some_minutes(
    watched: Watched, inbox: Path
) -> None:
    for name in NINE:
        write(inbox / name, "a\n", minutes_ago=60)
    watched.sync()
    write(inbox / NINE[0], "b\n", minutes_ago=11)
    assert list(watched.sync()) == [NINE[0]]


def test_files_of_several_days_are_taken_one_day_at_a_time(watched: Watched, inbox: Path) -> None:
    for day in ("2025-09-03", "2025-09-01", "2025-09-02"):
        write(inbox / f"attendance_{day}.csv", day)
    taken = [watched.sync() for _ in range(4)]
    assert [list(files) for files in taken] == [
        ["attendance_2025-09-01.csv"],
        ["attendance_2025-09-02.csv"],
        ["attendance_2025-09-03.csv"],
        [],
    ]


def test_where_each_days_file_holds_everything_only_the_newest_is_taken(
    watched: Watched, inbox: Path
) -> None:
    watched = watched.having(dated="newest")
    for day in ("01092025", "02092025"):
        write(inbox / f"attendance {day}.csv", day)
    assert list(watched.sync()) == ["attendance 02092025.csv"]
    assert watched.fetch() == []


def test_files_that_are_read_together_are_taken_together(watched: Watched, inbox: Path) -> None:
    """SIMS takes pupils from marksheets who are in no pupil report: it needs both to know."""
    watched = watched.having(profile="sims", settle_minutes="0")
    for name in ("pupils.csv", "marksheet.csv", "register.csv"):
        write(inbox / name, "Adno\n1\n")
    watched.sync()
    write(inbox / "marksheet.csv", "Adno\n2\n", minutes_ago=2)
    assert list(watched.sync()) == ["marksheet.csv", "pupils.csv"]


def test_a_bundle_that_says_what_changed_comes_with_the_whole_one_before(
    watched: Watched, inbox: Path
) -> None:
    watched = watched.having(profile="oneroster", settle_minutes="0")
    write(inbox / "whole_2025-09-01.zip", b"whole")
    watched.sync()
    write(inbox / "delta_2025-09-02.zip", b"delta", minutes_ago=2)
    assert sorted(watched.sync()) == ["delta_2025-09-02.zip", "whole_2025-09-01.zip"]
    assert watched.fetch() == []


def test_transfer_files_come_once_and_are_not_awaited_again(watched: Watched, inbox: Path) -> None:
    watched = watched.having(profile="ctf")
    write(inbox / "8880001_CTF_8880002_001.xml", "<CTfile/>")
    watched.sync()
    write(inbox / "8880003_CTF_8880002_001.xml", "<CTfile/>", minutes_ago=2)
    assert list(watched.sync()) == ["8880003_CTF_8880002_001.xml"]


def test_a_stopped_file_is_tried_again_when_something_changes_or_everything_is_asked_for(
    watched: Watched, inbox: Path
) -> None:
    watched = watched.having(after="move:done", settle_minutes="0")
    write(inbox / "pupil.csv", "pupil_id\n1\n")
    watched.accept(watched.fetch(), stopped=["pupil.csv"])
    assert watched.fetch() == []
    write(inbox / "staff.csv", "staff_id\n1\n", minutes_ago=2)
    assert list(watched.files(watched.fetch())) == ["pupil.csv", "staff.csv"]
    (inbox / "staff.csv").unlink()
    watched.since = None
    assert list(watched.sync()) == ["pupil.csv"]


def test_no_day_overtakes_one_that_was_stopped(watched: Watched, inbox: Path) -> None:
    for day in (1, 2):
        write(inbox / f"marks_2025-09-0{day}.csv", f"{day}\n")
        answers = watched.fetch()
        assert list(watched.files(answers)) == ["marks_2025-09-01.csv"]
        watched.accept(answers, stopped=["marks_2025-09-01.csv"])
    write(inbox / "marks_2025-09-01.csv", "put right\n", minutes_ago=2)
    assert list(watched.sync()) == ["marks_2025-09-01.csv"]
    assert list(watched.sync()) == ["marks_2025-09-02.csv"]


def test_a_killed_fetch_goes_on_at_the_piece_it_had_reached(
    watched: Watched, inbox: Path, small_pieces: None
) -> None:
    write(inbox / "a.csv", "0123456789" * 3)
    write(inbox / "b.csv", "abcdefghijklmno")
    whole = watched.fetch()
    for most in range(1, len(whole)):
        first = watched.fetch(most=most)
        rest = watched.fetch(resume=first[-1].next)
        assert first + rest == whole


def test_a_file_that_changed_between_two_pieces_ends_the_set(
    watched: Watched, inbox: Path, small_pieces: None
) -> None:
    path = write(inbox / "a.csv", "0123456789" * 3)
    first = watched.fetch(most=1)
    write(path, "9876543210" * 3, minutes_ago=1)
    with pytest.raises(SightlineError) as caught:
        watched.fetch(resume=first[-1].next)
    assert caught.value.code == "source_unsettled"
    assert watched.sync() == {"a.csv": b"9876543210" * 3}


def test_a_set_is_whole_only_if_no_file_of_it_changed_up_to_the_end(
    watched: Watched, inbox: Path
) -> None:
    for name in ("a.csv", "b.csv"):
        write(inbox / name, "old\n")
    answers = watched.answers()
    next(answers)
    write(inbox / "a.csv", "new\n", minutes_ago=1)
    with pytest.raises(SightlineError) as caught:
        list(answers)
    assert caught.value.code == "source_unsettled"


def test_a_file_that_vanishes_ends_the_set(watched: Watched, inbox: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write(inbox / name, "old\n")
    answers = watched.answers()
    next(answers)
    (inbox / "b.csv").unlink()
    with pytest.raises(SightlineError) as caught:
        list(answers)
    assert caught.value.code == "source_unsettled"


def test_a_missing_folder_is_a_share_that_is_away(watched: Watched, inbox: Path) -> None:
    inbox.rmdir()
    with pytest.raises(SightlineError) as caught:
        watched.fetch()
    assert caught.value.code == "source_down"


def test_nothing_is_changed_at_the_source(watched: Watched, inbox: Path) -> None:
    write(inbox / "pupil.csv", "pupil_id\n1\n")
    before = {one.name: one.stat().st_mtime_ns for one in inbox.iterdir()}
    for _ in range(3):
        watched.sync()
    assert {one.name: one.stat().st_mtime_ns for one in inbox.iterdir()} == before


def test_taken_files_are_moved_only_where_that_was_agreed_and_only_once_accepted(
    watched: Watched, inbox: Path
) -> None:
    watched = watched.having(after="move:done")
    write(inbox / "pupil.csv", "pupil_id\n1\n")
    watched.fetch()
    watched.fetch()
    assert (inbox / "pupil.csv").exists()
    watched.sync()
    assert watched.fetch() == []
    assert [one.name for one in (inbox / "done").iterdir()] == ["pupil.csv"]
    assert not (inbox / "pupil.csv").exists()


def test_a_moved_file_still_comes_along_with_one_that_needs_it(
    watched: Watched, inbox: Path
) -> None:
    watched = watched.having(after="move:done", profile="sims", settle_minutes="0")
    write(inbox / "pupils.csv", "Adno\n1\n")
    write(inbox / "marksheet.csv", "Adno\n1\n")
    watched.sync()
    watched.fetch()
    write(inbox / "marksheet.csv", "Adno\n2\n", minutes_ago=2)
    assert watched.sync() == {"marksheet.csv": b"Adno\n2\n", "pupils.csv": b"Adno\n1\n"}


def test_files_may_stay_where_moving_is_forbidden(watched: Watched, inbox: Path) -> None:
    watched = watched.having(after="move:done")
    write(inbox / "pupil.csv", "pupil_id\n1\n")
    watched.sync()
    write(inbox / "done", "not a folder\n")
    assert watched.fetch() == []
    assert "may not be moved" in watched.told[-1]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"profile": ""}, "profile"),
        ({"settle_seconds": "soon"}, "settle_seconds"),
        ({"settle_minutes": "99999"}, "settle_minutes"),
        ({"after": "delete"}, "after"),
        ({"dated": "all"}, "dated"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    watched: Watched, settings: dict[str, str], said: str
) -> None:
    with pytest.raises(SightlineError, match=said) as caught:
        watched.connector.parts(watched.having(**settings).source)
    assert caught.value.code == "bad_settings"


@pytest.mark.parametrize("name", ["../x.csv", "a/b.csv", ".hidden", "a\\b.csv", "a\0.csv"])
def test_a_name_that_leads_elsewhere_is_never_read(watched: Watched, name: str) -> None:
    with pytest.raises(SightlineError) as caught:
        watched.connector.read(
            watched.source, Part("files"), Answer("file:x", b"", None, {"file": name})
        )
    assert caught.value.code == "source_changed"


@pytest.mark.parametrize(
    ("name", "pattern", "stamp"),
    [
        ("Attendance_2025-09-01.csv", "attendance_#.csv", "20250901"),
        ("attendance 20250901_0215.csv", "attendance #.csv", "202509010215"),
        ("01-09-2025 marks.csv", "# marks.csv", "20250901"),
        ("year 7.csv", "year 7.csv", ""),
        ("export 123456789.csv", "export 123456789.csv", ""),
    ],
)
def test_the_date_in_a_name_is_told_from_other_numbers(name: str, pattern: str, stamp: str) -> None:
    assert (pattern_of(name), stamp_of(name)) == (pattern, stamp)


@given(st.text(max_size=60))
def test_any_name_has_a_pattern_and_a_stamp_of_digits(name: str) -> None:
    assert set(stamp_of(name)) <= set("0123456789")
    assert stamp_of(pattern_of(name)) == "" or "#" not in pattern_of(name)


def test_what_is_remembered_holds_no_content(watched: Watched, inbox: Path) -> None:
    write(inbox / "pupil.csv", "pupil_id\nsecret\n")
    watched.sync()
    (one,) = json.loads(watched.cursor).values()
    assert set(one) == {"size", "modified", "digest", "drop"}
    assert os.path.getsize(inbox / "pupil.csv") == one["size"]
