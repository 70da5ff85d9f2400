"""Collect a folder of exports: which files feed which tables, their rows as relations.

Files are streamed, never held whole. Every raw row comes out as a row of a relation or as a
fault, and every file that is not used has a notice that says why.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from sightline.engine import Engine, identifier, literal
from sightline.kit import SightlineError, sentence_list
from sightline.sources.assign import assign
from sightline.sources.bundles import unpacked
from sightline.sources.documents import READERS
from sightline.sources.ledger import Ledger, fault
from sightline.sources.profile import Profile, views_in
from sightline.sources.read_documents import read_documents
from sightline.sources.types import Notice, Reading, Receipt, Wanted
from sightline.sources.views import load_macros, load_view, make_relation, settings_in

__all__ = ["Collection", "collect"]


class Collection:
    """The tables a folder has something for; use it as a context manager.

    `tables` are in the order of `wanted`. `receipts` and `notices` grow as tables are read and
    are complete when the last one is closed. `unsaid` gives for each opened table the columns that
    the profile has nothing for.
    """

    def __init__(
        self,
        engine: Engine,
        profile: Profile,
        folder: Path,
        wanted: Mapping[str, Wanted],
        settings: Mapping[str, str],
    ) -> None:
        self._engine, self._profile, self._wanted = engine, profile, wanted
        with ExitStack() as stack:
            if profile.bundles:
                folder = stack.enter_context(unpacked(folder))
            self._files = assign(folder, profile, wanted)
            self._unpacked = stack.pop_all()
        self._ledger = Ledger(notices=self._files.notices)
        self._mapped = self._files.mapped
        self.tables = [one for one in wanted if one in self._mapped or one in self._files.tables]
        self._values = self._settings(settings)
        self.unsaid: dict[str, frozenset[str]] = {}
        self._loaded: set[str] = set()
        self._closed: set[str] = set()
        self._streams: dict[str, Iterator[pa.RecordBatch]] = {}
        if self._mapped:
            load_macros(engine, profile.macros)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for table in set(self.tables) - self._closed:
            self._forget(table)
        for view in self._loaded:
            self._engine.forget(f"raw_{view}")
        self._unpacked.close()

    @property
    def receipts(self) -> list[Receipt]:
        """One for each file read to its end."""
        return self._ledger.receipts

    @property
    def notices(self) -> list[Notice]:
        """What there is to say about whole files."""
        return self._ledger.notices

    def open(self, table: str) -> str:
        """The name of a relation with the table's rows; read it once, in one statement.

        It has every wanted column as text (null where the file lacks it or the cell is empty),
        `_file`, `_row` (record number, header = 1) and `_rows` (raw rows behind it).
        """
        name = f"source__{table}"
        if table in self._mapped:
            for view in views_in(self._profile, table):
                self._load(view)
            sql = self._profile.fill(self._profile.sql[table], self._values)
            where = f"profile {self._profile.name}, {table}.sql"
            self.unsaid[table] = make_relation(self._engine, name, sql, self._wanted[table], where)
            return name
        columns = self._wanted[table].columns
        stream, batches = self._ledger.stream(self._files.tables[table], columns, table)
        self._streams[table] = batches
        self._engine.register(f"{name}__stream", stream)
        self._engine.run(
            f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS "
            f"SELECT *, CAST(1 AS BIGINT) AS _rows FROM {identifier(name + '__stream')}"
        )
        return name

    def withdrawn(self, table: str) -> list[str]:
        """Make `withdrawn_rows` of what the source says is gone; its columns, none when nothing is.

        Call between `open` and `close`. The columns are of the table's key, as text.
        """
        if table not in self._mapped or table not in self._profile.withdrawn_sql:
            return []
        sql = self._profile.fill(self._profile.withdrawn_sql[table], self._values)
        given = f"SELECT DISTINCT CAST(COLUMNS(*) AS VARCHAR) FROM ({sql})"
        self._engine.create("withdrawn_rows", given)
        if not self._engine.value("SELECT count(*) FROM withdrawn_rows"):
            return []
        return [row["column_name"] for row in self._engine.rows("DESCRIBE withdrawn_rows")]

    def close(self, table: str) -> Reading:
        """End the reading of a table: its faults, and the files to throw away after all."""
        for _ in self._streams.pop(table, iter(())):
            pass  # what the reader left, so that the account covers the whole file
        self._refuse(table)
        self._forget(table)
        self._closed.add(table)
        still = {
            view for other in self._mapped - self._closed for view in views_in(self._profile, other)
        }
        for view in self._loaded - still:
            self._engine.forget(f"raw_{view}")
        self._loaded &= still
        return self._ledger.reading(table)

    def _load(self, name: str) -> None:
        """Read a view's files; documents fill all their views at once, and are read once."""
        if name in self._loaded:
            return
        documents = self._files.documents
        told = READERS[self._profile.reads].views if documents else {}
        views = [one for one in self._profile.views if one.name == name or one.name in told]
        for view in views:
            load_view(self._engine, view, self._files.views.get(view.name, []), self._ledger)
        self._loaded |= {view.name for view in views}
        if documents:
            read_documents(self._engine, self._profile, documents, self._ledger)
            documents.clear()

    def _refuse(self, table: str) -> None:
        """Take over the raw rows that the profile's own SQL refuses."""
        if table not in self._mapped or table not in self._profile.refused_sql:
            return
        sql = self._profile.fill(self._profile.refused_sql[table], self._values)
        self._ledger.faults[table] += [
            fault(row["_file"], row["_row"], table, row["_column"], row["_value"], row["_reason"])
            for row in self._engine.rows(sql)
        ]

    def _forget(self, table: str) -> None:
        self._engine.forget(f"source__{table}")
        self._engine.forget(f"source__{table}__stream")

    def _settings(self, given: Mapping[str, str]) -> dict[str, str]:
        """The settings as SQL text; SightlineError names those that are asked for and missing."""
        profile, declared = self._profile, self._profile.settings
        used: set[str] = set()
        for table in self._mapped:
            for part in (profile.sql, profile.refused_sql, profile.withdrawn_sql):
                used |= settings_in(part.get(table, ""), declared)
        values = {name: given.get(name) or default for name, default in declared.items()}
        missing = sorted(name for name in used if values[name] is None)
        if missing:
            raise SightlineError(
                "bad_settings",
                f"profile {self._profile.name}",
                f"its files do not say {sentence_list(missing)}",
                f"Give {sentence_list(missing)} in the site's settings.",
            )
        return {name: literal(value) for name, value in values.items()}


def collect(
    engine: Engine,
    profile: Profile,
    folder: Path,
    *,
    wanted: Mapping[str, Wanted],
    settings: Mapping[str, str] | None = None,
) -> Collection:
    """Look through a folder. `wanted` gives the columns of every canonical table, `settings` the
    values a profile may ask for. SightlineError when the folder has no file for the profile."""
    return Collection(engine, profile, folder, wanted, settings or {})
