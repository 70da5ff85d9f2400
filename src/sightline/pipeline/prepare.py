"""Prepare what the pages read: one file of sheets for each school."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from sightline.contract import read_contract
from sightline.engine import literal
from sightline.pipeline.basis import basis_of
from sightline.pipeline.objections import Objected
from sightline.pipeline.staff import present_staff
from sightline.pipeline.study import Study, opened
from sightline.sheets.basis import Basis
from sightline.sheets.build import build, group_of, groups_of
from sightline.sheets.source import Source
from sightline.sheets.types import GroupFacts
from sightline.site import Site
from sightline.warehouse import narrow_snapshot

__all__ = [
    "group_facts",
    "groups_facts",
    "latest_marks",
    "pages_in_use",
    "prepare",
    "source_of",
]

WEEK = timedelta(days=7)


def prepare(
    site: Site,
    *,
    today: date,
    built_at: datetime,
    schools: Sequence[str] | None = None,
    objected: Objected | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> list[Path]:
    """Write the sheets of some schools, or of all, from the last published snapshot.

    Figures are for the latest day up to `today` on which a school marked any register, or for
    today where it marks none. `objected` is who the site's own file says unless given. Raises
    `no_data`, and `not_found` for a school there is not.
    """
    objected = site.objections(today) if objected is None else objected
    with opened(site) as study:
        wanted = study.schools() if schools is None else [study.checked_school(s) for s in schools]
    files = []
    for school_id in wanted:
        progress(school_id)
        with opened(site, school=school_id, on=today) as study:
            source = _whole_source(study, school_id, today, objected.get(school_id, {}))
            files.append(build(source, site.folder / "sheets", built_at))
    return files


def _whole_source(
    study: Study, school_id: str, today: date, objected: Mapping[str, frozenset[str]]
) -> Source:
    """A school's source, without the rows of schools that have nothing to do with it."""
    names = study.names(study.site.settings["pack"])
    basis = basis_of(study, school_id, today=today, names=names, objected=objected)
    narrow_snapshot(study.engine, study.site.warehouse, study.snapshot, read_contract(), basis.near)
    return source_of(study, school_id, today, objected=objected, basis=basis)


def pages_in_use(site: Site) -> bool:
    """Whether anybody has started the pages on this site, so that loads must reach them."""
    return (site.folder / "sheets").is_dir() or (site.folder / "decisions.sqlite").exists()


def group_facts(
    study: Study,
    as_of: date,
    year_group: int,
    *,
    school: str | None = None,
    objected: Mapping[str, frozenset[str]] | None = None,
) -> GroupFacts:
    """What one group's weekly list needs on a date, straight from an opened snapshot.

    `objected` are the pupils of the school who have, as the site's own file says unless given.
    """
    school_id = study.one_school(school)
    if objected is None:
        objected = study.site.objections(study.on or as_of).get(school_id, {})
    source = source_of(study, school_id, as_of, year_group=year_group, objected=objected)
    return group_of(source, year_group)


def groups_facts(study: Study, today: date, school: str | None = None) -> list[GroupFacts]:
    """The same for every year group of a school, its signals worked out once."""
    school_id = study.one_school(school)
    objected = study.site.objections(study.on or today).get(school_id, {})
    return groups_of(source_of(study, school_id, today, objected=objected))


def source_of(
    study: Study,
    school_id: str,
    today: date,
    *,
    objected: Mapping[str, frozenset[str]],
    year_group: int | None = None,
    pupils: Collection[str] | None = None,
    basis: Basis | None = None,
) -> Source:
    """The signals run for a school, some pupils or a year group, on its latest day with marks.

    For a year group the day is `today`.
    """
    as_of = latest_marks(study, school_id, today) if year_group is None else today
    settings = study.site.settings
    names = study.names(settings["pack"])
    refs = None if pupils is None else sorted(pupils)
    study.signals(
        [as_of, as_of - WEEK], names=names, school=school_id, year_group=year_group, pupils=refs
    )
    return Source(
        engine=study.engine,
        library=study.library,
        values=study.values,
        names=names,
        school_id=school_id,
        as_of=as_of,
        today=today,
        pack=settings["pack"],
        capacity=int(settings["capacity"]),
        snapshot=study.snapshot.number,
        recorded_at=study.snapshot.recorded_at,
        term=study.term(school_id, as_of),
        objected=objected,
        staff=present_staff(study.engine, study.snapshot, today).get(school_id, {}),
        basis=basis or Basis(),
    )


def latest_marks(study: Study, school_id: str, today: date) -> date:
    """The latest day up to today on which a school marked any register; today without one."""
    latest: date | None = study.engine.value(
        "SELECT max(date) FROM attendance WHERE code IS NOT NULL AND code <> '-' "
        f"AND school_id = {literal(school_id)} AND date <= {literal(today)}"
    )
    return latest or today
