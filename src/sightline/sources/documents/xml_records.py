"""XML as a stream of records, read as if whoever wrote it wished us ill.

No document type, no entities, nothing fetched. Elements are known by their names without a
namespace, capitals aside, in any order. One record is held at a time; a record, a text, a tag or
a depth beyond the limits below is refused, so that a file costs no more memory than its worst
record may. (A file of one record and a file of a million cost the same.)
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from sightline.sources.files import FileError
from sightline.sources.records import CELL_LIMIT

__all__ = ["Broken", "Node", "XmlFile", "xml_records"]

DEPTH_LIMIT = 64
NODE_LIMIT = 20_000  # elements and attributes of one record
RECORD_LIMIT = 4 << 20  # characters of one record
TAG_LIMIT = 1 << 20  # bytes without any end of a tag, a comment or a text
KINDS_LIMIT = 10_000  # different names of elements and attributes: the parser keeps each
NAMES_TOLD = 5
PIECE = 1 << 16


@dataclass(slots=True)
class Node:
    """An element of a record: its name in small letters, its text, and what is in it."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without the blanks around it."""
        return "".join(self.parts).strip()

    def each(self, name: str) -> list["Node"]:
        """The elements of a name directly within it."""
        return [one for one in self.children if one.name == name]

    def find(self, *names: str) -> "Node | None":
        """The first element reached by these names: the first directly, the others at any depth."""
        found = next((one for one in self.children if one.name == names[0]), None)
        for name in names[1:]:
            found = found and found.below(name)
        return found

    def below(self, name: str) -> "Node | None":
        """The first element of a name at any depth within it."""
        waiting = deque(self.children)
        while waiting:
            one = waiting.popleft()
            if one.name == name:
                return one
            waiting.extend(one.children)
        return None

    def value(self, *names: str) -> str:
        """The text of the element `find` gives; empty without one."""
        found = self.find(*names)
        return found.text if found else ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A record beyond the limits: which kind it is, and why it is refused."""

    name: str
    reason: str
    value: str


@dataclass(slots=True)
class XmlFile:
    """Which elements of a file are records, and what was met beside them.

    `records` are paths below the root, in small letters; `roots` are the names a root may have,
    or beginnings of them that end in `*`. With `kept`, every other element of a record is left out
    with all that is in it, never held; those not in `passed` either are counted in `unknown`.
    `others` counts elements beside the records.
    """

    roots: tuple[str, ...]
    records: Collection[tuple[str, ...]]
    kept: frozenset[str] | None = None
    passed: frozenset[str] = frozenset()
    unknown: dict[str, int] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)

    def is_root(self, name: str) -> bool:
        """Whether this is a file of the kind."""
        return any(
            name.startswith(root[:-1]) if root.endswith("*") else name == root
            for root in self.roots
        )

    def listed(self, names: Mapping[str, int]) -> str:
        """Some of the names counted, for a notice."""
        shown = list(names)[:NAMES_TOLD]
        return ", ".join(shown) + (" and others" if len(names) > NAMES_TOLD else "")


class _Target:
    """Told of each tag and text by the parser; keeps the record that is open."""

    def __init__(self, file: XmlFile) -> None:
        self.file = file
        self.done: deque[Node | Broken] = deque()
        self.events = 0
        self._path: list[str] = []
        self._open: list[Node] = []
        self._left_out = 0  # depth at which a part to leave out began, or 0
        self._nodes = self._characters = 0
        self._broken: Broken | None = None
        self._kinds: set[str] = set()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.events += 1
        own = tag.rpartition("}")[2]
        name = own.lower()
        self._path.append(name)
        if len(self._path) > DEPTH_LIMIT:
            raise FileError("unreadable_file", f"elements lie more than {DEPTH_LIMIT} deep")
        if len(self._path) == 1 and not self.file.is_root(name):
            raise FileError("not_this_document", f"it is a {own[:40]}")
        self._kinds.update((tag, *attributes))
        if len(self._kinds) > KINDS_LIMIT:
            raise FileError("unreadable_file", f"more than {KINDS_LIMIT:,} kinds of elements")
        if self._left_out:
            return
        if not self._open:
            self._begin(own, attributes)
        elif self.file.kept is not None and name not in self.file.kept:
            if name not in self.file.passed:
                self._count(self.file.unknown, own)
            self._left_out = len(self._path)
        else:
            self._add(Node(name, dict(attributes)))

    def _begin(self, own: str, attributes: Mapping[str, str]) -> None:
        below = tuple(self._path[1:])
        if below in self.file.records:
            self._nodes = self._characters = 0
            self._add(Node(self._path[-1], dict(attributes)))
        elif below and not any(one[: len(below)] == below for one in self.file.records):
            self._count(self.file.others, own)
            self._left_out = len(self._path)

    def _count(self, counts: dict[str, int], name: str) -> None:
        counts[name[:40]] = counts.get(name[:40], 0) + 1

    def _add(self, node: Node) -> None:
        self._nodes += 1 + len(node.attributes)
        self._characters += sum(map(len, node.attributes.values()))
        if self._nodes > NODE_LIMIT or self._characters > RECORD_LIMIT:
            self._break("record_too_large", f"more than {NODE_LIMIT:,} elements")
        if self._open and not self._broken:
            self._open[-1].children.append(node)
        self._open.append(node)

    def data(self, text: str) -> None:
        self.events += 1
        if not self._open or self._left_out or self._broken:
            return
        parts = self._open[-1].parts
        self._characters += len(text)
        if self._characters > RECORD_LIMIT:
            self._break("record_too_large", f"more than {RECORD_LIMIT:,} characters")
        elif sum(map(len, parts)) + len(text) > CELL_LIMIT:
            self._break("cell_too_long", f"more than {CELL_LIMIT:,} characters")
        else:
            parts[:] = ["".join(parts) + text] if len(parts) > 64 else [*parts, text]

    def _break(self, reason: str, value: str) -> None:
        """Give up the record that is open, and what was kept of it."""
        if self._broken:
            return
        name = self._open[0].name if self._open else self._path[-1]
        self._broken = Broken(name, reason, value)
        for node in self._open:
            node.children.clear()
            node.parts.clear()

    def end(self, tag: str) -> None:
        self.events += 1
        if self._left_out:
            if self._left_out == len(self._path):
                self._left_out = 0
        elif self._open:
            node = self._open.pop()
            if not self._open:
                self.done.append(self._broken or node)
                self._broken = None
        self._path.pop()

    def close(self) -> None:
        """Nothing is left to do at the end."""


def xml_records(chunks: Iterable[bytes], file: XmlFile) -> Iterator[Node | Broken]:
    """The records of a file in its order; FileError when nothing of it is to be used."""
    target = _Target(file)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    silent = total = 0
    try:
        for piece in _pieces(chunks):
            before, total = target.events, total + len(piece)
            parser.feed(piece)
            silent = 0 if target.events > before else silent + len(piece)
            if silent > TAG_LIMIT:
                raise FileError("unreadable_file", "a tag or a comment has no end")
            while target.done:
                yield target.done.popleft()
        if not total:
            raise FileError("empty_file", "")
        parser.close()
    except DefusedXmlException as error:
        raise FileError("has_entities", "") from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileError("unreadable_file", _where(error)) from error
    yield from target.done


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            yield chunk[start : start + PIECE]


def _where(error: Exception) -> str:
    """Where it is no XML; the parser's own words may quote the file."""
    position = getattr(error, "position", None)
    return f"it is no XML from line {position[0]:,} on" if position else "it is no XML"
