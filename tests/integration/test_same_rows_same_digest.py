"""The same rows give the same digest, however they come in; the same load twice changes nothing."""

import os
import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.pipeline import load, opened
from sightline.site import Site, make_site, open_site
from sightline.warehouse import Snapshot, kept_tables, open_snapshot
from sightline.warehouse.digest import digests
from tests.support.killed_load import LOAD_DAY, MOMENTS, first_export, load_at, write
from tests.support.random_schools import FEATURES, Tables, site, write_canonical

PARENTS = ("school", "school_day", "class", "staff", "pupil")


@pytest.fixture(scope="module")
def school() -> Tables:
    """Two schools that share classes, with every table."""
    return site(11, 9, 34, 2, FEATURES)[0]


@pytest.fixture(scope="module")
def first(school: Tables, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that has loaded the school as it is. No test may change it."""
    root = tmp_path_factory.mktemp("first")
    write_canonical(school, root / "exports")
    return loaded(make_site(root / "site"), root / "exports")


def loaded(target: Site, *folders: Path) -> Site:
    for number, folder in enumerate(folders):
        at = MOMENTS[number]
        done = load(target, "canonical", folder, recorded_at=at, load_day=LOAD_DAY)
        assert done.account.refusals == 0
    return target


def twin(other: Site, folder: Path) -> Site:
    """An empty site with the same secret key, so that pupils have the same pseudonyms."""
    made = make_site(folder)
    shutil.copy2(other.folder / "secret.key", folder / "secret.key")
    return open_site(made.folder)


def digest(one: Site) -> str:
    return one.warehouse.require().digest


def by_school(snapshot: Snapshot, school_id: str) -> dict[str, str]:
    return {
        name: state.digests[school_id]
        for name, state in snapshot.tables.items()
        if school_id in state.digests
    }


def on_disk(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Every file with its size, its time of change and its content; locks left out."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_size,
            path.stat().st_mtime_ns,
            sha256(path.read_bytes()).hexdigest(),
        )
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_the_digest_is_that_of_the_rows_in_the_files(first: Site) -> None:
    snapshot, contract = first.warehouse.require(), read_contract()
    with Engine() as engine:
        open_snapshot(engine, first.warehouse, snapshot, contract)
        for table in kept_tables(contract):
            stored = digests(engine, table, f"SELECT * FROM {table.name}")
            state = snapshot.tables.get(table.name)
            assert stored == (state.digests if state else {}), table.name


def test_the_same_load_twice_changes_no_file(first: Site) -> None:
    before, snapshot = on_disk(first.folder), first.warehouse.require()
    for number in (0, 1):  # at the same moment, and a week later
        again = load(
            first,
            "canonical",
            first.folder.parent / "exports",
            recorded_at=MOMENTS[number],
            load_day=LOAD_DAY,
        )
        assert not again.published
        assert again.snapshot == snapshot.id
        for name, table in again.account.tables.items():
            assert table.duplicates == table.received, name
    assert first.warehouse.snapshots() == [snapshot]
    assert on_disk(first.folder) == before


def test_the_order_of_rows_and_columns_is_nothing(
    first: Site, school: Tables, tmp_path: Path
) -> None:
    rng = Random(1)
    shuffled = {name: rng.sample(rows, len(rows)) for name, rows in school.items()}
    write_canonical(shuffled, tmp_path / "shuffled")
    for path in (tmp_path / "shuffled").iterdir():
        reverse_columns(path)
    assert digest(loaded(twin(first, tmp_path / "second"), tmp_path / "shuffled")) == digest(first)


def reverse_columns(path: Path) -> None:
    with Engine() as engine:
        given = f"read_csv('{path}', header = true, all_varchar = true)"
        names = [row["column_name"] for row in engine.rows(f"DESCRIBE SELECT * FROM {given}")]
        listed = ", ".join(f'"{name}"' for name in reversed(names))
        target = path.with_suffix(".new")
        engine.run(f"COPY (SELECT {listed} FROM {given}) TO '{target}' (HEADER, DELIMITER ',')")
    os.replace(target, path)


@pytest.mark.parametrize("shape", ["line feeds", "byte order mark", "quotes", "no last line end"])
def test_the_shape_of_the_file_is_nothing(
    shape: str, first: Site, school: Tables, tmp_path: Path
) -> None:
    for path in write_canonical(school, tmp_path / "shaped"):
        text = path.read_bytes()
        path.write_bytes(
            {
                "line feeds": text.replace(b"\r\n", b"\n"),
                "byte order mark": b"\xef\xbb\xbf" + text,
                "quotes": text.replace(b",S1,", b',"S1",'),
                "no last line end": text.removesuffix(b"\r\n"),
            }[shape]
        )
    assert digest(loaded(twin(first, tmp_path / "second"), tmp_path / "shaped")) == digest(first)


def test_splitting_a_load_in_two_is_nothing(first: Site, school: Tables, tmp_path: Path) -> None:
    rng = Random(2)
    halves: tuple[Tables, Tables] = ({}, {})
    for name, rows in school.items():
        early = [name in PARENTS or rng.random() < 0.5 for _ in rows]
        for half, wanted in zip(halves, (True, False), strict=True):
            half[name] = [r for r, e in zip(rows, early, strict=True) if e is wanted]
    for number, half in enumerate(halves):
        write_canonical(half, tmp_path / f"half {number}")
    target = twin(first, tmp_path / "second")
    assert digest(loaded(target, tmp_path / "half 0", tmp_path / "half 1")) == digest(first)


def test_another_school_leaves_the_first_ones_digests_alone(tmp_path: Path) -> None:
    alone = first_export()
    alone = {name: [row for row in rows if about(row, "S1")] for name, rows in alone.items()}
    one = make_site(tmp_path / "one")
    load_at(one, write(alone, tmp_path / "alone"), 0)
    both = twin(one, tmp_path / "both")
    load_at(both, write(first_export(), tmp_path / "together"), 0)
    later = twin(one, tmp_path / "later")
    load_at(later, tmp_path / "alone", 0)
    load_at(later, tmp_path / "together", 1)
    expected = by_school(one.warehouse.require(), "S1")
    assert len(expected) == 6
    assert by_school(both.warehouse.require(), "S1") == expected
    assert by_school(later.warehouse.require(), "S1") == expected
    assert digest(both) == digest(later) != digest(one)


def about(row: list[str], school_id: str) -> bool:
    """Whether a row of the small export is about a school: its even pupils are at S1."""
    evens = {f"P{n}" for n in range(2, 10, 2)}
    return school_id in row or bool(evens & set(row)) or row[0] in {f"N{n}" for n in range(2, 9, 2)}


def test_pupils_who_change_school_take_their_facts_along(school: Tables, tmp_path: Path) -> None:
    moved, as_of = {**school}, site(11, 9, 34, 2, FEATURES)[1]
    other = {"S1": "S2", "S2": "S1"}
    moved["pupil"] = [
        {**row, "school_id": other[row["school_id"]]} if number % 3 == 0 else row
        for number, row in enumerate(school["pupil"])
    ]
    # A mark must lie on an open day of the school that the pupil is now said to have been at.
    days = {(r["school_id"], r["date"]): r["kind"] for r in school["school_day"]}
    at = {row["pupil_id"]: row["school_id"] for row in moved["pupil"]}
    for name in ("attendance", "lesson_mark"):
        moved[name] = [
            row for row in moved[name] if days.get((at[row["pupil_id"]], row["date"])) == "open"
        ]
    shared = {**school, **{name: moved[name] for name in ("attendance", "lesson_mark")}}
    write_canonical(shared, tmp_path / "before")
    write_canonical(moved, tmp_path / "after")
    target = loaded(make_site(tmp_path / "moved"), tmp_path / "before")
    before = digest(target)
    load(target, "canonical", tmp_path / "after", recorded_at=MOMENTS[1], load_day=LOAD_DAY)
    fresh = loaded(twin(target, tmp_path / "fresh"), tmp_path / "after")
    assert digest(target) == digest(fresh) != before
    assert results(target, as_of) == results(fresh, as_of) != []


def results(target: Site, as_of: date) -> list[dict[str, Any]]:
    with opened(target) as study:
        study.signals([as_of], names=list(study.library))
        return list(study.rows())


def test_a_class_that_changes_school_takes_its_lessons_along(tmp_path: Path) -> None:
    for number, school_id in enumerate(("S1", "S2")):
        folder = write(first_export(), tmp_path / str(number))
        (folder / "class.csv").write_text(f"class_id,school_id,subject\nC1,{school_id},art\n")
        (folder / "lesson.csv").write_text(
            "class_id,weekday,period,session,starts_at,ends_at\nC1,1,1,AM,09:00,10:00\n"
        )
    target = make_site(tmp_path / "moved")
    for number in (0, 1):
        load_at(target, tmp_path / str(number), number)
    fresh = twin(target, tmp_path / "fresh")
    load_at(fresh, tmp_path / "1", 0)
    assert digest(target) == digest(fresh)
    assert target.warehouse.require().tables["lesson"].schools == {"S2"}


def test_a_changed_name_is_kept_although_no_fact_has_changed(tmp_path: Path) -> None:
    renamed = first_export()
    renamed["pupil_identity"][0][1] = "Another"
    target = make_site(tmp_path / "site")
    load_at(target, write(first_export(), tmp_path / "0"), 0)
    before = digest(target)
    done = load_at(target, write(renamed, tmp_path / "1"), 1)
    assert done.published
    assert done.account.tables["pupil_identity"].amended == 1
    snapshot = target.warehouse.require()
    assert snapshot.digest == before
    (ref,) = target.keys.pupil_refs(["P1"])
    with target.vault(snapshot) as vault:
        assert vault.read("pupil_identity", [ref])[ref]["given_name"] == "Another"
    assert not load_at(target, tmp_path / "1", 2).published
