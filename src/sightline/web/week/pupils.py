"""Listed pupils as the page shows them: closed rows, the open one, and those decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from sightline.access import PupilPlace, Reason, why_may_see
from sightline.kit import plural, sentence_list
from sightline.people.identity import Name
from sightline.triage.queries import Row
from sightline.triage.rules import KINDS, REASONS
from sightline.web.charts.spark import sparkline
from sightline.web.dates import short_day
from sightline.web.figures import Part, parts_of
from sightline.web.groups import Group
from sightline.web.menu import address
from sightline.web.names import names_for
from sightline.web.week.figures_now import CLEARED, figures_mark, rows_now

__all__ = ["Decided", "Pupil", "Why", "listed_pupils", "needs_words"]

ICONS = {
    "attendance": ("calendar", "att"),
    "punctuality": ("clock", "att"),
    "behaviour": ("diamond", "beh"),
    "progress": ("line", "ach"),
    "work": ("work", "ach"),
    "engagement": ("people", "ach"),
    "support": ("flag", "acc"),
}
SEN = {"K": "SEND support", "E": "EHC plan"}


@dataclass(frozen=True)
class Why:
    """One reason: a sentence in parts, and where its figures are explained.

    `state` says that it is new since the list was made, or no longer meets its threshold.
    """

    signal: str
    title: str
    parts: Sequence[Part]
    url: str
    icon: str
    colour: str
    state: str = ""


@dataclass(frozen=True)
class Decided:
    """A decision in a line. `words` leaves out what the viewer may not see."""

    pk: int
    verb: str
    words: str
    by: str
    by_pk: int
    at: str
    support_url: str = ""  # where an action becomes a support


@dataclass(frozen=True)
class Pupil:
    """A listed pupil. `full` says that the viewer may see events and notes, not only figures."""

    row: Row
    name: Name
    tag: str
    needs: str
    whys: Sequence[Why]
    others: Sequence[str]
    spark: SafeString | str
    full: bool
    reason: Reason
    decided: Decided | None

    @property
    def pk(self) -> int:
        return self.row.listing.pk

    @property
    def position(self) -> int:
        return self.row.listing.position

    @property
    def figures(self) -> str:
        """A mark of what is shown: the open page asks whether it is still that."""
        return figures_mark(self.row.entry, self.tag)

    @property
    def others_words(self) -> str:
        """The reasons beyond the three shown, by title."""
        return sentence_list([one[0].lower() + one[1:] for one in self.others])

    @property
    def more_words(self) -> str:
        """How many further reasons a closed row does not show."""
        count = len(self.whys) + len(self.others) - 1
        return f"and {plural(count, 'more reason')}" if count else ""

    @property
    def url(self) -> str:
        return address("pupil", self.row.listing.pupil_ref)


def listed_pupils(request: HttpRequest, group: Group, rows: Sequence[Row]) -> list[Pupil]:
    """The pupils of some rows whom this viewer may see here; every look is noted."""
    visit = request.visit  # type: ignore[attr-defined]
    allowed = []
    for row in rows_now(group, rows, visit.viewer.on):
        place = group.sheets.place(row.listing.pupil_ref)
        in_group = place is not None and place.year_group == group.year_group
        reason = why_may_see(visit.viewer, place, "week") if place and in_group else None
        if place and reason:
            allowed.append((row, place, reason))
    refs = [place.pupil_ref for _, place, _ in allowed]
    names = names_for(request).pupil_names(group.school_id, refs)
    found = []
    for row, place, reason in allowed:
        ref = place.pupil_ref
        visit.saw("week", school_id=group.school_id, subject=ref, why=reason.words)
        needs = needs_words(request, group, place)
        full = reason.level == "event"
        found.append(
            Pupil(
                row=row,
                name=names[ref],
                tag=place.registration_group,
                needs=needs,
                whys=[_why(ref, flag) for flag in row.entry["flags"]],
                others=[one["title"] for one in row.entry["more_flags"]],
                spark=small_spark(row.entry["spark"]),
                full=full,
                reason=reason,
                decided=decided_words(row, full=full),
            )
        )
    return found


def needs_words(request: HttpRequest, group: Group, place: PupilPlace) -> str:
    """SEND and EAL in words, for those who may see needs; the look is noted."""
    visit = request.visit  # type: ignore[attr-defined]
    reason = why_may_see(visit.viewer, place, "needs")
    if reason is None:
        return ""
    visit.saw("needs", school_id=group.school_id, subject=place.pupil_ref, why=reason.words)
    sen_status, eal = group.sheets.needs(place.pupil_ref)
    found = [SEN.get(sen_status, ""), "EAL" if eal else ""]
    return ", ".join(one for one in found if one)


def small_spark(told: Mapping[str, Any] | None) -> SafeString | str:
    """The drawing of a closed row."""
    if not told or not any(value is not None for value in told["values"]):
        return ""
    usual = tuple(told["usual"]) if told["usual"] else None
    return sparkline(told["kind"], told["values"], usual, told["caption"], told["text"])


def decided_words(row: Row, *, full: bool) -> Decided | None:
    """A decision in words: what, who and until when; notes only in full detail."""
    one = row.decision
    if one is None:
        return None
    told = [one.action, one.owner.name if one.owner else ""] if full else []
    if one.kind == "not_now":
        told = [str(one.note) or REASONS.get(one.reason, "")] if full else []
    said = ", ".join(part.rstrip(".") for part in told if part)
    day = "Away until" if one.kind == "not_now" else "Review"
    words = f"{said}. " if said else ""
    at, acts = timezone.localtime(one.decided_at), one.kind == "act"
    return Decided(
        one.pk,
        KINDS[one.kind].verb,
        f"{words}{day} {short_day(one.until)}.",
        one.decided_by.name,
        one.decided_by_id,
        f"{at:%H:%M}",
        f"{address('support_new', one.pupil_ref)}?decision={one.pk}" if acts and full else "",
    )


def _why(ref: str, flag: Mapping[str, Any]) -> Why:
    icon, colour = ICONS.get(flag["theme"], ("flag", ""))
    state, because = flag.get("state", ""), flag["because"]
    cleared = state == CLEARED  # nothing is flagged, so there is no sum to explain
    return Why(
        flag["signal"],
        flag["title"],
        [Part(because, False)] if cleared else parts_of(flag["signal"], because),
        "" if cleared else reverse("explain", args=[ref, flag["signal"]]),
        icon,
        colour,
        state,
    )
