"""DuckDB, embedded and closed to the outside: no extension is ever fetched."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from sightline.engine.lists import columns_of
from sightline.engine.text import identifier, literal
from sightline.kit import SightlineError

__all__ = ["Engine"]


@contextmanager
def _room() -> Iterator[None]:
    """Say in plain words that memory or disk ran out, or that a stored file cannot be read."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise SightlineError("no_room", "memory", "there was not enough of it") from error
    except duckdb.IOException as error:
        told = str(error).splitlines()[0][:200]
        if "space" in told.lower():
            raise SightlineError("no_room", "disk", told) from error
        raise SightlineError("damaged", "disk", told) from error


class Engine:
    """One in-memory database for one command; use it as a context manager.

    `temp_folder` takes what does not fit into `memory_limit` (such as "4GB"); what is written
    there is encrypted with a key that dies with the process. With `work_file`, made tables are kept
    in that new file, compressed and encrypted too: slower to write, and 20 times smaller.
    """

    def __init__(
        self,
        *,
        temp_folder: Path | None = None,
        memory_limit: str | None = None,
        threads: int | None = None,
        work_file: Path | None = None,
    ) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "false",
        }
        if memory_limit:
            config["memory_limit"] = memory_limit
        if threads:
            config["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=config)
        self.run("SET TimeZone = 'UTC'")
        # DuckDB draws one wherever it takes the process for a notebook: into what commands print.
        self.run("SET enable_progress_bar = false")
        # The only cipher in the wheel. Its random numbers are weak; the key never leaves memory.
        self.run("SET force_mbedtls_unsafe = 'true'")
        self.run("SET temp_file_encryption = true")
        self.run(f"SET temp_directory = {literal(str(temp_folder) if temp_folder else '')}")
        if work_file:
            work_file.parent.mkdir(parents=True, exist_ok=True)
            key = literal(secrets.token_hex(32))
            self.run(f"ATTACH {literal(str(work_file))} AS work (ENCRYPTION_KEY {key})")
            self.run("USE work")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def sql(self, query: str) -> pa.Table:
        """The rows of a query as an Arrow table."""
        with _room():
            return self._connection.sql(query).to_arrow_table()

    def stream(self, query: str, batch_rows: int = 250_000) -> pa.RecordBatchReader:
        """The rows of a query as a stream of Arrow batches; read it before the next statement."""
        return self._connection.sql(query).to_arrow_reader(batch_rows)

    def create(self, name: str, query: str) -> None:
        """Keep the rows of a query as a relation of that name, in place of any earlier one."""
        self.run(f"CREATE OR REPLACE TABLE {identifier(name)} AS {query}")

    def view(self, name: str, query: str) -> None:
        """Give a query a name; its rows are worked out whenever they are read."""
        self.run(f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS {query}")

    def run(self, statement: str) -> None:
        """Run a statement whose result nobody needs."""
        with _room():
            self._connection.execute(statement)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries: for small results."""
        table = self.sql(query)
        names = table.column_names
        return [dict(zip(names, row, strict=True)) for row in zip(*columns_of(table), strict=True)]

    def value(self, query: str) -> Any:
        """The first column of the first row, or None when there is no row."""
        rows = self.rows(query)
        return next(iter(rows[0].values())) if rows else None

    def register(self, name: str, data: pa.Table | pa.RecordBatchReader) -> None:
        """Make an Arrow table, or a stream that can be read once, a relation of that name."""
        self._connection.register(name, data)

    def forget(self, name: str) -> None:
        """Drop a relation, whatever it is; an unknown name is no error."""
        self._connection.unregister(name)
        for kind in ("VIEW", "TABLE"):
            try:
                self.run(f"DROP {kind} IF EXISTS {identifier(name)}")
            except duckdb.CatalogException:  # it is of the other kind
                continue

    def parquet(
        self, name: str, files: Sequence[Path], schema: pa.Schema, *, grown: bool = False
    ) -> None:
        """Make Parquet files, partitioned by `school_id` in their path, a view of that name.

        The view has the columns of `schema` in that order, also when there is no file at all, and
        with `grown` when a file is older than a column: its rows have nothing there.
        """
        columns = ", ".join(identifier(column) for column in schema.names)
        listed = ", ".join(literal(str(file)) for file in files)
        stored = (
            f"read_parquet([{listed}], hive_partitioning = true, hive_types_autocast = false, "
            f"union_by_name = {str(grown).lower()})"
        )
        if not files or grown:
            self.register(f"{name}__empty", schema.empty_table())
        empty = f"SELECT * FROM {identifier(name + '__empty')}"
        if not files:
            source = empty
        elif grown:
            source = f"SELECT {columns} FROM ({empty} UNION ALL BY NAME SELECT * FROM {stored})"
        else:
            source = f"SELECT {columns} FROM {stored}"
        self.run(f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS {source}")
