"""How long the gate takes before figures about groups are shown: see bench/README.md.

Usage: disclosure.py [PUPILS], 1,000 unless given. One school's page: eight nested stages by seven
attributes with two to seven levels, alone and in pairs; then the same every week for a year.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, product
from pathlib import Path

import numpy as np

from sightline.insights.disclosure import Dimension, Released, Table
from sightline.pipeline.evidence import release_groups
from sightline.site import make_site

SEED, WEEKS, FIRST = 20260302, 39, date(2025, 9, 8)
ATTRIBUTES = {
    "SEND": (0.83, 0.13, 0.04),
    "EAL": (0.80, 0.20),
    "disadvantaged": (0.75, 0.25),
    "sex": (0.495, 0.495, 0.01),
    "year": (0.2,) * 5,
    "prior attainment": (0.30, 0.40, 0.25, 0.05),
    "neighbourhood": (0.30, 0.20, 0.15, 0.12, 0.10, 0.08, 0.05),
}
STAGES = (
    *("on roll", "evaluated", "flagged", "listed"),
    *("decided", "acted on", "reviewed", "improved"),
)
ONWARDS = (1, 0.97, 0.35, 0.5, 0.9, 0.6, 0.7, 0.5)


class School:
    """Pupils with their attributes; each week some come a stage further."""

    def __init__(self, pupils: int) -> None:
        self.rng = np.random.default_rng(SEED)
        self.levels = {
            name: self.rng.choice(len(shares), size=pupils, p=shares)
            for name, shares in ATTRIBUTES.items()
        }
        self.reached = np.zeros(pupils, dtype=int)
        self.bound = np.cumprod(self.rng.random((pupils, 8)) < ONWARDS, axis=1).sum(axis=1) - 1

    def week(self) -> None:
        """Who will come further does so, in some week."""
        self.reached = np.where(self.rng.random(len(self.bound)) < 0.1, self.bound, self.reached)

    def page(self, day: date) -> list[Table]:
        """Each attribute, and each two."""
        splits = [(name,) for name in ATTRIBUTES] + list(combinations(ATTRIBUTES, 2))
        return [self.table(split, day) for split in splits]

    def table(self, split: Sequence[str], day: date) -> Table:
        sizes = [len(ATTRIBUTES[name]) for name in split]
        cells: dict[tuple[str, ...], int] = {}
        for levels in product(*map(range, sizes)):
            inside = np.logical_and.reduce(
                [self.levels[n] == at for n, at in zip(split, levels, strict=True)]
            )
            for at, stage in enumerate(STAGES):
                cells[*map(str, levels), stage] = int((inside & (self.reached >= at)).sum())
        plain = [
            Dimension(n, tuple(map(str, range(size)))) for n, size in zip(split, sizes, strict=True)
        ]
        stages = Dimension("stage", STAGES, nested=True)
        return Table("school", day, (*plain, stages), cells)


def shown(released: Sequence[Released]) -> str:
    """How many counts there are, and how many are shown."""
    figures = [figure for one in released for figure in one.figures.values()]
    return f"{sum(one.shown is not None for one in figures):,} of {len(figures):,} counts shown"


def main(pupils: int) -> None:
    school, took = School(pupils), []
    with tempfile.TemporaryDirectory() as folder:
        site = make_site(Path(folder) / "site")
        for week in range(WEEKS):
            school.week()
            page = school.page(FIRST + timedelta(7 * week))
            before = time.process_time()
            released = release_groups(site, page)
            took.append(time.process_time() - before)
            if week in (0, WEEKS - 1):
                print(f"week {week + 1}: {took[-1]:.2f} s of one core, {shown(released)}")
        before = time.process_time()
        release_groups(site, page)
        print(f"the same again: {time.process_time() - before:.2f} s")
        print(f"{WEEKS} weeks: median {np.median(took):.2f} s, longest {max(took):.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
