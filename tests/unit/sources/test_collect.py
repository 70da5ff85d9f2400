"""A folder of canonical files: every kind of bad file has a clear line and harms no other."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.sources import Collection, Notice, Reading, Wanted, collect, files, read_profile

WANTED = {
    "school": Wanted(("school_id", "name", "phase")),
    "attendance": Wanted(("pupil_id", "date", "session"), ("code", "minutes_late", "recorded_at")),
}
HEADER = "pupil_id,date,session,code,minutes_late,recorded_at\n"
MARK = "P1,2026-01-05,AM,/,,\n"
SCHOOL = "school_id,name,phase\nS1,Elm,secondary\n"


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


@pytest.fixture
def collected(tmp_path: Path, engine: Engine) -> Callable[..., Collection]:
    """Write these files into a folder, and collect it."""

    def make(**given: str | bytes) -> Collection:
        for name, content in given.items():
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / f"{name}.csv").write_bytes(data)
        return collect(engine, read_profile("canonical"), tmp_path, wanted=WANTED)

    return make


def rows_of(engine: Engine, collection: Collection, table: str) -> tuple[list[tuple], Reading]:
    name = collection.open(table)
    rows = engine.rows(f"SELECT * FROM {name}")
    reading = collection.close(table)
    kept = [row for row in rows if row["_file"] not in reading.stopped]
    return [tuple(row.values()) for row in sorted(kept, key=lambda row: row["_row"])], reading


def only(notices: list[Notice]) -> tuple[str, str, str]:
    [notice] = notices
    return notice.level, notice.code, notice.text


def test_a_good_folder_comes_out_whole_with_a_receipt(
    engine: Engine, collected: Callable[..., Collection]
) -> None:
    with collected(attendance=HEADER + MARK, school=SCHOOL) as collection:
        assert collection.tables == ["school", "attendance"]
        rows, reading = rows_of(engine, collection, "attendance")
        assert rows == [("P1", "2026-01-05", "AM", "/", None, None, "attendance.csv", 2, 1)]
        assert (reading.faults, reading.stopped, reading.raw_rows) == ([], [], 1)
        [receipt] = collection.receipts
        assert receipt.sha256 == hashlib.sha256((HEADER + MARK).encode()).hexdigest()
        assert (receipt.file, receipt.rows, receipt.encoding) == ("attendance.csv", 1, "utf-8")
        assert collection.notices == []


def test_header_order_spaces_quotes_and_missing_optional_columns_do_not_matter(
    engine: Engine, collected: Callable[..., Collection]
) -> None:
    data = '\ufeffcode, "session" ,"date",pupil_id\r\n\\,PM,2026-01-05,P#1\r\n'
    with collected(attendance=data.replace(', "session" ', ',"session" ')) as collection:
        assert collection.tables == []
        assert only(collection.notices)[1] == "bad_header"
    with collected(
        attendance='\ufeffcode, session ,"date",pupil_id\r\n\\,PM,2026-01-05,P#1\r\n'
    ) as c:
        rows, _ = rows_of(engine, c, "attendance")
        assert rows == [("P#1", "2026-01-05", "PM", "\\", None, None, "attendance.csv", 2, 1)]


def test_rows_that_cannot_be_read_are_faults_and_the_others_are_unharmed(
    engine: Engine, collected: Callable[..., Collection]
) -> None:
    body = MARK.encode() + b"P2,2026\n\nP3,2026-01-05,AM,\xe9,,\n" + MARK.encode()
    with collected(attendance=HEADER.encode() + body) as collection:
        rows, reading = rows_of(engine, collection, "attendance")
        assert [row[-2] for row in rows] == [2, 6]
        assert reading.raw_rows == 4
        ragged, not_utf8 = reading.faults
        assert (ragged.file, ragged.row, ragged.table) == ("attendance.csv", 3, "attendance")
        assert (ragged.reason, ragged.value) == ("ragged", "2 cells, 6 expected")
        assert ragged.remedy.startswith("Give the row as many cells as the header")
        assert (not_utf8.row, not_utf8.column, not_utf8.reason) == (5, "code", "not_utf8")


def test_an_unknown_column_is_reported_once_and_ignored(
    engine: Engine, collected: Callable[..., Collection]
) -> None:
    with collected(attendance="pupil_id,date,session,cod,house\nP1,2026-01-05,AM,/,Red\n" * 1) as c:
        rows, _ = rows_of(engine, c, "attendance")
        assert rows[0][3] is None
        level, code, text = only(c.notices)
        assert (level, code) == ("notice", "unknown_column")
        assert text == "attendance.csv: 2 columns ignored: cod, house (cod: did you mean code?)."


def test_a_missing_required_column_stops_that_file_with_one_error(
    engine: Engine, collected: Callable[..., Collection]
) -> None:
    with collected(attendance="pupil_id,day,session\nP1,x,AM\n", school=SCHOOL) as collection:
        assert collection.tables == ["school"]
        level, code, text = only(collection.notices)
        assert (level, code) == ("error", "missing_column")
        assert "column date is missing" in text
        assert "found pupil_id, day, session" in text
        assert len(rows_of(engine, collection, "school")[0]) == 1


@pytest.mark.parametrize(
    ("data", "level", "code"),
    [
        (b"", "warning", "empty_file"),
        (b"\xef\xbb\xbf\r\n", "warning", "empty_file"),
        (b"pupil_id,date,session,date\n", "error", "duplicate_column"),
        ((HEADER + MARK).encode("utf-16"), "error", "utf_16"),
        ((HEADER + MARK).encode("utf-16-le"), "error", "utf_16"),
        ((HEADER + MARK).replace("\n", "\r").encode(), "error", "bad_header"),
        (b'pupil_id,"date,session\n' + MARK.encode(), "error", "bad_header"),
        (b"x" * 2_000_000, "error", "bad_header"),
        ((HEADER + MARK).replace(",", ";").encode(), "error", "missing_column"),
    ],
)
def test_a_file_of_no_use_is_named_with_the_reason(
    collected: Callable[..., Collection], data: bytes, level: str, code: str
) -> None:
    with collected(attendance=data, school=SCHOOL) as collection:
        assert collection.tables == ["school"]
        assert only(collection.notices)[:2] == (level, code)


def test_a_header_without_rows_is_no_error(
    engine: Engine, collected: Callable[..., Collection]
) -> None:
    for data in (HEADER, HEADER.strip(), HEADER + "\n\n"):
        with collected(attendance=data) as collection:
            rows, reading = rows_of(engine, collection, "attendance")
            assert (rows, reading.raw_rows) == ([], 0)
            assert only(collection.notices)[:2] == ("notice", "no_rows")


def test_a_file_that_is_no_table_is_not_skipped_in_silence(
    tmp_path: Path, collected: Callable[..., Collection]
) -> None:
    (tmp_path / "truth.json").write_text("{}")
    with collected(attendence=HEADER, school=SCHOOL) as collection:
        assert collection.tables == ["school"]
        level, code, text = only(collection.notices)
        assert (level, code) == ("warning", "unknown_file")
        assert text == "attendence.csv: not a table; did you mean attendance.csv?"


def test_a_folder_of_that_name_and_a_broken_link_are_unreadable(
    tmp_path: Path, collected: Callable[..., Collection]
) -> None:
    (tmp_path / "attendance.csv").mkdir()
    with collected(school=SCHOOL) as collection:
        assert only(collection.notices)[:2] == ("error", "unreadable_file")
    (tmp_path / "attendance.csv").rmdir()
    (tmp_path / "attendance.csv").symlink_to(tmp_path / "nowhere")
    with collected(school=SCHOOL) as collection:
        assert only(collection.notices)[:2] == ("error", "unreadable_file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(
    tmp_path: Path, collected: Callable[..., Collection]
) -> None:
    (tmp_path / "attendance.csv").write_text(HEADER)
    (tmp_path / "attendance.csv").chmod(0)
    with collected(school=SCHOOL) as collection:
        assert only(collection.notices)[:2] == ("error", "unreadable_file")


def _append(path: Path) -> None:
    with path.open("a") as file:
        file.write(MARK)


def _shorten(path: Path) -> None:
    os.truncate(path, 100)


def _replace(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def _touch(path: Path) -> None:
    os.utime(path, (1, 1))


@pytest.mark.parametrize("change", [_append, _shorten, _replace, _touch, Path.unlink])
@pytest.mark.parametrize("when", ["before", "during"])
def test_a_file_that_changes_while_it_is_read_is_thrown_away(
    tmp_path: Path,
    engine: Engine,
    collected: Callable[..., Collection],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    when: str,
) -> None:
    monkeypatch.setattr(files, "CHUNK_BYTES", 1000)
    path = tmp_path / "attendance.csv"
    with collected(attendance=HEADER + MARK * 1000) as collection:
        if when == "before":
            change(path)
        else:
            seen = _after_first_chunk(lambda: change(path))
            monkeypatch.setattr(files.os, "pread", seen)
        rows, reading = rows_of(engine, collection, "attendance")
        assert reading.stopped == ["attendance.csv"]
        assert (rows, reading.raw_rows, collection.receipts) == ([], 0, [])
        level, code, text = only(collection.notices)
        assert (level, code) == ("error", "file_changed")
        assert "while it was read" in text


def _after_first_chunk(change: Callable[[], None]) -> Callable[[int, int, int], bytes]:
    pread = os.pread

    def read(descriptor: int, length: int, offset: int) -> bytes:
        if offset == 1000:
            change()
        return pread(descriptor, length, offset)

    return read


def test_a_line_without_an_end_stops_the_file(
    engine: Engine, collected: Callable[..., Collection]
) -> None:
    with collected(attendance=HEADER.encode() + MARK.encode() + b"x" * (20 << 20)) as collection:
        _, reading = rows_of(engine, collection, "attendance")
        assert reading.stopped == ["attendance.csv"]
        assert only(collection.notices)[:2] == ("error", "line_too_long")


def test_a_file_of_nothing_but_faults_is_given_up_before_it_fills_the_memory(
    engine: Engine, collected: Callable[..., Collection]
) -> None:
    with collected(attendance=HEADER.encode() + b"P1,x\n" * 150_000) as collection:
        _, reading = rows_of(engine, collection, "attendance")
        assert reading.stopped == ["attendance.csv"]
        assert only(collection.notices)[:2] == ("error", "wrong_shape")


def test_a_table_that_nobody_reads_is_accounted_for_all_the_same(
    collected: Callable[..., Collection],
) -> None:
    with collected(attendance=HEADER + MARK * 3 + "x\n") as collection:
        collection.open("attendance")
        reading = collection.close("attendance")
        assert (reading.raw_rows, len(reading.faults)) == (4, 1)


def test_a_folder_with_nothing_of_use_is_an_error(
    tmp_path: Path, engine: Engine, collected: Callable[..., Collection]
) -> None:
    with pytest.raises(SightlineError, match="did you mean attendance"):
        collected(attendences=HEADER)
    with pytest.raises(SightlineError, match="no such folder"):
        collect(engine, read_profile("canonical"), tmp_path / "nowhere", wanted=WANTED)
