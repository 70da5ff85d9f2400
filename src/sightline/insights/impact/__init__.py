"""Impact: what changed with a kind of support, without fooling ourselves.

In: rows of pupils noticed by the same signal, with and without the support. Out: a `Finding` with
before and after, the rebound to expect without support, a matched comparison or one at a threshold,
its balance, placebo and what an unseen reason could do; and how much of it may be said. Never a
word about one child, and nothing sorted by effect. Pure but for `gather`, which asks an engine.
"""

from sightline.insights.impact.adjusted import Estimate
from sightline.insights.impact.finding import FEWEST, Finding, Measure, Saying, finding, saying
from sightline.insights.impact.matching import Calipers, Matched, match
from sightline.insights.impact.pooling import Pooled, differs, paule_mandel, pooled
from sightline.insights.impact.rebound import Everyone, everyone, expected_rebound
from sightline.insights.impact.units import Units

__all__ = [
    "FEWEST",
    "Calipers",
    "Estimate",
    "Everyone",
    "Finding",
    "Matched",
    "Measure",
    "Pooled",
    "Saying",
    "Units",
    "differs",
    "everyone",
    "expected_rebound",
    "finding",
    "match",
    "paule_mandel",
    "pooled",
    "saying",
]
