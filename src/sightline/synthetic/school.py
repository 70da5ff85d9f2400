"""What every part of a made-up school needs to know about it."""

from dataclasses import dataclass

from sightline.synthetic.plan import Plan
from sightline.synthetic.roll import Roll
from sightline.synthetic.terms import SchoolYear
from sightline.synthetic.timetable import Timetable

__all__ = ["School"]


@dataclass(frozen=True)
class School:
    """A school before anything has happened in it."""

    plan: Plan
    year: SchoolYear
    roll: Roll
    table: Timetable
