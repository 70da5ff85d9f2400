"""A source: one configured connection of a site to a system that holds its data.

sources/<name>.toml     what it is, where it is, which schools: no secrets, readable by people
sources/<name>.secret   its credentials, sealed; written once and never shown again
sources/<name>.ids      which pupil id of the supplier stands for one known before, sealed

Nothing is connected until a person has written both and said `on = true`.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag

from sightline.kit import SightlineError
from sightline.people import Keys

__all__ = ["Source", "SourceFolder"]

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
KEYS = {"kind", "on", "address", "every", "resources", "schools", "settings"}
EVERY = 15  # minutes between syncs unless the file says otherwise
PURPOSE = "credentials"


@dataclass(frozen=True)
class Source:
    """A connection as configured. `schools` is the supplier's id of a school -> our school_id.

    `every` is in minutes. `address` is a URL or a folder; `hosts` are those it may be called at.
    `resources` limits what is asked for; empty: all that its kind of system has.
    """

    name: str
    kind: str
    address: str
    on: bool = False
    every: int = EVERY
    resources: tuple[str, ...] = ()
    schools: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the address and of every setting that is an address."""
        given = [self.address, *(one for one in self.settings.values() if "://" in one)]
        return frozenset(urlsplit(one).netloc for one in given if "://" in one)


@dataclass(frozen=True)
class SourceFolder:
    """The folder `sources/` of a site."""

    folder: Path
    keys: Keys

    def names(self) -> list[str]:
        """The sources configured, in order of their names."""
        return sorted(path.stem for path in self.folder.glob("*.toml"))

    def read(self, name: str) -> Source:
        """A source. Raises `not_found`, or `bad_settings` for a file that cannot be used."""
        path = self.folder / f"{name}.toml"
        if not NAME.fullmatch(name) or not path.exists():
            known = ", ".join(self.names()) or "none yet: `sightline connect` makes one"
            raise SightlineError("not_found", f"source {name}", f"there are: {known}")
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SightlineError("bad_settings", str(path), "this is not TOML") from error
        return _source(name, given, path)

    def write(self, source: Source) -> Path:
        """Write a source's file, in place of the one before. Raises `bad_argument` for its name."""
        if not NAME.fullmatch(source.name):
            what = "a name has small letters, digits and dashes, and starts with a letter"
            raise SightlineError("bad_argument", source.name, what)
        path = self.folder / f"{source.name}.toml"
        _write(path, _toml(source).encode(), 0o644)
        return path

    def write_secrets(self, name: str, secrets: Mapping[str, str]) -> None:
        """Seal a source's credentials, in place of those before."""
        self._seal(f"{name}.secret", secrets)

    def has_secrets(self, name: str) -> bool:
        return (self.folder / f"{name}.secret").exists()

    def secrets(self, name: str) -> dict[str, str]:
        """A source's credentials; empty when none are kept. Raises `missing_key`."""
        return self._unseal(f"{name}.secret")

    def write_known_as(self, name: str, ids: Mapping[str, str]) -> None:
        """Seal which earlier pupil id each of the supplier's stands for."""
        self._seal(f"{name}.ids", ids)

    def known_as(self, name: str) -> dict[str, str]:
        """The supplier's id of a pupil -> the one under which the pupil was known before."""
        return self._unseal(f"{name}.ids")

    def _seal(self, file: str, value: Mapping[str, str]) -> None:
        data = json.dumps(dict(value)).encode()
        sealed = self.keys.ciphers(PURPOSE).seal(data, file.encode())
        _write(self.folder / file, sealed, 0o600)

    def _unseal(self, file: str) -> dict[str, str]:
        path = self.folder / file
        if not path.exists():
            return {}
        try:
            data = self.keys.ciphers(PURPOSE).open(path.read_bytes(), file.encode())
        except InvalidTag as error:
            remedy = f"Give the credentials again: `sightline connect {path.stem}`."
            what = "what it keeps was sealed with another key"
            raise SightlineError("missing_key", f"source {path.stem}", what, remedy) from error
        found: dict[str, str] = json.loads(data)
        return found

    def remove(self, name: str) -> None:
        """Forget a source: its file, its credentials."""
        for path in self.folder.glob(f"{name}.*"):
            path.unlink()

    def reseal(self) -> int:
        """Seal every sealed file with the current key; how many were."""
        ciphers = self.keys.ciphers(PURPOSE)
        done = 0
        for path in sorted([*self.folder.glob("*.secret"), *self.folder.glob("*.ids")]):
            if not ciphers.is_current(path.read_bytes(), path.name.encode()):
                self._seal(path.name, self._unseal(path.name))
                done += 1
        return done


def _source(name: str, given: Mapping[str, Any], path: Path) -> Source:
    def bad(what: str) -> SightlineError:
        return SightlineError("bad_settings", str(path), what)

    if unknown := sorted(set(given) - KEYS):
        raise bad(f"`{unknown[0]}` is not one of {', '.join(sorted(KEYS))}")
    for key in ("kind", "address"):
        if not isinstance(given.get(key), str) or not given[key]:
            raise bad(f"`{key}` must be given, as text in quotes")
    if not isinstance(given.get("on", False), bool):
        raise bad("`on` must be true or false")
    every = given.get("every", EVERY)
    if type(every) is not int or not 1 <= every <= 1440:
        raise bad("`every` must be a whole number of minutes, 1 to 1440")
    resources = given.get("resources", [])
    if not isinstance(resources, list) or not all(isinstance(one, str) for one in resources):
        raise bad("`resources` must be a list of names in quotes")
    tables: dict[str, dict[str, str]] = {}
    for key in ("schools", "settings"):
        table = given.get(key, {})
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise bad(f'[{key}] must hold lines of name = "text"')
        tables[key] = table
    return Source(
        name=name,
        kind=given["kind"],
        address=given["address"],
        on=given.get("on", False),
        every=every,
        resources=tuple(resources),
        **tables,
    )


def _toml(source: Source) -> str:
    def text(value: str) -> str:
        return json.dumps(value, ensure_ascii=False)

    lines = [
        f"kind = {text(source.kind)}",
        f"on = {str(source.on).lower()} # false: nothing is asked for",
        f"address = {text(source.address)}",
        f"every = {source.every} # minutes",
    ]
    if source.resources:
        lines.append(f"resources = [{', '.join(map(text, source.resources))}]")
    for title, table in (("schools", source.schools), ("settings", source.settings)):
        lines += ["", f"[{title}]", *(f"{text(key)} = {text(one)}" for key, one in table.items())]
    return "\n".join(lines) + "\n"


def _write(path: Path, data: bytes, mode: int) -> None:
    """The file is whole at every moment: the old one or the new one."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
