"""No document crashes a reader, holds it up, or takes more memory than a reader's limits allow."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.malformed import (
    HOSTILE_JSON,
    HOSTILE_XML,
    as_json,
    json_statements,
    malformed,
    xml_files,
)
from tests.support.transfer_files import ctf, pupil, result, year

from sightline.sources import NOTICES, REASONS
from sightline.sources.documents import READERS, Found, Refused, Remark, Row
from sightline.sources.files import FileError

XML = [
    ctf(pupil(1, year("/\\/\\"), result()), pupil(2)).encode(),
    b'<?xml version="1.0"?><InterchangeStudent xmlns="http://ed-fi.org/6.0.0"><Student>'
    b"<StudentUniqueId>1</StudentUniqueId><Name><FirstName>A</FirstName></Name></Student>"
    b"</InterchangeStudent>",
]
STATEMENT = (
    b'{"id": "1", "actor": {"account": {"name": "S1"}}, "verb": {"id": "http://a/attended"},'
    b' "object": {"id": "http://b/1"}, "timestamp": "2025-10-01T09:00:00Z"}'
)
JSON = [
    b"[" + STATEMENT + b"]",
    STATEMENT + b"\n" + STATEMENT,
    b'{"statements": [' + STATEMENT + b"]}",
]
MOST = 80 << 20  # bytes: several times what the limits of one record come to
SIZES = st.sampled_from([1, 7, 1 << 20])


def all_found(reader: str, data: bytes, size: int = 1 << 20) -> list[Found] | FileError:
    """What a reader gives; every refusal and every word has its reason."""
    try:
        found = list(READERS[reader].read(pieces(data, size)))
    except FileError as error:
        stop = error
    else:
        return checked(reader, found)
    assert stop.code in NOTICES
    return stop


def checked(reader: str, found: list[Found]) -> list[Found]:
    for one in found:
        if isinstance(one, Row):
            assert set(one.cells) <= set(READERS[reader].views[one.view])
            assert all(one.cells.values())
            "".join(one.cells.values()).encode()
        elif isinstance(one, Refused):
            assert one.reason in REASONS
            assert one.view in READERS[reader].views
        else:
            assert one.code in NOTICES
    return found


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    yield from (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("reader", ["ctf", "edfi_xml"])
@pytest.mark.parametrize("name", HOSTILE_XML)
def test_an_attack_by_xml_is_refused_within_bounds(reader: str, name: str) -> None:
    data = HOSTILE_XML[name]()
    tracemalloc.start()
    try:
        found = all_found(reader, data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(found, FileError) or not any(isinstance(one, Row) for one in found)
    assert most < MOST
    if "entities" in name or "outside" in name:
        assert isinstance(found, FileError)
        assert found.code == "has_entities"


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_an_attack_by_json_is_refused_within_bounds(name: str) -> None:
    data = HOSTILE_JSON[name]()
    tracemalloc.start()
    try:
        found = all_found("xapi", data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST
    assert isinstance(found, FileError) or not any(
        isinstance(one, Row) and one.cells.get("actor") for one in found
    )


@given(data=malformed(XML), reader=st.sampled_from(["ctf", "edfi_xml"]))
def test_a_spoilt_xml_file_gives_rows_or_reasons(data: bytes, reader: str) -> None:
    all_found(reader, data)


@given(data=xml_files(), reader=st.sampled_from(["ctf", "edfi_xml"]), size=SIZES)
def test_elements_at_any_place_give_rows_or_reasons(data: bytes, reader: str, size: int) -> None:
    told, in_pieces = all_found(reader, data), all_found(reader, data, size)
    assert isinstance(told, FileError) or told == in_pieces


@given(data=malformed(JSON))
def test_a_spoilt_json_file_gives_rows_or_reasons(data: bytes) -> None:
    all_found("xapi", data)


@given(values=st.lists(json_statements(), min_size=1, max_size=4), size=SIZES)
def test_an_array_and_lines_of_the_same_values_give_the_same(
    values: list[object], size: int
) -> None:
    records = [one for one in values if isinstance(one, dict) and "statements" not in one]
    array = all_found("xapi", as_json(records), size)
    lines = all_found("xapi", b"\n".join(as_json(one) for one in records), size)
    if not isinstance(array, FileError) and not isinstance(lines, FileError):
        assert lines == array


def test_what_is_beside_the_point_is_not_kept() -> None:
    """A long file of small records costs no more than a short one."""
    few, many = (ctf(*(pupil(1, year("/\\/\\"), result()),) * n).encode() for n in (100, 800))
    assert peak(many) < 2 * peak(few)


def peak(data: bytes) -> int:
    """The most memory that reading a file takes, its rows not being kept."""
    tracemalloc.start()
    try:
        for one in READERS["ctf"].read(pieces(data, 1 << 16)):
            assert isinstance(one, Row | Remark)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
