"""A load being written: compares its rows with what is stored and keeps the outcome unpublished.

Nothing here is seen by a reader until the draft is published as a snapshot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sightline.contract import Contract, Table
from sightline.engine import Engine, identifier, literal
from sightline.engine.text import literals
from sightline.warehouse import delta
from sightline.warehouse.amend import (
    amended_digests,
    crowded,
    day_column,
    first_month,
    schools_in,
    with_earlier,
)
from sightline.warehouse.digest import digests, xor
from sightline.warehouse.merge import FOREVER, compare, current_rows, history_rows
from sightline.warehouse.schema import (
    GROWN,
    MARKER_SCHEMA,
    fact_key,
    fact_schema,
    kept_tables,
    school_from,
)
from sightline.warehouse.snapshot import TableState
from sightline.warehouse.store import Warehouse
from sightline.warehouse.store_rows import store_rows
from sightline.warehouse.withdraw import ENDS, MARKERS, marker_rows, missing_rows, sort_withdrawn

__all__ = ["Draft", "Merged"]


@dataclass(frozen=True)
class Merged:
    """What became of a table's settled rows; `schools` are those they belong to."""

    accepted: int
    duplicates: int
    amended: int
    schools: frozenset[str]


class Draft:
    """The next snapshot in the making. Use only while the warehouse is locked for writing."""

    def __init__(
        self, warehouse: Warehouse, contract: Contract, engine: Engine, recorded_at: datetime
    ) -> None:
        self.base = warehouse.current()
        self.number = self.base.number + 1 if self.base else 1
        self.recorded_at = recorded_at
        self.tables: dict[str, TableState] = dict(self.base.tables) if self.base else {}
        self.history: dict[str, TableState] = dict(self.base.history) if self.base else {}
        self._warehouse, self._contract, self._engine = warehouse, contract, engine

    @property
    def changed(self) -> bool:
        """Whether any stored row differs from the published snapshot."""
        base = (self.base.tables, self.base.history) if self.base else ({}, {})
        return (self.tables, self.history) != base

    def school_count(self) -> int:
        """How many schools the store holds."""
        state = self.tables.get("school")
        return len(state.schools) if state else 0

    def view(
        self,
        name: str,
        table: Table,
        schools: Iterable[str] | None = None,
        *,
        history: bool = False,
    ) -> int:
        """Make the stored rows of a table a relation; returns how many rows it has."""
        state = (self.history if history else self.tables).get(table.name)
        wanted = None if schools is None else set(schools)
        files = [
            file
            for file in (state.files if state else ())
            if wanted is None or file.school_id in wanted
        ]
        folder = self._warehouse.table_folder(table.name, history=history)
        paths = [folder / file.path for file in files]
        self._engine.parquet(name, paths, fact_schema(table), grown=table.name in GROWN)
        return sum(file.rows for file in files)

    def merge(self, table: Table, sealed: str | None = None) -> Merged:
        """Store what is new or different in `settled_<table>`.

        `sealed` names a relation of the vault's columns by key, for tables that have any: they are
        compared with the incoming ones but never stored here. Raises nothing a user can cause.
        """
        engine = self._engine
        incoming = identifier("settled_" + table.name)
        found = engine.rows(f"SELECT DISTINCT school_id FROM {incoming} ORDER BY school_id")
        schools = [str(row["school_id"]) for row in found]
        local = {"pupil_ref", "school_id"} & set(fact_key(table))
        stored = self.view("stored", table, schools if local and table.name != "pupil" else None)
        self.view("stored_history", table, history=True)
        outcome = compare(engine, table, sealed=sealed, empty=not stored and sealed is None)
        if table in kept_tables(self._contract):
            self._write(table, outcome.replaced, outcome.fresh)
        return Merged(
            outcome.fresh + outcome.replaced + outcome.superseded,
            outcome.duplicates,
            outcome.replaced,
            frozenset(schools),
        )

    def withdraw(self, table: Table, given: list[str], day: date) -> tuple[int, set[str]]:
        """End or remove what `withdrawn_rows` means; how many rows that were, and whose schools.

        `given` are the columns of that relation; `day` is the load's. Nothing of `named_rows`,
        the keys of this load's own rows, goes.
        """
        engine = self._engine
        self.view("stored", table)
        count = sort_withdrawn(engine, table, given, day)
        if not count:
            return 0, set()
        schools = {row["school_id"] for row in engine.rows("SELECT DISTINCT school_id FROM gone")}
        if table.name in ENDS:
            self._write(table, count, 0)
            return count, schools
        columns = ", ".join(identifier(name) for name in fact_schema(table).names)
        self._append(table, f"SELECT {columns} FROM gone", history=True)
        self._mark(table)
        nothing = "SELECT * FROM changed LIMIT 0"
        self._amend(table, self._stamped(table, f"({nothing})"))
        return count, schools

    def missing(self, table: Table, schools: Iterable[str]) -> int:
        """Make `withdrawn_rows` of the stored rows of these schools that `named_rows` lacks.

        Rows that have come to their end are not missing. Returns how many there are.
        """
        self.view("stored", table, schools)
        self._engine.create("withdrawn_rows", missing_rows(table))
        return int(self._engine.value("SELECT count(*) FROM withdrawn_rows"))

    def _mark(self, table: Table) -> None:
        folder = self._warehouse.table_folder(MARKERS, history=True)
        rows = self._engine.sql(marker_rows(table, literal(self.recorded_at), self.number))
        delta.write(folder, rows.cast(MARKER_SCHEMA), ())
        self.history[MARKERS] = TableState(delta.version_now(folder), delta.files_now(folder), {})

    def move(self, moved: str, key: str) -> None:
        """Keep every fact with the school of its pupil (`key` pupil_ref) or class (class_id).

        The relation `moved` has the key and the new school_id of those that changed school.
        """
        for table in kept_tables(self._contract):
            if school_from(table) != key or not self.view("stored", table):
                continue
            source = (
                "SELECT s.* REPLACE (coalesce(m.school_id, s.school_id) AS school_id) "
                f"FROM stored AS s LEFT JOIN {identifier(moved)} AS m USING ({key})"
            )
            rows = self._engine.rows(
                f"SELECT DISTINCT s.school_id AS old, m.school_id AS new FROM stored AS s "
                f"JOIN {identifier(moved)} AS m USING ({key}) WHERE s.school_id <> m.school_id"
            )
            affected = {row["old"] for row in rows} | {row["new"] for row in rows}
            if affected:
                self.rewrite(table, source, affected)

    def rewrite(
        self, table: Table, query: str, schools: set[str], *, history: bool = False
    ) -> None:
        """Replace every row of these schools by those of the query."""
        states = self.history if history else self.tables
        scoped = f"SELECT * FROM ({query}) WHERE school_id IN {literals(sorted(schools))}"
        added = {} if history else digests(self._engine, table, scoped)
        self._store(table, scoped, schools, history=history)
        kept = {s: d for s, d in states[table.name].digests.items() if s not in schools}
        states[table.name] = self._state(table, history, kept | added)

    def _write(self, table: Table, replaced: int, fresh: int) -> None:
        engine = self._engine
        stamped = self._stamped(table, "changed")
        query = history_rows(table, self._stamped(table, "earlier", "of_load"))
        if engine.value(f"SELECT count(*) FROM ({query})"):
            self._append(table, query, history=True)
        if replaced:
            self._amend(table, stamped)
        elif crowded(self.tables.get(table.name)) & schools_in(engine, stamped):
            self._amend(table, stamped)  # with nothing gone: small files become one
        elif fresh:
            self._append(table, stamped)

    def _amend(self, table: Table, stamped: str) -> None:
        """Put the rows of a query in place of those in `gone`, of the months concerned only."""
        engine, gone = self._engine, "SELECT * FROM gone"
        state, rows = self.tables[table.name], current_rows(table, stamped)
        schools = schools_in(engine, gone, stamped)
        since = first_month(engine, table, state, schools, gone, stamped)
        if since is None:
            self.rewrite(table, rows, schools)
            return
        column = identifier(str(day_column(table)))
        digest = amended_digests(engine, table, state.digests, gone, stamped)
        delta.drop_since(self._warehouse.table_folder(table.name), schools, column, since)
        later = f"{column} >= {literal(since)} AND school_id IN {literals(sorted(schools))}"
        self._store(table, f"SELECT * FROM ({rows}) WHERE {later}", set(), history=False)
        self.tables[table.name] = self._state(table, False, digest)

    def _stamped(self, table: Table, relation: str, load: str = "NULL") -> str:
        """SQL: rows to store with the moment from which they count as known.

        A school's first load of a table is its history: a row that says when it was recorded is
        known from then, and tables that cannot say are taken as always known. Every later row is
        known from the load that brought it.
        """
        before = self.base.tables.get(table.name) if self.base else None
        known = sorted(before.schools) if before else []
        now = literal(self.recorded_at)
        names = {column.name for column in table.columns}
        first = f"least(coalesce(recorded_at, {now}), {now})" if "recorded_at" in names else FOREVER
        return (
            f"SELECT *, CASE WHEN school_id IN {literals(known)} THEN {now} ELSE {first} END "
            f"AS _known_from, CAST(coalesce({load}, {self.number}) AS INTEGER) AS _load "
            f"FROM {relation}"
        )

    def _append(self, table: Table, query: str, *, history: bool = False) -> None:
        states = self.history if history else self.tables
        added = {} if history else digests(self._engine, table, query)
        old = states.get(table.name)
        full = crowded(old) & schools_in(self._engine, query) if history else set()
        if full:  # many small files become one
            self.view("stored_history", table, full, history=True)
            self._store(table, with_earlier(table, query, full), full, history=True)
            query = f"SELECT * FROM ({query}) WHERE school_id NOT IN {literals(sorted(full))}"
        self._store(table, query, set(), history=history)
        merged = dict(old.digests) if old else {}
        for school, digest in added.items():
            merged[school] = xor(merged.get(school), digest)
        states[table.name] = self._state(table, history, merged)

    def _state(self, table: Table, history: bool, digest: dict[str, str]) -> TableState:
        folder = self._warehouse.table_folder(table.name, history=history)
        return TableState(*delta.state_now(folder), digest)

    def _store(self, table: Table, query: str, replaced: set[str], *, history: bool) -> None:
        folder = self._warehouse.table_folder(table.name, history=history)
        store_rows(self._engine, folder, table, query, replaced)
