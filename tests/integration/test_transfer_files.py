"""What is written for another school is what is held here, and what is read there."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.contract import attendance_codes
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.pipeline import opened
from sightline.pipeline.transfer import transfer_file
from sightline.pipeline.transfer.years import school_years, year_of
from sightline.site import Site
from sightline.sources.documents import READERS, Row
from sightline.sources.documents.ctf import ATTENDED, AUTHORISED, UNAUTHORISED
from tests.support.transfer_files import (
    HERE,
    KNOWN,
    OPEN,
    ctf,
    known_site,
    load_ctf,
    pupil,
    upn_of,
    year,
)

AT = datetime(2025, 9, 30, 12, tzinfo=UTC)
THERE = "9994002"
SINGLE = [code.code for code in attendance_codes() if len(code.code) == 1]
MAKE_TABLES = """
from sightline.cli.django_start import start_django
import os, pathlib
start_django(pathlib.Path(os.environ["SIGHTLINE_SITE"]))
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
RESULTS = [
    ("R1", "Mathematics", "KS2 2025", "scaled_score", "104"),
    ("R2", "Reading", "KS2 2025", "scaled_score", "98"),
    ("R3", "Mathematics", "Autumn 1", "scaled_score", "101"),  # the school's own test
    ("R4", "Mathematics", "Year 7 exam", "percent", "55"),
]


def marks_of(pupil_id: str, codes: Sequence[str]) -> list[dict[str, str]]:
    sessions = [(day, half) for day in OPEN for half in ("AM", "PM")]
    return [
        {"pupil_id": pupil_id, "date": str(day), "session": half, "code": code}
        for (day, half), code in zip(sessions, codes, strict=False)
    ]


def results_of(pupil_id: str) -> list[dict[str, str]]:
    names = ("result_id", "subject", "point", "scale", "value")
    return [
        dict(zip(names, one, strict=True)) | {"pupil_id": pupil_id, "date": "2025-09-15"}
        for one in RESULTS
    ]


def written(site: Site, *pupils: str, source: str | None = None) -> bytes:
    with opened(site) as study:
        made = transfer_file(study, pupils or list(KNOWN), source=source, destination=THERE, at=AT)
    return made.xml


def facts(site: Site) -> dict[str, list[dict[str, Any]]]:
    """Marks and results by the school's own pupil ids, which pseudonyms of two sites are not."""
    with opened(site) as study, site.vault(study.snapshot) as vault:
        ids = {ref: one["pupil_id"] for ref, one in vault.read("pupil").items()}
        marks = study.engine.rows("SELECT pupil_ref, date, session, code FROM attendance")
        results = study.engine.rows("SELECT pupil_ref, subject, point, value FROM assessment")
    told = {"marks": marks, "results": results}
    return {
        name: sorted(({**row, "pupil_ref": ids[row["pupil_ref"]]} for row in rows), key=str)
        for name, rows in told.items()
    }


def test_what_is_written_here_is_what_is_read_there(tmp_path: Path) -> None:
    codes = ["/", "\\", "L", "I", "U", "\\", "B", "V", "N", "O", "M", "\\", "X", "X"]
    held = {
        "attendance": marks_of("101", codes) + marks_of("102", codes[::-1]),
        "assessment": results_of("101"),
    }
    here = known_site(tmp_path / "a", **held)
    there = known_site(tmp_path / "b")
    done = load_ctf(there, tmp_path / "ctf", written(here))
    assert not done.account.refusals
    ours, theirs = facts(here), facts(there)
    assert theirs["marks"] == ours["marks"]
    assert theirs["results"] == [row for row in ours["results"] if row["point"] == "KS2 2025"]


def test_another_school_gets_the_totals(tmp_path: Path) -> None:
    here = known_site(tmp_path / "a", attendance=marks_of("101", ["/", "\\", "I", "G"]))
    there = known_site(tmp_path / "b")
    load_ctf(there, tmp_path / "ctf", written(here, source="9992001"))
    assert facts(there)["marks"] == []
    with there.vault(there.warehouse.current()) as vault:
        (note,) = vault.read("note").values()
    told = "2 of 4 possible sessions attended, 1 authorised and 1 unauthorised absences"
    assert told in str(note["text"])


def test_a_year_with_a_longer_code_is_given_by_its_totals(tmp_path: Path) -> None:
    site = known_site(tmp_path, attendance=marks_of("101", ["/", "\\", "C1", "Y2"]))
    with opened(site) as study:
        made = transfer_file(study, ["101"], source=None, destination=THERE, at=AT)
    assert made.without_marks == 1
    root = fromstring(made.xml)
    (part,) = root.iter("YearData")
    assert part.find("AttendanceMarks") is None
    assert {one.tag: one.text for one in part if one.tag.startswith("Sessions")} == {
        "SessionsPossible": "3",
        "SessionsAuthorised": "1",
        "SessionsAttended": "2",
        "SessionsUnauthorised": "0",
    }


