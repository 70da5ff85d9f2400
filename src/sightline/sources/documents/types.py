"""What a document's reader gives: rows of raw views, refused ones, and words about the file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["DocumentReader", "Found", "Refused", "Remark", "Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a raw view. `record` is the place in the file of the record it is from, from 1."""

    view: str
    record: int
    cells: Mapping[str, str] = field(repr=False)  # the supplier's own names; without the empty


@dataclass(frozen=True, slots=True)
class Refused:
    """A record, or the part of one meant for a view, that cannot be read: `reason` is a REASON.

    `value` describes what was found and never repeats it: it may hold a name.
    """

    view: str
    record: int
    reason: str
    column: str | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about the file as a whole: `code` is a key of NOTICES."""

    code: str
    text: str
    count: int = 1


Found = Row | Refused | Remark


class DocumentReader(Protocol):
    """How one kind of document is read. It holds one record at a time, however long the file."""

    @property
    def form(self) -> str:
        """What a receipt calls the file's form, such as `xml`."""

    @property
    def views(self) -> Mapping[str, tuple[str, ...]]:
        """The raw views it fills, each with the names its rows may have."""

    def read(self, chunks: Iterable[bytes]) -> Iterator[Found]:
        """Everything in a file, in its order.

        Raises FileError when nothing of the file is to be used; what was given before is void.
        """
