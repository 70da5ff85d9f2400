"""What the record's pages ask: who looked at whom, who changed what, and what is worth asking."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from sightline.access import read_matrix
from sightline.governance.models import Export
from sightline.governance.rules.unusual import Look
from sightline.governance.rules.verbs import ACTIONS
from sightline.people.models import Grant, User
from sightline.record.models import AuditEvent

__all__ = [
    "Holder",
    "Looker",
    "RecordRow",
    "Wanted",
    "actor_names",
    "chosen_actors",
    "exports_made",
    "holders",
    "lookers_by_person",
    "looks_between",
    "number_of_lookers",
    "plain_row",
    "search_record",
]


@dataclass(frozen=True)
class Wanted:
    """What to look for. `schools` None: every school, and what belongs to none."""

    schools: Collection[str] | None
    actor: str = ""
    subject: str = ""
    area: str = ""
    action: str = ""
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class RecordRow:
    """A row of the record in plain words, without any name of a pupil."""

    number: int
    at: datetime
    who: str
    acting_for: str
    did: str
    area: str
    subject: str
    why: str
    looked: bool
    about_pupil: bool


@dataclass(frozen=True)
class Looker:
    """Somebody who looked at a pupil: how many times, when last, and what allowed it."""

    actor: str
    who: str
    why: str
    times: int
    last: datetime


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role now, and over what."""

    name: str
    role: str
    scope: str
    school_id: str
    value: str
    from_on: date
    to_on: date | None


def search_record(wanted: Wanted) -> QuerySet[AuditEvent]:
    """The rows that fit, latest first."""
    rows = AuditEvent.objects.order_by("-number")
    if wanted.schools is not None:
        rows = rows.filter(school_id__in=list(wanted.schools))
    for name in ("actor", "subject", "area", "action"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.from_on:
        rows = rows.filter(at__gte=_start(wanted.from_on))
    if wanted.to_on:
        rows = rows.filter(at__lt=_start(wanted.to_on + timedelta(days=1)))
    return rows


def plain_row(row: AuditEvent, names: Mapping[str, str]) -> RecordRow:
    """A row in words; `names` as from `actor_names`."""
    return RecordRow(
        row.number,
        timezone.localtime(row.at),
        names.get(row.actor, row.actor),
        names.get(row.acting_for, row.acting_for),
        ACTIONS.get(row.action, row.action.replace("_", " ")),
        read_matrix().areas.get(row.area, row.area),
        names.get(row.subject, row.subject),
        row.why,
        row.action == "read",
        bool(row.subject) and " " not in row.subject,
    )


def actor_names(actors: Collection[str]) -> dict[str, str]:
    """ "user 12" -> the name of that account; other actors in words."""
    ids = {one: int(one.removeprefix("user ")) for one in actors if one.startswith("user ")}
    held = dict(User.objects.filter(pk__in=ids.values()).values_list("pk", "name"))
    found = {one: held.get(pk, "an account that is gone") for one, pk in ids.items()}
    return found | {"system": "Sightline itself", "command": "the command line"}


def chosen_actors() -> list[tuple[str, str]]:
    """Everybody with an account, as choices of a search."""
    rows = User.objects.order_by("name").values_list("pk", "name")
    return [(f"user {pk}", name) for pk, name in rows]


def lookers_by_person(pupil_ref: str) -> list[Looker]:
    """Who has looked at a pupil, for which reason and how often; latest first."""
    looks = AuditEvent.objects.filter(subject=pupil_ref, action="read")
    rows = looks.values("actor", "why").annotate(
        times=Count("request", distinct=True), last=Max("at")
    )
    names = actor_names({row["actor"] for row in rows})
    found = [
        Looker(
            row["actor"],
            names.get(row["actor"], row["actor"]),
            row["why"],
            row["times"],
            timezone.localtime(row["last"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.last, reverse=True)


def number_of_lookers(pupil_ref: str) -> int:
    """How many people have looked at a pupil."""
    looks = AuditEvent.objects.filter(subject=pupil_ref, action="read")
    return looks.aggregate(people=Count("actor", distinct=True))["people"]


def looks_between(wanted: Wanted, subjects: Collection[str] | None = None) -> list[Look]:
    """The looks at pupils that fit, at the school's own time; one for each pupil and request."""
    rows = search_record(wanted).filter(action="read").exclude(area__in=("record", "people"))
    if subjects is not None:
        rows = rows.filter(subject__in=list(subjects))
    seen = rows.exclude(subject="").values_list("actor", "at", "subject").distinct()
    return [Look(actor, timezone.localtime(at), subject) for actor, at, subject in seen]


def holders(on: date, schools: Collection[str] | None) -> list[Holder]:
    """Who holds which role on a day, by role and name."""
    rows = Grant.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on), from_on__lte=on, user__is_active=True
    ).select_related("user")
    if schools is not None:
        rows = rows.filter(Q(school_id__in=list(schools)) | Q(scope="trust"))
    return sorted(
        (
            Holder(
                one.user.name, one.role, one.scope, one.school_id, one.value, one.from_on, one.to_on
            )
            for one in rows
        ),
        key=lambda one: (one.role, one.name),
    )


def exports_made(schools: Collection[str] | None) -> QuerySet[Export]:
    """The files taken out, latest first."""
    rows = Export.objects.select_related("made_by").order_by("-made_at", "-pk")
    return rows if schools is None else rows.filter(school_id__in=list(schools))


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
