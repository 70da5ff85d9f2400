"""Change one line of a site's thresholds.yml and leave every other line, and comment, as it is."""

import fcntl
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sightline.kit import SightlineError

__all__ = ["set_threshold"]


def set_threshold(path: Path, name: str, value: Any, why: str) -> None:
    """Give `signal.parameter` a value, with `why` as a comment behind it; written whole or not.

    Raises `bad_settings` where the file is laid out so that one line cannot be changed safely.
    """
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        held = _flat(before)
        if held is None:
            raise SightlineError("bad_settings", str(path), "this is not YAML")
        after = _changed(before, name, value, " ".join(why.split()))
        if _flat(after) != held | {name: value}:
            what = f"`{name}` cannot be changed without touching other lines"
            raise SightlineError("bad_settings", str(path), what, "Change it there by hand.")
        draft = path.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)


def _changed(text: str, name: str, value: Any, why: str) -> str:
    lines = text.splitlines()
    told = yaml.safe_dump(value, default_flow_style=True, width=10_000).splitlines()[0]
    place = _place(lines, name)
    if place is None:
        lines.append(f"{name}: {told}  # {why}")
    else:
        start, stop, label = place
        lines[start:stop] = [f"{label}: {told}  # {why}"]
    return "\n".join(lines) + "\n"


def _place(lines: list[str], name: str) -> tuple[int, int, str] | None:
    """The lines that hold a parameter, flat or below its signal, and how they begin."""
    signal, _, parameter = name.partition(".")
    block = False
    for start, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            block = re.match(rf"['\"]?{re.escape(signal)}['\"]?\s*:\s*(#.*)?$", line) is not None
        wanted = name if not line[0].isspace() else parameter if block else None
        if wanted and (found := re.match(rf"\s*['\"]?{re.escape(wanted)}['\"]?(?=\s*:)", line)):
            return start, _end(lines, start), found[0]
    return None


def _end(lines: list[str], start: int) -> int:
    """The line after a value that goes on over several lines, as a list of words may."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    stop = start + 1
    while stop < len(lines):
        line = lines[stop]
        deeper = len(line) - len(line.lstrip()) > indent
        if not line.strip() or not (deeper or line.lstrip().startswith("- ")):
            break
        stop += 1
    return stop


def _flat(text: str) -> dict[str, Any] | None:
    """Every value by `signal.parameter`; None for what is not YAML."""
    try:
        found = yaml.safe_load(text) or {}
    except yaml.YAMLError:
        return None
    flat: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            flat[str(name)] = value
    return flat
