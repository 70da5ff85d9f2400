"""Documents into the engine: each file is read once, its rows go to the raw views as they come.

Nothing is written to disk beside the engine's own work files, which are encrypted: documents hold
names. A row keeps the name of its file and the place of its record in it.
"""

from collections.abc import Sequence

import pyarrow as pa

from sightline.engine import Engine, identifier, literal
from sightline.sources.documents import READERS, DocumentReader, Refused, Remark, Row
from sightline.sources.files import FileError, SourceFile
from sightline.sources.header import normalise
from sightline.sources.ledger import Ledger, fault
from sightline.sources.prepare import notice
from sightline.sources.profile import Profile, View
from sightline.sources.types import Fault, Notice, Receipt

__all__ = ["read_documents"]

ROWS_AT_ONCE = 10_000
BATCH = "source__batch"
REFUSED_LIMIT = 100_000  # refused records after which a file that is mostly that is given up


class _Sheet:
    """The rows of one view that wait to be put into the engine, column by column."""

    def __init__(self, engine: Engine, view: View, names: Sequence[str], file: str) -> None:
        by_heading = {normalise(name): name for name in names}
        found = [
            next((by_heading[h] for h in map(normalise, c.headings) if h in by_heading), None)
            for c in view.columns
        ]
        self._engine, self._view, self._file = engine, view, file
        self._names = found
        self._cells: list[list[str | None]] = [[] for _ in found]
        self._records: list[int] = []

    def add(self, row: Row) -> None:
        for name, cells in zip(self._names, self._cells, strict=True):
            cells.append(row.cells.get(name) if name else None)
        self._records.append(row.record)
        if len(self._records) >= ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Put what waits into `raw_<view>`."""
        if not self._records:
            return
        columns = [pa.array(cells, pa.string()) for cells in self._cells]
        names = [column.name for column in self._view.columns]
        columns += [
            pa.array([self._file] * len(self._records), pa.string()),
            pa.array(self._records, pa.int64()),
        ]
        listed = ", ".join(identifier(name) for name in [*names, "_file", "_row"])
        self._engine.register(BATCH, pa.table(columns, names=[*names, "_file", "_row"]))
        table = identifier(f"raw_{self._view.name}")
        self._engine.run(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {BATCH}")
        self._engine.forget(BATCH)
        self._cells = [[] for _ in self._cells]
        self._records = []


class _Reading:
    """One document: what it gave, until it is known that it may be used."""

    def __init__(
        self, engine: Engine, reader: DocumentReader, views: Sequence[View], file: SourceFile
    ) -> None:
        self.reader, self.file = reader, file
        self.feeds = {view.name: view.feeds for view in views}
        self.sheets = {
            view.name: _Sheet(engine, view, reader.views[view.name], file.name) for view in views
        }
        self.faults: list[Fault] = []
        self.notices: list[Notice] = []
        self.rows: dict[str, int] = {view.name: 0 for view in views}
        self.records = self._last = 0

    def read(self) -> None:
        """Read it to its end. FileError when nothing of it is to be used."""
        chunks = (chunk for chunk, _ in self.file.chunks())
        try:
            for found in self.reader.read(chunks):
                self._take(found)
            for _ in chunks:
                pass  # what the reader did not need, so that the file is known whole
        except FileNotFoundError as error:
            raise FileError("file_changed", "it was moved away while it was read") from error
        except OSError as error:
            raise FileError("unreadable_file", error.strerror or str(error)) from error
        for sheet in self.sheets.values():
            sheet.flush()

    def _take(self, found: Row | Refused | Remark) -> None:
        if isinstance(found, Remark):
            table = next(iter(self.feeds.values()))
            self.notices.append(notice(found.code, self.file.name, table, found.text, found.count))
        elif found.view in self.sheets:
            self.rows[found.view] += 1
            self.records += found.record > self._last
            self._last = max(found.record, self._last)
            if isinstance(found, Row):
                self.sheets[found.view].add(found)
            else:
                self._refuse(found)

    def _refuse(self, found: Refused) -> None:
        name, table = self.file.name, self.feeds[found.view]
        self.faults.append(
            fault(name, found.record, table, found.column, found.value, found.reason)
        )
        if len(self.faults) > max(REFUSED_LIMIT, self.records // 2):
            raise FileError("wrong_shape", f"{len(self.faults):,} records cannot be read")


def read_documents(
    engine: Engine, profile: Profile, files: Sequence[SourceFile], ledger: Ledger
) -> None:
    """Add the rows of every document to its raw views, and the account of it to the ledger."""
    reader = READERS[profile.reads]
    views = [view for view in profile.views if view.name in reader.views]
    for file in files:
        reading = _Reading(engine, reader, views, file)
        try:
            reading.read()
        except FileError as stop:
            _discard(engine, views, file.name, stop, ledger)
            continue
        ledger.receipts.append(
            Receipt(file.name, file.size, file.sha256, reading.records, reader.form)
        )
        ledger.notices += reading.notices
        for one in reading.faults:
            ledger.faults[one.table].append(one)
        for view in views:
            ledger.raw_rows[view.feeds] += reading.rows[view.name]


def _discard(
    engine: Engine, views: Sequence[View], name: str, stop: FileError, ledger: Ledger
) -> None:
    """Take back the rows of a file that cannot be used after all."""
    for view in views:
        table = identifier(f"raw_{view.name}")
        engine.run(f"DELETE FROM {table} WHERE _file = {literal(name)}")
    for table in sorted({view.feeds for view in views}):
        ledger.stopped[table].append(name)
    ledger.notices.append(notice(stop.code, name, views[0].feeds, stop.text))
