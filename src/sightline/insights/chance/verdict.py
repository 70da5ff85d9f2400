"""What may be said about a group against the rest, in one of four sentences.

None of them says that all is well: a small group cannot show that. Minimum numbers as in US IDEA
monitoring (group of 30, 10 found), below which a ratio is noise.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sightline.insights.chance.comparisons import score_ratio
from sightline.insights.chance.counts import Count, Interval
from sightline.insights.chance.needed import pupils_needed

__all__ = ["Saying", "Verdict", "about", "compare", "compare_all", "how_to_say", "judged"]

Saying = Literal["merge", "words", "ratio"]
Kind = Literal["higher", "lower", "no_larger", "cannot_tell"]
FEWEST_IN_WORDS, FEWEST_FOR_RATIO, FEWEST_FOUND = 10, 30, 10
WORTH_KNOWING = 1.5  # a rate half as high again


@dataclass(frozen=True)
class Verdict:
    """One of four kinds, with the interval of the ratio it rests on (None where there is none).

    `larger_than` is the ratio, either way, that is ruled out ("no_larger"); `needed` how many
    pupils the group would need ("cannot_tell"; None where no number would do).
    """

    kind: Kind
    interval: Interval | None = None
    larger_than: float | None = None
    needed: int | None = None

    @property
    def words(self) -> str:
        if self.kind == "cannot_tell":
            return (
                f"cannot tell (would need about {self.needed:,} pupils)"
                if self.needed
                else ("cannot tell")
            )
        if self.kind == "no_larger":
            return f"no difference larger than {self.larger_than:.1f} times"
        return f"{self.kind} than the rest beyond chance"


def how_to_say(group: Count, rest: Count) -> Saying:
    """Whether a group is big enough for a ratio, for counts in words, or to be merged.

    A ratio needs 30 pupils and ten found or, at the rate of the rest, ten to be expected: ten
    expected and none found says something.
    """
    if group.of < FEWEST_IN_WORDS:
        return "merge"
    expected = group.of * (rest.share or 0)
    enough = group.of >= FEWEST_FOR_RATIO and max(group.found, expected) >= FEWEST_FOUND
    return "ratio" if enough else "words"


def compare(
    group: Count, rest: Count, *, groups: int = 1, worth: float = WORTH_KNOWING, level: float = 0.95
) -> Verdict:
    """The verdict of one look, such as at the end of a year, at the ratio of two shares.

    `groups` is how many groups are looked at together: each is given its part of the 5%
    (Bonferroni). `worth` is the ratio that would be worth knowing. For looks at every week use
    `watch`: this would raise an alarm by chance alone in one year of six, and that for one group.
    """
    return compare_all([(group, rest)], groups=groups, worth=worth, level=level)[0]


def compare_all(
    pairs: Sequence[tuple[Count, Count]],
    *,
    groups: int | None = None,
    worth: float = WORTH_KNOWING,
    level: float = 0.95,
) -> list[Verdict]:
    """The same for many groups, each beside its rest, in one go; as many as there are together."""
    each = 1 - (1 - level) / (groups or max(len(pairs), 1))
    counts = [[group.found, group.of or 1, rest.found, rest.of or 1] for group, rest in pairs]
    k1, n1, k0, n0 = np.array(counts, float).reshape(-1, 4).T
    low, high = score_ratio(k1, n1, k0, n0, each)
    found = (Interval(float(one), float(other)) for one, other in zip(low, high, strict=True))
    return [one_of(*pair, ends, worth, each) for pair, ends in zip(pairs, found, strict=True)]


def one_of(group: Count, rest: Count, found: Interval, worth: float, level: float) -> Verdict:
    """What one group's interval allows, if the group is large enough to be told apart."""
    base = (group.found + rest.found) / max(group.of + rest.of, 1)
    others = rest.of / group.of if group.of else 0.0
    needed = pupils_needed(base, worth, others, level)
    if how_to_say(group, rest) != "ratio" or not rest.of:
        return Verdict("cannot_tell", None, None, about(max(needed or 0, FEWEST_FOR_RATIO)))
    return judged(found, worth, group.of, needed)


def judged(found: Interval, worth: float, pupils: int, needed: int | None) -> Verdict:
    """The verdict that an interval of a ratio allows, for a group of so many pupils."""
    if found.low > 1:
        return Verdict("higher", found)
    if found.high < 1:
        return Verdict("lower", found)
    ruled_out = max(found.high, 1 / found.low if found.low > 0 else math.inf)
    # Said to one decimal, so rounded up: more is never ruled out than the interval does.
    said = math.ceil(ruled_out * 10) / 10 if math.isfinite(ruled_out) else math.inf
    if said <= worth:
        return Verdict("no_larger", found, larger_than=said)
    if needed is not None and needed <= pupils and math.isfinite(ruled_out):
        # Enough to see the ratio, not yet to rule it out: widths shrink with the root of n.
        needed = math.ceil(pupils * (math.log(ruled_out) / math.log(worth)) ** 2)
    return Verdict("cannot_tell", found, needed=about(needed or 0))


def about(pupils: int) -> int | None:
    """Two digits, rounded up: 137 is about 140. None for none."""
    if pupils <= 0:
        return None
    unit = int(10 ** max(len(str(pupils)) - 2, 0))
    return math.ceil(pupils / unit) * unit
