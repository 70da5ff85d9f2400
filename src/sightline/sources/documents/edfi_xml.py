"""Ed-Fi interchange files in bulk XML, as rows of the raw views that the Ed-Fi profile reads.

Any interchange file will do: elements are known by their names, those of no use are counted and
left out. Of a descriptor only what follows `#` is kept. References are read where they say what
they refer to; a bare `ref` to an element elsewhere in the file is not followed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from sightline.kit import plural
from sightline.sources.documents.edfi_kinds import IDENTIFIED, KINDS, Path
from sightline.sources.documents.types import Found, Refused, Remark, Row
from sightline.sources.documents.xml_records import Broken, Node, XmlFile, xml_records

__all__ = ["EdFiXmlReader"]

EVENTS = "calendar"  # a date may have several events: each is a row


def _views() -> dict[str, tuple[str, ...]]:
    views = {view: tuple(ways) for view, ways in KINDS.values()}
    views |= {view: ("id", *views[view]) for view in IDENTIFIED}
    return views | {EVENTS: (*views[EVENTS], "event")}


class EdFiXmlReader:
    """Reads one interchange file. A row's number is its element's place among those of use."""

    form = "xml"
    views = MappingProxyType(_views())

    def read(self, chunks: Iterable[bytes]) -> Iterator[Found]:
        """Every element that is of use, as a row."""
        readers = {name.lower(): _reader(*kind) for name, kind in KINDS.items()}
        views = {name.lower(): view for name, (view, _) in KINDS.items()}
        file = XmlFile(roots=("interchange*",), records={(name,) for name in readers})
        for record, node in enumerate(xml_records(chunks, file), start=1):
            if isinstance(node, Broken):
                yield Refused(views[node.name], record, node.reason, None, node.value)
            else:
                for cells in readers[node.name](node):
                    yield Row(views[node.name], record, cells)
        if file.others:
            count = sum(file.others.values())
            text = f"{plural(count, 'element')} of no use here left out: {file.listed(file.others)}"
            yield Remark("left_out", text, count)


def _reader(view: str, ways: Mapping[str, Path]) -> Callable[[Node], Iterator[dict[str, str]]]:
    """What makes rows of this view from an element."""
    lower = {name: tuple(step.lower() for step in way) for name, way in ways.items()}

    def rows(node: Node) -> Iterator[dict[str, str]]:
        found = {name: _value(node.value(*way)) for name, way in lower.items()}
        cells = {name: text for name, text in found.items() if text}
        if view in IDENTIFIED:
            cells["id"] = "~".join(cells.get(name, "") for name in IDENTIFIED[view])
        if view != EVENTS:
            yield cells
            return
        for event in node.each("calendarevent"):
            yield cells | {"event": _value(event.text)}

    return rows


def _value(text: str) -> str:
    """A descriptor's own word, or the text as it is."""
    return text.rpartition("#")[2].strip() if text.startswith("uri://") else text
