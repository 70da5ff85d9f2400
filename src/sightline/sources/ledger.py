"""The account of a collection: what each file gave, row by row and in notices."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from sightline.sources.files import FileError
from sightline.sources.prepare import Prepared, notice
from sightline.sources.read_csv import CsvReader
from sightline.sources.types import REASONS, Fault, Notice, Reading, Receipt

__all__ = ["Ledger", "fault"]


def fault(
    file: str, row: int, table: str, column: str | None, value: str | None, reason: str
) -> Fault:
    """A fault with the remedy of its reason."""
    return Fault(file, row, table, column, value or "", reason, REASONS[reason][1])


@dataclass(slots=True)
class Ledger:
    """Filled while files are read; `readings` is by the table a file is charged to."""

    receipts: list[Receipt] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    stopped: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    raw_rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def stream(
        self, prepared: Prepared, columns: Sequence[str], table: str
    ) -> tuple[pa.RecordBatchReader, Iterator[pa.RecordBatch]]:
        """The file's good rows as a stream to be read once, and the iterator beneath it.

        When the iterator has run out, everything else about the file is in the ledger.
        """
        reader = prepared.reader(columns)
        batches = self._batches(reader, table)
        return pa.RecordBatchReader.from_batches(reader.schema, batches), batches

    def reading(self, table: str) -> Reading:
        """What the files charged to a table brought to light."""
        return Reading(self.faults[table], self.stopped[table], self.raw_rows[table])

    def _batches(self, reader: CsvReader, table: str) -> Iterator[pa.RecordBatch]:
        name = reader.file.name
        try:
            yield from reader.batches()
        except FileError as stop:
            self.stopped[table].append(name)
            self.notices.append(notice(stop.code, name, table, stop.text))
            return
        self.receipts.append(reader.receipt())
        self.raw_rows[table] += reader.rows
        if not reader.rows:
            self.notices.append(notice("no_rows", name, table))
        headings = dict(enumerate(reader.header.headings))
        for one in reader.troubles:
            column = None if one.cell is None else headings.get(one.cell)
            self.faults[table].append(fault(name, one.row, table, column, one.value, one.reason))
