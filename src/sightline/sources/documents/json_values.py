"""JSON as a stream of values: an array of them, one to a line, or an object that holds an array.

One value is held at a time. Numbers stay text, as they were written. A value that is too long, too
deep or no JSON is given as a `Flaw`; an array is given up at such a value, because nothing says
where the next one begins.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sightline.sources.files import BOM, FileError

__all__ = ["Flaw", "json_values"]

VALUE_LIMIT = 4 << 20  # bytes or characters of one value
FIRST = re.compile(r"[ \t\r\n]*")
NEXT = re.compile(r"[ \t\r\n]*,[ \t\r\n]*|[ \t\r\n]*(?=\])")
PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Flaw:
    """A value that cannot be read: a REASON and what was found."""

    reason: str
    value: str = ""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_no_constant)


def json_values(chunks: Iterable[bytes], within: str) -> Iterator[Any]:
    """The values of a file, or Flaws in their place.

    `within` names the member that holds the values where the file is one object. FileError when
    nothing of the file is to be used.
    """
    pieces = _pieces(chunks)
    head = next(pieces, b"").removeprefix(BOM).lstrip()
    while not head:
        piece = next(pieces, None)
        if piece is None:
            raise FileError("empty_file", "")
        head = piece.lstrip()
    if head.startswith(b"["):
        yield from _array(chain([head], pieces))
    elif head.startswith(b"{"):
        yield from _lines(chain([head], pieces), within)
    else:
        raise FileError("not_this_document", "it is no JSON array and no JSON object")


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are neither tiny nor, for large files, all of it."""
    waiting = b""
    for chunk in chunks:
        waiting += chunk
        if len(waiting) >= PIECE:
            yield waiting
            waiting = b""
    if waiting:
        yield waiting


# --- an array ------------------------------------------------------------------------------------


def _array(pieces: Iterator[bytes]) -> Iterator[Any]:
    """The elements of one array. An array that is cut short or broken is of no use at all."""
    texts = _texts(pieces)
    text, at, before = next(texts), 1, FIRST
    while True:
        between = before.match(text, at)
        start = between.end() if between else at
        if between and before is NEXT and "," not in between[0]:
            break
        found = _decoded(text, start) if between else None
        if found:
            yield found[0]
            at, before = found[1], NEXT
        elif before is FIRST and text.startswith("]", start):
            break
        else:
            more = next(texts, None)
            if more is None or len(text) - at > VALUE_LIMIT:
                raise FileError("unreadable_file", "the array breaks off or holds what is no JSON")
            text, at = text[at:] + more, 0
    if text[start + 1 :].strip() or any(more.strip() for more in texts):
        raise FileError("unreadable_file", "something follows the array")


def _texts(pieces: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in pieces:
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileError("unreadable_file", "it holds bytes that are not UTF-8") from error


def _decoded(text: str, start: int) -> tuple[Any, int] | None:
    """The value that starts there and its end; None when it is not whole, or no JSON."""
    try:
        value, end = DECODER.raw_decode(text, start)
    except RecursionError as error:
        raise FileError("unreadable_file", "its values lie too deep") from error
    except ValueError:
        return None
    # A number at the very end may go on in the next piece; an array never ends with a value.
    return None if end == len(text) else (value, end)


# --- one value to a line -------------------------------------------------------------------------


def _lines(pieces: Iterator[bytes], within: str) -> Iterator[Any]:
    """One value to a line, or one object over all lines."""
    lines = _split(pieces)
    first = next(lines)
    value = _value(first)
    if isinstance(value, Flaw) and first is not None:
        held = _held(first, lines)
        whole = None if None in held else _value(b"\n".join(one for one in held if one))
        if isinstance(whole, dict) and next(lines, None) is None:
            yield from _unfolded(whole, within)
            return
        lines = chain(held[1:], lines)
    yield from _unfolded(value, within)
    for line in lines:
        if line is None or line.strip():
            yield from _unfolded(_value(line), within)


def _held(first: bytes, lines: Iterator[bytes | None]) -> list[bytes | None]:
    """The first line and those after it, as many as one value may have."""
    held: list[bytes | None] = [first]
    size = len(first)
    for line in lines:
        held.append(line)
        size += len(line or b"") + 1
        if line is None or size > VALUE_LIMIT:
            break
    return held


def _split(pieces: Iterator[bytes]) -> Iterator[bytes | None]:
    """The lines; None for one that is too long."""
    waiting, passing = b"", False
    for piece in pieces:
        *lines, waiting = (waiting + piece).split(b"\n")
        for line in lines:
            if not passing:
                yield line if len(line) <= VALUE_LIMIT else None
            passing = False
        if len(waiting) > VALUE_LIMIT and not passing:
            yield None
            passing = True
        if passing:
            waiting = b""
    if not passing:
        yield waiting


def _value(line: bytes | None) -> Any:
    if line is None:
        return Flaw("record_too_large", f"more than {VALUE_LIMIT:,} bytes")
    try:
        return DECODER.decode(line.decode("utf-8"))
    except UnicodeDecodeError:
        return Flaw("not_utf8")
    except RecursionError:
        return Flaw("record_too_large", "its values lie too deep")
    except ValueError:
        return Flaw("unreadable_record", "it is no JSON")


def _unfolded(value: Any, within: str) -> Iterator[Any]:
    """The values of a page that holds them in a member, or the value itself."""
    if isinstance(value, dict) and isinstance(value.get(within), list):
        yield from value[within]
    else:
        yield value
