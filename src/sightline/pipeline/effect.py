"""What another threshold would have done: pupils noticed by year group, before and after."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

from sightline.pipeline.objections import leave_out_of_scope
from sightline.pipeline.study import opened
from sightline.signals import make_scope, run, values_of
from sightline.site import Site

__all__ = ["effect_of"]


def effect_of(
    site: Site, name: str, value: Any, *, as_of: date, schools: Collection[str] | None = None
) -> dict[int | None, tuple[int, int]]:
    """Year group -> how many pupils the signal notices now, and would with the value.

    `name` is `signal.parameter`; `schools` limits whom it counts. Raises `bad_settings` for a
    value out of range and `no_data`.
    """
    signal = name.partition(".")[0]
    one_school = next(iter(schools)) if schools and len(schools) == 1 else None
    with opened(site, school=one_school) as study:
        others = values_of(study.library, site.thresholds() | {name: value}, "thresholds.yml")
        make_scope(study.engine, [as_of], schools=list(schools) if schools else None)
        leave_out_of_scope(study.engine, site.objections(as_of))
        found = []
        for values in (study.values, others):
            run(study.engine, study.library, [signal], values)
            rows = study.engine.rows(
                "SELECT pupil.year_group, count(*) AS noticed FROM result INNER JOIN pupil "
                "USING (pupil_ref) WHERE outcome = 'flag' GROUP BY ALL"
            )
            found.append(Counter({row["year_group"]: row["noticed"] for row in rows}))
        years = study.engine.rows(
            "SELECT DISTINCT year_group FROM pupil SEMI JOIN scope USING (pupil_ref)"
        )
    before, after = found
    order = sorted((row["year_group"] for row in years), key=lambda year: (year is None, year))
    return {year: (before[year], after[year]) for year in order}
