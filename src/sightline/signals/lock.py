"""signals.lock: what each version of a rule meant, so that no change of meaning goes unseen.

The lock holds, for each signal, its version, a hash of its SQL and one of its default values, and a
hash of each view the rules read. `python -m sightline.signals.lock` checks it, `--write` renews it;
`--on DATE` also says whose review is past.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from sightline.kit import SightlineError, sentence_list
from sightline.signals.definition import Signal, read_library
from sightline.signals.run import VIEW_NAMES, VIEWS

__all__ = ["LOCK", "Lock", "Locked", "check", "read_lock", "write_lock"]

LOCK = Path(__file__).parent / "signals.lock"
COMMAND = "python -m sightline.signals.lock --write"
HEAD = f"# Made by `{COMMAND}`: what each version of each signal means.\n"


@dataclass(frozen=True)
class Locked:
    """A signal as it was locked. The hashes do not change with comments or layout."""

    version: int
    sql: str
    defaults: str


@dataclass(frozen=True)
class Lock:
    """Signals by name, and the hash of each view."""

    signals: Mapping[str, Locked]
    views: Mapping[str, str]


def read_lock(path: Path = LOCK) -> Lock:
    """The lock as it was last written; empty when there is none. Raises `bad_signal`."""
    if not path.exists():
        return Lock({}, {})
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        signals = {name: Locked(**one) for name, one in told["signals"].items()}
        return Lock(signals, told["views"])
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError) as error:
        what = f"cannot be read ({error})"
        raise SightlineError("bad_signal", str(path), what, f"Run `{COMMAND}`.") from error


def check(library: Mapping[str, Signal], on: date | None = None, path: Path = LOCK) -> list[str]:
    """What is wrong, a sentence each: meanings changed without a new version, a lock that is not
    current and, when `on` names the day, reviews that were due before it."""
    before, now = read_lock(path), _lock_of(library)
    wrong = []
    for name, signal in library.items():
        if on and signal.review_by < on:
            wrong.append(f"{name}: its review was due by {signal.review_by}.")
    changed = _changed_silently(library, before, now)
    wrong += changed
    if not changed and before != now:
        wrong.append(f"{path.name} is not current: run `{COMMAND}`.")
    return wrong


def write_lock(library: Mapping[str, Signal], path: Path = LOCK) -> None:
    """Write the lock anew. Raises `bad_signal` when a meaning changed without a new version."""
    now = _lock_of(library)
    changed = _changed_silently(library, read_lock(path), now)
    if changed:
        remedy = "Then write the lock again."
        raise SightlineError("bad_signal", path.name, " ".join(changed), remedy)
    lines = [HEAD, "[signals]"]
    for name, one in now.signals.items():
        hashes = f'sql = "{one.sql}", defaults = "{one.defaults}"'
        lines.append(f"{name} = {{version = {one.version}, {hashes}}}")
    lines += ["", "[views]", *(f'{name} = "{one}"' for name, one in now.views.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _lock_of(library: Mapping[str, Signal]) -> Lock:
    signals = {
        name: Locked(signal.version, signal.sql_hash, _defaults_hash(signal))
        for name, signal in sorted(library.items())
    }
    return Lock(signals, {name: _hash(_bare(_view(name))) for name in VIEW_NAMES})


def _changed_silently(library: Mapping[str, Signal], before: Lock, now: Lock) -> list[str]:
    """Signals that mean something else under a version that was locked."""
    wrong = []
    for name, locked in before.signals.items():
        if name not in library or library[name].version > locked.version:
            continue
        current = now.signals[name]
        views = sorted(
            view
            for view in _views_read_by(library[name])
            if view in before.views and before.views[view] != now.views[view]
        )
        parts = ["its SQL"] if current.sql != locked.sql else []
        parts += ["its default values"] if current.defaults != locked.defaults else []
        parts += [f"the view {view}" for view in views]
        if parts:
            wrong.append(f"{name}: {sentence_list(parts)} changed; raise `version` in signal.yml.")
        elif current.version < locked.version:
            wrong.append(f"{name}: version {locked.version} is locked; it cannot go back.")
    return wrong


def _views_read_by(signal: Signal) -> set[str]:
    """The views a signal reads, and those that they read."""
    found: set[str] = set()
    text = _bare(signal.sql)
    for name in reversed(VIEW_NAMES):  # a view reads those before it
        if re.search(rf"\b{name}\b", text):
            found.add(name)
            text += " " + _bare(_view(name))
    return found


def _view(name: str) -> str:
    return (VIEWS / f"{name}.sql").read_text(encoding="utf-8")


def _bare(sql: str) -> str:
    """SQL without comments and layout, as in Signal.sql_hash."""
    return " ".join(re.sub(r"--[^\n]*", "", sql).split())


def _defaults_hash(signal: Signal) -> str:
    return _hash(" ".join(f"{p.name}={p.default!r}" for p in signal.parameters))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all is well or the lock was written, 1 with what is wrong on standard error."""
    parser = argparse.ArgumentParser(prog="python -m sightline.signals.lock")
    parser.add_argument("--write", action="store_true", help="renew signals.lock")
    parser.add_argument(
        "--on", type=date.fromisoformat, help="say whose review was due before DATE"
    )
    chosen = parser.parse_args(arguments)
    library = read_library()
    try:
        if chosen.write:
            write_lock(library)
        wrong = check(library, chosen.on)
    except SightlineError as error:
        wrong = [str(error)]
    sys.stderr.writelines(f"{one}\n" for one in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
