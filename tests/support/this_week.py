"""A small made-up school whose data ends last Friday, for a site that lives in the present."""

import re
from datetime import date, timedelta
from pathlib import Path

from tests.support.served import run

__all__ = ["school_of_today"]

LAST = date(2026, 3, 6)  # a Friday of the school year that `sightline synth` writes
DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")


def school_of_today(folder: Path, today: date) -> Path:
    """Exports of 120 pupils, all dates moved by whole weeks."""
    done = run("synth", folder, "--pupils", "120", "--until", str(LAST))
    assert done.returncode == 0, done.stderr
    friday = today - timedelta(days=(today.weekday() - 4) % 7 or 7)
    moved: dict[str, str] = {}

    def later(found: re.Match[str]) -> str:
        text = found[0]
        if text not in moved:
            moved[text] = str(date.fromisoformat(text) + (friday - LAST))
        return moved[text]

    for file in folder.glob("*.csv"):
        file.write_text(DAY.sub(later, file.read_text("utf-8")), encoding="utf-8")
    return folder
