"""Common Transfer Files as text, for pupils that do not exist, and a site that knows some of them.

LA number 999 is not allocated, so no UPN here can be a real pupil's.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from sightline.pipeline import Loaded, load
from sightline.site import Site, make_site
from sightline.synthetic.upn import upn

__all__ = [
    "HERE",
    "KNOWN",
    "LOAD_DAY",
    "MOMENT",
    "OPEN",
    "ctf",
    "known_site",
    "load_ctf",
    "pupil",
    "result",
    "upn_of",
    "year",
]

HERE = "9994001"  # the site's school: LA 999, establishment 4001
LOAD_DAY = date(2025, 9, 30)
OPEN = [date(2025, 9, 1) + timedelta(days=n) for n in range(26) if n % 7 < 5]
MOMENT = datetime(2025, 9, 30, 18, tzinfo=UTC)


def upn_of(number: int) -> str:
    """A UPN with its check letter."""
    return upn(f"999200118{number:03d}")


KNOWN = {"101": upn_of(1), "102": upn_of(2)}


def pupil(number: int, *parts: str, dob: str = "2014-02-17", **fields: str) -> str:
    """A Pupil element; `parts` are what stands in it beside who it is."""
    who = {"UPN": upn_of(number), "Surname": "Example", "Forename": "Alex", "DOB": dob, "Sex": "F"}
    return f"<Pupil>{_elements(who | fields)}{''.join(parts)}</Pupil>"


def year(
    marks: str | None = None,
    *,
    totals: Sequence[int] = (10, 8, 1, 1),
    school: str = "9992001",
    **fields: str,
) -> str:
    """An Attendance element with one year; totals: possible, attended, authorised, unauthorised."""
    names = ("SessionsPossible", "SessionsAttended", "SessionsAuthorised", "SessionsUnauthorised")
    cells = {
        "Year": "2024",
        "LEA": school[:3],
        "Estab": school[3:],
        "SchoolName": "Example Primary",
    }
    cells |= {name: str(value) for name, value in zip(names, totals, strict=True)}
    if marks is not None:
        cells |= {"AttendanceStartDate": "2025-09-01", "AttendanceMarks": marks}
    return f"<Attendance><YearData>{_elements(cells | fields)}</YearData></Attendance>"


def result(**fields: str) -> str:
    """A StageAssessments element with one result."""
    cells = {"Locale": "ENG", "Year": "2025", "Subject": "MAT", "Method": "TT", "Component": "SCA"}
    cells |= {"ResultStatus": "R", "Result": "104"}
    stage = fields.pop("Stage", "KS2")
    one = f"<StageAssessment>{_elements(cells | fields)}</StageAssessment>"
    return f"<StageAssessments><KeyStage><Stage>{stage}</Stage>{one}</KeyStage></StageAssessments>"


def ctf(*pupils: str, version: str = "25.0", header_last: bool = False, sent: str = "") -> str:
    """A whole file."""
    head = f"<Header><CTFversion>{version}</CTFversion>"
    head += f"<DateTime>{sent or '2025-09-03T09:15:00'}</DateTime></Header>"
    body = f"<CTFpupilData>{''.join(pupils)}</CTFpupilData>"
    return f"<CTfile>{body + head if header_last else head + body}</CTfile>"


def _elements(cells: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in cells.items())


def known_site(folder: Path, **tables: list[dict[str, str]]) -> Site:
    """A site whose school has loaded two pupils with their UPNs, and September's days."""
    rows: dict[str, list[dict[str, str]]] = {
        "school": [{"school_id": HERE, "name": "Elm School", "phase": "secondary"}],
        "school_day": [{"school_id": HERE, "date": str(day), "kind": "open"} for day in OPEN],
        "pupil": [
            {"pupil_id": one, "school_id": HERE, "enrolled_on": "2025-09-01", "year_group": "7"}
            for one in KNOWN
        ],
        "pupil_identity": [
            {
                "pupil_id": one,
                "given_name": "Alex",
                "family_name": "Example",
                "upn": number,
                "date_of_birth": "2014-02-17",
            }
            for one, number in KNOWN.items()
        ],
    }
    site = make_site(folder / "site")
    write_tables(folder / "mis", rows | tables)
    load(site, "canonical", folder / "mis", recorded_at=MOMENT, load_day=LOAD_DAY)
    return site


def write_tables(folder: Path, tables: Mapping[str, list[dict[str, str]]]) -> Path:
    """Canonical files of these rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def load_ctf(site: Site, folder: Path, text: str | bytes, **options: Any) -> Loaded:
    """Load one transfer file, an hour after what was loaded before."""
    folder.mkdir(exist_ok=True)
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "9992001_CTF_9994001_001.xml").write_bytes(data)
    at = MOMENT + timedelta(hours=1)
    return load(site, "ctf", folder, recorded_at=at, load_day=LOAD_DAY, **options)
