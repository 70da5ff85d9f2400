"""A Common Transfer File of what is held here: the history a pupil takes along to another school.

Written: who the pupil is, year and SEN provision, key stage results on a scaled score, and the
attendance of each school year at this school as totals. Marks are written when every code of the
year has one character: how longer ones are written is not known. Everything else such a file may
carry is for the school's own system to send.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sightline.engine.text import literals
from sightline.kit import SightlineError
from sightline.people import Keys
from sightline.pipeline.study import Study
from sightline.pipeline.transfer.years import SchoolYear, by_pupil, school_years, year_of

__all__ = ["Transfer", "school_number", "transfer_file"]

VERSION = "25.0"
SUBJECTS = {
    "Mathematics": "MAT",
    "Reading": "REA",
    "Writing": "WRI",
    "English": "ENG",
    "Grammar, punctuation and spelling": "GPS",
    "Science": "SCI",
}
FOUND = "transfer_found"
NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Transfer:
    """A file ready to be written, whom it is about (reference, school), and what it is without.

    `without_upn` counts pupils left out, for no file can name them; `without_marks` school years
    given by their totals alone.
    """

    xml: bytes
    source: str
    pupils: tuple[tuple[str, str], ...]
    without_upn: int
    without_marks: int

    def name(self, destination: str, number: int) -> str:
        """What such a file is called."""
        return f"{self.source}_CTF_{destination}_{number:03d}.xml"


def school_number(text: str, option: str) -> str:
    """LA and establishment number as seven digits. Raises `bad_argument`."""
    digits = "".join(one for one in text if one not in " /-")
    if len(digits) != 7 or not (digits.isascii() and digits.isdigit()):
        what = f"`{text}` is not an LA and establishment number"
        raise SightlineError("bad_argument", option, what, "Write seven digits, such as 9994001.")
    return digits


def transfer_file(
    study: Study, pupils: Sequence[str], *, source: str | None, destination: str, at: datetime
) -> Transfer:
    """The file about these pupils of one school, by pseudonym or by the school's own id.

    `source` is the school's number when its school_id is not. Raises `not_found` for a pupil who is
    not known, and when no UPN is held of any; `bad_argument` for pupils of several schools.
    """
    rows = _rows_of(study, pupils)
    school_id = _one_school(rows)
    source = school_number(source or school_id, "--source")
    school = _school_name(study, school_id)
    with study.site.vault(study.snapshot) as vault:
        identities = vault.read("pupil_identity", [row["pupil_ref"] for row in rows])
    named = [row for row in rows if identities.get(row["pupil_ref"], {}).get("upn")]
    if not named:
        what = "no UPN is held of any of these pupils"
        raise SightlineError("not_found", "PUPIL", what, "Load the pupils with their UPNs first.")
    _register(study, [row["pupil_ref"] for row in named])
    root = Element("CTfile")
    _header(root, school, (source, destination), at)
    data = SubElement(root, "CTFpupilData")
    years, results = school_years(study.engine, FOUND), _results(study)
    for row in named:
        ref = row["pupil_ref"]
        element = _pupil(data, row, identities[ref])
        _results_of(element, results.get(ref, ()))
        _attendance_of(element, years.get(ref, ()), source, school)
        if row["sen_status"]:
            _put(
                SubElement(SubElement(element, "SENhistory"), "SEN"), SENprovision=row["sen_status"]
            )
    indent(root)
    without = sum(one.marks is None for years_of in years.values() for one in years_of)
    told = tuple((row["pupil_ref"], row["school_id"]) for row in named)
    xml: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return Transfer(xml, source, told, len(rows) - len(named), without)


def _rows_of(study: Study, pupils: Sequence[str]) -> list[dict[str, Any]]:
    """The stored row of each pupil, in the order asked for, once each."""
    keys: Keys = study.site.keys
    by_ref = {row["pupil_ref"]: row for row in _stored(study, [*pupils, *keys.pupil_refs(pupils)])}
    found: dict[str, dict[str, Any]] = {}
    for asked, ref in zip(pupils, keys.pupil_refs(pupils), strict=True):
        row = by_ref.get(asked) or by_ref.get(ref)
        if row is None:
            what = f"no pupil `{asked}` is known here"
            raise SightlineError("not_found", "PUPIL", what, "Take a pseudonym from a list.")
        found[row["pupil_ref"]] = row
    return list(found.values())


def _one_school(rows: Iterable[Mapping[str, Any]]) -> str:
    schools = sorted({str(row["school_id"]) for row in rows})
    if len(schools) > 1:
        what = f"these pupils are at {len(schools)} schools"
        raise SightlineError("bad_argument", "PUPIL", what, "Make a file for each school.")
    return schools[0]


def _stored(study: Study, refs: Sequence[str]) -> list[dict[str, Any]]:
    wanted = literals(list(refs))
    return study.engine.rows(f"SELECT * FROM pupil WHERE pupil_ref IN {wanted}")


def _register(study: Study, refs: Sequence[str]) -> None:
    study.engine.create(
        FOUND, f"SELECT pupil_ref, school_id FROM pupil WHERE pupil_ref IN {literals(list(refs))}"
    )


def _school_name(study: Study, school_id: str) -> str:
    rows = study.engine.rows("SELECT school_id, name FROM school")
    return next((str(row["name"]) for row in rows if row["school_id"] == school_id), "")


# --- the parts of the file -----------------------------------------------------------------------


def _put(parent: Element, **cells: object) -> None:
    for name, value in cells.items():
        if value is not None and value != "":
            SubElement(parent, name).text = NO_XML.sub("", str(value))


def _header(root: Element, name: str, schools: tuple[str, str], at: datetime) -> None:
    source, destination = schools
    head = SubElement(root, "Header")
    _put(head, DocumentName="Common Transfer File", CTFversion=VERSION)
    _put(head, DateTime=at.strftime("%Y-%m-%dT%H:%M:%S"), DocumentQualifier="partial")
    _put(head, DataDescriptor="Attendance and key stage results", SupplierID="SIGHTLINE")
    here = SubElement(head, "SourceSchool")
    _put(here, LEA=source[:3], Estab=source[3:], SchoolName=name)
    _put(here, AcademicYear=year_of(at.date()))
    _put(SubElement(head, "DestSchool"), LEA=destination[:3], Estab=destination[3:])


def _pupil(data: Element, row: Mapping[str, Any], who: Mapping[str, str | None]) -> Element:
    element = SubElement(data, "Pupil")
    _put(element, UPN=who["upn"], Surname=who["family_name"], Forename=who["given_name"])
    _put(element, DOB=who.get("date_of_birth"))
    if row["sex"] in ("F", "M"):
        _put(element, Sex=row["sex"])
    year = row["year_group"]
    if year is not None:
        _put(SubElement(element, "BasicDetails"), NCyearActual="R" if year == 0 else year)
    return element


# --- results -------------------------------------------------------------------------------------


def _results(study: Study) -> dict[str, list[dict[str, Any]]]:
    """Key stage results on a scaled score, by pupil: those whose point names stage and year."""
    rows = study.engine.rows(
        "SELECT pupil_ref, subject, left(point, 3) AS stage, right(point, 4) AS year, value "
        f"FROM assessment SEMI JOIN {FOUND} USING (pupil_ref) WHERE scale = 'scaled_score' "
        "AND regexp_full_match(point, 'KS[12] [0-9]{4}') AND value = round(value) "
        "AND value BETWEEN 80 AND 120 ORDER BY pupil_ref, stage, year, subject"
    )
    return by_pupil(rows)


def _results_of(element: Element, results: Iterable[Mapping[str, Any]]) -> None:
    stages: dict[str, Element] = {}
    for one in results:
        if not stages:
            whole = SubElement(element, "StageAssessments")
        if one["stage"] not in stages:
            stages[one["stage"]] = SubElement(whole, "KeyStage")
            _put(stages[one["stage"]], Stage=one["stage"])
        result = SubElement(stages[one["stage"]], "StageAssessment")
        subject = SUBJECTS.get(one["subject"], one["subject"])
        _put(result, Locale="ENG", Year=one["year"], Subject=subject, Method="TT")
        _put(result, Component="SCA", ResultStatus="R", ResultQualifier="NM")
        _put(result, Result=int(one["value"]))


def _attendance_of(element: Element, years: Sequence[SchoolYear], source: str, name: str) -> None:
    if not years:
        return
    whole = SubElement(element, "Attendance")
    for one in years:
        part = SubElement(whole, "YearData")
        _put(part, Year=one.year, LEA=source[:3], Estab=source[3:], SchoolName=name)
        _put(part, SessionsPossible=sum(one.counts), SessionsAuthorised=one.counts[1])
        _put(part, SessionsAttended=one.counts[0], SessionsUnauthorised=one.counts[2])
        if one.marks is not None:
            _put(part, AttendanceStartDate=one.first_on, AttendanceMarks=one.marks)
