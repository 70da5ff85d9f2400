"""Prepare what the pages read: one file of sheets for each school."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from sightline.engine import literal
from sightline.pipeline.objections import Objected
from sightline.pipeline.staff import present_staff
from sightline.pipeline.study import Study, opened
from sightline.sheets.build import build, group_of, groups_of
from sightline.sheets.file import path_of
from sightline.sheets.source import Source
from sightline.sheets.types import GroupFacts
from sightline.site import Site
from sightline.warehouse import Snapshot

__all__ = ["group_facts", "groups_facts", "pages_in_use", "prepare", "prepare_changed"]

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
            source = _source(study, school_id, today, None, objected.get(school_id, {}))
            files.append(build(source, site.folder / "sheets", built_at))
    return files


def prepare_changed(
    site: Site,
    before: Snapshot | None,
    *,
    today: date,
    built_at: datetime,
    progress: Callable[[str], None] = lambda stage: None,
) -> list[Path]:
    """The same for the schools whose rows differ from an earlier snapshot's, or with no sheets."""
    now = site.warehouse.require()
    with opened(site) as study:
        schools = study.schools()
    changed = [
        school_id
        for school_id in schools
        if before is None
        or _digests(before, school_id) != _digests(now, school_id)
        or not path_of(site.folder / "sheets", school_id).exists()
    ]
    return prepare(site, today=today, built_at=built_at, schools=changed, progress=progress)


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
    return group_of(_source(study, school_id, as_of, year_group, objected), year_group)


def groups_facts(study: Study, today: date, school: str | None = None) -> list[GroupFacts]:
    """The same for every year group of a school, its signals worked out once."""
    school_id = study.one_school(school)
    objected = study.site.objections(study.on or today).get(school_id, {})
    return groups_of(_source(study, school_id, today, None, objected))


def _source(
    study: Study,
    school_id: str,
    today: date,
    year_group: int | None,
    objected: Mapping[str, frozenset[str]],
) -> Source:
    """The signals run for a school, or one year group of it, on its latest day with marks."""
    as_of = _latest_marks(study, school_id, today) if year_group is None else today
    settings = study.site.settings
    names = study.names(settings["pack"])
    study.signals([as_of, as_of - WEEK], names=names, school=school_id, year_group=year_group)
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
    )


def _digests(snapshot: Snapshot, school_id: str) -> tuple[dict[str, str], list[str]]:
    """What a school's rows come to, table by table, and who works there."""
    found = {
        name: state.digests[school_id]
        for name, state in snapshot.tables.items()
        if school_id in state.digests
    }
    return found, snapshot.staff.get(school_id, [])


def _latest_marks(study: Study, school_id: str, today: date) -> date:
    latest: date | None = study.engine.value(
        "SELECT max(date) FROM attendance WHERE code IS NOT NULL AND code <> '-' "
        f"AND school_id = {literal(school_id)} AND date <= {literal(today)}"
    )
    return latest or today
