"""Counts over an attendance file of any size, one school in memory at a time."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from sightline.synthetic.codes import ABSENT, CODES, NOT_POSSIBLE
from sightline.synthetic.lines import Ints
from sightline.synthetic.terms import FIRST_DAY, LAST_DAY

__all__ = ["Tally", "pupils_of", "tally"]

DAYS = (LAST_DAY - FIRST_DAY).days + 1
_POSSIBLE = np.array([c not in ("", "-", *NOT_POSSIBLE) for c in CODES])
_ABSENT = np.array([c in ABSENT for c in CODES])


@dataclass
class Tally:
    """`by_pupil`: pupils by codes; `by_day`: calendar days since FIRST_DAY by codes;
    `suspensions`: spells of E by pupil. Superseded marks are not counted."""

    by_pupil: Ints
    by_day: Ints
    suspensions: Ints

    def possible(self) -> Ints:
        """Possible sessions by pupil."""
        found: Ints = self.by_pupil[:, _POSSIBLE].sum(1)
        return found

    def absent(self) -> Ints:
        """Missed sessions by pupil."""
        found: Ints = self.by_pupil[:, _ABSENT].sum(1)
        return found

    def of(self, *codes: str) -> Ints:
        """Sessions with one of these codes, by pupil."""
        found: Ints = self.by_pupil[:, [CODES.index(code) for code in codes]].sum(1)
        return found

    def daily_rate(self, days: NDArray[np.bool_], *codes: str) -> float:
        """Share of possible sessions with these codes (no code: absent) on these days."""
        part = self.by_day[days].sum(0)
        wanted = np.isin(CODES, codes) if codes else _ABSENT
        return float(part[wanted].sum() / max(part[_POSSIBLE].sum(), 1))


def pupils_of(folder: Path, phase: str) -> list[dict[str, str]]:
    """The pupils of schools of one phase, as written."""
    with (folder / "school.csv").open(encoding="utf-8", newline="") as file:
        schools = {row["school_id"] for row in csv.DictReader(file) if row["phase"] == phase}
    with (folder / "pupil.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["school_id"] in schools]


def tally(folder: Path, pupils: list[dict[str, str]]) -> Tally:
    """Counts the marks of these pupils. A school's rows must lie together in the file."""
    found = Tally(
        np.zeros((len(pupils), len(CODES)), np.int64),
        np.zeros((DAYS, len(CODES)), np.int64),
        np.zeros(len(pupils), np.int64),
    )
    schools = sorted({pupil["school_id"] for pupil in pupils})
    school_of = np.array([schools.index(pupil["school_id"]) for pupil in pupils], np.int64)
    held: list[Ints] = []
    for rows in _blocks(folder / "attendance.csv", [pupil["pupil_id"] for pupil in pupils]):
        for school in np.unique(school_of[rows[0]]):
            part = rows[:, school_of[rows[0]] == school]
            if held and school_of[held[0][0, 0]] != school:
                _count(found, np.concatenate(held, axis=1))
                held = []
            held.append(part)
    if held:
        _count(found, np.concatenate(held, axis=1))
    return found


def _blocks(path: Path, ids: list[str]) -> Iterator[Ints]:
    """Rows of numbers: pupil, session (two a calendar day), code, moment of recording."""
    text = ("pupil_id", "session", "code", "recorded_at")
    options = arrow_csv.ConvertOptions(
        include_columns=["date", *text],
        column_types={"date": pa.date32(), **dict.fromkeys(text, pa.string())},
        strings_can_be_null=False,
    )
    first = FIRST_DAY - date(1970, 1, 1)
    known = pa.array(ids)
    for block in arrow_csv.open_csv(path, convert_options=options):
        pupil = pc.fill_null(pc.index_in(block["pupil_id"], value_set=known), -1)
        code = pc.index_in(block["code"], value_set=pa.array(CODES))
        day = block["date"].cast(pa.int32()).to_numpy() - first.days
        half = pc.equal(block["session"], "PM").to_numpy(zero_copy_only=False)
        moment = pc.strptime(block["recorded_at"], "%Y-%m-%dT%H:%M:%SZ", "s").cast(pa.int64())
        rows = np.stack([pupil.to_numpy(), 2 * day + half, code.to_numpy(), moment.to_numpy()])
        yield rows[:, rows[0] >= 0].astype(np.int64)


def _count(found: Tally, rows: Ints) -> None:
    """Adds one school: of several marks of a session the last recorded counts."""
    rows = rows[:, np.lexsort((rows[3], rows[1], rows[0]))]
    last = np.ones(rows.shape[1], dtype=bool)
    last[:-1] = (np.diff(rows[0]) != 0) | (np.diff(rows[1]) != 0)
    pupil, session, code, _ = rows[:, last]
    np.add.at(found.by_pupil, (pupil, code), 1)
    np.add.at(found.by_day, (session // 2, code), 1)
    out = code == CODES.index("E")
    begins = out.copy()
    begins[1:] &= ~(out[:-1] & (pupil[1:] == pupil[:-1]))
    np.add.at(found.suspensions, pupil[begins], 1)
