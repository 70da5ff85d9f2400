"""Reviews of the supports that were due by then: most on time, a few left for today's meeting."""

import random
from datetime import UTC, date, datetime, time

from sightline.project.demo.meeting import school_day_after
from sightline.project.demo.words import REVIEWED
from sightline.sheets import SchoolSheets
from sightline.triage.actions.supports import review_support
from sightline.triage.models import Support

__all__ = ["look_after_supports"]

FORGOTTEN = 0.12
OUTCOMES = ("keep", "change", "end")


def look_after_supports(sheets: SchoolSheets, *, until: date, draw: random.Random) -> None:
    """Review what fell due up to a day; one in eight is forgotten until somebody is reminded."""
    due = Support.objects.filter(
        school_id=sheets.facts.school_id, review_on__lte=until, ended_on__isnull=True
    ).order_by("pk")
    for support in due:
        if draw.random() < FORGOTTEN:
            continue
        outcome = draw.choice(OUTCOMES)
        review_support(
            by=support.owner,
            at=datetime.combine(until, time(15, 40), UTC),
            support=support,
            outcome=outcome,
            before="",
            since="",
            note=draw.choice(REVIEWED[outcome]),
            next_review_on=None
            if outcome == "end"
            else school_day_after(sheets, until, draw.choice((10, 15))),
        )
