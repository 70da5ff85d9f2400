"""What is agreed about files that a system leaves for us: the settings of `folder` and `sftp`."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.feed import Resource, Setting
from sightline.sources.profile import Profile, read_profile

__all__ = ["DONE", "FILES", "SETTINGS", "Agreed", "agreed"]

DONE = ".done"  # the ending of a file that says another is complete
LONGEST = {"settle_seconds": 600, "settle_minutes": 1440}

FILES = Resource(
    name="files",
    title="Files of exports, as the profile describes them",
    fields=(),
    views=(),
    tables=(),
    live=True,
)
SETTINGS: Mapping[str, Setting] = {
    "profile": Setting("which profile the exports follow", "sims"),
    "files": Setting("the files to take, if not all the profile knows", "*.csv, y*.xml", False),
    "settle_seconds": Setting("how long a file must stay as it is to be complete", "60", False),
    "settle_minutes": Setting("how long to wait for the other files of a set", "10", False),
    "dated": Setting("of several days' files: `each` in turn, or the `newest` only", "each", False),
    "after": Setting("`move:done`: move files that were taken into the folder done", "", False),
    "school_id": Setting("the school of exports that do not name one", "", False),
    "school_name": Setting("its name", "", False),
    "phase": Setting("its phase", "", False),
    "academic_year": Setting("the first day of the school year", "2025-09-01", False),
    "severity_when_blank": Setting("the severity of a concern that has none", "2", False),
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """The settings of one source of files, read."""

    profile: Profile
    files: tuple[str, ...] = ("*.csv",)
    settle_seconds: int = 60
    settle_minutes: int = 10
    newest_only: bool = False
    move_to: str = ""

    def takes(self, name: str) -> bool:
        """Whether a file of this name is one to take."""
        low = name.lower()
        if not name.isprintable() or _temporary(low):
            return False
        if any(fnmatchcase(low, one.lower()) for one in self.profile.ignored):
            return False
        return any(fnmatchcase(low, one) for one in self.files)

    def comes_again(self, name: str) -> bool:
        """Whether an export of this name is written again and again, so that it is awaited.

        A document, such as a pupil's transfer file, comes once.
        """
        return not any(fnmatchcase(name.lower(), one.lower()) for one in self.profile.documents)


def agreed(source: Source) -> Agreed:
    """The settings of a source. Raises `bad_settings` for one that cannot be used."""
    given = {key: value for key, value in source.settings.items() if value}

    def bad(key: str, what: str) -> SightlineError:
        return SightlineError("bad_settings", f"source {source.name}, setting {key}", what)

    def number(key: str, usual: int) -> int:
        value = given.get(key, str(usual))
        if not (value.isascii() and value.isdigit() and int(value) <= LONGEST[key]):
            raise bad(key, f"it must be a whole number from 0 to {LONGEST[key]}")
        return int(value)

    if "profile" not in given:
        raise bad("profile", "it must name the profile of the exports")
    if given.get("after", "move:done") != "move:done":
        raise bad("after", "it must be `move:done` or left out: files stay where they are")
    if given.get("dated", "each") not in ("each", "newest"):
        raise bad("dated", "it must be `each` or `newest`")
    profile = read_profile(given["profile"])
    names = ["*.csv", *profile.documents, *(["*.zip"] if profile.bundles else [])]
    if "files" in given:
        names = given["files"].split(",")
    return Agreed(
        profile=profile,
        files=tuple(one.strip().lower() for one in names),
        settle_seconds=number("settle_seconds", 60),
        settle_minutes=number("settle_minutes", 10),
        newest_only=given.get("dated") == "newest",
        move_to="done" if "after" in given else "",
    )


def _temporary(low: str) -> bool:
    """Names that programs give to files they are still writing, and our own markers."""
    endings = (".tmp", ".part", ".partial", ".filepart", ".crdownload", "~", DONE)
    return low.startswith((".", "~")) or low.endswith(endings)
