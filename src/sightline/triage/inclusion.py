"""What an inclusion lead looks after: adjustments not in place, supports nobody has looked at."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from sightline.triage.models import Decision, Support

__all__ = ["Adjustment", "Waiting", "adjustments_open", "unreviewed"]


@dataclass(frozen=True)
class Adjustment:
    """The latest answer of a meeting about a pupil's adjustments, when it was not yes."""

    pupil_ref: str
    answer: str  # no, unsure
    action: str
    owner: str
    until: date
    asked_on: date


@dataclass(frozen=True)
class Waiting:
    """A support whose review date has passed without any review."""

    support: int
    pupil_ref: str
    name: str
    owner: str
    review_on: date


def adjustments_open(school_id: str, since: date) -> list[Adjustment]:
    """Pupils whose adjustments were not in place, or unsure, when a meeting last asked."""
    rows = (
        Decision.objects.filter(
            school_id=school_id, undone_at__isnull=True, decided_at__date__gte=since
        )
        .exclude(adjustments="")
        .select_related("owner")
        .order_by("decided_at", "pk")
    )
    last = {row.pupil_ref: row for row in rows}
    return [
        Adjustment(
            row.pupil_ref,
            row.adjustments,
            row.action,
            row.owner.name if row.owner else "",
            row.until,
            row.decided_at.date(),
        )
        for row in sorted(last.values(), key=lambda row: (row.until, row.pk))
        if row.adjustments in ("no", "unsure")
    ]


def unreviewed(school_id: str, on: date) -> list[Waiting]:
    """Supports in place whose review date has passed and which were never reviewed."""
    rows = Support.objects.filter(school_id=school_id, ended_on__isnull=True, review_on__lt=on)
    rows = rows.annotate(looks=Count("reviews")).filter(looks=0).select_related("owner")
    return [
        Waiting(row.pk, row.pupil_ref, row.name, row.owner.name, row.review_on)
        for row in rows.order_by("review_on", "pk")
    ]
