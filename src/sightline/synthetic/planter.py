"""Keeps the stories of one school apart: nobody is in two of them."""

from typing import Any

import numpy as np

from sightline.synthetic.lines import Ints
from sightline.synthetic.plan import Random
from sightline.synthetic.roll import on_roll
from sightline.synthetic.school import School
from sightline.synthetic.stories import Effects, Story

__all__ = ["Planter"]


class Planter:
    """Keeps track of who has a story already."""

    def __init__(self, school: School, band: Ints, keep_out: set[int]) -> None:
        self.school, self.roll, self.year = school, school.roll, school.year
        self.table = school.table
        self.random: Random = school.plan.random("stories")
        shape = (len(self.roll), len(self.year.dates))
        self.effects = Effects(np.ones(shape), np.ones(shape), np.ones(shape))
        whole_year = on_roll(self.roll, self.year)[:, :160].all(1)
        self.keep_out = keep_out
        self.free = {int(p) for p in np.flatnonzero(whole_year)} - keep_out
        self.band = band

    def take(self, count: int, low: int, high: int) -> list[int]:
        """Pupils without a story yet whose absence lies in bands low to high."""
        able = sorted(p for p in self.free if low <= self.band[p] <= high)
        chosen = [int(p) for p in self.random.permutation(able)[:count]]
        self.free -= set(chosen)
        return chosen

    def tell(
        self, story: str, who: list[int], day: int, cause: str, table: str, **detail: Any
    ) -> None:
        """Writes the story down."""
        self.effects.stories.append(
            Story(
                story,
                [self.roll.ids[p] for p in who],
                self.school.plan.school_id,
                str(self.year.dates[day]),
                cause,
                table,
                detail,
            )
        )
