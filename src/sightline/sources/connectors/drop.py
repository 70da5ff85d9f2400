"""Which files of a folder are to be taken now, and whether their set is complete.

A drop is the set of files that a system writes in one go. It is taken whole or not yet. What was
taken before is noted as `file/<name>` -> size, modified, digest and the number of its drop, and
`stopped` when nothing of it could be used; of an export with the date in its name only the last one
is expected to come again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sightline.kit import sentence_list
from sightline.sources.connectors.drop_settings import DONE, Agreed
from sightline.sources.stamps import pattern_of, stamp_of
from sightline.sources.together import tables_filled, view_of, views_needed

__all__ = ["NOTE", "Drop", "Entry", "plan", "still_written", "waiting_for"]

NOTE = "file/"
Noted = Mapping[str, Mapping[str, Any]]  # file name -> what was noted of it


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A file as a listing shows it. `modified` is in nanoseconds on the clock of where it lies.

    `within` is the folder beneath the source's own where it lies now.
    """

    name: str
    size: int
    modified: int
    within: str = ""

    def is_as(self, noted: Mapping[str, Any] | None) -> bool:
        """Whether it looks as it did when it was noted."""
        return noted is not None and (self.size, self.modified) == (
            noted.get("size"),
            noted.get("modified"),
        )


@dataclass(frozen=True, slots=True)
class Drop:
    """What to take. `fresh` came or changed since; the other `files` are read together with them.

    `awaited` are exports that came last time and have not come again, `later` how many files of
    other days wait for their turn, `passed` those passed over for a newer one, `forget` the names
    that need not be remembered any more.
    """

    number: int
    files: tuple[Entry, ...]
    fresh: tuple[Entry, ...]
    awaited: tuple[str, ...] = ()
    later: int = 0
    passed: tuple[Entry, ...] = ()
    forget: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Changes with every change of its files."""
        listed = [[one.within, one.name, one.size, one.modified] for one in self.files]
        return hashlib.sha256(json.dumps([self.number, listed]).encode()).hexdigest()[:32]

    def without(self, names: Iterable[str], agreed: Agreed) -> "Drop":
        """The drop when these fresh files turn out to hold what they held before."""
        same = set(names)
        changed = [one for one in self.fresh if one.name not in same]
        wanted = _read_with({one.name for one in changed}, self.files, agreed)
        return replace(self, files=tuple(one for one in self.files if one.name in wanted))


def plan(
    entries: Iterable[Entry], noted: Mapping[str, Any], agreed: Agreed, *, full: bool = False
) -> Drop:
    """What a folder holds for us. `full` takes the last of every export again."""
    known = {key.removeprefix(NOTE): one for key, one in noted.items() if key.startswith(NOTE)}
    listed = [one for one in entries if agreed.takes(one.name)]
    fresh, later, passed = _turn(_changed(listed, known, full=full), agreed)
    last = _last(known)
    pool = _pool(listed, fresh, last, agreed)
    if not full:
        wanted = _read_with({one.name for one in fresh}, pool, agreed)
        pool = [one for one in pool if one.name in wanted]
    came = {pattern_of(one.name) for one in fresh}
    awaited = {last[one] for one in set(last) - came if agreed.comes_again(last[one])}
    there = {one.name for one in listed if not one.within}
    return Drop(
        number=1 + max((int(one.get("drop", 0)) for one in known.values()), default=0),
        files=tuple(sorted(pool)),
        fresh=tuple(sorted(fresh)),
        awaited=tuple(sorted(awaited)) if fresh and not later else (),
        later=later,
        passed=tuple(sorted(passed)),
        forget=tuple(
            name for name in sorted(known) if name not in there and last[pattern_of(name)] != name
        ),
    )


def still_written(before: Iterable[Entry], now: Iterable[Entry]) -> list[str]:
    """The files that changed between two listings and have no marker that says they are complete.

    A marker counts when it is no older than its file: the one of yesterday says nothing today.
    """
    earlier = {(one.within, one.name): one for one in before}
    listed = list(now)
    marks = {one.name.lower(): one.modified for one in listed}
    return sorted(
        one.name
        for one in listed
        if not one.name.lower().endswith(DONE)
        and earlier.get((one.within, one.name)) != one
        and marks.get(one.name.lower() + DONE, -1) < one.modified
    )


def waiting_for(drop: Drop) -> str:
    """What a set is waiting for, for a person."""
    return f"waiting for {sentence_list(drop.awaited)} to come again"


def _changed(listed: list[Entry], known: Noted, *, full: bool) -> list[Entry]:
    """The files that are not as they were noted; with them, those stopped before are tried again.

    So the days after a stopped one wait their turn, and nothing is overtaken.
    """
    there = [one for one in listed if not one.within]
    changed = [one for one in there if not one.is_as(known.get(one.name))]
    stopped = [one for one in there if known.get(one.name, {}).get("stopped")]
    return sorted({*changed, *stopped}) if changed or full else []


def _turn(changed: list[Entry], agreed: Agreed) -> tuple[list[Entry], int, list[Entry]]:
    """The changed files whose turn it is: of one export, those of several days go one by one.

    Loaded together, two days' values of the same row would contradict each other. Bundles are put
    in their order by who reads them.
    """
    if agreed.profile.bundles:
        return changed, 0, []
    groups: dict[str, list[Entry]] = {}
    for one in sorted(changed, key=lambda one: (stamp_of(one.name), one.name)):
        groups.setdefault(pattern_of(one.name), []).append(one)
    if agreed.newest_only:
        passed = [one for group in groups.values() for one in group[:-1]]
        return [group[-1] for group in groups.values()], 0, passed
    later = sum(len(group) - 1 for group in groups.values())
    return [group[0] for group in groups.values()], later, []


def _last(known: Noted) -> dict[str, str]:
    """For each export the file of it that was taken last."""
    ranked = sorted(known, key=lambda name: (int(known[name].get("drop", 0)), stamp_of(name), name))
    return {pattern_of(name): name for name in ranked}


def _pool(
    listed: list[Entry], fresh: list[Entry], last: Mapping[str, str], agreed: Agreed
) -> list[Entry]:
    """The fresh files and the last of every export, also where it was moved to.

    Of bundles everything: a delta is laid over the whole ones before it.
    """
    found = {one.name: one for one in sorted(listed, key=lambda one: one.within, reverse=True)}
    if not agreed.profile.bundles:
        found = {name: one for name, one in found.items() if last.get(pattern_of(name)) == name}
    return list((found | {one.name: one for one in fresh}).values())


def _read_with(chosen: set[str], pool: Iterable[Entry], agreed: Agreed) -> set[str]:
    """The chosen names and those of the pool that are read together with them."""
    if agreed.profile.bundles and chosen:
        return {one.name for one in pool}
    by_view = {one.name: view.name for one in pool if (view := view_of(one.name, agreed.profile))}
    views = views_needed(agreed.profile, {by_view[name] for name in chosen if name in by_view})
    tables = tables_filled(agreed.profile, views)
    names = {one.name for one in pool}
    beside = {f"{table}.csv" for table in tables} & names
    return chosen | beside | {name for name, view in by_view.items() if view in views}
