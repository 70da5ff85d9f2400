"""Figures of progress as plain values: the same for a page, a file and `--json`."""

from collections.abc import Sequence
from typing import Any

from sightline.insights.chance import Count, Interval, share
from sightline.insights.tracking import ATTRIBUTES, AtPoint, Cohort, Group, Subject

__all__ = ["cohort_json", "figures_json"]

NO_POINT = "No assessment point of this subject has ten results yet."
MEASURED = {
    "on_course": "on course: a result as expected or above",
    "passing": "passing: a result of 40% or more; no expected result here",
    "none": "no expected result here, so only how results are spread",
}


def figures_json(subject: Subject, found: Sequence[AtPoint]) -> dict[str, Any]:
    """A subject: what is measured, and its points, the earliest first."""
    return {
        "subject": subject.name,
        "measure": subject.measure,
        "measured": MEASURED[subject.measure],
        "year_groups": list(subject.years),
        "points": [point_json(one) for one in found],
        "why": "" if found else NO_POINT,
    }


def point_json(at: AtPoint) -> dict[str, Any]:
    """One point: everybody, each group beside the rest, and how results are spread."""
    whole = at.whole
    return {
        "point": at.point.name,
        "date": at.point.on,
        "school_year": at.point.year or None,
        "pupils": whole.pupils,
        "on_course": whole.met,
        "within_a_step": whole.near,
        "share": rounded(whole.share),
        **ends("", whole.interval),
        "mean_gap": whole.mean_gap,
        "progress_expected": moved_json(at.moved_on),
        "not_split": [" and ".join(ATTRIBUTES[one].title for one in of) for of in at.not_split],
        "groups": [group_json(one) for one in at.groups],
        "bands": {scale: dict(bands) for scale, bands in at.bands.items()},
    }


def moved_json(count: Count | None) -> dict[str, Any] | None:
    """Who made the progress expected since the point before; null where it cannot be told."""
    if count is None:
        return None
    told = {"pupils": count.of, "made": count.found, "share": rounded(count.share)}
    return told | ends("", share(count))


def group_json(group: Group) -> dict[str, Any]:
    """One group beside the rest. Null where nothing is shown; `why` says so."""
    return {
        "by": list(group.attributes),
        "title": " and ".join(ATTRIBUTES[one].title for one in group.attributes),
        "group": ", ".join(group.levels),
        "pupils": group.pupils,
        "on_course": group.met,
        "share": rounded(group.share),
        **ends("", group.interval),
        "difference": rounded(group.difference),
        **ends("difference_", group.difference_interval),
        "mean_gap": group.mean_gap,
        "gap_difference": group.gap_difference,
        **ends("gap_", group.gap_interval),
        "verdict": group.verdict,
        "why": group.why,
    }


def cohort_json(cohort: Cohort, pupils: int | None) -> dict[str, Any]:
    """Key Stage 4's figures of one year group; `pupils` as the gate released them, None for no
    figure at all."""
    progress, shown = cohort.progress, pupils is not None
    hidden = "" if shown else "Too few pupils to show."
    return {
        "year_group": cohort.year_group,
        "pupils": pupils,
        "attainment_8": rounded(cohort.mean, 1) if shown else None,
        **ends("attainment_8_", cohort.interval if shown else None, 1),
        "attainment_8_expected": rounded(cohort.expected, 1) if shown else None,
        "slots_filled": rounded(cohort.slots, 1) if shown else None,
        "progress_8": rounded(progress.mean, 2) if shown else None,
        **ends("progress_8_", progress.interval if shown else None, 2),
        "why": hidden or progress.why,
        "unrecognised_subjects": list(cohort.unrecognised),
        "official": False,
    }


def ends(name: str, interval: Interval | None, digits: int = 4) -> dict[str, float | None]:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {f"{name}low": rounded(low, digits), f"{name}high": rounded(high, digits)}


def rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits) + 0.0
