"""What the sheets are made from: an opened snapshot, the rules in force, a school and a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sightline.engine import Engine
from sightline.sheets.basis import Basis
from sightline.signals import Signal, Values

__all__ = ["Source"]


@dataclass(frozen=True)
class Source:
    """One school on one day. `engine` holds the snapshot and the signals' rows, freshly run.

    They were run for `as_of` and the day a week before. `names` are the signals run; `objected`
    maps a pupil to the themes left out for them (none named: everything). `staff` maps the ids of
    those who work there to their roles; `basis` says what all this comes from.
    """

    engine: Engine
    library: Mapping[str, Signal]
    values: Values
    names: Sequence[str]
    school_id: str
    as_of: date
    today: date
    pack: str
    capacity: int
    snapshot: int
    recorded_at: datetime
    term: str
    objected: Mapping[str, frozenset[str]] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    basis: Basis = field(default_factory=Basis)

    def wanted(self, pupil_ref: str, theme: str) -> bool:
        """Whether a theme of a pupil may be used: nobody objected to it."""
        themes = self.objected.get(pupil_ref)
        return themes is None or (bool(themes) and theme not in themes)

    def nothing_wanted(self, pupil_ref: str) -> bool:
        """Whether somebody objected to everything about a pupil."""
        return self.objected.get(pupil_ref) == frozenset()
