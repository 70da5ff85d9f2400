"""A site: the folder in which one school or trust keeps its settings, data and secret key.

settings.toml    names and limits            thresholds.yml   changed thresholds
mappings/        the school's own words      signals/         the school's own signals
secret.key       never leaves the site       vault.sqlite     identities, sealed
warehouse/       facts without identities    access.log       every look at an identity
sheets/          what pages need, prepared   decisions.sqlite people, decisions, the record
signin.yml       the school's own sign-on    static/          styles and script, as served
objections.json  who is left out of signals, written by the pages
erasures.log     what was erased, to be erased again after a restore; keep a copy elsewhere
backups.json     how the last backups went
restoring        only while `sightline restore` is at work: nothing here may be used yet
sources/         connections to other systems, their credentials sealed
landing/         what is being fetched from them just now, sealed
evidence/        answers about groups, kept until the data change; what was released of them
"""

import csv
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sightline.kit import SightlineError, nearest
from sightline.people import Keys, Vault, make_key_file, read_keys
from sightline.sources.connection import SourceFolder
from sightline.warehouse import Snapshot, Warehouse

__all__ = ["MARK", "RESTORING", "SETTINGS", "Setting", "Site", "make_site", "open_site"]

MARK = "restoring"
RESTORING = "SIGHTLINE_RESTORING"  # what the restore that is under way says to its own processes


class Setting(NamedTuple):
    """A setting's kind, default, allowed range or values, and what it is for."""

    kind: type
    default: Any
    allowed: tuple[Any, ...]
    description: str


SETTINGS: dict[str, Setting] = {
    "pack": Setting(str, "school", ("school", "he"), "Which signals run unless a command says."),
    "capacity": Setting(int, 10, (5, 15), "How many pupils a weekly list holds at most."),
    "disclosure_minimum": Setting(
        int, 10, (6, 100), "Fewest pupils a figure about a group may stand for."
    ),
    "memory_limit": Setting(str, "", (), "Memory for one command, such as 4GB; empty: 80%."),
    "keep_snapshots": Setting(int, 10, (1, 1000), "Published snapshots that compact keeps."),
    "school_id": Setting(str, "", (), "The school of exports that do not name their school."),
    "school_name": Setting(str, "", (), "That school's name."),
    "phase": Setting(str, "secondary", (), "That school's phase, as in the dictionary."),
    "academic_year": Setting(str, "", (), "First day (YYYY-MM-DD) of the year of exports."),
    "severity_when_blank": Setting(str, "", (), "Severity of concerns exported without one, 1-5."),
    "database": Setting(str, "", (), "postgresql://user:password@host/name; empty: SQLite here."),
    "hosts": Setting(str, "", (), "Names under which the pages are reached, with spaces between."),
    "mail_host": Setting(str, "", (), "The school's mail relay; empty: no mail is sent."),
    "mail_port": Setting(int, 25, (1, 65535), "The relay's port; 587 uses TLS."),
    "mail_user": Setting(str, "", (), "The relay's user; its password: SIGHTLINE_MAIL_PASSWORD."),
    "mail_from": Setting(str, "", (), "The address that mail comes from."),
    "dsl_name": Setting(str, "", (), "The designated safeguarding lead, as shown to staff."),
    "dsl_phone": Setting(str, "", (), "Their telephone number."),
    "dsl_mail": Setting(str, "", (), "Their mail address: urgent alerts go there at once."),
    "crisis_words": Setting(str, "", (), "What to do out of hours, in the school's own words."),
    "demo": Setting(str, "", ("", "yes"), "Only the demo may set this: no second factor."),
    "today": Setting(str, "", (), "Only for the demo: the day its pages take for today."),
}
MAPPINGS = {
    "behaviour_categories": "A word used in the school for a behaviour, and the standard word.",
    "attendance_codes": "A code the school's system writes, and the code in the dictionary.",
}
THRESHOLDS = """\
# Thresholds this school has changed, as signal.parameter: value. Everything else is the default.
# `sightline doctor` lists every parameter with its range. For example:
# attendance_momentum.drop_points: 4.0
"""


