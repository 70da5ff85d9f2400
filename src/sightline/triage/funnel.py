"""What the meetings recorded, one row for each pupil listed: for figures about groups only.

In: what people decided and tried. Out: plain rows of dates. No text is read, and who decided is
not in them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from sightline.insights.fairness import Recorded
from sightline.sheets import open_sheets
from sightline.site import Site
from sightline.triage.aims import Aim, aims_of
from sightline.triage.models import Decision, Listing, Review, Support

__all__ = ["funnel_rows", "recorded_of"]

Level = Callable[[str, str], float | None]


def recorded_of(
    site: Site, schools: Sequence[str], *, since: date, until: date
) -> list[Recorded] | None:
    """The rows of some schools together; None unless every one of them recorded a list."""
    aims = aims_of(site.thresholds())
    found = []
    for school_id in schools:
        sheets = open_sheets(site, school_id)
        levels = {signal: sheets.levels(signal) for signal in aims} if sheets else {}

        def level(
            signal: str, ref: str, own: Mapping[str, Mapping[str, float]] = levels
        ) -> float | None:
            return own.get(signal, {}).get(ref)

        rows = funnel_rows(
            school_id,
            since=since,
            until=until,
            aims=aims,
            level=level,
        )
        if rows is None:
            return None
        found += rows
    return found


def funnel_rows(
    school_id: str, *, since: date, until: date, aims: Mapping[str, Aim], level: Level
) -> list[Recorded] | None:
    """The pupils listed in a period, with the first date of everything that followed.

    `level` gives a pupil's present level of a signal, by signal and ref. None where the school
    recorded no list in the period: then nothing is known of what people did.
    """
    listed: dict[str, date] = {}
    rows = Listing.objects.filter(
        meeting__school_id=school_id, meeting__as_of__gte=since, meeting__as_of__lte=until
    )
    for ref, on in rows.order_by("-meeting__as_of").values_list("pupil_ref", "meeting__as_of"):
        listed[ref] = on  # the earliest comes last
    if not listed:
        return None
    decided, acted = _decisions(school_id, since)
    tried = _supports(school_id, since, aims, level)
    return [
        _row(school_id, ref, on, decided.get(ref), acted.get(ref), tried.get(ref, []))
        for ref, on in sorted(listed.items())
    ]


Tried = tuple[date, date | None, date | None]  # started, first reviewed, seen to be better


def _row(
    school_id: str,
    ref: str,
    listed_on: date,
    decided: tuple[date, str] | None,
    acted_on: date | None,
    tried: Iterable[Tried],
) -> Recorded:
    """A pupil's supports count from the one that was started first after the list."""
    since = [one for one in tried if one[0] >= listed_on]
    reviews = [reviewed for _, reviewed, _ in since if reviewed]
    better = [on for _, reviewed, on in since if reviewed and on]
    return Recorded(
        school_id=school_id,
        pupil_ref=ref,
        listed_on=listed_on,
        decided_on=decided[0] if decided else None,
        kind=decided[1] if decided else "",
        acted_on=acted_on,
        support_on=min((started for started, _, _ in since), default=None),
        reviewed_on=min(reviews, default=None),
        improved_on=min(better, default=None),
    )


def _decisions(school_id: str, since: date) -> tuple[dict[str, tuple[date, str]], dict[str, date]]:
    """Each pupil's first standing decision, and the first that was to act on this."""
    first: dict[str, tuple[date, str]] = {}
    acted: dict[str, date] = {}
    rows = Decision.objects.filter(
        school_id=school_id, undone_at__isnull=True, listing__meeting__as_of__gte=since
    )
    for ref, kind, at in rows.order_by("decided_at").values_list("pupil_ref", "kind", "decided_at"):
        first.setdefault(ref, (_day(at), kind))
        if kind == "act":
            acted.setdefault(ref, _day(at))
    return first, acted


def _supports(
    school_id: str, since: date, aims: Mapping[str, Aim], level: Level
) -> dict[str, list[Tried]]:
    """Each pupil's supports of the period: when started, first reviewed and seen to be better.

    Better: the present level of the aim's signal is better than at the start by its meaningful
    change. It is dated with the latest review, when somebody looked.
    """
    reviewed = defaultdict(list)
    rows = Review.objects.filter(support__school_id=school_id, support__started_on__gte=since)
    for support, at in rows.values_list("support_id", "reviewed_at"):
        reviewed[support].append(_day(at))
    found: dict[str, list[Tried]] = defaultdict(list)
    columns = ("pk", "pupil_ref", "aim_signal", "start_level", "started_on")
    supports = Support.objects.filter(school_id=school_id, started_on__gte=since)
    for pk, ref, signal, start, on in supports.order_by("started_on").values_list(*columns):
        days, aim = reviewed[pk], aims.get(signal)
        better = aim is not None and aim.moved(start, level(signal, ref)) == "better"
        found[ref].append((on, min(days, default=None), max(days) if days and better else None))
    return found


def _day(at: datetime) -> date:
    return timezone.localdate(at)
