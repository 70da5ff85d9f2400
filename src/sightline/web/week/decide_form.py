"""The decision form as it is shown: what is typed, what is wrong, what can be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from sightline.access import PupilPlace
from sightline.triage.queries import Colleague, Row, colleagues, draft_of
from sightline.triage.rules import ADJUSTMENTS, KINDS, REASONS
from sightline.web.forms.decide import PICK, Calendar
from sightline.web.groups import Group
from sightline.web.week.pupils import Decided, Pupil, decided_words

__all__ = ["Form", "conflicting", "form_for"]

IDS = {
    "kind": "id_kind_act",
    "reason": "id_reason",
    "owner": "id_owner",
    "action": "id_action",
    "note": "id_note",
    "adjustments": "id_adjustments_yes",
}


@dataclass(frozen=True)
class Form:
    """The decision form: what is typed, what is wrong, what can be chosen."""

    fields: Mapping[str, str]
    seen: int | None
    calendar: Calendar
    owners: Sequence[tuple[Colleague, str]]
    errors: Mapping[str, str] = field(default_factory=dict)
    saved_at: str = ""
    conflict: Decided | None = None
    undone_meanwhile: bool = False

    @property
    def askable(self) -> dict[int, Any]:
        """The accounts that can be chosen to do it, by id."""
        return {one.user.pk: one.user for one, _ in self.owners}

    @property
    def kinds(self) -> Mapping[str, Any]:
        return KINDS

    @property
    def reasons(self) -> Mapping[str, str]:
        return REASONS

    @property
    def answers(self) -> Mapping[str, str]:
        return ADJUSTMENTS

    @property
    def summary(self) -> list[tuple[str, str]]:
        """The mistakes with the id of the field each is about."""
        day = "id_away" if self.fields.get("kind") == "not_now" else "id_review"
        return [({**IDS, "until": day}.get(name, ""), told) for name, told in self.errors.items()]

    @property
    def review_error(self) -> str:
        return "" if self.fields.get("kind") == "not_now" else self.errors.get("until", "")

    @property
    def away_error(self) -> str:
        return self.errors.get("until", "") if self.fields.get("kind") == "not_now" else ""


def form_for(
    request: HttpRequest,
    group: Group,
    pupil: Pupil,
    *,
    fields: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> Form:
    """The form with what was typed now, else the kept draft, else the decision to be changed.

    With `fields` it still knows only of the decision `seen` by the one who typed them.
    """
    visit = request.visit  # type: ignore[attr-defined]
    today: date = visit.viewer.on
    saved_at = ""
    if fields is None:
        seen = pupil.row.decision.pk if pupil.row.decision else None
        fields, at = draft_of(pupil.row.listing, visit.user)
        saved_at = f"{timezone.localtime(at):%H:%M}" if at else ""
        fields = fields or _as_typed(pupil)
    place = group.sheets.place(pupil.row.listing.pupil_ref)
    calendar = Calendar(today, group.days_after(today))
    return Form(
        fields=_offered(fields, calendar),
        seen=seen,
        calendar=calendar,
        owners=_owners(group, place, today) if place else [],
        errors=errors or {},
        saved_at=saved_at,
    )


def conflicting(form: Form, pupil: Pupil, other: Any) -> Form:
    """The form after somebody else decided: theirs beside it, and now known of."""
    row = Row(pupil.row.listing, pupil.row.entry, other)
    return replace(
        form,
        seen=other.pk if other else None,
        conflict=decided_words(row, full=pupil.full),
        undone_meanwhile=other is None,
    )


def _as_typed(pupil: Pupil) -> dict[str, str]:
    """A decision in force as its form's fields."""
    one = pupil.row.decision
    if one is None:
        return {}
    day = "away" if one.kind == "not_now" else "review"
    return {
        "kind": one.kind,
        "reason": one.reason,
        "action": one.action,
        "owner": str(one.owner_id or ""),
        day: one.until.isoformat(),
        "adjustments": one.adjustments,
        "note": one.note,
    }


def _offered(fields: Mapping[str, str], calendar: Calendar) -> dict[str, str]:
    """A date that is no longer among those offered goes into the three boxes."""
    shown = dict(fields)
    for name, offers in (("review", calendar.reviews), ("away", calendar.away)):
        chosen = shown.get(name, "")
        if chosen in ("", PICK) or chosen in [one.on.isoformat() for one in offers]:
            continue
        try:
            day = date.fromisoformat(chosen)
        except ValueError:
            continue
        boxes = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
        shown |= {name: PICK, **boxes}
    return shown


def _owners(group: Group, place: PupilPlace, on: date) -> list[tuple[Colleague, str]]:
    """Whom to ask: those who lead, and the pupil's own tutor and teachers."""
    found = []
    for one in colleagues(group.school_id, group.year_group, on):
        title = one.role if one.role.isupper() else one.role.lower()
        if one.scope == "tutor_group":
            title = f"tutor of {one.value}"
        if _knows(group, one, place, on):
            found.append((one, f"{one.user.name}, {title}"))
    return found


def _knows(group: Group, one: Colleague, place: PupilPlace, on: date) -> bool:
    if one.scope == "tutor_group":
        return one.value == place.registration_group
    if one.scope == "taught":
        return bool(group.sheets.taught_by(one.user.staff_id, on).keys() & place.class_ids)
    return True
