"""False alarms and power of the weekly watch over groups: see bench/README.md.

Usage: fairness_watch.py [YEARS], 2,000 unless given. Each year has 38 weeks in which about 30% of
pupils are named for the first time, and 16 groups: six kinds of pupil and the pairs of five.
"""

import sys
import time
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sightline.insights.chance.watch import ALPHA, LOG_ODDS, averaged, e_values, look_logs

WEEKS, NAMED_A_YEAR, SEED = 38, 0.30, 20260302
KINDS = {"SEND": 0.15, "EAL": 0.20, "disadvantaged": 0.25, "girls": 0.50, "low prior": 0.30}
PLANTED = ("SEND", "disadvantaged")
TWICE_STANDARD_ERROR = 1.96

Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]


def pupils(rng: np.random.Generator, count: int) -> tuple[list[str], Masks]:
    """The groups and who is in them: (groups, pupils)."""
    drawn = rng.random(count)
    kinds = {name: rng.random(count) < share for name, share in KINDS.items()}
    kinds["low prior"] = drawn < KINDS["low prior"]
    pairs = {f"{a} and {b}": kinds[a] & kinds[b] for a, b in combinations(kinds, 2)}
    groups = kinds | {"high prior": drawn > 0.7} | pairs
    return list(groups), np.array(list(groups.values()))


def weeks_of(rng: np.random.Generator, groups: Masks, odds: NDArray[np.float64]) -> list[Ints]:
    """One list's year: of each group named, all named, of each group left, all left, by week."""
    count = groups.shape[1]
    order = np.argsort(rng.exponential(size=count) / odds)  # who is named first, and so on
    ends = np.cumsum(rng.poisson(count * NAMED_A_YEAR / WEEKS, size=WEEKS)).clip(max=count)
    before = np.concatenate([[0], ends[:-1]])
    so_far = np.concatenate([np.zeros((len(groups), 1), int), groups[:, order].cumsum(axis=1)], 1)
    named = (ends - before)[None, :] + np.zeros((len(groups), 1), int)
    left = groups.sum(axis=1)[:, None] - so_far[:, before]
    everyone = (count - before)[None, :] + np.zeros((len(groups), 1), int)
    return [so_far[:, ends] - so_far[:, before], named, left, everyone]


def year(
    rng: np.random.Generator, lists: int, size: int, planted: str, odds: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The e-values (groups, weeks) of one year, and the naive weekly z of the year so far."""
    logs, excess, variance = 0.0, 0.0, 0.0
    for _ in range(lists):
        names, groups = pupils(rng, size)
        weight = np.where(groups[names.index(planted)], odds, 1.0) if planted else np.ones(size)
        k, named, left, everyone = weeks_of(rng, groups, weight)
        flat = look_logs(*(part.ravel() for part in (k, named, left, everyone)), LOG_ODDS)
        logs = logs + flat.reshape(*k.shape, -1)
        share = groups.mean(axis=1)[:, None]
        excess = excess + (k - named * share).cumsum(axis=1)
        variance = variance + (named * share * (1 - share)).cumsum(axis=1)
    return e_values(logs), excess / np.sqrt(np.maximum(variance, 1e-9))


def years(
    rng: np.random.Generator, count: int, lists: int, size: int, planted: str = "", odds: float = 1
) -> tuple[Masks, Masks, list[str]]:
    """Alarms of the watch and of naive testing: (years, groups, weeks)."""
    drawn = [year(rng, lists, size, planted, odds) for _ in range(count)]
    together = averaged(np.moveaxis(np.array([e for e, _ in drawn]), 1, -1))
    watch = np.moveaxis(together, -1, 1) >= 1 / ALPHA
    naive = np.abs(np.array([z for _, z in drawn])) > TWICE_STANDARD_ERROR
    return watch, naive, pupils(rng, 10)[0]


def share(hits: Masks) -> str:
    error = 1.96 * np.sqrt(hits.mean() * (1 - hits.mean()) / len(hits))
    return f"{hits.mean():6.1%} (±{error:.1%})"


def main(count: int) -> None:
    rng = np.random.default_rng(SEED)
    for lists, size in ((1, 100), (1, 1000), (5, 100), (5, 1000)):
        start = time.perf_counter()
        print(f"{lists} year group{'s' * (lists > 1)} of {size:,} pupils, {count:,} years")
        watch, naive, names = years(rng, count, lists, size)
        print(f"  no true difference, years with any alarm: watch {share(watch.any(axis=(1, 2)))}")
        print(f"    naive, every week, p < 0.05, all groups     {share(naive.any(axis=(1, 2)))}")
        print(f"    naive, every week, SEND only                {share(naive[:, 0].any(axis=1))}")
        print(
            f"    naive, once at the end, all groups          {share(naive[..., -1].any(axis=1))}"
        )
        for planted in PLANTED:
            for odds in (1.5, 2.0):
                watch, naive, _ = years(rng, count // 4, lists, size, planted, odds)
                own = watch[:, names.index(planted)]
                weeks = own.argmax(axis=1)[own.any(axis=1)] + 1
                when = f", median week {np.median(weeks):.0f}" if len(weeks) else ""
                text = f"  {planted} named {odds} times as readily: found {share(own.any(axis=1))}"
                print(text + when)
        print(f"  ({time.perf_counter() - start:.0f} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
