"""Chance: what small numbers can and cannot show.

In: counts of pupils. Out: intervals, the number of pupils it would take, and verdicts in words.
Pure: no clock; randomness only from a given seed. Used by every insight. Which one when:

| question | function | method |
|---|---|---|
| what share of them? | `share` | Wilson; exact (Clopper-Pearson) at none and all |
| how many events, how often? | `count_interval`, `rate_interval` | exact to 9, Byar from 10 |
| how much more than the rest? | `difference`, `ratio` | Miettinen-Nurminen score |
| the same, looked at once a year | `compare`, `compare_all` | a `Verdict` |
| the same, looked at every week | `watch` | e-process over new names, all groups together |
| a figure built from weeks of the same pupils | `over_pupils` | bootstrap over pupils |
| how many pupils would it take? | `pupils_needed`, `names_needed` | |

Shares are from 0 to 1, a ratio of 1 and a difference of 0 mean none.
"""

from sightline.insights.chance.comparisons import difference, ratio, score_difference, score_ratio
from sightline.insights.chance.counts import Count, Interval
from sightline.insights.chance.events import count_interval, rate_interval
from sightline.insights.chance.needed import pupils_needed, smallest_ratio
from sightline.insights.chance.pupils import Resampled, over_pupils
from sightline.insights.chance.shares import clopper_pearson, share, shares, wilson
from sightline.insights.chance.verdict import Saying, Verdict, compare, compare_all, how_to_say
from sightline.insights.chance.watch import Look, Watched, names_needed, watch

__all__ = [
    "Count",
    "Interval",
    "Look",
    "Resampled",
    "Saying",
    "Verdict",
    "Watched",
    "clopper_pearson",
    "compare",
    "compare_all",
    "count_interval",
    "difference",
    "how_to_say",
    "names_needed",
    "over_pupils",
    "pupils_needed",
    "rate_interval",
    "ratio",
    "score_difference",
    "score_ratio",
    "share",
    "shares",
    "smallest_ratio",
    "watch",
    "wilson",
]
