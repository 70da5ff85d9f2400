"""The demo school as a site for the tests of the decisions half, and its staff as accounts."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

__all__ = ["ROLES", "SCHOOL", "TODAY", "Colleague", "load_school", "site_folder"]

SCHOOL = "S0000"
SECRET = "5369676874" + "6c" * 27  # of the tests' made-up school alone
TODAY = date(2026, 3, 9)  # the Monday after the demo's last day of data


@dataclass(frozen=True)
class Colleague:
    """An account of the tests: who they are and the one role they hold."""

    name: str
    role: str
    scope: str
    value: str = ""
    staff_role: str = ""  # which line of the staff table is theirs


ROLES: Mapping[str, Colleague] = {
    "head_of_year": Colleague("Ms Okafor", "head_of_year", "year", "9", "Head of Year 9"),
    "senco": Colleague("Mrs Bell", "senco", "school", "", "SENCO"),
    "attendance_officer": Colleague(
        "Mr Osei", "attendance_officer", "school", "", "Attendance officer"
    ),
    "tutor": Colleague("Mr Whitfield", "tutor", "tutor_group", "9N"),
    "class_teacher": Colleague("Ms Kaur", "class_teacher", "taught"),
    "head_of_department": Colleague("Mrs Quaye", "head_of_department", "subject", "Mathematics"),
    "senior_leader": Colleague("Dr Adair", "senior_leader", "school", "", "Headteacher"),
    "trust_lead": Colleague("Mr Pereira", "trust_lead", "trust"),
    "data_manager": Colleague("Mrs Lindqvist", "data_manager", "school"),
    "dpo": Colleague("Mr Farrow", "dpo", "trust"),
    "administrator": Colleague("Ms Adeyemi", "administrator", "trust"),
}


def site_folder() -> Path:
    """Make the folder that Django's settings read: an empty site, marked as the demo's."""
    from sightline.site import make_site

    folder = Path(tempfile.mkdtemp(prefix="sightline-tests-"))
    make_site(folder)
    (folder / "secret.key").write_text(SECRET + "\n")  # the same pupil refs on every run
    with (folder / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(f'\ndemo = "yes"\ntoday = "{TODAY}"\n')
    (folder / "static").mkdir()  # where WhiteNoise looks for files
    (folder / "exports").mkdir()
    (folder / "exports" / "truth.json").write_text("{}")
    os.environ["SIGHTLINE_SITE"] = str(folder)
    os.environ["SIGHTLINE_TESTS"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "sightline.project.settings"
    return folder


def load_school(folder: Path) -> None:
    """Fill the site with the demo school's exports and prepare its sheets."""
    from sightline.pipeline import load, prepare
    from sightline.site import open_site
    from sightline.synthetic import DEMO_AS_OF, write_demo

    write_demo(folder / "exports", until=DEMO_AS_OF)
    site = open_site(folder)
    evening = datetime.combine(DEMO_AS_OF, time(18), UTC)
    load(site, "canonical", folder / "exports", recorded_at=evening, load_day=DEMO_AS_OF)
    prepare(site, today=TODAY, built_at=evening)
