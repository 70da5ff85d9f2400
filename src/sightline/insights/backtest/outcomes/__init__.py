"""What happened to pupils after a list: each kind of harm, when it began, who was in it already.

In: the whole tables of the past, under names no signal reads. Out: a `Followed`, the same four
arrays for every outcome. Spells, not days: one illness, one exclusion, one long absence is once.
"""

from sightline.insights.backtest.outcomes.follow import Asked, Followed, follow, supported

__all__ = ["Asked", "Followed", "follow", "supported"]
