"""A transfer file brings a new pupil's history along, and nothing that is not theirs or ours."""

from pathlib import Path
from typing import Any

import pytest

from sightline.kit import SightlineError
from sightline.pipeline import Loaded, load, opened
from sightline.site import Site, make_site
from sightline.sources import REASONS
from tests.support.transfer_files import (
    HERE,
    KNOWN,
    LOAD_DAY,
    MOMENT,
    ctf,
    known_site,
    load_ctf,
    pupil,
    result,
    upn_of,
    year,
)

SAMPLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<CTfile><CTFpupilData><Pupil>
  <FSMhistory><FSMinstance><FSMstartDate>2022-09-05</FSMstartDate></FSMinstance></FSMhistory>
  {attendance}
  <SENhistory><SEN><StartDate>2023-01-09</StartDate><SENprovision>K</SENprovision></SEN></SENhistory>
  <Gender>F</Gender><DOB>2014-02-17</DOB><UPN>{upn}</UPN>
  {results}
</Pupil></CTFpupilData>
<Header><DateTime>2025-09-03T09:15:00</DateTime><CTFVersion>24.0</CTFVersion></Header></CTfile>
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return known_site(tmp_path)


def stored(site: Site, table: str, columns: str) -> list[dict[str, Any]]:
    with opened(site) as study:
        return study.engine.rows(f"SELECT {columns} FROM {table} ORDER BY ALL")


def note_text(site: Site) -> str:
    with site.vault(site.warehouse.current()) as vault:
        (note,) = vault.read("note").values()
    return note["text"] or ""


def reasons(done: Loaded) -> dict[str, dict[str, int]]:
    return {name: one.by_reason for name, one in done.account.tables.items() if one.by_reason}


def test_results_and_attendance_of_a_known_pupil_come_in(site: Site, tmp_path: Path) -> None:
    text = SAMPLE.format(upn=upn_of(1), attendance=year("/\\/\\L\\I\\U\\"), results=result())
    done = load_ctf(site, tmp_path / "ctf", text)
    assert reasons(done) == {}
    (found,) = stored(site, "assessment", "pupil_ref, subject, point, date, scale, value, expected")
    (ref,) = site.keys.pupil_refs(["101"])
    assert found == {
        "pupil_ref": ref,
        "subject": "Mathematics",
        "point": "KS2 2025",
        "date": found["date"],
        "scale": "scaled_score",
        "value": 104,
        "expected": None,
    }
    assert str(found["date"]) == "2025-07-01"
    assert note_text(site) == (
        "From a Common Transfer File. 2024/25, Example Primary (999 2001): 8 of 10 possible "
        "sessions attended, 1 authorised and 1 unauthorised absences."
    )


def test_another_schools_marks_are_no_sessions_of_ours(site: Site, tmp_path: Path) -> None:
    load_ctf(site, tmp_path / "ctf", ctf(pupil(1, year("/\\/\\L\\I\\U\\"))))
    assert stored(site, "attendance", "*") == []


def test_our_own_marks_come_in_for_days_on_roll_that_have_none(
    tmp_path: Path,
) -> None:
    held = [{"pupil_id": "101", "date": "2025-09-02", "session": "AM", "code": "B"}]
    site = known_site(tmp_path, attendance=held)
    run = "/\\I-L\\#\\ \\/\\"
    text = ctf(pupil(1, year(run, totals=(9, 8, 1, 0), school=HERE)))
    done = load_ctf(site, tmp_path / "ctf", text)
    assert reasons(done) == {}
    found = stored(site, "attendance", "strftime(date, '%d') AS day, session, code")
    assert [tuple(row.values()) for row in found] == [
        ("01", "AM", "/"),
        ("01", "PM", "\\"),
        ("02", "AM", "B"),
        ("03", "AM", "L"),
        ("03", "PM", "\\"),
        ("04", "PM", "\\"),
        ("05", "PM", "\\"),
        ("08", "AM", "/"),
        ("08", "PM", "\\"),
    ]
    with site.vault(site.warehouse.current()) as vault:
        assert vault.read("note") == {}


