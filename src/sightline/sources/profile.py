"""A supplier's profile: a folder of `profile.yml` and one SQL file per canonical table.

profile.yml has these keys and no others:

    name, title, about    the folder's name, a heading, what to export and what is assumed
    encoding, delimiter   how files are read; `delimiter: any` tries comma, semicolon and tab
    settings              name -> default, null when the site must give a value; `:name` in SQL
    files                 raw view -> match, feeds, columns, required, blank_is, wide,
                          header_within
    tables                canonical table -> the raw views any one of which is enough to fill it
    ignored               files that are known and of no use: pattern -> why
    reads, documents      a kind of document (sources/documents) and how such files are named: its
                          rows go into the raw views of `files`, where `match` may then be left out
    bundles               true: the files come as OneRoster bundles (sources/bundle), also zipped
    needs                 relations the load must make for the SQL: known_upn (pipeline/identity)

A file whose name matches `match` (case ignored) becomes rows of `raw_<view>`: the `columns` as
text, `_file` and `_row`. A column's headings are listed, or taken from profiles/aliases.yml when
null; they are compared as lower-case letters and digits. `feeds` names the table that is told of
rows that cannot be read. `blank_is` gives the meaning of an empty cell of a column that is there;
a column that is not there stays empty. A view with `wide` (an expression that whole headings
match) has one row per such column, with `heading` and `cell`. `header_within` is how many leading
records may stand above the header, that one included.

Beside a supplier's files, every profile takes files named `<table>.csv` in the form of the data
dictionary: for tables it has no SQL for, and instead of its SQL where it has.

A file `macros.sql` beside the tables' SQL may define temporary macros. `<table>.refused.sql` gives
`_file, _row, _column, _value, _reason` of raw rows that the profile itself must refuse.
`<table>.withdrawn.sql` gives columns of the table's key: stored rows that have them, and are not
among the rows of this load, are gone at the source. An id put together of several joins them with
`~`; the first part alone stands for all that begin with it.
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from sightline.kit import SightlineError, nearest, sentence_list
from sightline.sources.documents import READERS
from sightline.sources.header import Column

__all__ = ["Profile", "View", "load_profile", "profile_names", "read_profile", "views_in"]

PROFILES = files("sightline.sources") / "profiles"
ENCODINGS = ("utf-8", "windows-1252", "latin-1")
KEYS = frozenset(
    [
        *("name", "title", "about", "encoding", "delimiter", "settings", "files", "tables"),
        *("ignored", "reads", "documents", "needs", "bundles"),
    ]
)
NEEDS = frozenset(["known_upn"])
VIEW_KEYS = frozenset(
    ["match", "feeds", "columns", "required", "blank_is", "wide", "header_within"]
)
DELIMITERS = {"any": (",", ";", "\t"), ",": (",",), ";": (";",), "\t": ("\t",)}


@dataclass(frozen=True, slots=True)
class View:
    """One kind of file of a supplier."""

    name: str
    match: tuple[str, ...]
    feeds: str
    columns: tuple[Column, ...]
    blank_is: Mapping[str, str]
    wide: re.Pattern[str] | None = None
    header_within: int = 1


@dataclass(frozen=True, slots=True)
class Profile:
    """What a supplier's files are called, how they are read, and the SQL that maps them."""

    name: str
    title: str
    about: str
    encoding: str
    delimiters: tuple[str, ...]
    settings: Mapping[str, str | None]
    views: tuple[View, ...]
    tables: Mapping[str, tuple[str, ...]]
    ignored: Mapping[str, str]
    sql: Mapping[str, str]
    macros: str
    refused_sql: Mapping[str, str]
    withdrawn_sql: Mapping[str, str]
    reads: str = ""
    documents: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    bundles: bool = False

    def fill(self, sql: str, values: Mapping[str, str]) -> str:
        """The SQL with each `:setting` replaced by its value, given as SQL text."""
        if not self.settings:
            return sql
        names = "|".join(sorted(self.settings, key=len, reverse=True))
        return re.sub(rf"(?<![:\w]):({names})\b", lambda found: values[found[1]], sql)


def views_in(profile: Profile, table: str) -> list[str]:
    """The raw views that a table's SQL reads."""
    sql = _all_sql(profile, table)
    read = set(re.findall(r"\braw_(\w+)\b", sql))
    return [view.name for view in profile.views if view.name in read]


def _all_sql(profile: Profile, table: str) -> str:
    parts = (profile.sql, profile.refused_sql, profile.withdrawn_sql)
    return "\n".join(one.get(table, "") for one in parts)


def profile_names() -> list[str]:
    """The profiles there are."""
    return sorted(one.name for one in PROFILES.iterdir() if (one / "profile.yml").is_file())


@cache
def read_profile(name: str) -> Profile:
    """The profile of that name. SightlineError when there is none or it contradicts itself."""
    if name not in profile_names():
        near = nearest(name, profile_names())
        raise SightlineError(
            "not_found",
            f"profile {name}",
            "there is no such profile" + (f"; did you mean {near}?" if near else ""),
            f"Choose {sentence_list(profile_names(), 'or')}.",
        )
    return load_profile(PROFILES / name)


