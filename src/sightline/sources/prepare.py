"""Look at a file before it is read: can it be opened, how is it encoded, has it the columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sightline.kit import nearest, plural
from sightline.sources.files import HEAD_BYTES, FileError, SourceFile, encoding_of
from sightline.sources.header import Column, Header, Layout, match, read_header
from sightline.sources.read_csv import CsvReader, Dialect
from sightline.sources.types import NOTICES, Notice

__all__ = ["Expected", "Prepared", "notice", "prepare"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file should look like. `exact` compares headings letter by letter."""

    table: str
    columns: tuple[Column, ...]
    exact: bool
    encoding: str = "utf-8"
    delimiters: tuple[str, ...] = (",",)
    wide: re.Pattern[str] | None = None
    header_within: int = 1


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is ready to be read, with its columns found."""

    file: SourceFile
    header: Header
    layout: Layout
    dialect: Dialect

    def reader(self, columns: Sequence[str]) -> CsvReader:
        """A reader of these columns, followed by those of the wide block as `_wide<position>`."""
        named = [(name, self.layout.positions.get(name)) for name in columns]
        named += [(f"_wide{at}", at) for at, _ in self.layout.wide]
        return CsvReader(self.file, self.header, named, self.dialect)


def notice(code: str, file: str, table: str | None, text: str = "", count: int = 1) -> Notice:
    """A notice of this code; `text` follows the file's name, or the code's own sentence does."""
    level, meaning = NOTICES[code]
    if text and not text.endswith((".", "?")):
        text += "."
    said = [text] if text else []
    if level == "error" or not text:
        said.append(meaning)
    return Notice(level, code, file, table, f"{file}: {' '.join(said)}", count)


def prepare(path: Path, expected: Expected) -> tuple[Prepared | None, list[Notice]]:
    """The file made ready, or None, and what there is to say about it."""
    name, table = path.name, expected.table
    try:
        file = SourceFile(path, name)
    except OSError as error:
        return None, [notice("unreadable_file", name, table, error.strerror or str(error))]
    encoding, skip = encoding_of(file.head, expected.encoding)
    if encoding == "utf-16":
        remedy = "Save it as CSV UTF-8"
        return None, [notice("utf_16", name, table, remedy)]
    try:
        found = _find_header(file, encoding, skip, expected)
        if found is None:
            return None, [notice("empty_file", name, table)]
        header, delimiter = found
        layout = match(header, expected.columns, exact=expected.exact, wide=expected.wide)
    except FileError as error:
        return None, [notice(error.code, name, table, error.text)]
    prepared = Prepared(file, header, layout, Dialect(encoding, delimiter, skip))
    return prepared, _remarks(prepared, expected)


def _find_header(
    file: SourceFile, encoding: str, skip: int, expected: Expected
) -> tuple[Header, str] | None:
    """The header and its delimiter: the first delimiter with which the required columns fit."""

    def fits(headings: Sequence[str]) -> bool:
        try:
            match(
                Header(tuple(headings), 1, 0),
                expected.columns,
                exact=expected.exact,
                wide=expected.wide,
            )
        except FileError as error:
            return error.code != "missing_column"
        return True

    found: list[tuple[Header, str]] = []
    unreadable: list[FileError] = []
    for delimiter in expected.delimiters:
        try:
            header = read_header(
                file.head[skip:],
                encoding=encoding,
                delimiter=delimiter,
                whole=file.size <= HEAD_BYTES,
                fits=fits,
                within=expected.header_within,
            )
        except FileError as error:
            unreadable.append(error)
            continue
        if header and fits(header.headings):
            return header, delimiter
        found += [(header, delimiter)] if header else []
    if unreadable and not found:
        raise unreadable[0]
    return max(found, key=lambda one: len(one[0].headings), default=None)


def _remarks(prepared: Prepared, expected: Expected) -> list[Notice]:
    """Columns of no use, and a file in another encoding than expected."""
    remarks = []
    name, table = prepared.file.name, expected.table
    if prepared.dialect.encoding != expected.encoding:
        remarks.append(notice("read_as_utf8", name, table))
    unused = prepared.layout.unused
    if unused:
        listed = ", ".join(one or "(no name)" for one in unused)
        names = [one.name for one in expected.columns] if expected.exact else []
        near = nearest(unused[0], names)
        hint = f" ({unused[0]}: did you mean {near}?)" if near else ""
        text = f"{plural(len(unused), 'column')} ignored: {listed}{hint}"
        remarks.append(notice("unknown_column", name, table, text, len(unused)))
    return remarks
