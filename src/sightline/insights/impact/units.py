"""The rows that are compared: pupils who had a support after a flag, and pupils who had not.

A row is one pupil at one moment, some school days after a flag of the support's aim signal. At
that moment the pupil either had the support for the first time (`supported`), or could have had it
and did not (the pool). Every row has been flagged: who was never flagged is never compared.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bools", "Floats", "Ints", "Units"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Units:
    """Arrays of one length, one element a row; measures in the aim's own unit.

    `pupil` numbers pupils, `cell` what has to be the same on both sides (school, phase, years of
    the key stage, disadvantage, half-term of the year). Windows are of equal length: `after` begins
    at the moment, `flag` ends there, `earlier` is the mean of the two before it, `before` of what
    lies before those (not a number where there is no such history). `value` is the signal's value
    at the flag. `facts` has a column for each further recorded fact that is adjusted for.
    """

    pupil: Ints
    cell: Ints
    supported: Bools
    after: Floats
    flag: Floats
    earlier: Floats
    before: Floats
    value: Floats
    facts: Floats
    fact_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.pupil)

    def __getitem__(self, rows: Ints | Bools) -> "Units":
        """Some of the rows."""
        arrays = {name: one[rows] for name, one in vars(self).items() if name != "fact_names"}
        return replace(self, **arrays)

    @property
    def told(self) -> Bools:
        """Rows whose windows could all be measured, other than the one before history begins."""
        return np.isfinite(self.after) & np.isfinite(self.flag) & np.isfinite(self.earlier)
