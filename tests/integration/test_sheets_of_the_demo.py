"""The demo's cast, each of whom shows one rule, as the pages tell of them."""

import csv
import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sightline.sheets import PupilSheet, SchoolSheets, open_sheets
from sightline.sheets.measure import before_and_since
from sightline.site import open_site
from sightline.synthetic.cast import CAST, DEMO_AS_OF
from tests.support.school_site import SCHOOL, load_school

Cast = dict[str, PupilSheet]


@pytest.fixture(scope="module")
def folder() -> Path:
    """The demo school, which the pages' tests share."""
    found = Path(os.environ["SIGHTLINE_SITE"])
    if not any((found / "sheets").glob("*.sqlite")):
        load_school(found)
    return found


@pytest.fixture(scope="module")
def school(folder: Path) -> SchoolSheets:
    found = open_sheets(open_site(folder), SCHOOL)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def cast(folder: Path, school: SchoolSheets) -> Cast:
    """Each member's sheet by given name."""
    site = open_site(folder)
    with (folder / "exports" / "pupil_identity.csv").open(encoding="utf-8", newline="") as file:
        ids = {
            (row["given_name"], row["family_name"]): row["pupil_id"] for row in csv.DictReader(file)
        }
    refs = {
        member.given: site.keys.pupil_refs([ids[member.given, member.family]])[0] for member in CAST
    }
    return {given: school.pupil(ref) for given, ref in refs.items()}


def row_of(sheet: PupilSheet, signal: str) -> Any:
    return next((row for row in sheet.signals if row["signal"] == signal), None)


@pytest.mark.parametrize("member", CAST, ids=lambda member: member.given)
def test_each_of_the_cast_shows_their_rule(member: Any, cast: Cast, school: SchoolSheets) -> None:
    sheet = cast[member.given]
    row = row_of(sheet, member.signal)
    if row is None:  # a rule of the other pack
        assert member.signal == "engagement_vs_peers"
        return
    assert row["outcome"] == member.outcome
    assert (school.explanation(sheet.pupil_ref, member.signal) is None) == (
        member.outcome != "flag"
    )
    assert 1 <= len(sheet.story) <= 3
    flags = school.group(sheet.year_group or 0).flags
    flagged = (sheet.pupil_ref, member.signal) in {(f.pupil_ref, f.signal) for f in flags}
    assert flagged == (member.outcome == "flag")


def test_amiras_tuesdays_are_seen_where_they_are(cast: Cast, folder: Path) -> None:
    truth = json.loads((folder / "exports" / "truth.json").read_text(encoding="utf-8") or "[]")
    where = truth[0]["detail"]
    lens = cast["Amira"].lens
    assert lens.lessons == ("9x2 Mathematics",)
    assert lens.sentences == (
        "All 4 concerns in the last 20 school days were in 9x2 Mathematics, "
        f"room {where['room']}, which had 16 of 100 hours of lessons.",
        "All 4 concerns in the last 20 school days were on Tuesdays, "
        "which had 20 of 100 hours of lessons.",
        "A different teacher took 9x2 Mathematics from Tue 6 Jan: 8 concerns there in the "
        "39 school days since, none in as many before.",
    )
    concerns = [one for one in cast["Amira"].behaviour if one.kind == "concern"]
    since = [one for one in concerns if one.on >= date(2026, 1, 6)]
    assert {one.room for one in since} == {where["room"]}
    assert cast["Amira"].story[2] == lens.sentences[0]


@pytest.mark.parametrize(
    ("given", "story"),
    [
        (
            "Leonie",
            (
                "Missed 2 of 25 sessions in the last 20 school days, since Mon 2 Feb "
                "(92% attended).",
                "Before that, 2 of 40 (95% attended).",
            ),
        ),
        (
            "Jerrell",
            (
                "Arrived late for 5 of 40 sessions in the last 20 school days, since Mon 2 Feb "
                "(12.5%).",
                "Before that, 3 of 40 (7.5%).",
            ),
        ),
        (
            "Ifeoma",
            (
                "Not handed in: 3 of 10 pieces of work due in the last 20 school days, "
                "since Mon 2 Feb (30%).",
                "Before that, 0 of 12 (0%).",
            ),
        ),
        (
            "Taliesin",
            (
                "Out of class for 3 lessons in 100 hours of lessons in the last 20 school days, "
                "since Mon 2 Feb.",
                "Before that, none in 100 hours of lessons.",
            ),
        ),
        (
            "Yannick",
            (
                "Attended 14 of 16 sessions since joining on Wed 25 Feb (87.5%).",
                "No concerns and no praises logged in the same days.",
                "Only one week of data, so the numbers say little yet.",
            ),
        ),
        (
            "Saffiya",
            (
                "Attended 40 of 40 sessions in the last 20 school days, since Mon 2 Feb (100%).",
                "Before that, 34 of 40 (85%).",
                "No concerns and 8 praises logged in the same days.",
            ),
        ),
    ],
)
def test_stories_of_the_cast(given: str, story: tuple[str, ...], cast: Cast) -> None:
    assert cast[given].story == story


def test_a_support_that_worked_shows_it_on_the_same_measure(
    cast: Cast, school: SchoolSheets
) -> None:
    sheet = cast["Xanthe"]
    (support,) = sheet.supports
    days = school.school_days(date(2025, 9, 1), DEMO_AS_OF)
    found = before_and_since(sheet, support.aim_signal, support.started_on, DEMO_AS_OF, days)
    assert found is not None
    assert (found.days, found.before, found.since, found.better) == (35, 6.0, 1.0, True)
    assert found.words == (
        "In the 35 school days from Fri 7 Nov: late for 6 of 70 sessions. "
        "In the 35 school days from Mon 12 Jan: late for 1 of 70 sessions."
    )
    early = replace(support, started_on=date(2026, 2, 25))
    found = before_and_since(sheet, early.aim_signal, early.started_on, DEMO_AS_OF, days)
    assert found is not None
    assert found.too_early


def test_the_school_as_a_whole_is_as_the_demo_made_it(school: SchoolSheets) -> None:
    facts = school.facts
    assert (facts.as_of, facts.name, facts.pack) == (DEMO_AS_OF, "Northfield School", "school")
    assert sum(facts.year_groups.values()) == len(school.places())
    assert facts.fresh_to["attendance"] == DEMO_AS_OF
    assert facts.missing_marks is not None
    assert 0 < facts.missing_marks < 0.01
    assert {"staffing", "building"} <= {event.kind for event in school.events()}
    rows = {row.pupil_ref: row for row in school.absences()}
    assert rows.keys() == {place.pupil_ref for place in school.places()}
    corentin = [
        row for row in rows.values() if row.possible and 10 * row.attended == 9 * row.possible
    ]
    assert corentin  # exactly 90.0% this year


def test_no_sentence_of_a_lens_names_staff(school: SchoolSheets) -> None:
    staff = school.facts.staff.keys()
    for place in school.places():
        said = " ".join(school.pupil(place.pupil_ref).lens.sentences)
        assert not any(one in said for one in staff)
