"""Weighted least squares with errors that a few pupils in many rows, or a skewed measure, spare.

Each pupil is left out in turn: the covariance is the sum over pupils of what leaving one out does
to the coefficients, (X'WX)^-1 [sum_g u_g u_g'] (X'WX)^-1 with u_g = X_g' (I - H_gg)^-1 e_g on rows
multiplied by the root of their weight. With one row a pupil this is HC3 (MacKinnon, J. G. and
White, H. 1985, Journal of Econometrics 29: 305-325), with several CR3 (Bell, R. M. and McCaffrey,
D. F. 2002, Survey Methodology 28: 169-181).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from sightline.insights.chance import Interval
from sightline.insights.impact.units import Floats, Ints

__all__ = ["Fit", "independent", "least_squares"]


HAIR = 1e-12


@dataclass(frozen=True)
class Fit:
    """Coefficients in the order of the columns, with their covariance; `freedom` is rows or pupils
    (the fewer) less columns."""

    coefficients: Floats
    covariance: Floats
    freedom: int

    def error(self, column: int) -> float:
        """The standard error of one coefficient."""
        return float(np.sqrt(self.covariance[column, column]))

    def interval(self, column: int, level: float = 0.95) -> Interval:
        """By Student's t."""
        far = float(stdtrit(self.freedom, (1 + level) / 2)) * self.error(column)
        middle = float(self.coefficients[column])
        return Interval(middle - far, middle + far)


def least_squares(design: Floats, y: Floats, weights: Floats, pupil: Ints) -> Fit:
    """The fit of `y` on the columns of `design`, which must be independent.

    Raises ValueError where there are no more pupils than columns.
    """
    root = np.sqrt(weights)
    x, z = design * root[:, None], y * root
    pupils = len(np.unique(pupil))
    if min(pupils, len(y)) <= x.shape[1]:
        raise ValueError("as many columns as pupils")
    inverse: Floats = np.linalg.inv(x.T @ x).astype(np.float64)
    beta = inverse @ (x.T @ z)
    left = z - x @ beta
    scores = moved_by(x, left, inverse, pupil)
    covariance = inverse @ (scores.T @ scores) @ inverse
    return Fit(beta, covariance, min(pupils, len(y)) - x.shape[1])


def moved_by(x: Floats, left: Floats, inverse: Floats, pupil: Ints) -> Floats:
    """X_g' (I - H_gg)^-1 e_g for each pupil g: one row each.

    All at once, as it equals (I - X_g'X_g (X'X)^-1)^-1 X_g'e_g. The hair's breadth on the diagonal
    is for a pupil without whom the fit would not exist, and whose residuals are 0.
    """
    _, group = np.unique(pupil, return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    own = np.add.reduceat((x * left[:, None])[order], starts, axis=0)
    products = np.einsum("ij,ik->ijk", x, x)[order]
    kept = np.eye(x.shape[1]) * (1 + HAIR) - np.add.reduceat(products, starts, axis=0) @ inverse
    moved: Floats = np.linalg.solve(kept, own[:, :, None])[:, :, 0].astype(np.float64)
    return moved


def independent(columns: Floats) -> Floats:
    """The columns without those that the ones before them make up, such as a year nobody is in."""
    kept: list[int] = []
    for at in range(columns.shape[1]):
        tried = columns[:, [*kept, at]]
        scale = np.maximum(np.abs(tried).max(axis=0), 1e-12)
        if np.linalg.matrix_rank(tried / scale) == len(kept) + 1:
            kept.append(at)
    return columns[:, kept]