@dataclass(frozen=True)
class Site:
    """An opened site. Raises `bad_settings` when a file of it cannot be used."""

    folder: Path
    settings: Mapping[str, Any]
    keys: Keys

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.folder / "warehouse")

    @property
    def temp_folder(self) -> Path:
        return self.folder / "warehouse" / "tmp"

    @property
    def sources(self) -> SourceFolder:
        return SourceFolder(self.folder / "sources", self.keys)

    def vault(self, snapshot: Snapshot | None) -> Vault:
        """The identity vault as of a published snapshot."""
        return Vault(self.folder / "vault.sqlite", self.keys, snapshot.number if snapshot else 0)

    def thresholds(self) -> dict[str, Any]:
        """The values of thresholds.yml, unchecked: the signals know their ranges."""
        path = self.folder / "thresholds.yml"
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
        except yaml.YAMLError as error:
            raise SightlineError("bad_settings", str(path), "this is not YAML") from error
        if found is not None and not isinstance(found, dict):
            raise SightlineError("bad_settings", str(path), "expected lines of signal.name: value")
        return found or {}

    def objections(self, on: date) -> dict[str, dict[str, frozenset[str]]]:
        """Who has objected, as in force on a day: school -> pupil_ref -> themes (empty: all).

        Raises `damaged` rather than guess: nobody who objected is listed for a broken file.
        """
        path = self.folder / "objections.json"
        if not path.exists():
            return {}
        found: dict[str, dict[str, frozenset[str]]] = {}
        try:
            for one in json.loads(path.read_text(encoding="utf-8")):
                from_on, to_on = date.fromisoformat(one["from_on"]), one["to_on"]
                if from_on <= on and (to_on is None or on <= date.fromisoformat(to_on)):
                    school = found.setdefault(one["school_id"], {})
                    before = school.get(one["pupil_ref"])
                    everything = not one["themes"] or before == frozenset()
                    themes = (before or frozenset()) | frozenset(one["themes"])
                    school[one["pupil_ref"]] = frozenset() if everything else themes
        except (KeyError, TypeError, ValueError) as error:
            remedy = "Run `sightline serve`, which writes it again from the database."
            raise SightlineError("damaged", str(path), "this is not as written", remedy) from error
        return found

    def words(self, mapping: str) -> dict[str, str]:
        """The school's own words in lower case, each with its standard word."""
        path = self.folder / "mappings" / f"{mapping}.csv"
        if not path.exists():
            return {}
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"word", "standard"} <= set(reader.fieldnames or ()):
                what = "the columns `word` and `standard` are needed"
                raise SightlineError("bad_mapping", str(path), what)
            rows = [row for row in reader if row["word"] and row["standard"]]
        found = {row["standard"].strip().lower(): row["standard"].strip() for row in rows}
        return found | {row["word"].strip().lower(): row["standard"].strip() for row in rows}


def make_site(folder: Path) -> Site:
    """Make a new site in an empty or absent folder. Raises `site_exists`."""
    if (folder / "secret.key").exists() or (folder / "settings.toml").exists():
        raise SightlineError("site_exists", str(folder), "there is a site here already")
    if found := re.search(r"[\[\]^|\\%]", str(folder.resolve())):
        what = f"the table format cannot be kept in a folder with `{found[0]}` in its path"
        raise SightlineError("bad_argument", str(folder), what, "Choose another folder.")
    for part in ("mappings", "signals"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "settings.toml").write_text(_settings_text(), encoding="utf-8")
    (folder / "thresholds.yml").write_text(THRESHOLDS, encoding="utf-8")
    for name in MAPPINGS:
        (folder / "mappings" / f"{name}.csv").write_text("word,standard\n", encoding="utf-8")
    make_key_file(folder / "secret.key")
    return open_site(folder)


def open_site(folder: Path) -> Site:
    """Open a site. Raises `no_site`, `half_restored`, `bad_settings` or `missing_key`."""
    path, mark = folder / "settings.toml", folder / MARK
    if mark.exists() and mark.read_text(encoding="utf-8") != os.environ.get(RESTORING):
        raise SightlineError("half_restored", str(folder), "a restore into it did not end")
    if not path.exists():
        raise SightlineError("no_site", str(folder), "this folder is not a site")
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SightlineError("bad_settings", str(path), f"this is not TOML ({error})") from error
    settings = {name: setting.default for name, setting in SETTINGS.items()}
    for name, value in found.items():
        settings[name] = _checked(path, name, value)
    site = Site(folder, settings, read_keys(folder / "secret.key"))
    snapshot = site.warehouse.current()
    if snapshot and snapshot.key_fingerprint != site.keys.fingerprint:
        what = "this is not the key the site's data was made with"
        raise SightlineError("missing_key", str(folder / "secret.key"), what)
    return site


def _checked(path: Path, name: str, value: Any) -> Any:
    setting = SETTINGS.get(name)
    if setting is None:
        near = nearest(name, SETTINGS)
        hint = f"; did you mean `{near}`?" if near else ""
        raise SightlineError("bad_settings", str(path), f"`{name}` is not a setting{hint}")
    if type(value) is not setting.kind:
        what = f"`{name}` must be {'text in quotes' if setting.kind is str else 'a whole number'}"
        raise SightlineError("bad_settings", str(path), what)
    if name == "academic_year" and value:
        _checked_day(path, name, str(value))
    if setting.allowed and setting.kind is int:
        low, high = setting.allowed
        if not low <= value <= high:
            raise SightlineError("bad_settings", str(path), f"`{name}` must be {low} to {high}")
    elif setting.allowed and value not in setting.allowed:
        what = f"`{name}` must be one of {', '.join(setting.allowed)}"
        raise SightlineError("bad_settings", str(path), what)
    return value


def _checked_day(path: Path, name: str, value: str) -> None:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        what = f"`{name}` must be a date as YYYY-MM-DD"
        raise SightlineError("bad_settings", str(path), what) from error


def _settings_text() -> str:
    lines = ["# Settings of this site. A line without # changes the default shown.\n"]
    for name, setting in SETTINGS.items():
        value = f'"{setting.default}"' if setting.kind is str else setting.default
        lines.append(f"# {setting.description}\n# {name} = {value}\n")
    return "\n".join(lines)
