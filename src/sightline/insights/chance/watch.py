"""Looking at every week without raising an alarm by chance: an e-process over new names.

Each week some pupils are named for the first time this year. If a group is treated as the rest,
the new names are a draw without replacement from all pupils not yet named, and the number from the
group is hypergeometric, whatever happened before. Were its pupils `w` times as likely to be named
(odds ratio w, Fisher's noncentral hypergeometric), the same number would have the likelihood ratio

    w^k / sum_j h(j) w^j        k of the week's names in the group, h the hypergeometric law

Its expectation is 1 if nothing is the matter, so the product over weeks, averaged over several w
fixed in advance (above and below 1), is a fair bet against that: a nonnegative martingale from 1.
By Ville's inequality it ever reaches 20 with probability at most 1/20, however often and whenever
one looks (Ramdas, Grünwald, Vovk and Shafer 2023, Statistical Science 38: 576-601; the mixture is
Robbins's 1970). Weeks and lists (year groups) multiply.

Over all groups together: a group raises an alarm when the average of its e-value with those of any
choice of other groups is at least 20 (closed testing with averages: Vovk and Wang 2021, Annals of
Statistics 49: 1736-1754, algorithm 1). Averages of martingales are martingales however the groups
overlap, so the chance that any group that is treated as the rest ever alarms in a year is at most
5%, also when others are not. The watch starts anew each school year.

It rests on one assumption: that within a list, names come one pupil at a time. Where one event
names a whole class at once, count the event as one name.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from sightline.insights.chance.counts import Interval
from sightline.insights.chance.verdict import WORTH_KNOWING, Verdict, judged

__all__ = ["Look", "Watched", "averaged", "e_values", "names_needed", "watch", "weekly_logs"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ALPHA = 0.05
ODDS = (1.5, 2.5)  # and their inverses: the alternatives bet on
LOG_ODDS = np.log(np.array([*ODDS, *(1 / w for w in ODDS)]))
TRIED = np.linspace(-math.log(20), math.log(20), 121)  # odds looked at for the interval


@dataclass(frozen=True)
class Look:
    """One list in one week: `named` for the first time this year, of `everyone` not named before.

    `named_in_group` and `group` are how many of each belong to the group.
    """

    named_in_group: int
    named: int
    group: int
    everyone: int


@dataclass(frozen=True)
class Watched:
    """One group after the weeks so far.

    `e_value` is the latest evidence against "as the rest", taking all groups together; an alarm is
    1/alpha. `alarm_at` is the number of the week, from 0, in which it first was, or None. `odds`
    is how many times as likely as others its pupils are to be named, right in at least 95% of
    years at all weeks at once for this group alone.
    """

    e_value: float
    alarm_at: int | None
    odds: Interval
    verdict: Verdict


def watch(
    groups: Mapping[str, Sequence[Sequence[Look]]],
    *,
    alpha: float = ALPHA,
    worth: float = WORTH_KNOWING,
) -> dict[str, Watched]:
    """What the weeks so far say about each group: one look per list and week, same weeks for all.

    At most `alpha` of years raise any alarm about a group that is named as the rest are. An alarm
    stays for the year: its verdict is "higher" or "lower".
    """
    if not groups:
        return {}
    logs = {name: weekly_logs(weeks, LOG_ODDS) for name, weeks in groups.items()}
    evidence = averaged(np.stack([e_values(log) for log in logs.values()], axis=-1))
    answers = {}
    for place, (name, weeks) in enumerate(groups.items()):
        own = evidence[:, place]
        alarms = np.flatnonzero(own >= 1 / alpha)
        at = int(alarms[0]) if len(alarms) else None
        odds = always_valid(weeks, e_values(logs[name]), alpha)
        verdict = said(weeks, at, odds, worth, len(groups), alpha)
        answers[name] = Watched(float(own[-1]) if len(own) else 1.0, at, odds, verdict)
    return answers


def e_values(logs: Floats) -> Floats:
    """The e-process after each week: weekly logarithms (weeks, odds) added up, then averaged."""
    running = np.cumsum(logs, axis=-2)
    mixed: Floats = np.exp(logsumexp(running, axis=-1) - math.log(running.shape[-1]))
    return mixed


def averaged(evidence: Floats) -> Floats:
    """Each group's e-value, the least average with any choice of the others; last axis: groups."""
    ordered = np.sort(evidence, axis=-1)
    below = np.cumsum(ordered, axis=-1)
    sizes = np.arange(1, evidence.shape[-1] + 1)
    # With the m smallest of all: where the group is one of them, that average counts already.
    least = evidence.copy()
    for m in range(evidence.shape[-1]):
        own_in = evidence <= ordered[..., m : m + 1]
        total = np.where(own_in, below[..., m : m + 1], below[..., m : m + 1] + evidence)
        least = np.minimum(least, total / np.where(own_in, sizes[m], sizes[m] + 1))
    return least


