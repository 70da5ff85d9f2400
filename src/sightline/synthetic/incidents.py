"""Behaviour events as arrays, and the words that are used for them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.synthetic.lines import Ints
from sightline.synthetic.terms import SchoolYear
from sightline.synthetic.timetable import SET_MOVE, Timetable

__all__ = ["BREAKS", "CONCERNS", "PRAISE", "SESSION_OF_PERIOD", "Events", "lesson_at"]

SESSION_OF_PERIOD = np.array([0, 0, 0, 1, 1])
CONCERNS = {
    1: ("No equipment", "Chatting", "Uniform"),
    2: ("Not following instructions", "Disruption", "Mobile phone"),
    3: ("Repeated disruption", "Rudeness to staff", "Leaving the room"),
    4: ("Unkindness to a pupil", "Damage"),
    5: ("Fighting", "Threatening language"),
}
PRAISE = ("Effort", "Excellent contribution", "Helping others", "Homework of quality", "Progress")
BREAKS = ("Corridor", "Dining hall", "Yard", "Field", "Gate")


@dataclass
class Events:
    """One row an event. `period` 0-4 or -1 (break); `which` a class or -1; `severity` 0 for
    praise; `word` 0-59 chooses among the words of that severity."""

    pupil: Ints
    day: Ints
    session: Ints
    period: Ints
    which: Ints
    severity: Ints
    word: Ints

    def __len__(self) -> int:
        return len(self.pupil)

    def where(self, keep: NDArray[np.bool_] | Ints) -> "Events":
        """The events chosen by a mask or an order."""
        return Events(*(column[keep] for column in vars(self).values()))

    @staticmethod
    def joined(parts: list["Events"]) -> "Events":
        """All of them, in the order of days."""
        columns = zip(*(vars(part).values() for part in parts), strict=True)
        every = Events(*(np.concatenate(same) for same in columns))
        return every.where(np.lexsort((every.pupil, every.period, every.day)))


def lesson_at(year: SchoolYear, table: Timetable, pupil: Ints, day: Ints, period: Ints) -> Ints:
    """The class each pupil has on the day in the period; -1 for none."""
    era = (day >= year.on_or_after(SET_MOVE)).astype(np.int64)
    found: Ints = table.class_at[era, pupil, year.first_slot[day] + period]
    return found