@pytest.mark.parametrize(
    ("marks", "totals", "reason"),
    [
        ("/\\/\\L\\I\\U", (10, 8, 1, 1), "unreadable_marks"),  # nine characters
        ("/\\/\\L\\/\\U\\", (10, 8, 1, 1), "totals_differ"),  # no authorised absence in the run
        ("/\\/\\L\\C1U\\", (10, 8, 1, 1), "totals_differ"),  # a code of two characters
        ("/\\/\\L\\I\\!\\", (10, 8, 1, 1), "totals_differ"),
    ],
)
def test_a_run_that_cannot_be_trusted_is_refused(
    site: Site, tmp_path: Path, marks: str, totals: tuple[int, ...], reason: str
) -> None:
    text = ctf(pupil(1, year(marks, totals=totals, school=HERE)))
    done = load_ctf(site, tmp_path / "ctf", text)
    assert reasons(done) == {"attendance": {reason: 1}}
    assert stored(site, "attendance", "*") == []


def test_totals_that_contradict_each_other_are_told_to_nobody(site: Site, tmp_path: Path) -> None:
    done = load_ctf(site, tmp_path / "ctf", ctf(pupil(1, year(totals=(11, 8, 1, 1)))))
    assert reasons(done) == {"note": {"totals_differ": 1}}
    with site.vault(site.warehouse.current()) as vault:
        assert vault.read("note") == {}


def test_a_pupil_who_is_not_here_is_refused_once_with_the_place_in_the_file(
    site: Site, tmp_path: Path
) -> None:
    text = ctf(pupil(1, result()), pupil(7, result(), year()), pupil(2, result()))
    done = load_ctf(site, tmp_path / "ctf", text)
    assert reasons(done) == {"pupil": {"unknown_upn": 1}}
    (row,) = done.refused.to_pylist()
    assert (row["file"], row["row"]) == ("9992001_CTF_9994001_001.xml", 2)
    assert row["remedy"] == REASONS["unknown_upn"][1]
    assert upn_of(7) not in str(row)
    assert done.account.tables["pupil"].duplicates == 2
    assert done.account.tables["assessment"].accepted == 2


