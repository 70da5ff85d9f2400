"""A CSV file as a stream of Arrow batches, every row numbered and every byte accounted for.

RFC 4180: no escape character, no comment character; LF or CRLF. A row's number is its record
number, the first record of the file being 1; blank lines count and are skipped. Cells are handed
on as they are, an empty one as null.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sightline.kit import plural
from sightline.sources.blocks import plain_end, read_plain
from sightline.sources.files import FileError, SourceFile
from sightline.sources.header import Header
from sightline.sources.records import Parsed, Trouble, parse
from sightline.sources.types import Receipt

__all__ = ["CsvReader", "Dialect"]

LINE_LIMIT = 16 << 20  # bytes that may wait for the end of a record
TROUBLE_LIMIT = 100_000  # troubles after which a file that is mostly trouble is given up


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to read the bytes of a file."""

    encoding: str = "utf-8"
    delimiter: str = ","
    skip: int = 0  # bytes of the byte order mark


def _schema(columns: Sequence[str]) -> pa.Schema:
    """These columns as text, then `_file` and `_row`."""
    fields = [pa.field(column, pa.string()) for column in columns]
    fields.append(pa.field("_file", pa.dictionary(pa.int8(), pa.string())))
    fields.append(pa.field("_row", pa.int64()))
    return pa.schema(fields)


class CsvReader:
    """Reads one file once. `columns` gives each column of the result its position in the file,
    None where the file has no such column (all null then).

    After `batches` has run out: `troubles`, `rows` (good ones and troubles) and `receipt()`.
    """

    def __init__(
        self,
        file: SourceFile,
        header: Header,
        columns: Sequence[tuple[str, int | None]],
        dialect: Dialect,
    ) -> None:
        self.file, self.header, self.dialect = file, header, dialect
        self.columns = columns
        self.schema = _schema([name for name, _ in columns])
        self.positions = sorted({at for _, at in columns if at is not None})
        self.troubles: list[Trouble] = []
        self.rows = 0
        self._last_row = header.row

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The good rows. FileError when the file must be thrown away after all."""
        waiting = b""
        start = self.dialect.skip + self.header.ends_at
        try:
            for chunk, final in self.file.chunks():
                skipped = min(start, len(chunk))
                start -= skipped
                waiting += chunk[skipped:]
                if final or b"\n" in chunk:
                    batch, used = self._records(waiting, final)
                    waiting = waiting[used:]
                    if batch is not None and batch.num_rows:
                        yield batch
                if len(waiting) > LINE_LIMIT:
                    raise FileError("line_too_long", f"row {self._last_row + 1} has no end")
        except FileNotFoundError as error:
            raise FileError("file_changed", "it was moved away while it was read") from error
        except OSError as error:
            raise FileError("unreadable_file", error.strerror or str(error)) from error

    def receipt(self) -> Receipt:
        """What was read."""
        file = self.file
        return Receipt(file.name, file.size, file.sha256, self.rows, self.dialect.encoding)

    def _records(self, waiting: bytes, final: bool) -> tuple[pa.RecordBatch | None, int]:
        """The good rows among the whole records waiting, and how many bytes were dealt with."""
        end = plain_end(waiting, self.dialect.delimiter, final)
        arrays = self._plain(waiting[:end]) if end else None
        if arrays is not None:
            return self._batch_of(arrays), end
        parsed = parse(
            waiting,
            encoding=self.dialect.encoding,
            delimiter=self.dialect.delimiter,
            cells=len(self.header.headings),
            last_row=self._last_row,
            final=final,
        )
        return self._batch_of_records(parsed), parsed.used

    def _plain(self, block: bytes) -> list[pa.Array] | None:
        if not block.isascii():
            try:
                text = block.decode(self.dialect.encoding)
            except UnicodeDecodeError:
                return None
            if self.dialect.encoding != "utf-8":
                block = text.encode("utf-8")
        return read_plain(
            block,
            delimiter=self.dialect.delimiter,
            cells=len(self.header.headings),
            positions=self.positions,
        )

    def _batch_of(self, arrays: list[pa.Array]) -> pa.RecordBatch:
        first = self._last_row + 1
        self._last_row += len(arrays[0])
        self.rows += len(arrays[0])
        return self._batch(arrays, np.arange(first, self._last_row + 1, dtype=np.int64))

    def _batch_of_records(self, parsed: Parsed) -> pa.RecordBatch | None:
        self._last_row = parsed.last_row
        self.rows += len(parsed.records) + len(parsed.troubles)
        self.troubles += parsed.troubles
        if len(self.troubles) > max(TROUBLE_LIMIT, self.rows // 2):
            troubles = plural(len(self.troubles), "row")
            raise FileError("wrong_shape", f"{troubles} of {self.rows:,} cannot be read")
        if not parsed.records:
            return None
        arrays = [
            pa.array([record[at] or None for record in parsed.records], pa.string())
            for at in self.positions
        ]
        return self._batch(arrays, np.array(parsed.rows, dtype=np.int64))

    def _batch(self, arrays: list[pa.Array], rows: npt.NDArray[np.int64]) -> pa.RecordBatch:
        by_position = dict(zip(self.positions, arrays, strict=True))
        missing = pa.nulls(len(rows), pa.string())
        cells = [missing if at is None else by_position[at] for _, at in self.columns]
        name = pa.DictionaryArray.from_arrays(
            pa.array(np.zeros(len(rows), dtype=np.int8)), pa.array([self.file.name], pa.string())
        )
        return pa.RecordBatch.from_arrays(
            [*cells, name, pa.array(rows, pa.int64())], schema=self.schema
        )
