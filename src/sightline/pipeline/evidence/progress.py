"""Results against what was expected, asked of a site: for groups as JSON, for pupils by name.

Answers about groups are kept until the data, the objections or the supports change; lines about
pupils are read anew each time and kept nowhere. Who objected to the theme of progress, or to
everything, is in no figure of a group.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any

from sightline.engine import literal
from sightline.insights.disclosure import Dimension, Table
from sightline.insights.tracking import (
    Asked,
    Line,
    Point,
    Subject,
    key_stage_4,
    lines_of,
    make_results,
    points_of,
    refs_of,
    subject_figures,
    subjects_of,
)
from sightline.kit import SightlineError, sentence_list
from sightline.pipeline.evidence.answers import kept_answer
from sightline.pipeline.evidence.progress_json import cohort_json, figures_json
from sightline.pipeline.evidence.released import release_groups
from sightline.pipeline.study import Study, opened
from sightline.site import Site

__all__ = ["ClassLines", "class_lines", "lines_at_last", "overview", "subject_progress"]

THEME = "progress"


@dataclass(frozen=True)
class ClassLines:
    """A class, its subject, who is in it, and the latest result of each who has one."""

    class_id: str
    name: str
    subject: str
    refs: Sequence[str]
    lines: Mapping[str, Line]


def overview(
    site: Site,
    school: str,
    on: date,
    *,
    year_group: int | None = None,
    subjects: Collection[str] = (),
    supported: Collection[str] = (),
    today: date | None = None,
) -> dict[str, Any]:
    """Every subject of a school (or those named) at its last point, and Key Stage 4's figures."""

    objected = _objected(site, school, today or on)

    def make() -> dict[str, Any]:
        with _studied(site, school, on, supported, objected) as (study, phase):
            wanted = [
                one for one in subjects_of(study.engine) if not subjects or one.name in subjects
            ]
            asked = Asked(school, phase, on, year_group, ("year",), points=1)
            return _head(study, school, phase, on, year_group) | {
                "subjects": [_subject(study, one, asked) for one in _of_year(wanted, year_group)],
                "key_stage_4": _key_stage_4(study, school, on, year_group) if not subjects else [],
            }

    asked = {"school": school, "on": on, "year": year_group, "subjects": sorted(subjects)}
    return _kept(site, "overview", asked, [supported, objected], make)


def subject_progress(
    site: Site,
    school: str,
    subject: str,
    on: date,
    *,
    year_group: int | None = None,
    by: Sequence[str] = (),
    supported: Collection[str] = (),
    today: date | None = None,
) -> dict[str, Any]:
    """One subject at each of its last six points, by every group, or `by` one or two of them.

    Raises `not_found` for a subject without results. `today` is the day whose objections hold,
    where it is not the day asked about.
    """

    objected = _objected(site, school, today or on)

    def make() -> dict[str, Any]:
        with _studied(site, school, on, supported, objected) as (study, phase):
            found = _named(subjects_of(study.engine), subject)
            pair = (by[0], by[1]) if len(by) == 2 else None
            asked = Asked(school, phase, on, year_group, tuple(by), pair)
            told = _subject(study, found, asked)
            return _head(study, school, phase, on, year_group) | told | {"by": list(by)}

    asked = {"school": school, "on": on, "year": year_group, "subject": subject, "by": list(by)}
    return _kept(site, "subject", asked, [supported, objected], make)


def class_lines(site: Site, school: str, class_id: str, on: date) -> ClassLines | None:
    """Everybody in a class, each with the latest result in its subject; None for no such class."""
    with opened(site, school=school) as study:
        rows = study.engine.rows(
            "SELECT coalesce(name, class_id) AS name, subject FROM class "
            f"WHERE class_id = {literal(class_id)} AND school_id = {literal(school)}"
        )
        if not rows:
            return None
        make_results(study.engine, school, on)
        name, subject = rows[0]["name"], rows[0]["subject"]
        refs = refs_of(study.engine, class_id, on)
        return ClassLines(class_id, name, subject, refs, lines_of(study.engine, subject, refs=refs))


