"""Bias and coverage of "what support changed" where the truth is known: see bench/README.md.

Usage: impact.py [STUDIES], 150 unless given, of each true effect and each way in which staff choose
(tests/support/simulated_support.py). Points of absence; the truth is the mean of what the support
changed for the very pupils an estimate speaks of.
"""

import sys
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.simulated_support import ABSENCE, Study, absences, study

from sightline.insights.impact import finding, match

SEED, FAR = 20260302, 1.96
KINDS = ("naive before and after", "against all not noticed", "against noticed, not matched")
OURS = "ours"


@dataclass(frozen=True)
class Told:
    """One estimate of one study, with the truth it should hold."""

    value: float
    low: float
    high: float
    truth: float
    says_helped: bool
    warns: bool = False
    placebo_fails: bool = False


def naive(found: Study) -> dict[str, Told]:
    """Three comparisons that are often made."""
    units, truth = found.units, truth_of(found, found.units.supported)
    own, pool = units.supported, ~units.supported
    change = units.after - units.flag
    error = change[own].std() / np.sqrt(own.sum())
    wider = np.hypot(error, change[pool].std() / np.sqrt(pool.sum()))
    ways = (
        (change[own].mean(), error),
        (change[own].mean() - found.unflagged_change, error),
        (change[own].mean() - change[pool].mean(), wider),
    )
    return {
        name: Told(value, value - FAR * e, value + FAR * e, truth, value + FAR * e < 0)
        for name, (value, e) in zip(KINDS, ways, strict=True)
    }


def truth_of(found: Study, rows: np.ndarray) -> float:
    """What the support changed, on average over rows."""
    return float((found.units.after - found.without)[rows].mean())


def ours(found: Study) -> dict[str, Told]:
    """What the product says, and the matched comparison with pupils helped before in the pool."""
    units = found.units
    said = finding(units, ABSENCE, found.everyone)
    if said.estimate is None:
        return {}
    rows = match(units, ABSENCE.calipers).rows
    rows = rows[units.supported[rows]]
    if said.by == "threshold" and said.threshold:
        near = units.supported & (np.abs(units.flag - said.threshold.rule.at) < 1.7)
        rows = np.flatnonzero(near)
    ends = said.estimate.interval
    told = Told(
        said.estimate.value,
        ends.low,
        ends.high,
        truth_of(found, rows),
        said.helped,
        said.warns,
        said.placebo is not None and not said.placebo.straddles_none(),
    )
    of_all = replace(told, truth=truth_of(found, units.supported & units.told))
    return {f"{OURS}, {said.by}": told, f"{OURS}, of all supported": of_all}


def row(told: list[Told]) -> str:
    """The figures of one estimator."""
    off = np.array([one.value - one.truth for one in told])
    covers = np.mean([one.low <= one.truth <= one.high for one in told])
    half = np.mean([(one.high - one.low) / 2 for one in told])
    helped = np.mean([one.says_helped for one in told])
    warns, fails = (
        np.mean([one.warns for one in told]),
        np.mean([one.placebo_fails for one in told]),
    )
    return (
        f"{off.mean():+6.2f} ({FAR * off.std() / np.sqrt(len(off)):.2f})   {covers:6.1%}   "
        f"{half:5.2f}   {helped:6.1%}   {warns:6.1%}   {fails:6.1%}   {len(told):4d}"
    )


def setting(choosing: str, effect: float, studies: int, pupils: int, keen: float) -> None:
    """The table of one true effect and one way of choosing."""
    told: dict[str, list[Told]] = defaultdict(list)
    supported, matched, spent = [], [], 0.0
    for number in range(studies):
        rng = np.random.default_rng((SEED, number, pupils))
        found = study(rng, effect=effect, choosing=choosing, pupils=pupils, keen=keen)  # type: ignore[arg-type]
        start = time.perf_counter()
        answers = ours(found)
        spent += time.perf_counter() - start
        for name, one in (naive(found) | answers).items():
            told[name].append(one)
        supported.append(found.units.supported.sum())
        matched.append(match(found.units, ABSENCE.calipers).supported)
    print(
        f"\n{pupils} pupils x 3 years, staff choose by {choosing}, {effect:.1f} points fewer: "
        f"truth {np.mean([one.truth for one in told[KINDS[0]]]):+.2f}, "
        f"{np.mean(supported):.0f} supported, {np.mean(matched):.0f} matched, "
        f"{1000 * spent / studies:.0f} ms each"
    )
    print(f"{'':32}bias (95%)      covers    half    helped    warns  placebo  studies")
    for name, several in told.items():
        print(f"{name:32}{row(several)}")


def trap() -> None:
    """How far the noticed come back with no support at all."""
    seen = absences(np.random.default_rng(SEED), 20_000, 18).absence
    now, after = seen[:, :-1].ravel(), seen[:, 1:].ravel()
    noticed = now >= 10
    r = np.corrcoef(now, after)[0, 1]
    print(
        f"absence: mean {now.mean():.1f}%, r {r:.2f}, {noticed.mean():.0%} of pupils at 10% or more"
    )
    print(
        f"noticed at 10% or more: {now[noticed].mean():.1f}% then {after[noticed].mean():.1f}%, "
        f"(1 - r) x gap = {(1 - r) * (now[noticed].mean() - now.mean()):.1f}"
    )


def main(studies: int) -> None:
    trap()
    for choosing in ("facts", "threshold", "lasting", "news"):
        for effect in (0.0, 5.2):
            setting(choosing, effect, studies, 1000, 0.0)
    for effect in (0.0, 5.2):
        setting("facts", effect, studies, 250, 0.0)
        setting("facts", effect, studies, 120, 0.0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
