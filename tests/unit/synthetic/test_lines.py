"""CSV put together from pieces reads back as what was meant."""

import csv
import io
from datetime import date
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.synthetic.conftest import Read

from sightline import synthetic
from sightline.synthetic.lines import fragments, lines

# NUL is the padding; a lone carriage return is text that the reader below would change.
CELLS = st.text(st.characters(blacklist_characters="\0\r", blacklist_categories=["Cs"]))


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_any_text_survives(rows: list[tuple[str, str]]) -> None:
    index = np.arange(len(rows))
    columns = [(fragments(cells), index) for cells in zip(*rows, strict=True)]
    # A last column, because a row of one empty cell would be a blank line.
    found = lines(*columns, (fragments(["end"]), index * 0)).decode()
    assert [tuple(row) for row in csv.reader(io.StringIO(found, newline=""))] == [
        (*row, "end") for row in rows
    ]


def test_no_rows_are_no_bytes() -> None:
    assert lines((fragments([]), np.empty(0, np.int64))) == b""


def test_before_the_year_begins_there_are_pupils_and_a_calendar_but_no_facts(
    tmp_path: Path, read: Read
) -> None:
    synthetic.write_schools(tmp_path, schools=1, pupils=30, seed=1, until=date(2025, 9, 1))
    assert len(read(tmp_path, "school_day")) == 231
    assert len(read(tmp_path, "pupil")) > 20
    for table in ("attendance", "lesson_mark", "behaviour", "assessment", "work", "note"):
        assert read(tmp_path, table) == []
