"""Where fetched bodies land: untouched, sealed, one file each, so that a killed sync goes on.

landing/<source>/run.json              what is being fetched, which parts are done
landing/<source>/<part>/000001.page    one body as it came, sealed: its header, then its bytes

A page that is torn or was put elsewhere does not open; its part is then fetched anew.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag

from sightline.people import Keys
from sightline.sources.connectors import Answer, Part

__all__ = ["Landing", "Plan", "write_whole"]

PURPOSE = "landing"


@dataclass(frozen=True)
class Plan:
    """What one run fetches: each part with the moment since which (None: everything)."""

    started_at: datetime
    since: dict[Part, datetime | None]

    def as_json(self) -> list[list[str | None]]:
        return [
            [one.resource, one.school, moment.isoformat() if moment else None]
            for one, moment in self.since.items()
        ]


class Landing:
    """The landing place of one source. Use it while the source is locked."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self.folder = folder
        self._ciphers = keys.ciphers(PURPOSE)
        self._run: dict[str, Any] = {}

    def unfinished(self) -> Plan | None:
        """The plan of a run that was cut off while fetching, or None."""
        try:
            self._run = json.loads((self.folder / "run.json").read_text())
            since = {
                Part(resource, school): datetime.fromisoformat(moment) if moment else None
                for resource, school, moment in self._run["parts"]
            }
            return Plan(datetime.fromisoformat(self._run["started_at"]), since)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, plan: Plan) -> None:
        """Start an empty run."""
        self.clear()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        started = plan.started_at.isoformat()
        self._run = {"started_at": started, "parts": plan.as_json(), "done": []}
        self._write()

    def is_done(self, part: Part) -> bool:
        return part.name in self._run["done"]

    def done(self, part: Part) -> None:
        """All bodies of a part have landed."""
        self._run["done"].append(part.name)
        self._write()

    def place(self, part: Part) -> tuple[int, str | None]:
        """How many bodies of a part have landed, and where the next one is (None: at the start)."""
        count, following = 0, None
        for answer in self.answers(part):
            count, following = count + 1, answer.next
        return (count, following) if following is not None else (0, None)

    def keep(self, part: Part, number: int, answer: Answer) -> None:
        """Land one body; `number` counts from 1."""
        path = self._page(part, number)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        header = {"url": answer.url, "next": answer.next, "headers": dict(answer.headers)}
        data = json.dumps(header).encode() + b"\n" + answer.body
        temporary = path.with_suffix(".tmp")
        temporary.write_bytes(self._ciphers.seal(data, _bound(part, number)))
        temporary.rename(path)

    def answers(self, part: Part) -> Iterator[Answer]:
        """The bodies of a part in order, up to the first that is missing or damaged."""
        number = 1
        while (path := self._page(part, number)).exists():
            try:
                data = self._ciphers.open(path.read_bytes(), _bound(part, number))
            except InvalidTag:
                return
            head, _, body = data.partition(b"\n")
            header = json.loads(head)
            yield Answer(header["url"], body, header["next"], header["headers"])
            number += 1

    def is_whole(self, part: Part) -> bool:
        """Whether every body that landed can be read and the last one was the last."""
        following: str | None = ""
        number = 0
        for answer in self.answers(part):
            following, number = answer.next, number + 1
        kept = len(list((self.folder / part.name).glob("*.page")))
        return number == kept and (number == 0 or following is None)

    def again(self, part: Part) -> None:
        """Forget what landed of a part: it is fetched anew."""
        shutil.rmtree(self.folder / part.name, ignore_errors=True)
        self._run["done"] = [one for one in self._run["done"] if one != part.name]
        self._write()

    def clear(self) -> None:
        """Forget the run."""
        (self.folder / "run.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _page(self, part: Part, number: int) -> Path:
        return self.folder / part.name / f"{number:06d}.page"

    def _write(self) -> None:
        write_whole(self.folder / "run.json", json.dumps(self._run))


def _bound(part: Part, number: int) -> bytes:
    return f"{part.name}\n{number}".encode()


def write_whole(path: Path, text: str) -> None:
    """A small file that is whole at every moment, also when the machine stops."""
    temporary = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
