"""Where a running sync is, for a page or another terminal: one small file that is only a note."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sightline.pipeline.sync.types import Step

__all__ = ["Progress", "Status", "read_status"]

OFTEN = 0.5  # seconds between two writings within a stage


@dataclass(frozen=True)
class Status:
    """A sync that is running, or was when it was killed; moments are aware."""

    step: Step
    started_at: datetime
    told_at: datetime

    def left(self, now: datetime) -> float | None:
        """Seconds still to go by the records of the last complete fetch, or None."""
        done, of = self.step.records, self.step.expected
        if not done or of <= done:
            return None
        return (now - self.started_at).total_seconds() / done * (of - done)


class Progress:
    """Writes each step to the file, and hands it on."""

    def __init__(self, path: Path, started_at: datetime) -> None:
        self._path, self._started_at = path, started_at
        self._last: tuple[str, datetime] | None = None

    def tell(self, step: Step, now: datetime) -> None:
        """Note a step; within one stage not more often than twice a second."""
        same = self._last is not None and self._last[0] == step.stage
        if same and self._last and 0 <= (now - self._last[1]).total_seconds() < OFTEN:
            return
        self._last = step.stage, now
        value: dict[str, Any] = {
            "step": asdict(step),
            "started_at": self._started_at.isoformat(),
            "told_at": now.isoformat(),
        }
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps(value))
        temporary.rename(self._path)

    def end(self) -> None:
        """The sync has ended."""
        self._path.unlink(missing_ok=True)


def read_status(path: Path) -> Status | None:
    """The last step told, or None when nothing is running."""
    try:
        given = json.loads(path.read_text())
        return Status(
            Step(**given["step"]),
            datetime.fromisoformat(given["started_at"]),
            datetime.fromisoformat(given["told_at"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
