"""Write fairlearn_figures.csv, with a Python that has fairlearn (0.14.0 then).

fairlearn is not among the project's own test packages, as it brings pandas and scikit-learn. Pupils
are made up by the test's own `made_pupils`; a line holds one figure of one group, or of all groups
of an attribute (`group` empty).
"""

import csv
import sys
from pathlib import Path

import numpy as np
from fairlearn.metrics import (  # type: ignore[import-not-found]
    MetricFrame,
    count,
    demographic_parity_difference,
    demographic_parity_ratio,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)

sys.path.insert(0, str(Path(__file__).parents[4]))
from tests.unit.insights.fairness.made_pupils import SEEDS, made_pupils

METRICS = {
    "count": count,
    "selection_rate": selection_rate,
    "true_positive_rate": true_positive_rate,
    "false_positive_rate": false_positive_rate,
}
WHOLE = {
    "demographic_parity_difference": demographic_parity_difference,
    "demographic_parity_ratio": demographic_parity_ratio,
}


def main(folder: Path) -> None:
    with (folder / "fairlearn_figures.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("seed", "attribute", "group", "metric", "value"))
        for seed in SEEDS:
            pupils, flagged, harmed = made_pupils(seed)
            for name in ("sen_status", "eal", "prior_attainment"):
                told = np.array([str(one[name]) for one in pupils])
                known = np.array([one[name] is not None for one in pupils])
                y, p, by = harmed[known], flagged[known], told[known]
                frame = MetricFrame(
                    metrics=METRICS, y_true=y, y_pred=p, sensitive_features=by
                ).by_group
                for group, row in frame.iterrows():
                    for metric in METRICS:
                        out.writerow((seed, name, group, metric, f"{float(row[metric]):.9g}"))
                for metric, function in WHOLE.items():
                    value = function(y, p, sensitive_features=by)
                    out.writerow((seed, name, "", metric, f"{float(value):.9g}"))


if __name__ == "__main__":
    main(Path(sys.argv[0]).resolve().parent)
