"""A changed template is noticed and named, and the file stopped before it does harm.

The template of every file that was used is remembered. When the next file of its kind comes, it is
compared before any row is used: columns, the form of dates, the words in use, what is filled.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sightline.kit import sentence_list
from sightline.sources.assign import expected_of
from sightline.sources.files import FileError, SourceFile, encoding_of
from sightline.sources.prepare import Expected, Prepared, notice, prepare
from sightline.sources.profile import Profile
from sightline.sources.stamps import pattern_of, stamp_of
from sightline.sources.template import Template, header_like, measure
from sightline.sources.template_changes import (
    Change,
    changed_headings,
    changed_values,
    merged,
    remarks,
)
from sightline.sources.together import views_withheld
from sightline.sources.types import Notice, Wanted

__all__ = ["Stop", "check_templates"]

HEADER_TROUBLES = {"missing_column", "duplicate_column", "bad_header", "utf_16"}
MOST_OF_A_PATTERN = 60  # templates that are remembered of exports with their date in the name


@dataclass(frozen=True, slots=True)
class Stop:
    """A file that is not to be used, with why: its own changes, or the stopped files it needs."""

    file: str
    table: str
    changes: tuple[Change, ...] = ()
    needs: tuple[str, ...] = ()
    source: str = "NAME"

    @property
    def notice(self) -> Notice:
        """The one error for the person who looks after the data."""
        if self.needs:
            text = f"it means something only with {sentence_list(self.needs)}, which was stopped"
            return notice("needs_stopped", self.file, self.table, text)
        changes = "; ".join(one.text for one in self.changes)
        remedy = (
            "Correct the export, or take the file as it is now: "
            f"`sightline sync {self.source} --accept-template {self.file}`"
        )
        return notice("template_changed", self.file, self.table, f"{changes}. {remedy}")


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of one file. `template` is to be remembered when the file is used."""

    changes: tuple[Change, ...] = ()
    template: Template | None = None
    said: tuple[str, ...] = ()


def check_templates(
    folder: Path,
    profile: Profile,
    remembered: Mapping[str, Any],
    *,
    wanted: Mapping[str, Wanted],
    source: str = "NAME",
    accept: Collection[str] = (),
) -> tuple[list[Notice | Stop], dict[str, Any]]:
    """Compare every file of a folder with its template.

    A Stop names a file that must be taken out of the folder before it is loaded. The new dict is to
    be kept once the rest has been accepted. `accept` are files whose changes somebody has accepted.
    Files that cannot be read at all are left to the load to report, unless they could be before.
    """
    said: list[Notice | Stop] = []
    stopped: dict[str, Stop] = {}
    kinds: dict[str, tuple[str, Expected]] = {}
    templates = _read(remembered)
    for path in sorted(folder.iterdir()):
        kind = expected_of(path.name, profile, wanted)
        if kind is None:
            continue
        kinds[path.name] = kind
        before = _before(path.name, kind[0], templates)
        found = _look(path, *kind, before, profile, accepted=path.name in accept)
        table = kind[1].table
        said += [notice("template_noted", path.name, table, text) for text in found.said]
        if found.changes:
            stopped[path.name] = Stop(path.name, table, found.changes, source=source)
        elif found.template:
            _remember(templates, path.name, found.template)
    stopped |= _held_back(profile, kinds, stopped)
    for name in stopped:
        templates.pop(name.lower(), None)
    kept = {name: remembered[name] for name in map(str.lower, stopped) if name in remembered}
    new = {name: one.as_json() for name, one in templates.items()} | kept
    return [*stopped.values(), *said], new


def _look(
    path: Path,
    kind: str,
    expected: Expected,
    before: Template | None,
    profile: Profile,
    *,
    accepted: bool,
) -> _Found:
    prepared, notices = prepare(path, expected)
    if before is not None and not accepted:
        changes = _headings(path, prepared, expected, before, notices)
        if changes:
            return _Found(tuple(changes))
    if prepared is None:
        return _Found()
    try:
        seen = measure(prepared, expected, kind, pattern_of(path.name))
    except (FileError, OSError):  # the load finds the same and reports it
        return _Found()
    now = seen.template
    if accepted:
        return _Found(template=now)
    blank_is = next((view.blank_is for view in profile.views if view.name == kind), {})
    if changes := changed_values(before, seen, blank_is):
        return _Found(tuple(changes))
    said = remarks(before, now) if before else []
    return _Found(template=merged(before, now), said=tuple(said))


def _headings(
    path: Path,
    prepared: Prepared | None,
    expected: Expected,
    before: Template,
    notices: list[Notice],
) -> list[Change]:
    """How the headings differ, also of a file that cannot be prepared because they do."""
    if prepared is not None:
        header = prepared.header
        return changed_headings(before, header.headings, header.row, expected)
    if notices[0].code not in HEADER_TROUBLES:
        return []
    try:
        file = SourceFile(path, path.name)
        encoding, skip = encoding_of(file.head, expected.encoding)
        read = encoding != "utf-16"
        like = header_like(file.head[skip:], expected, encoding, before) if read else None
    except OSError:
        return []
    if like is not None:
        header, _ = like
        changes = changed_headings(before, header.headings, header.row, expected)
        if changes:
            return changes
    was = f"found with the columns {sentence_list(list(before.columns.values()))}"
    return [Change("the header", was, notices[0].text.removeprefix(f"{path.name}: "))]


def _before(name: str, kind: str, templates: Mapping[str, Template]) -> Template | None:
    """The template of the file itself or, of an export with its date in the name, of the last."""
    own = templates.get(name.lower())
    if own is None:
        pattern = pattern_of(name)
        others = [one for one, known in templates.items() if known.pattern == pattern]
        own = templates[max(others, key=stamp_of)] if others else None
    return own if own is not None and own.kind == kind else None


def _remember(templates: dict[str, Template], name: str, template: Template) -> None:
    templates[name.lower()] = template
    same = [one for one, known in templates.items() if known.pattern == template.pattern]
    for one in sorted(same, key=stamp_of)[:-MOST_OF_A_PATTERN]:
        del templates[one]


def _held_back(
    profile: Profile, kinds: Mapping[str, tuple[str, Expected]], stopped: Mapping[str, Stop]
) -> dict[str, Stop]:
    """The files whose tables would come out different without the stopped ones."""
    views = {view.name for view in profile.views}
    gone = {kinds[name][0] for name in stopped} & views
    # A stopped `<table>.csv` was read instead of the supplier's own files for that table.
    instead = {kinds[name][1].table for name in stopped if kinds[name][1].exact}
    held = {view for table in instead for view in profile.tables.get(table, ())}
    held |= views_withheld(profile, gone | held)
    needed = tuple(sorted(stopped))
    return {
        name: Stop(name, expected.table, needs=needed)
        for name, (kind, expected) in kinds.items()
        if kind in held and name not in stopped
    }


def _read(remembered: Mapping[str, Any]) -> dict[str, Template]:
    """The templates remembered; one of another release of ours is not one."""
    found = {}
    for name, given in remembered.items():
        try:
            found[name] = Template.of(given)
        except TypeError:
            continue
    return found