def weekly_logs(weeks: Sequence[Sequence[Look]], log_odds: Floats) -> Floats:
    """The logarithm of each week's likelihood ratio, lists multiplied: (weeks, odds)."""
    flat = [(look, at) for at, week in enumerate(weeks) for look in week if look.named]
    logs = np.zeros((len(weeks), len(log_odds)))
    if flat:
        counts = np.array(
            [(w.named_in_group, w.named, w.group, w.everyone) for w, _ in flat], dtype=np.int64
        )
        k, named, group, everyone = counts.T
        weeks_at, sizes = np.array([at for _, at in flat]), np.ceil(np.log2(named))
        for size in np.unique(sizes):  # of about one size together: few names need few numbers
            own = sizes == size
            logs_of_looks = look_logs(k[own], named[own], group[own], everyone[own], log_odds)
            np.add.at(logs, weeks_at[own], logs_of_looks)
    return logs


def look_logs(k: Ints, named: Ints, group: Ints, everyone: Ints, log_odds: Floats) -> Floats:
    """The logarithm of w^k / sum_j h(j) w^j for each look and each w: (looks, odds)."""
    j = np.arange(int(named.max()) + 1)
    possible = (j <= group[:, None]) & (named[:, None] - j <= (everyone - group)[:, None])
    possible &= j <= named[:, None]
    if not possible[np.arange(len(k)), k].all():
        raise ValueError("more of a group are named than it has")
    with np.errstate(invalid="ignore"):
        law = choose(group[:, None], j) + choose((everyone - group)[:, None], named[:, None] - j)
    law = np.where(possible, law - choose(everyone, named)[:, None], -np.inf)
    scale: Floats = logsumexp(law[:, None, :] + log_odds[None, :, None] * j, axis=-1)
    return k[:, None] * log_odds - scale


def choose(n: Ints, k: Ints) -> Floats:
    """The logarithm of n over k; without meaning outside 0 <= k <= n."""
    chosen: Floats = gammaln(n + 1) - gammaln(np.maximum(k, 0) + 1)
    chosen = chosen - gammaln(np.maximum(n - k, 0) + 1)
    return chosen


def always_valid(weeks: Sequence[Sequence[Look]], evidence: Floats, alpha: float) -> Interval:
    """Every odds ratio that the weeks so far, taken as a bet against it, do not rule out.

    At the latest week: the bet's likelihood ratio against w is mixture(data) / L(w).
    """
    likelihood = weekly_logs(weeks, TRIED).sum(axis=0)
    against = (math.log(evidence[-1]) if len(evidence) else 0.0) - likelihood
    # The best supported is kept even where the grid is too coarse for a great many names.
    kept = np.flatnonzero(against < max(math.log(1 / alpha), against.min() + 1e-9))
    first, last = int(kept[0]), int(kept[-1])
    # The true ends lie between two of the grid, so one step further out; at its edge, beyond.
    low = math.exp(TRIED[first - 1]) if first else 0.0
    high = math.exp(TRIED[last + 1]) if last + 1 < len(TRIED) else math.inf
    return Interval(low, high)


def said(
    weeks: Sequence[Sequence[Look]],
    alarm_at: int | None,
    odds: Interval,
    worth: float,
    groups: int,
    alpha: float,
) -> Verdict:
    """The verdict of the year so far; without an alarm, never "higher" or "lower"."""
    if alarm_at is not None:
        seen = [look for week in weeks[: alarm_at + 1] for look in week]
        excess = sum(w.named_in_group - w.named * w.group / max(w.everyone, 1) for w in seen)
        return Verdict("higher" if excess > 0 else "lower", odds)
    first = weeks[0] if weeks else ()
    group, everyone = sum(w.group for w in first), sum(w.everyone for w in first)
    named = sum(look.named for week in weeks for look in week)
    needed = None
    if 0 < group < everyone and named:
        names = names_needed(group / everyone, worth, groups=groups, alpha=alpha)
        needed = math.ceil(names * group / named)
    # An interval just off 1 without an alarm is one of many groups: not beyond chance.
    around = Interval(min(odds.low, 1.0), max(odds.high, 1.0))
    return judged(around, worth, group, needed)


def names_needed(share: float, odds: float, *, groups: int = 1, alpha: float = ALPHA) -> int:
    """About how many new names until a group so many times as likely to be named raises an alarm.

    `share` is the group's part of the pupils, 0 to 1. The bet grows by the Kullback-Leibler
    distance per name (Kelly's rule) from 1/(number of bets) to groups/alpha.
    """
    tilted = share * odds / (1 - share + share * odds)
    growth = tilted * math.log(odds) - math.log(1 - share + share * odds)
    return math.ceil(math.log(groups * len(LOG_ODDS) / alpha) / growth)
