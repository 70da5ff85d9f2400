"""What others may ask about supports and notes: of a pupil, due for review, said by the pupil."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q

from sightline.access.rules import LEVELS, read_matrix
from sightline.people.models import User
from sightline.sheets import open_sheets
from sightline.triage.models import Decision, PupilNote, StrategyFeedback, Support

__all__ = [
    "OUR_PREFIX",
    "Feedback",
    "active_user",
    "current_supports",
    "decision_to_act_on",
    "feedback_of",
    "note_of",
    "notes_of",
    "owners",
    "recent_notes",
    "reviews_due",
    "strategies_of",
    "support_of",
    "supports_of",
    "voice_of",
    "voices_of",
]

OUR_PREFIX = "SL-"
"""Starts the support_id of our own supports in the warehouse, so that they never clash."""


@dataclass(frozen=True)
class Feedback:
    """How often teachers said that a strategy helped, and that it did not."""

    helped: int = 0
    did_not: int = 0


def support_of(pk: int) -> Support | None:
    """One support with its owner; None when there is none."""
    return Support.objects.select_related("owner", "decision").filter(pk=pk).first()


def supports_of(pupil_ref: str) -> list[Support]:
    """Everything tried for a pupil here, what goes on first, then the latest."""
    found = Support.objects.filter(pupil_ref=pupil_ref).select_related("owner")
    rows = found.prefetch_related("reviews__reviewed_by").order_by("-started_on", "-pk")
    return sorted(rows, key=lambda one: one.ended_on is not None)


def current_supports(
    school_ids: Collection[str], *, on: date, ended: bool = False
) -> list[Support]:
    """What goes on in these schools (or, with `ended`, what has ended), next review first."""
    going = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
    found = Support.objects.filter(~going if ended else going, school_id__in=school_ids)
    return list(found.select_related("owner").order_by("review_on", "pk"))


def reviews_due(
    school_id: str, on: date, *, year_group: int | None = None, owner: User | None = None
) -> list[Support]:
    """Supports with a review due on or before a day, the longest waiting first."""
    found = Support.objects.filter(
        school_id=school_id, review_on__lte=on, ended_on__isnull=True
    ).select_related("owner")
    if owner is not None:
        found = found.filter(owner=owner)
    rows = list(found.order_by("review_on", "pk"))
    if year_group is None:
        return rows
    sheets = open_sheets(settings.SITE, school_id)
    places = {row.pk: sheets.place(row.pupil_ref) for row in rows} if sheets else {}
    return [row for row in rows if (at := places.get(row.pk)) and at.year_group == year_group]


def decision_to_act_on(pk: int, pupil_ref: str) -> Decision | None:
    """A decision to act on this pupil that is still in force."""
    found = Decision.objects.filter(pk=pk, pupil_ref=pupil_ref, kind="act", undone_at__isnull=True)
    return found.select_related("owner").first()


def owners(school_id: str, on: date) -> list[User]:
    """Who can be asked to look after a support: staff whose role shows them supports here."""
    matrix = read_matrix()
    roles = [
        role
        for role in matrix.roles
        if LEVELS.index(matrix.level(role, "support")) >= LEVELS.index("indicator")
    ]
    found = User.objects.filter(
        Q(grants__to_on__isnull=True) | Q(grants__to_on__gte=on),
        is_active=True,
        grants__role__in=roles,
        grants__from_on__lte=on,
        grants__school_id=school_id,
    )
    return list(found.distinct().order_by("name", "pk"))


def active_user(pk: int) -> User | None:
    """An account that is open."""
    return User.objects.filter(pk=pk, is_active=True).first()


def notes_of(pupil_ref: str, *, since: date | None = None) -> list[PupilNote]:
    """Notes and calls home about a pupil, latest first; withdrawn ones are there without text."""
    found = PupilNote.objects.filter(pupil_ref=pupil_ref, kind__in=("note", "home"))
    if since:
        found = found.filter(on__gte=since)
    return list(found.select_related("written_by").order_by("-on", "-pk"))


def note_of(pk: int) -> PupilNote | None:
    """One note of any kind."""
    return PupilNote.objects.select_related("written_by").filter(pk=pk).first()


def recent_notes(pupil_ref: str, writer: User, *, at: datetime) -> list[PupilNote]:
    """What one person wrote about a pupil in the day before a moment, latest first."""
    found = PupilNote.objects.filter(
        pupil_ref=pupil_ref,
        written_by=writer,
        written_at__gte=at - timedelta(days=1),
        withdrawn_at__isnull=True,
    )
    return list(found.order_by("-written_at", "-pk"))


def voice_of(pupil_ref: str) -> PupilNote | None:
    """The pupil's own words, as last asked."""
    return voices_of([pupil_ref]).get(pupil_ref)


def voices_of(refs: Iterable[str]) -> dict[str, PupilNote]:
    """The same for several pupils."""
    found = PupilNote.objects.filter(
        pupil_ref__in=set(refs), kind="voice", withdrawn_at__isnull=True
    )
    return {row.pupil_ref: row for row in found.order_by("on", "pk")}


def strategies_of(refs: Iterable[str]) -> dict[str, list[PupilNote]]:
    """What helps each pupil in the classroom: at most three lines, the oldest first."""
    found = PupilNote.objects.filter(
        pupil_ref__in=set(refs), kind="strategy", withdrawn_at__isnull=True
    )
    by_pupil: dict[str, list[PupilNote]] = defaultdict(list)
    for row in found.select_related("written_by").order_by("on", "pk"):
        by_pupil[row.pupil_ref].append(row)
    return dict(by_pupil)


def feedback_of(strategies: Iterable[int], *, since: datetime | None = None) -> dict[int, Feedback]:
    """What teachers said of each strategy, by its id."""
    found = StrategyFeedback.objects.filter(strategy_id__in=set(strategies))
    if since:
        found = found.filter(at__gte=since)
    counted = found.values("strategy_id").annotate(
        helped_count=Count("pk", filter=Q(helped=True)),
        not_count=Count("pk", filter=Q(helped=False)),
    )
    return {row["strategy_id"]: Feedback(row["helped_count"], row["not_count"]) for row in counted}
