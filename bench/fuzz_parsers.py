"""Every parser there is, each as one function of bytes: for fuzz.py.

A parser gives how many records it took and how many it refused, each with a reason there is. What
it raises beside FileError and SightlineError, which refuse a whole file in words, is a crash.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz_connectors import connector_parsers
from fuzz_tally import Parser, Tally, explained, known
from tests.support.transfer_files import ctf, pupil, result, year

from sightline.kit import SightlineError
from sightline.kit.errors import ERRORS
from sightline.sources import NOTICES, profile_names, read_profile
from sightline.sources.blocks import plain_end, read_plain
from sightline.sources.documents import READERS, Refused, Row
from sightline.sources.files import FileError
from sightline.sources.header import Header, match, read_header
from sightline.sources.prepare import Expected, prepare
from sightline.sources.profile import View
from sightline.sources.records import parse

__all__ = ["PARSERS", "Parser", "Tally", "told"]


def told(parser: Parser, data: bytes) -> Tally:
    """Run it; a file refused as a whole counts as one refusal. All else is a crash."""
    try:
        return parser.run(data)
    except FileError as stop:
        known(stop.code, NOTICES)
    except SightlineError as error:
        known(error.code, ERRORS)
    return Tally(0, 1)


# --- CSV -----------------------------------------------------------------------------------------

CSV = [
    b"pupil_id,date,session,code\r\nP1,2025-09-01,AM,/\r\nP1,2025-09-01,PM,\\\r\n",
    b'a;b;c\n1;"x ""y"" z";\n2;"two\nlines";"\xc3\xa9"\n\n3;;\n',
    b"\xef\xbb\xbfid\tname\n1\tZo\xc3\xab\n",
]
ENCODINGS = ("utf-8", "windows-1252", "latin-1")


def csv_records(data: bytes) -> Tally:
    """The careful reader, whole and in two pieces: the same records either way."""
    accepted = refused = 0
    for encoding in ENCODINGS:
        whole = parse(data, encoding=encoding, delimiter=",", cells=0, last_row=0, final=True)
        head = parse(
            data[: len(data) // 2],
            encoding=encoding,
            delimiter=",",
            cells=0,
            last_row=0,
            final=False,
        )
        rest = parse(
            data[head.used :],
            encoding=encoding,
            delimiter=",",
            cells=0,
            last_row=head.last_row,
            final=True,
        )
        assert head.records + rest.records == whole.records, "pieces differ from the whole"
        accepted += len(whole.records)
        refused += len(whole.troubles)
        explained(one.reason for one in whole.troubles)
    return Tally(accepted, refused)


def csv_blocks(data: bytes) -> Tally:
    """The fast reader, which may only take what the careful one would read the same."""
    end = plain_end(data, ",", True)
    block = data[:end]
    cells = block.split(b"\n", 1)[0].count(b",") + 1
    try:
        block.decode()
    except UnicodeDecodeError:
        return Tally(0, 1)
    fast = read_plain(block, delimiter=",", cells=cells, positions=range(cells)) if end else None
    if fast is None:
        return Tally(0, 1)
    slow = parse(block, encoding="utf-8", delimiter=",", cells=cells, last_row=0, final=True)
    rows = [list(row) for row in zip(*(column.to_pylist() for column in fast), strict=True)]
    assert not slow.troubles, "the fast reader took what cannot be read"
    assert rows == [[cell or None for cell in record] for record in slow.records], "readers differ"
    return Tally(len(rows), 0)


FILES = [
    b"Adno,Date,Session,Mark,Minutes\r\n1001,01/09/2025,AM,/,\r\n1001,01/09/2025,PM,L,12\r\n",
    b'\xef\xbb\xbfReport\n\nAdno;Date;Session;Mark\n1001;2025-09-01;AM;"/"\n1002;2025-09-01;AM;"\\"\n',
    "Adno\tName\tDate\tAM/PM\tMark\n1\tZo\u00eb\t1.9.2025\tAM\tC1\n".encode("windows-1252"),
]


def csv_file(data: bytes) -> Tally:
    """A whole file, from its first look to its last row."""
    with TemporaryDirectory(prefix="sightline-fuzz-", dir=_memory()) as folder:
        path = Path(folder) / "attendance.csv"
        path.write_bytes(data)
        view = next(one for one in _views()["sims"] if one.name == "marks")
        expected = Expected(
            "attendance",
            view.columns,
            exact=False,
            encoding="windows-1252",
            delimiters=(",", ";", "\t"),
            header_within=10,
        )
        prepared, notices = prepare(path, expected)
        assert all(one.code in NOTICES for one in notices)
        if prepared is None:
            return Tally(0, 1)
        reader = prepared.reader([column.name for column in view.columns])
        accepted = sum(batch.num_rows for batch in reader.batches())
        explained(one.reason for one in reader.troubles)
        assert accepted + len(reader.troubles) == reader.rows, "the account does not add up"
        return Tally(accepted, len(reader.troubles))


def _memory() -> str | None:
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() else None


# --- profiles ------------------------------------------------------------------------------------


def _views() -> dict[str, list[View]]:
    if not VIEWS:
        VIEWS.update({name: list(read_profile(name).views) for name in profile_names()})
    return VIEWS


VIEWS: dict[str, list[View]] = {}


def profile_headers(data: bytes) -> Tally:
    """The header of a file against every view of every profile."""
    accepted = refused = 0
    header = read_header(data, encoding="utf-8", delimiter=",", whole=True, within=10)
    if header is None:
        return Tally(0, 1)
    for views in _views().values():
        for view in views:
            try:
                match(Header(header.headings, 1, 0), view.columns, exact=False, wide=view.wide)
                accepted += 1
            except FileError as stop:
                known(stop.code, NOTICES)
                refused += 1
    return Tally(accepted, refused)


HEADERS = [
    b"StudentID,attendanceStartDate,attendanceMarks\n",
    b"Adno,Surname Forename,01/09/2025 AM,01/09/2025 PM\n1,x,/,\\\n",
    b"\n\nReport of today\nprimary_id,Forename,Surname,Reg,Start date\n",
]

# --- documents -----------------------------------------------------------------------------------

STATEMENT = {
    "id": "1",
    "actor": {"account": {"name": "S1"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/attended"},
    "object": {"id": "e1", "definition": {"type": "http://xapi.jisc.ac.uk/lecture"}},
    "result": {"completion": True, "score": {"raw": 8, "max": 10}},
    "context": {"extensions": {"http://xapi.jisc.ac.uk/starttime": "2025-10-01T09:00:00Z"}},
    "timestamp": "2025-10-01T09:03:00Z",
}
JSON = [
    json.dumps([STATEMENT, STATEMENT]).encode(),
    b"\n".join([json.dumps(STATEMENT).encode()] * 2),
    json.dumps({"statements": [STATEMENT], "more": ""}, indent=1).encode(),
]
EDFI = [
    b'<?xml version="1.0"?><InterchangeStudent xmlns="http://ed-fi.org/6.0.0"><Student>'
    b"<StudentUniqueId>7</StudentUniqueId><Name><FirstName>A</FirstName></Name></Student>"
    b"<CalendarDate><Date>2021-10-01</Date><CalendarEvent>uri://x#Holiday</CalendarEvent>"
    b"</CalendarDate></InterchangeStudent>"
]
GOOD = {
    "ctf": [
        ctf(pupil(1, year("/\\/\\L\\I\\U\\"), result()), pupil(2)).encode(),
        ctf(pupil(1), header_last=True, version="24.0").encode("utf-16"),
    ],
    "edfi_xml": EDFI,
    "xapi": JSON,
}


def _document(kind: str) -> Parser:
    reader = READERS[kind]

    def run(data: bytes) -> Tally:
        accepted = refused = 0
        for found in reader.read([data[: len(data) // 2], data[len(data) // 2 :]]):
            if isinstance(found, Row):
                accepted += 1
                "".join(found.cells.values()).encode()
            elif isinstance(found, Refused):
                refused += 1
                explained([found.reason])
        return Tally(accepted, refused)

    return Parser(GOOD[kind], run)


PARSERS: dict[str, Parser] = {
    "csv-records": Parser(CSV, csv_records),
    "csv-blocks": Parser(CSV, csv_blocks),
    "csv-file": Parser(FILES, csv_file),
    "profile-headers": Parser([*HEADERS, *CSV], profile_headers),
    **{f"document-{kind}": _document(kind) for kind in READERS},
    **connector_parsers(),
}
