"""A bad file is named with what is wrong, and every good row beside it is stored all the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sightline.kit import SightlineError
from sightline.pipeline import Loaded
from sightline.site import Site, make_site
from tests.support.killed_load import Rows, first_export, load_at, row_counts, write

MARKS = 480
HEADER = b"pupil_id,date,session,code,recorded_at"


def good() -> Rows:
    """The small export without its refused rows."""
    rows = first_export()
    rows["attendance"].pop()
    rows["note"].pop()
    return rows


@dataclass(frozen=True)
class Bad:
    """What is done to attendance.csv, and what a data manager must hear of it."""

    damage: Callable[[bytes], bytes]
    accepted: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    level: str | None = None
    code: str | None = None
    says: str = ""


def line(number: int, new: bytes) -> Callable[[bytes], bytes]:
    """Replace the record of that number (header = 1)."""

    def damage(text: bytes) -> bytes:
        lines = text.split(b"\r\n")
        lines[number - 1] = new
        return b"\r\n".join(lines)

    return damage


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda text: text.replace(old, new, 1)


WHOLE = {
    "empty": Bad(lambda text: b"", level="warning", code="empty_file"),
    "a byte order mark and nothing else": Bad(
        lambda text: b"\xef\xbb\xbf", level="warning", code="empty_file"
    ),
    "header only": Bad(lambda text: HEADER + b"\r\n", level="notice", code="no_rows"),
    "header without a line end": Bad(lambda text: HEADER, level="notice", code="no_rows"),
    "a required column is missing": Bad(
        swap(b",session,", b",half_day,"),
        level="error",
        code="missing_column",
        says="session is missing; found pupil_id, date, half_day, code, recorded_at",
    ),
    "a required column is misspelt": Bad(
        swap(b",session,", b",sesion,"), level="error", code="missing_column", says="sesion"
    ),
    "no header": Bad(
        lambda text: text.split(b"\r\n", 1)[1], level="error", code="missing_column", says="found"
    ),
    "semicolons": Bad(
        lambda text: text.replace(b",", b";"), level="error", code="missing_column", says="found"
    ),
    "a column twice": Bad(
        swap(b",recorded_at", b",code"), level="error", code="duplicate_column", says="code"
    ),
    "UTF-16": Bad(
        lambda text: b"\xff\xfe" + text.decode().encode("utf-16-le"), level="error", code="utf_16"
    ),
    "a picture": Bad(
        lambda text: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20,
        level="error",
    ),
}
ROWS = {
    "a cell too few": Bad(line(3, b"P1,2026-01-05,PM,/"), MARKS - 1, {"ragged": 1}),
    "a cell too many": Bad(line(3, b"P1,2026-01-05,PM,/,,x"), MARKS - 1, {"ragged": 1}),
    "a letter in Windows-1252": Bad(
        line(3, b"Zo\xeb,2026-01-05,PM,/,"), MARKS - 1, {"not_utf8": 1}
    ),
    "zero bytes": Bad(line(3, b"P1,2026-01-05,PM,\0\0,"), MARKS - 1, {"nul_bytes": 1}),
    "an open quote": Bad(line(3, b'"P1,2026-01-05,PM,/,'), MARKS - 1, {"unclosed_quote": 1}),
    "a stray quote": Bad(line(3, b'"P1"x,2026-01-05,PM,/,'), MARKS - 1, {"stray_quote": 1}),
    "a British date": Bad(line(3, b"P1,05/01/2026,PM,/,"), MARKS - 1, {"not_a_date": 1}),
    "no session": Bad(line(3, b"P1,2026-01-05,,/,"), MARKS - 1, {"missing_value": 1}),
    "nobody": Bad(line(3, b"nobody,2026-01-05,PM,/,"), MARKS - 1, {"unknown_pupil": 1}),
    "a Sunday": Bad(line(3, b"P1,2026-01-11,PM,/,"), MARKS - 1, {"not_open": 1}),
    "before enrolment": Bad(line(3, b"P1,2024-09-05,PM,/,"), MARKS - 1, {"not_open": 1}),
    "tomorrow": Bad(line(3, b"P1,2026-07-21,PM,/,"), MARKS - 1, {"date_out_of_range": 1}),
    "a contradiction": Bad(line(3, b"P1,2026-01-05,AM,N,"), MARKS - 2, {"conflict": 2}),
    "blank lines": Bad(line(3, b"P1,2026-01-05,PM,/,\r\n\r\n\r\n"), MARKS),
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path / "site")


def load_damaged(site: Site, folder: Path, bad: Bad) -> Loaded:
    path = write(good(), folder) / "attendance.csv"
    path.write_bytes(bad.damage(path.read_bytes()))
    return load_at(site, folder, 0)


def assert_others_unharmed(site: Site, done: Loaded) -> None:
    """Every row of every other file is stored."""
    rows = {name: len(lines) for name, lines in good().items() if name != "attendance"}
    assert {n: t.accepted for n, t in done.account.tables.items() if n != "attendance"} == rows
    stored = row_counts(site.warehouse.require())
    assert stored | {"pupil_identity": 8, "attendance": 0} == rows | {"attendance": 0}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_of_no_use_is_named_and_the_others_are_loaded(
    name: str, site: Site, tmp_path: Path
) -> None:
    bad = WHOLE[name]
    done = load_damaged(site, tmp_path / "export", bad)
    (notice,) = [one for one in done.notices if one["level"] == bad.level]
    assert notice["file"] == "attendance.csv"
    assert notice["table"] == "attendance"
    assert notice["text"].startswith("attendance.csv: ")
    assert notice["text"].endswith(".")
    assert bad.says in notice["text"]
    assert bad.code in (None, notice["code"])
    account = done.account.tables["attendance"]
    assert (account.received, account.accepted, account.quarantined) == (0, 0, 0)
    assert done.with_warnings is (bad.level != "notice")
    assert_others_unharmed(site, done)


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_is_refused_and_the_others_of_its_file_are_stored(
    name: str, site: Site, tmp_path: Path
) -> None:
    bad = ROWS[name]
    done = load_damaged(site, tmp_path / "export", bad)
    account = done.account.tables["attendance"]
    assert account.by_reason == bad.refused
    assert account.accepted == bad.accepted
    assert account.received == account.accepted + account.quarantined
    assert row_counts(site.warehouse.require())["attendance"] == bad.accepted
    places = [row["row"] for row in done.refused.to_pylist()]
    assert sorted(places) == ([2, 3] if name == "a contradiction" else [3] * len(places))
    assert all(row["file"] == "attendance.csv" for row in done.refused.to_pylist())
    assert all(row["remedy"].endswith(".") for row in done.refused.to_pylist())
    assert done.with_warnings is bool(bad.refused)
    assert_others_unharmed(site, done)


def test_a_bad_file_leaves_what_was_loaded_before(site: Site, tmp_path: Path) -> None:
    load_at(site, write(good(), tmp_path / "monday"), 0)
    before = site.warehouse.require()
    for number, name in ((1, "empty"), (2, "a required column is missing")):
        path = write(good(), tmp_path / name) / "attendance.csv"
        path.write_bytes(WHOLE[name].damage(path.read_bytes()))
        assert not load_at(site, tmp_path / name, number).published
    assert site.warehouse.require() == before


def test_a_file_that_grows_while_it_is_read_is_left_for_the_next_load(
    site: Site, tmp_path: Path
) -> None:
    folder = write(good(), tmp_path / "export")

    def grow(stage: str) -> None:
        if stage == "pupil_identity":
            with (folder / "attendance.csv").open("a") as file:
                file.write("P1,2026-01-06,AM")

    done = load_at(site, folder, 0, progress=grow)
    (notice,) = done.notices
    assert (notice["level"], notice["code"]) == ("error", "file_changed")
    assert done.account.tables["attendance"].received == 0
    assert_others_unharmed(site, done)
    again = load_at(site, folder, 1)
    assert again.account.tables["attendance"].accepted == MARKS
    assert again.account.tables["attendance"].by_reason == {"ragged": 1}


def test_without_its_parents_file_a_first_load_refuses_every_child(
    site: Site, tmp_path: Path
) -> None:
    folder = write(good(), tmp_path / "export")
    (folder / "pupil.csv").unlink()
    done = load_at(site, folder, 0)
    for name in ("pupil_identity", "attendance", "note"):
        account = done.account.tables[name]
        assert account.by_reason == {"unknown_pupil": account.received}
    load_at(site, write(good(), folder), 1)
    assert row_counts(site.warehouse.require())["attendance"] == MARKS


def test_files_of_other_names_are_reported(site: Site, tmp_path: Path) -> None:
    folder = write(good(), tmp_path / "export")
    (folder / "attendence.csv").write_text("x\n")
    (folder / "README.txt").write_text("x\n")
    (folder / "behaviour.csv").mkdir()
    done = load_at(site, folder, 0)
    told = {one["file"]: (one["level"], one["code"]) for one in done.notices}
    assert told == {
        "attendence.csv": ("warning", "unknown_file"),
        "behaviour.csv": ("error", "unreadable_file"),
    }
    assert done.account.tables["attendance"].accepted == MARKS
    assert done.with_warnings


def test_a_folder_without_any_file_of_use_changes_nothing(site: Site, tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "timetable.xlsx").write_bytes(b"PK")
    for folder in (tmp_path / "export", tmp_path / "nowhere"):
        with pytest.raises(SightlineError) as told:
            load_at(site, folder, 0)
        assert told.value.code == "no_files"
    assert site.warehouse.current() is None