def test_before_anything_is_loaded_everybody_is_unknown(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    done = load_ctf(site, tmp_path / "ctf", ctf(pupil(1, result(), year())))
    assert reasons(done) == {"pupil": {"unknown_upn": 1}}


def test_a_dry_run_stores_nothing(site: Site, tmp_path: Path) -> None:
    done = load_ctf(site, tmp_path / "ctf", ctf(pupil(1, result(), year())), dry_run=True)
    assert done.account.tables["assessment"].accepted == 1
    assert stored(site, "assessment", "*") == []
    with site.vault(site.warehouse.current()) as vault:
        assert vault.read("note") == {}


def test_a_pupil_born_on_another_day_is_somebody_else(site: Site, tmp_path: Path) -> None:
    done = load_ctf(site, tmp_path / "ctf", ctf(pupil(1, result(), dob="2013-02-17")))
    assert reasons(done) == {"pupil": {"other_birth_date": 1}}
    assert stored(site, "assessment", "*") == []


def test_a_upn_that_two_pupils_have_is_nobodys(tmp_path: Path) -> None:
    twice = [
        {"pupil_id": one, "given_name": "A", "family_name": "B", "upn": upn_of(1)} for one in KNOWN
    ]
    site = known_site(tmp_path, pupil_identity=twice)
    done = load_ctf(site, tmp_path / "ctf", ctf(pupil(1, result())))
    assert reasons(done) == {"pupil": {"doubtful_upn": 1}}


def test_a_pupil_who_has_moved_within_the_trust_is_the_one_on_roll_now(tmp_path: Path) -> None:
    both = [
        {"pupil_id": one, "given_name": "A", "family_name": "B", "upn": upn_of(1)} for one in KNOWN
    ]
    roll = [
        {
            "pupil_id": one,
            "school_id": HERE,
            "enrolled_on": "2025-09-01",
            "left_on": left,
            "year_group": "7",
        }
        for one, left in (("101", "2025-09-12"), ("102", ""))
    ]
    site = known_site(tmp_path, pupil_identity=both, pupil=roll)
    load_ctf(site, tmp_path / "ctf", ctf(pupil(1, result())))
    found = stored(site, "assessment", "pupil_ref")
    assert [row["pupil_ref"] for row in found] == site.keys.pupil_refs(["102"])


def test_the_pupil_stays_as_the_mis_has_them(site: Site, tmp_path: Path) -> None:
    before = stored(site, "pupil", "*")
    load_ctf(site, tmp_path / "ctf", ctf(pupil(1, result(), year(), Surname="Other")))
    assert stored(site, "pupil", "*") == before


def test_no_upn_is_in_the_warehouse(site: Site, tmp_path: Path) -> None:
    load_ctf(site, tmp_path / "ctf", ctf(pupil(1, result(), year()), pupil(7)))
    for path in (site.folder / "warehouse").rglob("*"):
        if path.is_file():
            assert b"99920011" not in path.read_bytes()


def test_the_same_file_again_changes_nothing(site: Site, tmp_path: Path) -> None:
    text = ctf(pupil(1, result(), year(), year("/\\/\\", totals=(4, 4, 0, 0), school=HERE)))
    assert load_ctf(site, tmp_path / "ctf", text).published
    assert not load_ctf(site, tmp_path / "ctf", text).published


def test_the_receipt_is_of_the_file_as_it_came(site: Site, tmp_path: Path) -> None:
    text = ctf(pupil(1), pupil(2), pupil(3))
    load_ctf(site, tmp_path / "ctf", text)
    (receipt,) = site.warehouse.require().receipts
    assert receipt["file"] == "9992001_CTF_9994001_001.xml"
    assert (receipt["rows"], receipt["bytes"], receipt["encoding"]) == (3, len(text), "xml")


WORTHLESS = {
    "a document type": ('<!DOCTYPE CTfile [<!ENTITY a "x">]>', "has_entities"),
    "a cut": ("<CTfile><Header></Header><CTFpupilData><Pupil>", "unreadable_file"),
    "another document": ("<InterchangeStudent/>", "not_this_document"),
    "nothing": ("", "empty_file"),
    "no XML": ("Surname,Forename", "unreadable_file"),
}


@pytest.mark.parametrize("name", WORTHLESS)
def test_a_file_of_no_use_is_named_and_changes_nothing(
    name: str, site: Site, tmp_path: Path
) -> None:
    start, code = WORTHLESS[name]
    text = start + ctf(pupil(1, result())) if start.startswith("<!") else start
    before = site.warehouse.require().tables
    done = load_ctf(site, tmp_path / "ctf", text)
    (told,) = done.notices
    assert (told["code"], told["file"]) == (code, "9992001_CTF_9994001_001.xml")
    assert all(one.received == 0 for one in done.account.tables.values())
    assert site.warehouse.require().tables == before


def test_what_is_not_known_is_named_once(site: Site, tmp_path: Path) -> None:
    phonics = result(Stage="KS1", Subject="PHO", Result="34", Component="MAR")
    text = ctf(pupil(1, phonics, Horoscope="Leo"), pupil(2, phonics, Horoscope=""), version="31.0")
    done = load_ctf(site, tmp_path / "ctf", text)
    told = {one["code"]: (one["count"], one["text"]) for one in done.notices}
    assert told["unknown_element"][0] == 2
    assert "Horoscope" in told["unknown_element"][1]
    assert "Leo" not in str(told)
    assert told["left_out"][0] == 2
    assert "KS1 PHO TT MAR" in told["left_out"][1]
    assert "31.0" in told["other_version"][1]
    assert "34" not in told["left_out"][1]


def test_a_folder_without_a_transfer_file_is_told_so(site: Site, tmp_path: Path) -> None:
    (tmp_path / "ctf").mkdir()
    (tmp_path / "ctf" / "letter.pdf").write_bytes(b"%PDF")
    with pytest.raises(SightlineError, match="no file for the profile ctf"):
        load(site, "ctf", tmp_path / "ctf", recorded_at=MOMENT, load_day=LOAD_DAY)