def lines_at_last(
    site: Site, school: str, subject: str, on: date, year_group: int, refs: Collection[str]
) -> tuple[Point | None, dict[str, Line]]:
    """The results of some pupils of a year group at its last point in a subject, by pupil."""
    with opened(site, school=school) as study:
        make_results(study.engine, school, on)
        points = points_of(study.engine, subject, year_group)
        if not points:
            return None, {}
        return points[-1], lines_of(study.engine, subject, refs=refs, at=points[-1])


@contextmanager
def _studied(
    site: Site, school: str, on: date, supported: Collection[str], objected: Collection[str]
) -> Iterator[tuple[Study, str]]:
    """A school's results without those who objected, and its phase. Raises `not_found`."""
    with opened(site, school=school) as study:
        study.checked_school(school)
        make_results(study.engine, school, on, left_out=objected, supported=supported)
        rows = study.engine.rows(
            f"SELECT phase, name FROM school WHERE school_id = {literal(school)}"
        )
        yield study, rows[0]["phase"] or ""


def _objected(site: Site, school: str, on: date) -> list[str]:
    """The pupils who on a day objected to everything, or to this theme."""
    found = site.objections(on).get(school, {})
    return sorted(ref for ref, themes in found.items() if not themes or THEME in themes)


def _head(
    study: Study, school: str, phase: str, on: date, year_group: int | None
) -> dict[str, Any]:
    name = study.engine.rows(f"SELECT name FROM school WHERE school_id = {literal(school)}")
    last = study.engine.rows("SELECT max(date) AS last FROM progress_result")[0]["last"]
    return {
        "school": school,
        "school_name": name[0]["name"],
        "phase": phase,
        "on": on,
        "results_to": last,
        "year_group": year_group,
    }


def _subject(study: Study, subject: Subject, asked: Asked) -> dict[str, Any]:
    found = subject_figures(study.engine, subject, asked, partial(release_groups, study.site))
    return figures_json(subject, found)


def _of_year(subjects: Sequence[Subject], year_group: int | None) -> list[Subject]:
    return [one for one in subjects if year_group is None or year_group in one.years]


def _key_stage_4(
    study: Study, school: str, on: date, year_group: int | None
) -> list[dict[str, Any]]:
    """By the school year of the last result: data may be older than the day they are read."""
    last = study.engine.rows("SELECT max(date) AS last FROM progress_result")[0]["last"]
    found = key_stage_4(study.engine, last or on)
    if not found:
        return []
    years = {f"Year {one.year_group}": one for one in found}
    cells: dict[tuple[str, ...], int] = {(year,): one.pupils for year, one in years.items()}
    table = Table(f"{school}: Key Stage 4", on, (Dimension("year", tuple(years)),), cells)
    (shown,) = release_groups(study.site, [table])
    return [
        cohort_json(one, shown.shown(year))
        for year, one in years.items()
        if year_group in (None, one.year_group)
    ]


def _named(subjects: Sequence[Subject], name: str) -> Subject:
    for one in subjects:
        if one.name.lower() == name.lower():
            return one
    listed = sentence_list([one.name for one in subjects]) or "none"
    what, remedy = f"there are no results in `{name}`", f"The subjects are {listed}."
    raise SightlineError("not_found", "--subject", what, remedy)


def _kept(
    site: Site, kind: str, asked: Mapping[str, Any], refs: Sequence[Collection[str]], make: Any
) -> dict[str, Any]:
    told = json.dumps([sorted(one) for one in refs])
    digest = sha256(told.encode()).hexdigest()[:16]
    rests_on = f"{site.warehouse.require().digest} {digest}"
    value: dict[str, Any] = kept_answer(site, f"progress-{kind}", asked, rests_on, make).value
    return value