@settings(max_examples=60)
@given(
    first=st.integers(0, 200),
    codes=st.lists(st.sampled_from([*SINGLE, None]), min_size=1, max_size=60),
    closed=st.sets(st.integers(0, 40)),
)
def test_any_run_that_is_written_is_read_as_the_same_marks(
    first: int, codes: list[str | None], closed: set[int]
) -> None:
    start = date(2025, 1, 6) + timedelta(days=first)
    days = [start + timedelta(days=n) for n in range(60)]
    days = [day for n, day in enumerate(days) if day.weekday() < 5 and n not in closed]
    sessions = [(day, half) for day in days for half in ("AM", "PM")]
    marks = [
        {"pupil_ref": "p", "date": day, "session": half, "code": code}
        for (day, half), code in zip(sessions, codes, strict=False)
    ]
    with Engine() as engine:
        engine.register("attendance", pa.Table.from_pylist(marks, _marks_schema()))
        engine.register("school_day", pa.table({"school_id": ["s"] * len(days), "date": days}))
        engine.view("open_day", "SELECT *, 'open' AS kind FROM school_day")
        engine.run("CREATE TABLE chosen AS SELECT 'p' AS pupil_ref, 's' AS school_id")
        years = _with_days(engine)
    told = "".join(
        year(
            one.marks,
            totals=(sum(one.counts), *one.counts),
            school=HERE,
            AttendanceStartDate=str(one.first_on),
        )
        for one in years
    )
    read = [
        found.cells
        for found in READERS["ctf"].read([ctf(pupil(1, told)).encode()])
        if isinstance(found, Row) and found.view == "years"
    ]
    assert all("fault" not in cells for cells in read)
    assert [cells["AttendanceMarks"] for cells in read] == [one.marks for one in years]
    placed = [mark for one in years for mark in _placed(one.first_on, str(one.marks))]
    told_of = {year_of(day) for day, _, _ in placed}
    assert placed == [
        (one["date"], one["session"], one["code"])
        for one in marks
        if one["code"] not in (None, "-", "#") and year_of(one["date"]) in told_of
    ]


def _marks_schema() -> pa.Schema:
    return pa.schema(
        [
            ("pupil_ref", pa.string()),
            ("date", pa.date32()),
            ("session", pa.string()),
            ("code", pa.string()),
        ]
    )


def _with_days(engine: Engine) -> list[Any]:
    days = engine.sql("SELECT * FROM open_day")
    engine.forget("open_day")
    engine.forget("school_day")
    engine.register("school_day", days)
    return school_years(engine, "chosen").get("p", [])


def _placed(first_on: date, run: str) -> list[tuple[date, str, str]]:
    """Plainly: two characters for each weekday; blanks, dashes and # are no marks."""
    found, day, place = [], first_on, 0
    while place < len(run):
        if day.weekday() < 5:
            pair = zip(("AM", "PM"), run[place : place + 2], strict=True)
            found += [(day, half, code) for half, code in pair if code not in " -#"]
            place += 2
        day += timedelta(days=1)
    return found


def test_the_codes_of_a_run_count_as_the_dictionary_says() -> None:
    kinds = {
        "present": ATTENDED,
        "approved_educational_activity": ATTENDED,
        "authorised_absence": AUTHORISED,
        "unauthorised_absence": UNAUTHORISED,
    }
    for code in attendance_codes():
        if len(code.code) == 1:
            found = [kind for kind in (ATTENDED, AUTHORISED, UNAUTHORISED) if code.code in kind]
            assert found == ([kinds[code.category]] if code.category in kinds else [])


def test_the_command_writes_one_file_and_records_whom_it_is_about(tmp_path: Path) -> None:
    site = known_site(tmp_path, assessment=results_of("101"))

    def sightline(*words: str) -> subprocess.CompletedProcess[str]:
        return python("-m", "sightline.cli", *words)

    def python(*words: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "SIGHTLINE_SITE": str(site.folder)}
        command = [sys.executable, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=env)

    wanted = ("pupil", "ctf", "101", "--to", str(tmp_path / "out"), "--destination")
    refused = sightline(*wanted, "12")
    assert refused.returncode == 2
    assert "seven digits" in refused.stderr
    made = sightline(*wanted, THERE)
    assert made.returncode == 0, made.stderr
    (path,) = (tmp_path / "out").iterdir()
    assert path.name == f"{HERE}_CTF_{THERE}_001.xml"
    assert made.stdout.strip() == str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.findtext("UPN") for one in fromstring(path.read_bytes()).iter("Pupil")] == [
        KNOWN["101"]
    ]
    (line,) = (site.folder / "access.log").read_text().splitlines()
    assert json.loads(line)["saw"] == [f"transfer file for {THERE}"]
    python("-c", MAKE_TABLES)
    made = sightline(*wanted, THERE)
    assert made.stdout.strip().endswith("_002.xml"), made.stderr
    export = sightline("pupil", "export", "101", "--to", str(tmp_path / "copy"))
    assert export.returncode == 0, export.stderr
    assert "Transfer file for school 999 4002" in (tmp_path / "copy" / "looks.txt").read_text()


def test_pupils_without_a_upn_are_left_out_and_unknown_ones_named(tmp_path: Path) -> None:
    nameless = [
        {"pupil_id": "101", "given_name": "A", "family_name": "B", "upn": ""},
        {"pupil_id": "102", "given_name": "A\x0b<", "family_name": "B&", "upn": upn_of(2)},
    ]
    site = known_site(tmp_path, pupil_identity=nameless)
    with opened(site) as study:
        made = transfer_file(study, ["101", "102"], source=None, destination=THERE, at=AT)
        assert made.without_upn == 1
        assert [one.findtext("Forename") for one in fromstring(made.xml).iter("Pupil")] == ["A<"]
        for pupils, said in (["103"], "no pupil `103`"), (["101"], "no UPN"):
            with pytest.raises(SightlineError, match=said):
                transfer_file(study, pupils, source=None, destination=THERE, at=AT)
