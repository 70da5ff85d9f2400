"""Which file of a folder feeds what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from sightline.kit import SightlineError, nearest
from sightline.sources.documents import READERS
from sightline.sources.files import SourceFile
from sightline.sources.header import Column
from sightline.sources.prepare import Expected, Prepared, notice, prepare
from sightline.sources.profile import Profile, View, views_in
from sightline.sources.together import view_of
from sightline.sources.types import Notice, Wanted

__all__ = ["Assigned", "assign", "expected_of"]


@dataclass(slots=True)
class Assigned:
    """The files that are ready to be read, by raw view and by canonical table.

    `documents` may fill every view their reader knows. `mapped` are the tables that the profile's
    SQL fills from them.
    """

    views: dict[str, list[Prepared]] = field(default_factory=dict)
    tables: dict[str, Prepared] = field(default_factory=dict)
    documents: list[SourceFile] = field(default_factory=list)
    mapped: set[str] = field(default_factory=set)
    notices: list[Notice] = field(default_factory=list)


def assign(folder: Path, profile: Profile, wanted: Mapping[str, Wanted]) -> Assigned:
    """Sort the files of a folder and prepare them.

    A file named `<table>.csv` feeds that table, instead of the profile's SQL if there is any; a
    file that the profile knows feeds its view; any other CSV file is reported. SightlineError
    when there is no file of use at all.
    """
    if not folder.is_dir():
        raise SightlineError("no_files", str(folder), "there is no such folder")
    assigned, known = Assigned(), 0
    for path in sorted(folder.iterdir()):
        if expected := expected_of(path.name, profile, wanted):
            known += 1
            _prepare(path, *expected, assigned)
        elif _is_document(path.name, profile):
            known += 1
            _open_document(path, assigned)
        elif why := _why_ignored(path.name, profile):
            assigned.notices.append(notice("ignored_file", path.name, None, why))
        elif path.suffix.lower() == ".csv":
            assigned.notices.append(_unknown(path.name, profile, wanted))
    if not known:
        text = "; ".join(one.text for one in assigned.notices)
        what = f"no file for the profile {profile.name}" + (f" ({text})" if text else "")
        raise SightlineError("no_files", str(folder), what)
    _choose(profile, assigned)
    return assigned


def _choose(profile: Profile, assigned: Assigned) -> None:
    """Which tables the profile's SQL fills, and a word on files that are left without a table."""
    filled = set(assigned.views)
    if assigned.documents:
        filled |= set(READERS[profile.reads].views)
    possible = {table for table, any_of in profile.tables.items() if set(any_of) & filled}
    assigned.mapped = possible - set(assigned.tables)
    for table in sorted(possible & set(assigned.tables)):
        text = f"read instead of the supplier's own files for {table}"
        assigned.notices.append(notice("read_instead", f"{table}.csv", table, text))
    used = {view for table in assigned.mapped for view in views_in(profile, table)}
    for view in sorted(set(assigned.views) - used):
        for prepared in assigned.views[view]:
            assigned.notices.append(notice("unknown_file", prepared.file.name, None))


def _prepare(path: Path, kind: str, expected: Expected, assigned: Assigned) -> None:
    prepared, notices = prepare(path, expected)
    assigned.notices += notices
    if prepared and expected.exact:
        assigned.tables[expected.table] = prepared
    elif prepared:
        assigned.views.setdefault(kind, []).append(prepared)


def _is_document(name: str, profile: Profile) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in profile.documents)


def _open_document(path: Path, assigned: Assigned) -> None:
    try:
        assigned.documents.append(SourceFile(path, path.name))
    except OSError as error:
        text = error.strerror or str(error)
        assigned.notices.append(notice("unreadable_file", path.name, None, text))


def _why_ignored(name: str, profile: Profile) -> str | None:
    for pattern, why in profile.ignored.items():
        if fnmatchcase(name.lower(), pattern.lower()):
            return why
    return None


def expected_of(
    name: str, profile: Profile, wanted: Mapping[str, Wanted]
) -> tuple[str, Expected] | None:
    """What a file of this name is (`<table>.csv`, or a raw view) and should look like.

    None for a file that the profile does not know.
    """
    path = Path(name)
    if path.suffix == ".csv" and path.stem in wanted:
        return name, _as_table(path.stem, wanted[path.stem])
    view = view_of(name, profile)
    return (view.name, _as_view(view, profile)) if view else None


def _as_view(view: View, profile: Profile) -> Expected:
    return Expected(
        table=view.feeds,
        columns=view.columns,
        exact=False,
        encoding=profile.encoding,
        delimiters=profile.delimiters,
        wide=view.wide,
        header_within=view.header_within,
    )


def _as_table(table: str, wanted: Wanted) -> Expected:
    columns = tuple(
        Column(column, (column,), required=column in wanted.required) for column in wanted.columns
    )
    return Expected(table, columns, exact=True)


def _unknown(name: str, profile: Profile, wanted: Mapping[str, Wanted]) -> Notice:
    patterns = [pattern for view in profile.views for pattern in view.match if "*" not in pattern]
    near = nearest(name, [*patterns, *(f"{table}.csv" for table in wanted)])
    text = "not a file of this profile" if profile.views else "not a table"
    return notice("unknown_file", name, None, text + (f"; did you mean {near}?" if near else ""))
