"""Write statsmodels_rows.csv, _fits.csv and _pooled.csv, with a Python that has statsmodels.

statsmodels (0.15.0 then) is not among the project's own test packages, as it brings pandas.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy.stats import norm
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests

SIZES = (12, 30, 80, 200)


def written(path: Path, heading: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(heading)
        out.writerows(rows)


def main(folder: Path) -> None:
    rng = np.random.default_rng(20260302)
    rows: list[list[object]] = []
    fits: list[list[object]] = []
    for number, size in enumerate(SIZES):
        treated = (np.arange(size) % 3 == 0).astype(float)
        flag, earlier = rng.gamma(4, 5, size), rng.gamma(2, 5, size)
        weight = np.where(treated == 1, 1.0, rng.integers(1, 4, size) / 3)
        y = 2 + 0.5 * flag + 0.3 * earlier - 1.5 * treated + rng.normal(0, 1 + flag / 5)
        design = np.column_stack((np.ones(size), treated, flag, earlier))
        fit = sm.WLS(y, design, weights=weight).fit(cov_type="HC3", use_t=True)
        rows += np.column_stack((np.full(size, number), design[:, 1:], weight, y)).tolist()
        ends = fit.conf_int()
        for column, name in enumerate(("one", "treated", "flag", "earlier")):
            figures = (fit.params[column], fit.bse[column], *ends[column])
            fits.append([number, name, *(f"{figure:.10g}" for figure in figures)])
    heading = ("set", "treated", "flag", "earlier", "weight", "y")
    written(folder / "statsmodels_rows.csv", heading, rows)
    heading = ("set", "column", "value", "error", "low", "high")
    written(folder / "statsmodels_fits.csv", heading, fits)
    pools: list[list[object]] = []
    for number, many in enumerate((3, 5, 12)):
        error = rng.uniform(0.5, 2.0, many)
        value = rng.normal(0.5, 1.5, many) + rng.normal(0, error)
        spread = combine_effects(value, error**2, method_re="iterated", atol=1e-12).tau2
        found = multipletests(2 * norm.sf(abs(value) / error), method="fdr_bh")[0]
        together = zip(value, error, found, strict=True)
        pools += [[number, v, e, int(f), f"{spread:.10g}"] for v, e, f in together]
    heading = ("set", "value", "error", "differs", "spread")
    written(folder / "statsmodels_pooled.csv", heading, pools)


if __name__ == "__main__":
    main(Path(sys.argv[0]).parent)
