"""How many pupils it would take for a difference of a given size to be told from none."""

import math

from scipy.special import ndtri

__all__ = ["pupils_needed", "smallest_ratio"]

POWER = 0.8  # seen in eight of ten such years


def pupils_needed(
    base: float, times: float, rest_per_pupil: float, level: float = 0.95, power: float = POWER
) -> int | None:
    """Pupils in the group, so that a true ratio of `times` is told from 1 with this power.

    `base` is the share of the rest (0 to 1), `rest_per_pupil` how many others there are for each
    pupil of the group. None where no number would do: a ratio of 1, or a share beyond 0 or 1.
    Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, section 4.4,
    formula for unequal groups without correction for continuity:
    n = (z_a sqrt(p q (1 + 1/r)) + z_b sqrt(p1 q1 + p0 q0 / r))^2 / (p1 - p0)^2.
    """
    share, r = base * times, rest_per_pupil
    if not 0 < base < 1 or not 0 < share <= 1 or times == 1 or r <= 0:
        return None
    together = (share + r * base) / (1 + r)
    by_chance = math.sqrt(together * (1 - together) * (1 + 1 / r))
    in_truth = math.sqrt(share * (1 - share) + base * (1 - base) / r)
    far = float(ndtri((1 + level) / 2)) * by_chance + float(ndtri(power)) * in_truth
    return math.ceil((far / (share - base)) ** 2)


def smallest_ratio(
    base: float, pupils: int, rest: int, level: float = 0.95, power: float = POWER
) -> float | None:
    """The smallest ratio above 1 that a group of this size can be told to have; None if none can.

    The other way round of `pupils_needed`, to two decimals upwards.
    """
    if not 0 < base < 1 or pupils <= 0 or rest <= 0:
        return None
    low, high = 1.0, 1 / base
    need = pupils_needed(base, high, rest / pupils, level, power)
    if need is None or need > pupils:
        return None
    while high - low > 1e-3:
        middle = (low + high) / 2
        need = pupils_needed(base, middle, rest / pupils, level, power)
        low, high = (low, middle) if need is not None and need <= pupils else (middle, high)
    return min(math.ceil(high * 100) / 100, 1 / base)
