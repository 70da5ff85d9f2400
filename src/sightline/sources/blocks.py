"""The fast reader: whole blocks that are plain enough to leave to Arrow.

A block is plain when nothing in it could be read in two ways. Whatever is not goes to the
careful reader in records.py, which decides.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pc

from sightline.sources.files import BOM
from sightline.sources.records import CELL_LIMIT

__all__ = ["plain_end", "read_plain"]

QUOTE, LINE_FEED, RETURN = 34, 10, 13


def plain_end(block: bytes, delimiter: str, final: bool) -> int:
    """How many bytes of the block are whole records that are certainly plain; 0 for none.

    Plain: no zero byte, no carriage return but in CRLF, no cell that could be too long, and
    quotes only around whole cells with none inside.
    """
    if not final and block.endswith(b"\r"):
        block = block[:-1]  # its line feed is yet to come
    if b"\0" in block or block.count(b"\r") != block.count(b"\r\n") or _long(block):
        return 0
    if b'"' in block:
        return _quoted_end(block, delimiter, final)
    return len(block) if final else block.rfind(b"\n") + 1


def _long(block: bytes) -> bool:
    """Whether a line may be longer than the limit: some half of the limit has no line end."""
    half = CELL_LIMIT // 2
    return any(
        block.find(b"\n", start, start + half) < 0 for start in range(0, len(block) - half, half)
    )


def _quoted_end(block: bytes, delimiter: str, final: bool) -> int:
    """As `plain_end`, for a block with quotes."""
    text = np.frombuffer(block, dtype=np.uint8)
    quotes = np.flatnonzero(text == QUOTE)
    if len(quotes) % 2 and final:
        return 0
    # A closing quote at the very end of a block may be the first half of a doubled one.
    if not final and len(quotes) % 2 == 0 and quotes[-1] == len(block) - 1:
        quotes = quotes[:-1]
    opens, closes = quotes[0::2], quotes[1::2]
    before = text[opens - 1]  # of a quote at position 0 this is the last byte: see below
    starts = (before == LINE_FEED) | (before == ord(delimiter)) | (opens == 0)
    after = text[closes[closes < len(block) - 1] + 1]
    ends = (after == LINE_FEED) | (after == RETURN) | (after == ord(delimiter))
    if not starts.all() or not ends.all():
        return 0
    if len(closes) and int((closes - opens[: len(closes)]).max()) > CELL_LIMIT:
        return 0
    if final:
        return len(block)
    return _last_line_end(block, opens, closes)


def _last_line_end(
    block: bytes, opens: npt.NDArray[np.int64], closes: npt.NDArray[np.int64]
) -> int:
    """The end of the last line that does not end inside quotes."""
    limit = int(opens[-1]) if len(opens) > len(closes) else len(block)
    while (end := block.rfind(b"\n", 0, limit)) >= 0:
        pair = int(np.searchsorted(opens, end)) - 1
        if pair < 0 or pair >= len(closes) or closes[pair] < end:
            return end + 1
        limit = int(opens[pair])
    return 0


def read_plain(
    block: bytes, *, delimiter: str, cells: int, positions: Sequence[int]
) -> list[pa.Array] | None:
    """The cells at these positions as text columns, empty ones null.

    `block` is UTF-8 and plain. None when a row has the wrong number of cells or may be blank:
    the careful reader then finds out which.
    """
    # Arrow takes a byte order mark at the start of a block for none of its first cell's text.
    if block.startswith((b"\n", b"\r\n", BOM)) or b"\n\n" in block or b"\n\r\n" in block:
        return None
    names = [str(position) for position in range(cells)]
    kept = [names[position] for position in positions]
    quoted = b'"' in block
    try:
        table = pc.read_csv(
            pa.BufferReader(block),
            read_options=pc.ReadOptions(column_names=names, block_size=len(block) + 1),
            parse_options=pc.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quoted else False,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
            ),
            convert_options=pc.ConvertOptions(
                check_utf8=False,  # done by the caller, also for the columns left out here
                column_types=dict.fromkeys(kept, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                include_columns=kept,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return [column.combine_chunks() for column in table.columns]
