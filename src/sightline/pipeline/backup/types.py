"""What backups are made of, and what is asked of whoever copies the decisions."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

__all__ = [
    "Decisions",
    "DecisionsState",
    "Fault",
    "Made",
    "Manifest",
    "Progress",
    "Saved",
    "manifest_of",
    "values_of_manifest",
]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was saved: where, and what is wrong with it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}."


@dataclass(frozen=True)
class Saved:
    """One file of a site, by its path below the site's folder, and where its bytes are kept."""

    path: str
    size: int
    sha256: str
    object: str
    offset: int


@dataclass(frozen=True)
class DecisionsState:
    """What people decided, as copied: from where, rows by table, and where the record ended.

    `kind` is sqlite, postgresql, or none when the site has no such tables yet.
    """

    kind: str = "none"
    file: str = ""
    tables: Mapping[str, int] = field(default_factory=dict)
    record: tuple[int, str] = (0, "")


@dataclass(frozen=True)
class Manifest:
    """All that a backup holds. `objects` are the sizes of what its files are in."""

    name: str
    made_at: datetime
    site: str  # the fingerprint of the site's identity secret
    sealed_with: str  # the fingerprint of the secret that seals it
    snapshot: int
    digest: str
    files: tuple[Saved, ...]
    objects: Mapping[str, int]
    vault: Mapping[str, int]  # kind of identity -> how many are published
    ledger: tuple[int, str]  # number and keyed hash of the line that says this backup begins
    decisions: DecisionsState
    pages: bool  # whether the site had pages in use
    version: str  # of the product that made it

    @property
    def size(self) -> int:
        """Bytes of the files, as they are in the site."""
        return sum(one.size for one in self.files)


@dataclass(frozen=True)
class Made:
    """A backup that was made, and how much of it had to be written."""

    manifest: Manifest
    written: int
    not_saved: tuple[str, ...]  # things in the site's folder that nothing says what to do with


class Decisions(Protocol):
    """Copies what people decided, and brings it back. Failures raise SightlineError."""

    def save(self, folder: Path) -> DecisionsState:
        """Write one consistent copy of the database into a folder."""

    def tried(self, folder: Path, state: DecisionsState) -> list[str]:
        """Bring the copy in a folder back somewhere for a moment; what is wrong with it."""

    def bring_back(self, folder: Path, state: DecisionsState) -> list[str]:
        """Bring the copy in a folder back for good; what is wrong with it."""

    def settle(self) -> None:
        """The restore is complete: take away what marked it as under way."""


def values_of_manifest(manifest: Manifest) -> dict[str, Any]:
    """A manifest as JSON keeps it."""
    return asdict(manifest) | {"made_at": manifest.made_at.isoformat()}


def manifest_of(values: Mapping[str, Any]) -> Manifest:
    """A manifest from what JSON kept."""
    number, mac = values["ledger"]
    state = dict(values["decisions"])
    return Manifest(
        **{
            **values,
            "made_at": datetime.fromisoformat(values["made_at"]),
            "files": tuple(Saved(**one) for one in values["files"]),
            "ledger": (int(number), str(mac)),
            "decisions": DecisionsState(**{**state, "record": tuple(state["record"])}),
        }
    )
