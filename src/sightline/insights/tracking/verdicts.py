"""What may be said of a group against the rest: in shares of pupils, and in steps of the scale.

A difference of shares has a Miettinen-Nurminen interval (`insights.chance`), a difference of mean
gaps one by Welch, B. L. (1947), Biometrika 34: 28-35. Below 30 pupils on either side nothing is
said but the counts. All groups of one table share the 5% (Bonferroni).
"""

import math
from collections.abc import Sequence

from scipy.special import stdtrit

from sightline.insights.chance import Count, Interval, pupils_needed, score_difference
from sightline.insights.tracking.counted import Tally

__all__ = ["WORTH", "mean_gap", "mean_gap_difference", "verdicts"]

WORTH = 0.1  # a difference of ten points would be worth knowing
FEWEST = 30


def verdicts(pairs: Sequence[tuple[Count, Count]], level: float = 0.95) -> list[str]:
    """For each group beside its rest one of: higher, lower, no difference larger than, cannot
    tell."""
    if not pairs:
        return []
    each = 1 - (1 - level) / len(pairs)
    k1, n1, k0, n0 = ([count[at] for count in map(numbers, pairs)] for at in range(4))
    low, high = score_difference(k1, n1, k0, n0, each)
    return [
        one_of(*pair, Interval(float(a), float(b)), each)
        for pair, a, b in zip(pairs, low, high, strict=True)
    ]


def numbers(pair: tuple[Count, Count]) -> tuple[int, int, int, int]:
    """Found and of how many, of the group and of the rest; nobody stands as none of one."""
    group, rest = pair
    return group.found, group.of or 1, rest.found, rest.of or 1


def one_of(group: Count, rest: Count, found: Interval, level: float) -> str:
    """What one interval of a difference allows, if both sides are large enough."""
    if min(group.of, rest.of) >= FEWEST:
        if found.low > 0:
            return "higher than the rest beyond chance"
        if found.high < 0:
            return "lower than the rest beyond chance"
        ruled_out = max(found.high, -found.low)
        if ruled_out <= WORTH:
            return f"no difference larger than {math.ceil(100 * ruled_out - 1e-9)} points"
    # Of the larger side there are enough: it is the smaller one that would have to grow.
    needed = needed_for(group, rest, level) if group.of <= rest.of else None
    return f"cannot tell (would need about {needed:,} pupils)" if needed else "cannot tell"


def needed_for(group: Count, rest: Count, level: float) -> int | None:
    """Pupils the group would need for ten points to be told from none, to two digits."""
    base = (group.found + rest.found) / max(group.of + rest.of, 1)
    if not 0 < base < 1 or not group.of or not rest.of:
        return None
    other = base + WORTH if base <= 0.5 else base - WORTH
    needed = pupils_needed(base, other / base, rest.of / group.of, level)
    if needed is None:
        return None
    # So many would do for ten points; who has as many and cannot be told lies near the edge.
    needed = max(needed, FEWEST, group.of + 1)
    unit = int(10 ** max(len(str(needed)) - 2, 0))
    return math.ceil(needed / unit) * unit


def mean_gap(tally: Tally) -> float | None:
    """Steps above what was expected, on average; None for nobody."""
    return tally.gaps / tally.told if tally.told else None


def mean_gap_difference(
    group: Tally, rest: Tally, level: float = 0.95
) -> tuple[float, Interval] | None:
    """Mean gap of the group less that of the rest, in steps; None with under two on a side."""
    if min(group.told, rest.told) < 2:
        return None
    parts = [spread(one) / one.told for one in (group, rest)]
    middle = group.gaps / group.told - rest.gaps / rest.told
    error = math.sqrt(sum(parts))
    if error == 0:
        return middle, Interval(middle, middle)
    freedom = sum(parts) ** 2 / sum(
        part**2 / (one.told - 1) for part, one in zip(parts, (group, rest), strict=True)
    )
    half = float(stdtrit(freedom, (1 + level) / 2)) * error
    return middle, Interval(middle - half, middle + half)


def spread(tally: Tally) -> float:
    """The variance of the gaps of a tally of at least two."""
    return max(tally.squares - tally.gaps**2 / tally.told, 0.0) / (tally.told - 1)
