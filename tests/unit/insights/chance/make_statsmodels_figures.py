"""Write statsmodels_figures.csv and _sizes.csv, with a Python that has statsmodels (0.15.0 then).

statsmodels is not among the project's own test packages, as it brings pandas. Its score interval of
a difference is not taken: in 0.15.0 it fails for 0 of 10 against 26 of 260, and 1 of 5 against 1 of
5 gives -0.43 to 0.51, which is not the same seen from the other side. The tests check the
difference against published values and against the definition instead.
"""

import csv
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep as two
from statsmodels.stats.proportion import proportion_confint as one
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail as size

COLUMNS = ("k1", "n1", "k0", "n0", "ratio_low", "ratio_high")
COLUMNS += ("wilson_low", "wilson_high", "exact_low", "exact_high")
SIZES = ("base", "times", "rest_per_pupil", "pupils")


def ends(function: Callable[..., tuple[float, float]], *args: object, **more: object) -> list[str]:
    return [f"{float(end):.9g}" for end in function(*args, **more)]


def main(folder: Path) -> None:
    rng = np.random.default_rng(20260302)
    with (folder / "statsmodels_figures.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for _ in range(300):
            n1, n0 = (int(n) for n in rng.choice([5, 12, 30, 80, 200, 900], size=2))
            k1, k0 = (int(rng.binomial(n, rng.choice([0.02, 0.1, 0.4, 0.9]))) for n in (n1, n0))
            row: list[object] = [k1, n1, k0, n0]
            row += ends(two, k1, n1, k0, n0, compare="ratio", method="score")
            row += ends(one, k1, n1, method="wilson") + ends(one, k1, n1, method="beta")
            out.writerow(row)
    with (folder / "statsmodels_sizes.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(SIZES)
        for base in (0.05, 0.15, 0.4):
            for times in (0.5, 1.25, 1.5, 2.0):
                for rest in (1, 3, 8):
                    needed = size(base * (times - 1), base, 0.8, ratio=rest, alpha=0.05)
                    out.writerow([base, times, rest, f"{float(needed):.6g}"])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(Path(sys.argv[0]).parent)
