"""Answers that take a while are worked out once and kept until what they rest on has changed.

An answer holds counts and figures of groups, never a pupil. It lies in the site's folder below
`evidence/`, one file each, named after a digest of the question and of what it rests on.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sightline import __version__
from sightline.site import Site

__all__ = ["Answer", "kept_answer"]

MOST = 60  # answers kept of a kind; the ones not asked for longest go first


@dataclass(frozen=True)
class Answer:
    """`value` as JSON; `fresh` says that it was worked out just now."""

    value: Any
    fresh: bool


def kept_answer(
    site: Site, kind: str, asked: Mapping[str, Any], rests_on: str, make: Callable[[], Any]
) -> Answer:
    """The kept answer to a question, or the one that `make` works out now.

    `rests_on` changes whenever the answer may: the snapshot's digest, the thresholds, the
    decisions; a newer Sightline works it out anew. Two who ask at once both work it out; the later
    file stands, and they are equal.
    """
    folder = site.folder / "evidence" / kind
    rule = site.settings["disclosure_minimum"]  # what may be shown of groups
    told = json.dumps([dict(asked), rests_on, rule, __version__], sort_keys=True, default=str)
    path = folder / f"{sha256(told.encode()).hexdigest()[:32]}.json"
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        os.utime(path)
        return Answer(value, fresh=False)
    except (FileNotFoundError, ValueError):
        pass
    value = json.loads(json.dumps(make(), default=str))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.write_text(json.dumps(value), encoding="utf-8")
    draft.replace(path)
    _let_go(folder)
    return Answer(value, fresh=True)


def _let_go(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=_asked_at, reverse=True)
    for path in kept[MOST:]:
        path.unlink(missing_ok=True)


def _asked_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
