"""After a load: only what changed reaches the pages, and the pages are as if all were made anew.

For each school whose rows changed, either the sheets of the pupils touched are made anew in a copy
of its file, or all of them: where the day moved, where classes, pupils or rules changed, where many
pupils are touched, or where it cannot be proven that the others' sheets stay as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from sightline.contract import read_contract
from sightline.pipeline.basis import basis_of, changed_tables
from sightline.pipeline.prepare import latest_marks, prepare, source_of
from sightline.pipeline.study import Study, opened
from sightline.pipeline.touched import BY_PUPIL, touched_pupils
from sightline.sheets.basis import Kept, kept_of
from sightline.sheets.file import SCHEMA_VERSION, path_of
from sightline.sheets.update import update
from sightline.signals import read_library
from sightline.site import Site
from sightline.warehouse import Snapshot, narrow_snapshot

__all__ = ["Refreshed", "prepare_changed", "refresh"]

FEW = 0.3  # of a school's pupils, above which all sheets are as quickly made anew


@dataclass(frozen=True)
class Refreshed:
    """The files replaced, and for each school the pupils whose sheets were made: None says all."""

    files: list[Path] = field(default_factory=list)
    pupils: Mapping[str, frozenset[str] | None] = field(default_factory=dict)


def refresh(
    site: Site,
    *,
    today: date,
    built_at: datetime,
    progress: Callable[[str], None] = lambda school: None,
) -> Refreshed:
    """Let the sheets of every school follow the last published snapshot. Raises `no_data`.

    Schools whose rows have not changed keep their files. The result is what `prepare` makes for
    the same day.
    """
    snapshot = site.warehouse.require()
    done = Refreshed([], {})
    for school_id in sorted(snapshot.schools):
        path = path_of(site.folder / "sheets", school_id)
        kept = kept_of(path, str(SCHEMA_VERSION))
        if kept and not changed_tables(snapshot, school_id, kept.basis):
            continue
        progress(school_id)
        touched = _updated(site, school_id, kept, today, built_at) if kept else None
        if touched is None:
            prepare(site, today=today, built_at=built_at, schools=[school_id])
        done.files.append(path)
        done = replace(done, pupils={**done.pupils, school_id: touched})
    return done


def _updated(
    site: Site, school_id: str, kept: Kept, today: date, built_at: datetime
) -> frozenset[str] | None:
    """Make the sheets of the pupils touched anew, and return who they are; None where all are."""
    with opened(site, school=school_id, on=today) as study:
        changed = changed_tables(study.snapshot, school_id, kept.basis)
        if not changed <= BY_PUPIL | {"staff"}:
            return None
        pack = site.settings["pack"]
        names = study.names(pack)
        objected = site.objections(today).get(school_id, {})
        basis = basis_of(
            study, school_id, today=today, names=names, objected=objected, kept=kept.basis
        )
        if (basis.how, basis.near) != (kept.basis.how, kept.basis.near) or _own_rules(study):
            return None
        narrow_snapshot(study.engine, site.warehouse, study.snapshot, read_contract(), basis.near)
        touched = _touched(study, school_id, kept, changed & BY_PUPIL, today)
        if touched is None:
            return None
        source = source_of(study, school_id, today, objected=objected, basis=basis, pupils=touched)
        folder = site.folder / "sheets"
        tables = changed & BY_PUPIL
        found = update(source, folder, built_at, kept=kept, pupils=touched, tables=tables)
        return None if found is None else frozenset(touched)


def _own_rules(study: Study) -> bool:
    """Whether the school has rules of its own, which may rest on anybody's rows."""
    return study.library.keys() != read_library().keys()


def _touched(
    study: Study, school_id: str, kept: Kept, tables: set[str], today: date
) -> set[str] | None:
    """The pupils touched, where the day stays and they are few."""
    if "attendance" in tables and latest_marks(study, school_id, today) != kept.as_of:
        return None
    found = touched_pupils(
        study,
        school_id,
        tables,
        load=kept.snapshot,
        digests=kept.basis.rows,
        as_of=kept.as_of,
    )
    if found is None:
        return None
    state = study.snapshot.tables["pupil"]
    roll = sum(file.rows for file in state.files if file.school_id == school_id)
    return found if len(found) <= FEW * roll else None


def prepare_changed(
    site: Site,
    before: Snapshot | None = None,
    *,
    today: date,
    built_at: datetime,
    progress: Callable[[str], None] = lambda stage: None,
) -> list[Path]:
    """The files of the schools whose sheets followed. Each file tells what it was made from.

    `before`, the snapshot of before a load, is not needed to know it.
    """
    return refresh(site, today=today, built_at=built_at, progress=progress).files
