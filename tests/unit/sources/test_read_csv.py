"""The reader against the standard library's, over random tables, faults and block boundaries."""

import csv
import io
import tempfile
from pathlib import Path
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from sightline.sources import files
from sightline.sources.header import Column
from sightline.sources.prepare import Expected, prepare
from sightline.sources.records import Trouble

NAMES = ("a", "b", "c")
Row = tuple[int, tuple[str | None, ...]]

awkward = st.text(
    st.sampled_from(list("ab,;\"\n\r\\#/ \t'é€😀\u2028\ufeff\x0b0-"))
    | st.characters(codec="utf-8"),
    max_size=6,
).filter(lambda text: "\0" not in text)
chunk_sizes = st.integers(1, 90)


def read(
    data: bytes, chunk: int = 1 << 20, encoding: str = "utf-8"
) -> tuple[list[Row], list[Trouble]]:
    """Good rows with their numbers, and troubles, of a file with the columns a, b, c."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(data)
        expected = Expected("t", tuple(Column(one, (one,)) for one in NAMES), True, encoding)
        prepared, _ = prepare(path, expected)
        assert prepared is not None
        reader = prepared.reader(NAMES)
        rows: list[Row] = []
        with mock.patch.object(files, "CHUNK_BYTES", chunk):
            for batch in reader.batches():
                assert set(batch.column("_file").to_pylist()) == {"t.csv"}
                columns = [batch.column(name).to_pylist() for name in (*NAMES, "_row")]
                rows += [
                    (row, cells)
                    for *cells_, row in zip(*columns, strict=True)
                    for cells in [tuple(cells_)]
                ]
        receipt = reader.receipt()
        assert receipt.rows == len(rows) + len(reader.troubles)
        assert receipt.bytes == len(data)
        return rows, reader.troubles


def by_standard_library(text: str) -> list[Row]:
    """The same from csv.reader: blank records count and are skipped, empty cells are null."""
    records = enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1)
    return [
        (row, tuple(cell or None for cell in record))
        for row, record in records
        if record and row > 1
    ]


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """Records of three cells, each quoted when it must be and sometimes when it need not."""
    found = []
    for cells in draw(st.lists(st.lists(awkward, min_size=3, max_size=3), max_size=12)):
        always = draw(st.booleans())
        line = ",".join(
            quoted(cell) if always or set(cell) & set(',"\n\r') else cell for cell in cells
        )
        found.append(line)
        found += [""] * draw(st.sampled_from([0, 0, 0, 1, 2]))
    return found


@given(lines(), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans(), chunk_sizes)
def test_any_table_is_read_as_the_standard_library_reads_it(
    body: list[str], end: str, bom: bool, ended: bool, chunk: int
) -> None:
    text = end.join(["a,b,c", *body]) + (end if ended else "")
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    rows, troubles = read(data, chunk)
    assert rows == by_standard_library(text)
    assert troubles == []


FAULTS = {
    "ragged": [b"1", b"1,2", b"1,2,3,4", b'"1,2",3', b","],
    "not_utf8": [b"caf\xe9,2,3", b"1,2,\xff", b'1,"\xe9\n",3'],
    "nul_bytes": [b"1,\x00,3", b"\x00\x00,2,3"],
    "stray_quote": [b'"1"1,2,3', b'1,"2" ,3'],
    "stray_line_end": [b"1,2\r2,3"],
    "cell_too_long": [b"1," + b"x" * 131_073 + b",3"],
}
good_lines = st.sampled_from(
    [
        b"1,2,3",
        b",,",
        b'5" nail,2,3',
        b'"a,b",2,3',
        b'"a\nb",2,"c""d"',
        "é,\\,#".encode(),
        b"x" * 99 + b",,",
    ]
)
faulty_lines = st.sampled_from([(why, line) for why, every in FAULTS.items() for line in every])


@given(
    st.lists(good_lines.map(lambda line: ("", line)) | faulty_lines, max_size=14),
    st.sampled_from([b"\n", b"\r\n"]),
    st.sampled_from([7, 40, 300, 200_000]),
)
def test_faulty_rows_are_found_at_their_record_numbers_and_harm_no_other(
    planted: list[tuple[str, bytes]], end: bytes, chunk: int
) -> None:
    data = end.join([b"a,b,c", *(line for _, line in planted)]) + end
    rows, troubles = read(data, chunk)
    numbered = list(enumerate(planted, start=2))
    assert [(one.row, one.reason) for one in troubles] == [
        (at, why) for at, (why, _) in numbered if why
    ]
    assert [row for row, _ in rows] == [at for at, (why, _) in numbered if not why]


@given(st.integers(0, 30), st.integers(0, 30), st.sampled_from([5, 64, 1000]))
def test_an_unclosed_quote_costs_its_own_row_only(before: int, after: int, chunk: int) -> None:
    body = [b"1,2,3"] * before + [b'1,"2,3'] + [b"4,5,6"] * after
    rows, troubles = read(b"\n".join([b"a,b,c", *body]) + b"\n", chunk)
    assert [(one.row, one.reason) for one in troubles] == [(before + 2, "unclosed_quote")]
    assert len(rows) == before + after


def test_an_unclosed_quote_far_from_the_end_is_noticed_within_the_length_of_a_cell() -> None:
    body = b'1,"2,3\n' + b"4,5,6\n" * 100_000
    rows, troubles = read(b"a,b,c\n" + body)
    assert [(one.row, one.reason) for one in troubles] == [(2, "unclosed_quote")]
    assert rows[0][0] == 3
    assert len(rows) == 100_000


def test_fast_and_careful_reading_agree_on_a_large_file() -> None:
    plain = b"".join(b"%d,\\,#%d\r\n" % (at, at % 7) for at in range(60_000))
    marked = plain.replace(b"59999,", b'"59""999",')
    for body in (plain, marked):
        rows, troubles = read(b"a,b,c\r\n" + body)
        assert troubles == []
        assert [row for row, _ in rows] == list(range(2, 60_002))
        assert rows == by_standard_library("a,b,c\n" + body.decode())


def test_the_value_of_a_fault_says_what_was_found_and_never_repeats_the_row() -> None:
    rows, troubles = read(b"a,b,c\n1,caf\xe9 Smith,3\nSmith,2\n\x00,2,3\n")
    assert rows == []
    assert troubles == [
        Trouble(2, "not_utf8", "byte 0xE9 at character 4", 1),
        Trouble(3, "ragged", "2 cells, 3 expected"),
        Trouble(4, "nul_bytes", "1 zero byte", 0),
    ]


def test_a_ragged_row_over_several_lines_says_so() -> None:
    _, troubles = read(b'a,b,c\n"1\n2",3\n')
    assert troubles == [Trouble(2, "ragged", "2 cells over 2 lines, 3 expected")]


def test_windows_1252_is_read_where_the_profile_says_so() -> None:
    rows, troubles = read("a,b,c\nZoë,€,£\n".encode("windows-1252"), encoding="windows-1252")
    assert rows == [(2, ("Zoë", "€", "£"))]
    rows, troubles = read(b"a,b,c\nZo\xeb,2,3\n1,\x81,3\n", encoding="windows-1252")
    assert [row for row, _ in rows] == [2]
    assert troubles == [Trouble(3, "wrong_encoding", "byte 0x81 at character 1", 1)]


def test_utf8_wins_over_a_declared_windows_1252() -> None:
    for text in ("a,b,c\nZoë,2,3\n", "\ufeffa,b,c\nZoë,2,3\n"):
        rows, _ = read(text.encode(), encoding="windows-1252")
        assert rows == [(2, ("Zoë", "2", "3"))]


def test_a_cell_is_too_long_whatever_another_module_allows() -> None:
    before = csv.field_size_limit(2**31 - 1)
    try:
        _, troubles = read(b"a,b,c\n1," + b'"' + b"x" * 131_073 + b'",3\n4,5,6\n', 200_000)
    finally:
        csv.field_size_limit(before)
    assert [(one.row, one.reason) for one in troubles] == [(2, "cell_too_long")]


def test_a_byte_order_mark_inside_a_file_is_text_wherever_a_block_begins() -> None:
    for chunk in range(1, 30):
        rows, troubles = read("a,b,c\n1,2,3\n\ufeff4,5,6\n".encode(), chunk)
        assert rows == [(2, ("1", "2", "3")), (3, ("\ufeff4", "5", "6"))]
        assert not troubles
