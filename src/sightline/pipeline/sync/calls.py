"""What somebody wants synced, kept until the worker takes it: one small file each, any process.

landing/<source>/called/<unique>.json

A supplier calls about some parts; a person on the pages asks for a sync, or says what is meant.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sightline.pipeline.sync.types import Choices
from sightline.site import Site
from sightline.sources.connectors import Part

__all__ = ["Wish", "note_wish", "take_wish", "waiting_wishes"]


@dataclass(frozen=True)
class Wish:
    """What is wanted. Without `parts` whatever is due; the rest is as in Choices.

    `notice` is a sentence of the supplier's for those who look after the data.
    """

    parts: tuple[Part, ...] = ()
    full: bool = False
    accept: bool = False
    end_missing: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    notice: str = ""

    @property
    def choices(self) -> Choices:
        """The same for a sync. Everything is asked for when rows are to end that it lacks."""
        full = self.full or bool(self.end_missing)
        return Choices(
            full=full,
            only=self.parts if self.parts and not full else None,
            accept=self.accept,
            templates=frozenset(self.templates),
            end_missing=frozenset(self.end_missing),
            notice=self.notice,
        )

    def __add__(self, other: "Wish") -> "Wish":
        """Both together; a wish for whatever is due takes in one for some parts."""
        return Wish(
            tuple(dict.fromkeys(self.parts + other.parts)) if self.parts and other.parts else (),
            self.full or other.full,
            self.accept or other.accept,
            tuple(dict.fromkeys(self.end_missing + other.end_missing)),
            tuple(dict.fromkeys(self.templates + other.templates)),
            " ".join(dict.fromkeys(filter(None, [self.notice, other.notice]))),
        )


def note_wish(site: Site, name: str, wish: Wish, at: datetime) -> None:
    """Keep a wish for the worker."""
    folder = _folder(site, name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{uuid4().hex}.json"
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(wish) | {"at": at.isoformat()}))
    temporary.rename(path)


def waiting_wishes(site: Site) -> set[tuple[str, str]]:
    """The wishes that no sync has taken yet: the source, and what tells one from the others."""
    waiting = (site.folder / "landing").glob("*/called/*.json")
    return {(path.parent.parent.name, path.stem) for path in waiting}


def take_wish(site: Site, name: str) -> Wish | None:
    """All that is wanted of a source, put together and forgotten; None without any."""
    taken: Wish | None = None
    for path in sorted(_folder(site, name).glob("*.json")):
        try:
            given: dict[str, Any] = json.loads(path.read_text())
        except (OSError, ValueError):  # taken by another process meanwhile
            continue
        path.unlink(missing_ok=True)
        wish = Wish(
            tuple(Part(one["resource"], one["school"]) for one in given["parts"]),
            full=given["full"],
            accept=given["accept"],
            end_missing=tuple(given["end_missing"]),
            templates=tuple(given["templates"]),
            notice=given["notice"],
        )
        taken = wish if taken is None else taken + wish
    return taken


def _folder(site: Site, name: str) -> Path:
    return site.folder / "landing" / name / "called"
