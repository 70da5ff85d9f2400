"""What pages ask about objections, complaints, reports of wrong data and thresholds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from sightline.governance.actions.complaints import KINDS, OUTCOMES
from sightline.governance.models import Complaint, Objection, ThresholdChange
from sightline.governance.rules.clocks import STATES, state_of

__all__ = [
    "Matter",
    "Report",
    "changes_of",
    "complaint_of",
    "complaints_of",
    "matter_of",
    "objection_of",
    "objections_of",
    "objections_of_pupil",
    "reports_about",
    "threshold_change",
    "waiting_changes",
]


@dataclass(frozen=True)
class Matter:
    """A complaint, correction or report as its list shows it."""

    pk: int
    kind: str
    kind_words: str
    school_id: str
    pupil_ref: str
    signal: str
    text: str
    received_at: datetime
    received_by: str
    acknowledge_by: date
    state: str
    state_words: str
    owner: str
    outcome_words: str
    answer: str
    closed_at: datetime | None
    closed_by: str


@dataclass(frozen=True)
class Report:
    """A report that something about a pupil is wrong, and what came of it."""

    pk: int
    signal: str
    text: str
    reported_at: datetime
    reported_by: str
    answered_at: datetime | None
    outcome_words: str
    answer: str


def complaints_of(
    schools: Collection[str], *, only_wrong_data: bool, closed: bool = False
) -> list[Complaint]:
    """The open matters of these schools, most urgent first; or those closed, latest first."""
    rows = _complaints().filter(school_id__in=list(schools), closed_at__isnull=not closed)
    if only_wrong_data:
        rows = rows.filter(kind="wrong_data")
    return list(rows.order_by("-closed_at" if closed else "acknowledge_by", "pk"))


def complaint_of(pk: int, schools: Collection[str], *, only_wrong_data: bool) -> Complaint | None:
    """One matter of these schools."""
    rows = _complaints().filter(pk=pk, school_id__in=list(schools))
    if only_wrong_data:
        rows = rows.filter(kind="wrong_data")
    return rows.first()


def matter_of(one: Complaint, today: date) -> Matter:
    """A matter with its clock as it stands on a day."""
    state = state_of(
        one.acknowledge_by,
        today=today,
        acknowledged=one.acknowledged_at is not None,
        closed=one.closed_at is not None,
    )
    return Matter(
        pk=one.pk,
        kind=one.kind,
        kind_words=KINDS[one.kind],
        school_id=one.school_id,
        pupil_ref=one.pupil_ref,
        signal=one.signal,
        text=one.text,
        received_at=timezone.localtime(one.received_at),
        received_by=one.received_by.name,
        acknowledge_by=one.acknowledge_by,
        state=state,
        state_words=STATES[state],
        owner=one.owner.name if one.owner else "",
        outcome_words=OUTCOMES[one.kind].get(one.outcome, ""),
        answer=one.answer,
        closed_at=timezone.localtime(one.closed_at) if one.closed_at else None,
        closed_by=one.closed_by.name if one.closed_by else "",
    )


def reports_about(pupil_ref: str) -> list[Report]:
    """The reports that something about a pupil is wrong, latest first, with their answers."""
    rows = _complaints().filter(pupil_ref=pupil_ref, kind="wrong_data").order_by("-received_at")
    return [
        Report(
            one.pk,
            one.signal,
            one.text,
            timezone.localtime(one.received_at),
            one.received_by.name,
            timezone.localtime(one.closed_at) if one.closed_at else None,
            OUTCOMES["wrong_data"].get(one.outcome, ""),
            one.answer,
        )
        for one in rows
    ]


def objections_of(schools: Collection[str], *, ended: bool = False) -> list[Objection]:
    """The objections of these schools that nobody has ended, or those that were; latest first."""
    rows = Objection.objects.select_related("recorded_by", "ended_by")
    rows = rows.filter(school_id__in=list(schools), ended_at__isnull=not ended)
    return list(rows.order_by("-recorded_at", "-pk"))


def objections_of_pupil(pupil_ref: str) -> list[Objection]:
    """A pupil's objections that nobody has ended, latest first."""
    rows = Objection.objects.filter(pupil_ref=pupil_ref, ended_at__isnull=True)
    return list(rows.order_by("-recorded_at", "-pk"))


def objection_of(pk: int, pupil_ref: str) -> Objection | None:
    """One objection of a pupil."""
    return Objection.objects.filter(pk=pk, pupil_ref=pupil_ref).first()


def changes_of(signal: str) -> QuerySet[ThresholdChange]:
    """Every proposal about a signal's parameters, latest first."""
    rows = ThresholdChange.objects.select_related("proposed_by", "settled_by")
    return rows.filter(name__startswith=f"{signal}.").order_by("-proposed_at", "-pk")


def waiting_changes() -> QuerySet[ThresholdChange]:
    """The proposals that wait for a second person."""
    rows = ThresholdChange.objects.select_related("proposed_by")
    return rows.filter(state="proposed").order_by("proposed_at", "pk")


def threshold_change(pk: int) -> ThresholdChange | None:
    return ThresholdChange.objects.filter(pk=pk).select_related("proposed_by").first()


def _complaints() -> QuerySet[Complaint]:
    return Complaint.objects.select_related("received_by", "owner", "closed_by")
