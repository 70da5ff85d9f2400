"""Whole files that a source gave: those whose template has changed are stopped before any use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from sightline.contract import read_contract
from sightline.kit import sentence_list
from sightline.pipeline.given import wanted_columns
from sightline.pipeline.sync.convert import Converted
from sightline.pipeline.sync.types import Choices
from sightline.sources import Profile, Wanted
from sightline.sources.assign import expected_of
from sightline.sources.connection import Source
from sightline.sources.connectors import with_stopped
from sightline.sources.templates import Stop, check_templates

__all__ = ["Checked", "check_files"]


@dataclass(frozen=True)
class Checked:
    """What was stopped, what is only to be known, and the templates to remember."""

    stopped: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    templates: dict[str, Any] = field(default_factory=dict)


def check_files(
    folder: Path,
    source: Source,
    profile: Profile,
    converted: Converted,
    remembered: Mapping[str, Any],
    choices: Choices,
) -> Checked:
    """Compare the files with their templates and take the stopped ones out of the folder.

    They are tried again when something changes at the source, or when they are accepted.
    """
    said, templates = check_templates(
        folder,
        profile,
        remembered,
        wanted=wanted_columns(read_contract()),
        source=source.name,
        accept=choices.templates,
    )
    stops = [one for one in said if isinstance(one, Stop)]
    for one in stops:
        (folder / one.file).unlink()
        converted.files.discard(one.file)
    for read in converted.parts.values():
        read.cursor = with_stopped(read.cursor, [one.file for one in stops])
    texts = [one.notice.text for one in stops] + _foreign(folder, profile, converted)
    noted = tuple(one.text for one in said if not isinstance(one, Stop))
    return Checked(tuple(texts), noted, templates)


def _foreign(folder: Path, profile: Profile, converted: Converted) -> list[str]:
    """Take out files of no use where no other is left: a load of nothing is a mistake elsewhere."""
    wanted = wanted_columns(read_contract())
    if any(_is_known(name, profile, wanted) for name in converted.files):
        return []
    names = sorted(converted.files)
    for name in names:
        (folder / name).unlink()
    converted.files.clear()
    return [f"{sentence_list(names)}: no file of the profile {profile.name}"] if names else []


def _is_known(name: str, profile: Profile, wanted: Mapping[str, Wanted]) -> bool:
    patterns = [*profile.documents, *(["*.zip"] if profile.bundles else [])]
    return expected_of(name, profile, wanted) is not None or any(
        fnmatchcase(name.lower(), one.lower()) for one in patterns
    )
