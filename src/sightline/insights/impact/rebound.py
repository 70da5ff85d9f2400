"""How far pupils come back without any support: they are noticed at their worst.

Two answers, printed beside any before and after. (a) What became of pupils noticed by the same
signal who had no support. (b) By arithmetic alone: with correlation r between one window and the
next, whoever lies some way from the mean is on average only r times as far away in the next one
(Galton, F. 1886, Journal of the Anthropological Institute 15: 246-263), so the expected change is
(1 - r) x (mean of all - mean of those noticed).
"""

from dataclasses import dataclass

import numpy as np

from sightline.insights.impact.units import Bools, Floats, Units

__all__ = ["Change", "Everyone", "Rebound", "everyone", "expected_rebound", "rebound"]


@dataclass(frozen=True)
class Change:
    """Means of one group in the flag period and in the window after, in the measure's unit."""

    before: float
    after: float
    pupils: int

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Everyone:
    """All pupils, noticed or not: the mean, and how windows follow each other."""

    mean: float
    correlation: float


@dataclass(frozen=True)
class Rebound:
    """The supported and those not supported; `expected` is what (b) gives for the supported."""

    supported: Change | None
    others: Change | None
    expected: float | None


def everyone(now: Floats, following: Floats) -> Everyone | None:
    """From pairs of neighbouring windows of all pupils; None where they say nothing."""
    told = np.isfinite(now) & np.isfinite(following)
    now, following = now[told], following[told]
    if len(now) < 30 or not now.std() or not following.std():
        return None
    return Everyone(float(now.mean()), float(np.corrcoef(now, following)[0, 1]))


def expected_rebound(noticed_mean: float, all_pupils: Everyone) -> float:
    """(1 - r) x (mean of all - mean of those noticed), in the measure's unit."""
    return (1 - all_pupils.correlation) * (all_pupils.mean - noticed_mean)


def rebound(units: Units, all_pupils: Everyone | None) -> Rebound:
    """Of the rows that are told; a pupil with several rows counts once."""
    supported = changed(units, units.told & units.supported)
    others = changed(units, units.told & ~units.supported)
    known = supported is not None and all_pupils is not None
    expected = expected_rebound(supported.before, all_pupils) if known else None  # type: ignore[union-attr,arg-type]
    return Rebound(supported, others, expected)


def changed(units: Units, rows: Bools) -> Change | None:
    """Means over pupils of their own means."""
    if not rows.any():
        return None
    _, number, many = np.unique(units.pupil[rows], return_inverse=True, return_counts=True)
    flag = np.bincount(number, units.flag[rows]) / many
    after = np.bincount(number, units.after[rows]) / many
    return Change(float(flag.mean()), float(after.mean()), len(many))
