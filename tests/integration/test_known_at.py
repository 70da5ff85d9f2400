"""What was known then: a snapshot opened as known at a moment holds what the site then held."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.pipeline import load
from sightline.site import Site, make_site
from sightline.warehouse import Snapshot, fact_columns, kept_tables, open_snapshot
from tests.support import dirty_rows
from tests.support.killed_load import MOMENTS, Rows, first_export, load_at, small_site, write

Held = dict[str, Counter[tuple[Any, ...]]]
BEFORE_ALL = MOMENTS[0] - timedelta(days=1)


def held(site: Site, snapshot: Snapshot, known_at: datetime | None = None) -> Held:
    """Every row of every table, without when it became known."""
    contract = read_contract()
    found: Held = {}
    with Engine() as engine:
        open_snapshot(engine, site.warehouse, snapshot, contract, known_at=known_at)
        for table in kept_tables(contract):
            columns = ", ".join(fact_columns(table))
            rows = engine.rows(f"SELECT {columns} FROM {table.name}")
            found[table.name] = Counter(tuple(row.values()) for row in rows)
    return found


def of_schools(held_rows: Held, schools: Mapping[str, set[str]]) -> Held:
    """Only the rows of these schools, table by table."""
    found: Held = {}
    for table in kept_tables(read_contract()):
        at = fact_columns(table).index("school_id")
        rows = held_rows[table.name].items()
        found[table.name] = Counter(
            {row: n for row, n in rows if row[at] in schools.get(table.name, set())}
        )
    return found


def marks(site: Site, known_at: datetime | None = None) -> list[str]:
    """The codes of the first pupil's first morning, as known at a moment."""
    snapshot = site.warehouse.require()
    (ref,) = site.keys.pupil_refs(["P1"])
    with Engine() as engine:
        open_snapshot(engine, site.warehouse, snapshot, read_contract(), known_at=known_at)
        rows = engine.rows(
            f"SELECT code FROM attendance WHERE pupil_ref = '{ref}' AND date = '2026-01-05' "
            "AND session = 'AM'"
        )
    return [row["code"] for row in rows]


def one_mark(*versions: tuple[str, str]) -> Rows:
    """The small export with the first morning's mark in these versions: (code, recorded_at)."""
    rows = first_export()
    first, *others = rows["attendance"]
    rows["attendance"] = [[*first[:3], code, at] for code, at in versions] + others
    return rows


def loads(root: Path, *exports: Rows) -> Site:
    """A site that has loaded these exports, each a week after the one before."""
    site = make_site(root / "site")
    for number, rows in enumerate(exports):
        load_at(site, write(rows, root / str(number)), number)
    return site


def test_each_load_can_be_seen_again(tmp_path: Path) -> None:
    site, first, second = small_site(tmp_path)
    then = []
    for number, folder in enumerate((first, second, first)):  # the third takes everything back
        load_at(site, folder, number)
        then.append(held(site, site.warehouse.require()))
    assert then[0] != then[1] != then[2]
    for moment, rows in zip(MOMENTS, then, strict=True):
        assert held(site, site.warehouse.require(), moment) == rows
        assert held(site, site.warehouse.require(), moment + timedelta(days=6)) == rows


def test_dirty_loads_can_be_seen_again(tmp_path: Path) -> None:
    """Of the schools that a table had then; a school's first load counts as known all along."""
    site = make_site(tmp_path / "site")
    then, schools = [], []
    for number, folder in enumerate(dirty_rows.dirty_sequence(0, tmp_path / "exports")):
        at = MOMENTS[number]
        load(site, "canonical", folder, recorded_at=at, load_day=dirty_rows.LOAD_DAY)
        snapshot = site.warehouse.require()
        then.append(held(site, snapshot))
        schools.append({name: state.schools for name, state in snapshot.tables.items()})
    for number, rows in enumerate(then):
        seen = held(site, site.warehouse.require(), MOMENTS[number])
        for name, expected in rows.items():
            assert of_schools(seen, schools[number])[name] == expected, (number, name)


def test_before_the_first_load_rows_count_from_when_they_were_recorded(tmp_path: Path) -> None:
    site = loads(tmp_path, first_export())
    noon = datetime(2026, 1, 14, 12, tzinfo=UTC)
    seen = held(site, site.warehouse.require(), noon)
    now = held(site, site.warehouse.require())
    at = [c.name for c in read_contract().table("attendance").columns].index("recorded_at")
    assert seen["attendance"] == Counter(
        {row: n for row, n in now["attendance"].items() if row[at] <= noon}
    )
    assert 0 < len(seen["attendance"]) < len(now["attendance"])
    assert seen["pupil"] == now["pupil"]  # a table that cannot say is taken as known all along


def test_a_row_without_a_moment_counts_from_its_load(tmp_path: Path) -> None:
    site = loads(tmp_path, one_mark(("/", "")))
    assert marks(site, BEFORE_ALL) == []
    assert marks(site, MOMENTS[0]) == ["/"]


def test_a_row_recorded_after_its_load_counts_from_its_load(tmp_path: Path) -> None:
    site = loads(tmp_path, one_mark(("/", "2026-06-01T09:00:00Z")))
    assert marks(site, MOMENTS[0]) == ["/"]


def test_versions_in_one_file_are_each_known_from_their_own_moment(tmp_path: Path) -> None:
    versions = [("N", "2026-01-05T09:00:00Z"), ("L", "2026-01-06"), ("U", "2026-01-08")]
    site = loads(tmp_path, one_mark(versions[1], versions[2], versions[0]))
    days = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in (4, 5, 6, 7, 8)]
    assert [marks(site, day) for day in days] == [[], ["N"], ["L"], ["L"], ["U"]]
    assert marks(site) == ["U"]


def test_a_row_that_a_later_export_leaves_out_stays(tmp_path: Path) -> None:
    without = first_export()
    without["attendance"] = without["attendance"][1:]
    site = loads(tmp_path, first_export(), without)
    assert marks(site) == marks(site, MOMENTS[1]) == ["/"]


def test_an_earlier_version_sent_late_never_counts_instead_of_the_one_it_preceded(
    tmp_path: Path,
) -> None:
    later = ("U", "2026-01-06T09:00:00Z")
    site = loads(
        tmp_path,
        one_mark(later),
        one_mark(("N", "2026-01-05T09:00:00Z"), later),
        one_mark(("E", "2026-01-07T09:00:00Z")),
    )
    assert marks(site, MOMENTS[0]) == ["U"]
    assert marks(site, MOMENTS[1]) == ["U"]
    assert marks(site, MOMENTS[2]) == marks(site) == ["E"]


def test_facts_are_with_the_school_that_the_pupil_was_then_known_to_be_at(tmp_path: Path) -> None:
    moved, back = first_export(), first_export()
    moved["pupil"][0][1] = "S1"
    moved["attendance"][0][3:] = ["N", "2026-03-09"]
    site = loads(tmp_path, first_export(), moved, back)
    (ref,) = site.keys.pupil_refs(["P1"])
    for known_at, school in zip(MOMENTS, ("S2", "S1", "S2"), strict=True):
        with Engine() as engine:
            snapshot = site.warehouse.require()
            open_snapshot(engine, site.warehouse, snapshot, read_contract(), known_at=known_at)
            found = engine.rows(
                f"SELECT DISTINCT school_id FROM attendance WHERE pupil_ref = '{ref}'"
            )
        assert [row["school_id"] for row in found] == [school]