def load_profile(folder: Traversable) -> Profile:
    """The profile in a folder. SightlineError `bad_profile` when it contradicts itself."""
    given = yaml.safe_load((folder / "profile.yml").read_text("utf-8"))
    where = f"profiles/{folder.name}/profile.yml"
    _only(given, KEYS, where)
    if given.get("name") != folder.name:
        raise _bad(where, f"name is {given.get('name')!r}, not the folder's name")
    encoding, delimiter = given.get("encoding", "utf-8"), given.get("delimiter", ",")
    if encoding not in ENCODINGS or delimiter not in DELIMITERS:
        raise _bad(where, "encoding or delimiter is not one of those known")
    aliases = yaml.safe_load((PROFILES / "aliases.yml").read_text("utf-8"))
    views = tuple(
        _view(view, about, aliases, f"{where}, files.{view}")
        for view, about in (given.get("files") or {}).items()
    )
    texts = {one.name: one.read_text("utf-8") for one in folder.iterdir() if one.is_file()}
    profile = Profile(
        name=folder.name,
        title=given["title"],
        about=given["about"],
        encoding=encoding,
        delimiters=DELIMITERS[delimiter],
        settings={key: _text(value) for key, value in (given.get("settings") or {}).items()},
        views=views,
        tables={table: tuple(any_of) for table, any_of in (given.get("tables") or {}).items()},
        ignored=given.get("ignored") or {},
        sql=_sql_files(texts, ""),
        macros=texts.get("macros.sql", ""),
        refused_sql=_sql_files(texts, ".refused"),
        withdrawn_sql=_sql_files(texts, ".withdrawn"),
        reads=given.get("reads", ""),
        documents=tuple(given.get("documents", ())),
        needs=frozenset(given.get("needs", ())),
        bundles=given.get("bundles", False) is True,
    )
    _check(profile, where)
    return profile


def _view(
    name: str, given: Mapping[str, Any], aliases: Mapping[str, list[str]], where: str
) -> View:
    _only(given, VIEW_KEYS, where)
    unknown = {*given.get("required", ()), *given.get("blank_is", ())} - set(given["columns"])
    if unknown:
        raise _bad(where, f"{sentence_list(sorted(unknown))} is not one of columns")
    columns = []
    for column, headings in given["columns"].items():
        if headings is None and column not in aliases:
            raise _bad(where, f"{column} has no headings and is not in aliases.yml")
        required = column in given.get("required", ())
        columns.append(Column(column, tuple(headings or aliases[column]), required))
    return View(
        name=name,
        match=tuple(given.get("match", ())),
        feeds=given["feeds"],
        columns=tuple(columns),
        blank_is={column: str(value) for column, value in given.get("blank_is", {}).items()},
        wide=re.compile(given["wide"], re.IGNORECASE) if "wide" in given else None,
        header_within=given.get("header_within", 1),
    )


def _sql_files(texts: Mapping[str, str], ending: str) -> dict[str, str]:
    """Table name -> SQL, of the files called `<table><ending>.sql`."""
    found = {name.removesuffix(".sql"): text for name, text in texts.items() if ".sql" in name}
    if ending:
        return {
            stem.removesuffix(ending): text for stem, text in found.items() if stem.endswith(ending)
        }
    return {stem: text for stem, text in found.items() if "." not in stem and stem != "macros"}


def _check(profile: Profile, where: str) -> None:
    """Every table has its SQL and the views it names; every view feeds a table that reads it."""
    if set(profile.tables) != set(profile.sql):
        odd = sorted(set(profile.tables) ^ set(profile.sql))
        raise _bad(where, f"tables and the SQL files differ in {sentence_list(odd)}")
    names = {view.name for view in profile.views}
    if (profile.reads and profile.reads not in READERS) or not profile.needs <= NEEDS:
        raise _bad(where, "reads or needs is not one of those known")
    if bool(profile.reads) != bool(profile.documents):
        raise _bad(where, "reads and documents go together")
    for table, any_of in profile.tables.items():
        if not any_of or not set(any_of) <= names:
            raise _bad(where, f"tables.{table} must list raw views")
    told = READERS[profile.reads].views if profile.reads else {}
    for view in profile.views:
        if not view.match and view.name not in told:
            raise _bad(where, f"no file feeds {view.name}")
        if f"raw_{view.name}" not in _all_sql(profile, view.feeds):
            raise _bad(where, f"{view.feeds}.sql does not read raw_{view.name}, which feeds it")


def _only(given: Mapping[str, Any], allowed: Set[str], where: str) -> None:
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise _bad(where, f"unknown key {sentence_list(unknown)}")


def _bad(where: str, what: str) -> SightlineError:
    return SightlineError("bad_profile", where, what)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
