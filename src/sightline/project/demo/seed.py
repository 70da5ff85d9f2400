"""Half a term of Mondays: each list is opened, talked through, decided and finished."""

import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from sightline.engine import literal
from sightline.people.models import User
from sightline.pipeline import Study, opened
from sightline.pipeline.prepare import groups_facts
from sightline.project.demo.colleagues import SignIn, make_colleagues
from sightline.project.demo.meeting import Monday, hold_meeting
from sightline.project.demo.supports import look_after_supports
from sightline.project.demo.words import STRATEGIES
from sightline.sheets import SchoolSheets, open_sheets
from sightline.site import Site
from sightline.triage.actions.notes import write_note

__all__ = ["SignIn", "seed_demo"]

WEEKS = 8  # with the half-term holiday among them
SEED = 9
START = datetime(2025, 9, 1, 9, tzinfo=UTC)


def seed_demo(site: Site, school_id: str, today: date, say: Callable[[str], None]) -> list[SignIn]:
    """Make the demo's staff and their past meetings; leaves this week's list open, undecided."""
    sheets = open_sheets(site, school_id)
    assert sheets is not None  # prepared just before
    group = min(one.registration_group for one in sheets.places(year_group=9))
    with site.vault(site.warehouse.current()) as vault:
        sign_ins, users = make_colleagues(sheets, vault, tutor_group=group, at=START)
    mondays = [today - timedelta(weeks=back) for back in range(WEEKS, 0, -1)]
    draw, story = random.Random(SEED), _story(site)
    with opened(site, school=school_id) as study:
        for monday in mondays:
            if sheets.facts.days.get(monday, ("",))[0] == "open":
                say(f"meetings of {monday.day} {monday:%B}")
                _hold_meetings(study, sheets, users, monday, draw, story, today)
    _write_strategies(sheets, users, today)
    return sign_ins


def _hold_meetings(
    study: Study,
    sheets: SchoolSheets,
    users: Mapping[str, list[User]],
    monday: date,
    draw: random.Random,
    story: str,
    today: date,
) -> None:
    groups = groups_facts(study, monday - timedelta(days=3), sheets.facts.school_id)
    levels = _levels(study, groups[0].as_of)
    with transaction.atomic():  # one wait for the disk, not one for each decision
        for facts in groups:
            asks = monday == today - timedelta(weeks=2)
            hold_meeting(Monday(monday, facts, levels, users, sheets, draw, story, asks))
        look_after_supports(sheets, until=monday, draw=draw)


@transaction.atomic
def _write_strategies(sheets: SchoolSheets, users: Mapping[str, list[User]], today: date) -> None:
    """What helps some pupils of the demo teacher's classes, at hand before the next lesson."""
    teacher, senco = users["class_teacher"][0], users["senco"][0]
    at = datetime.combine(today - timedelta(days=5), time(15, 50), UTC)
    told: set[str] = set()
    for class_id in sheets.taught_by(teacher.staff_id, today):
        for place, text in zip(sheets.places(class_id=class_id)[::6], STRATEGIES, strict=False):
            if place.pupil_ref not in told:
                about = {"school_id": place.school_id, "pupil_ref": place.pupil_ref}
                write_note(by=senco, at=at, kind="strategy", text=text, **about)
                told.add(place.pupil_ref)


def _story(site: Site) -> str:
    """The pupil of the cast with concerns on Tuesdays, as the made-up data's own key says."""
    told = json.loads((site.folder / "exports" / "truth.json").read_text(encoding="utf-8"))
    one = next(line for line in told if line["detail"].get("weekday") == 2)
    return site.keys.pupil_refs(one["who"])[0]


def _levels(study: Study, as_of: date) -> dict[tuple[str, str], float]:
    """Every level of the groups just worked out."""
    rows = study.engine.rows(
        f"SELECT pupil_ref, signal, level FROM result WHERE as_of = {literal(as_of)} "
        "AND level IS NOT NULL"
    )
    return {(row["pupil_ref"], row["signal"]): row["level"] for row in rows}
