"""What a school's sheets are made from, as a few short texts that differ when it does."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from sightline import __version__
from sightline.engine import literal
from sightline.pipeline.study import Study
from sightline.sheets.basis import Basis
from sightline.warehouse import Snapshot

__all__ = ["basis_of", "changed_tables"]

SHARED = ("lesson", "pupil", "class_member", "engagement")
"""Tables in which another school's rows matter here, where pupils of both are in one class."""


def basis_of(
    study: Study,
    school_id: str,
    *,
    today: date,
    names: Sequence[str],
    objected: Mapping[str, Collection[str]],
    kept: Basis | None = None,
) -> Basis:
    """What the sheets of a school would be made from now.

    `kept` is what they were made from: where no membership of the site changed since, the schools
    it shares classes with are still the same.
    """
    snapshot = study.snapshot
    members = _digest_of(snapshot, ("class_member",), snapshot.schools)
    near = kept.near if kept and kept.members == members else _near(study, school_id)
    return Basis(
        how=_how(study, today, names, objected),
        rows=_rows(snapshot, school_id),
        staff=_short(snapshot.staff.get(school_id)),
        near=tuple(near),
        shared=_shared(snapshot, school_id, near),
        members=members,
    )


def changed_tables(snapshot: Snapshot, school_id: str, kept: Basis) -> set[str]:
    """The tables in which anything changed that a school's sheets rest on.

    `staff` stands for a change of who works there, `*` for one at a school it shares classes with.
    """
    now = _rows(snapshot, school_id)
    found = {name for name in now.keys() | kept.rows.keys() if now.get(name) != kept.rows.get(name)}
    if _short(snapshot.staff.get(school_id)) != kept.staff:
        found.add("staff")
    if _shared(snapshot, school_id, kept.near) != kept.shared:
        found.add("*")
    return found


def _rows(snapshot: Snapshot, school_id: str) -> dict[str, str]:
    return {
        name: state.digests[school_id]
        for name, state in sorted(snapshot.tables.items())
        if school_id in state.digests
    }


def _shared(snapshot: Snapshot, school_id: str, near: Sequence[str]) -> str:
    """What other schools' rows come to; the classes of all of them, which any row may name."""
    others = snapshot.schools - {school_id}
    classes = _digest_of(snapshot, ("class",), others)
    return _short([classes, _digest_of(snapshot, SHARED, set(near) - {school_id})])


def _digest_of(snapshot: Snapshot, tables: Sequence[str], schools: Collection[str]) -> str:
    found = {
        f"{name} {school}": snapshot.tables[name].digests.get(school)
        for name in tables
        if name in snapshot.tables
        for school in sorted(schools)
    }
    return _short(found)


def _near(study: Study, school_id: str) -> list[str]:
    """The school, and those whose classes its pupils are in or whose pupils are in those."""
    if len(study.snapshot.schools) == 1:
        return [school_id]
    mine = f"SELECT class_id FROM class_member WHERE school_id = {literal(school_id)}"
    rows = study.engine.rows(
        f"SELECT school_id FROM class WHERE class_id IN ({mine}) UNION "
        f"SELECT school_id FROM class_member WHERE class_id IN ({mine} "
        f"UNION SELECT class_id FROM class WHERE school_id = {literal(school_id)})"
    )
    return sorted({school_id} | {row["school_id"] for row in rows})


def _how(
    study: Study, today: date, names: Sequence[str], objected: Mapping[str, Collection[str]]
) -> str:
    """The day, the rules in force, the settings that matter and who is left out, in short."""
    told = {
        "version": __version__,
        "today": today.isoformat(),
        "pack": study.site.settings["pack"],
        "capacity": study.site.settings["capacity"],
        "names": list(names),
        "rules": [str(sorted(vars(one).items())) for one in study.library.values()],
        "values": {name: study.values[name] for name in sorted(study.values)},
        "objected": {ref: sorted(themes) for ref, themes in sorted(objected.items())},
    }
    return _short(told)


def _short(told: Any) -> str:
    text = json.dumps(told, sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()[:32]
