"""When a site was last backed up, and whether the backup was found to be good: backups.json."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

__all__ = ["LATE", "Outcome", "last_verified", "outcomes", "record_check", "record_outcome"]

KEPT = 60
LATE = timedelta(hours=48)


@dataclass(frozen=True)
class Outcome:
    """One backup, made `at` that moment. `verified` is None when nobody looked."""

    name: str
    at: datetime
    folder: str
    snapshot: int
    verified: bool | None
    seconds: float
    size: int
    written: int


def outcomes(site_folder: Path) -> Sequence[Outcome]:
    """What is known of the latest backups, oldest first; nothing where the file cannot be read."""
    path = site_folder / "backups.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return [Outcome(**one | {"at": datetime.fromisoformat(one["at"])}) for one in found]
    except (OSError, KeyError, TypeError, ValueError):
        return []


def last_verified(site_folder: Path) -> Outcome | None:
    """The latest backup that was restored for a moment and found to be as the site was."""
    good = [one for one in outcomes(site_folder) if one.verified]
    return max(good, key=lambda one: one.at, default=None)


def record_outcome(site_folder: Path, outcome: Outcome) -> None:
    """Note how a backup went."""
    kept = [one for one in outcomes(site_folder) if one.name != outcome.name]
    _write(site_folder, [*kept, outcome][-KEPT:])


def record_check(site_folder: Path, good: Mapping[str, bool]) -> None:
    """Note of backups made before whether they were found good. `good` has those looked at."""
    known = outcomes(site_folder)
    if any(one.name in good for one in known):
        found = [replace(one, verified=good.get(one.name, one.verified)) for one in known]
        _write(site_folder, found)


def _write(site_folder: Path, found: Sequence[Outcome]) -> None:
    values = [asdict(one) | {"at": one.at.isoformat()} for one in found]
    draft = site_folder / "backups.json.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(values, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o600)
    draft.replace(site_folder / "backups.json")
