"""Does a sync survive? Faults of every kind, for every connector, and what is left afterwards.

    python bench/drill.py [--quick] [--kind KIND] [--randoms 200] [--seed 1] [--lanes 2]

Kills at every named step and at random moments, full disks, locked databases and broken networks
(tests/support/drilling.py says how a trial goes). Prints a table, each fault that was not survived,
and last one line of JSON: faults, survived, rows lost, rows doubled.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.drilling import Outcome, drilled  # noqa: E402
from tests.support.mis.scenarios import SCENARIOS  # noqa: E402

QUICK = 20  # faults in all, in under 50 seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} faults")
    parser.add_argument("--kind", choices=sorted(SCENARIOS), help="one connector only")
    parser.add_argument("--randoms", type=int, default=200, help="random moments for each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lanes", type=int, default=2, help="trials at a time")
    given = parser.parse_args()
    kinds = [given.kind] if given.kind else (["wonde"] if given.quick else sorted(SCENARIOS))
    outcomes: list[Outcome] = []
    print("connector    faults  survived  lost  doubled  seconds")
    for kind in kinds:
        began = time.monotonic()
        found = of_kind(kind, given.quick, given.randoms, given.seed, given.lanes)
        outcomes += found
        print(
            f"{kind:<12} {len(found):6} {told(found)} {time.monotonic() - began:8.0f}", flush=True
        )
        for one in found:
            if not one.survived:
                print(f"  {one.fault.words}: {one.wrong or 'rows lost or doubled'}", flush=True)
    counts = Counter(one.survived for one in outcomes)
    print(
        json.dumps(
            {
                "faults": len(outcomes),
                "survived": counts[True],
                "lost": sum(one.lost for one in outcomes),
                "doubled": sum(one.doubled for one in outcomes),
            }
        )
    )
    return 0 if counts[True] == len(outcomes) else 1


def of_kind(kind: str, quick: bool, randoms: int, seed: int, lanes: int) -> list[Outcome]:
    """The outcomes of one connector's trials, in lanes that each have a site and a system."""
    with ThreadPoolExecutor(lanes) as pool:
        started = [
            pool.submit(of_lane, kind, quick, randoms, seed, slice(n, None, lanes))
            for n in range(lanes)
        ]
        return [outcome for lane in started for outcome in lane.result()]


def of_lane(kind: str, quick: bool, randoms: int, seed: int, share: slice) -> list[Outcome]:
    with (
        TemporaryDirectory(prefix="sightline-drill-") as folder,
        drilled(kind, Path(folder)) as one,
    ):
        faults = one.faults(QUICK // 3 if quick else randoms, seed)
        if quick:
            faults = random.Random(seed).sample(faults, QUICK)
        return [one.trial(fault) for fault in faults[share]]


def told(found: list[Outcome]) -> str:
    survived = sum(one.survived for one in found)
    lost, doubled = sum(one.lost for one in found), sum(one.doubled for one in found)
    return f"{survived:9} {lost:5} {doubled:8}"


if __name__ == "__main__":
    sys.exit(main())
