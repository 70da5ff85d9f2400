"""The pupils and weeks asked about, and a signal's results over them as arrays."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sightline.engine.text import literals
from sightline.insights.backtest.as_known import show_whole
from sightline.insights.backtest.threshold import Floats
from sightline.signals import make_scope
from sightline.signals.run import SqlEngine

__all__ = ["ABSENT", "CLEAR", "FLAG", "Grid", "Results", "TableEngine", "ask_weeks"]

FLAG, CLEAR, CANNOT_TELL, ABSENT = 2, 1, 0, -1


class TableEngine(SqlEngine, Protocol):
    """What a backtest asks of an engine beyond what signals do: rows as Arrow."""

    def sql(self, query: str) -> pa.Table: ...


@dataclass(frozen=True)
class Results:
    """A signal's results over pupils (rows) and weeks (columns).

    `outcome` is FLAG, CLEAR, CANNOT_TELL or ABSENT; `value` is not a number where there is none.
    """

    outcome: NDArray[np.int8]
    value: Floats


def ask_weeks(
    engine: SqlEngine, weeks: Sequence[date], schools: Sequence[str], left_out: Collection[str] = ()
) -> None:
    """Make `asked_week(pupil_ref, school_id, as_of)`: pupils on roll in weeks with a school day.

    And `asked_pupil(pupil_no, pupil_ref, school_id)` and `week(week_no, as_of)`. `left_out` are the
    pupils who object.
    """
    show_whole(engine)
    make_scope(engine, weeks, schools=schools)
    without = f"AND scope.pupil_ref NOT IN {literals(sorted(left_out))}" if left_out else ""
    engine.create(
        "asked_week",
        "SELECT scope.pupil_ref, scope.school_id, scope.as_of FROM scope SEMI JOIN "
        "(SELECT DISTINCT asked_date.as_of, d.school_id FROM asked_date INNER JOIN whole_school_day"
        " AS d ON d.kind = 'open' AND d.date > asked_date.as_of - 7 AND d.date <= asked_date.as_of)"
        f" AS held ON held.as_of = scope.as_of AND held.school_id = scope.school_id {without}",
    )
    engine.create(
        "asked_pupil",
        "SELECT CAST(row_number() OVER (ORDER BY school_id, pupil_ref) - 1 AS INTEGER) AS pupil_no,"
        " pupil_ref, school_id FROM (SELECT DISTINCT pupil_ref, school_id FROM asked_week)",
    )
    numbers = {"week_no": pa.array(range(len(weeks)), pa.int32())}
    engine.register("week", pa.table({**numbers, "as_of": pa.array(weeks, pa.date32())}))


class Grid:
    """Results of `result` as arrays, a row for each pupil of `asked_pupil`."""

    def __init__(self, engine: TableEngine, weeks: int) -> None:
        self.engine = engine
        count = engine.rows("SELECT count(*) AS n FROM asked_pupil")[0]["n"]
        self.shape = (int(count), weeks)

    def read(self) -> Results:
        """The results of the last run."""
        found = Results(np.full(self.shape, ABSENT, np.int8), np.full(self.shape, np.nan))
        self.put(found)
        return found

    def put(self, into: Results) -> None:
        """The results of the last run in place of any earlier ones of the same pupils and weeks.

        A copy of a pupil (see `as_known.copy_of`) stands for that pupil.
        """
        found = self.engine.sql(
            "SELECT p.pupil_no, w.week_no, CAST(CASE r.outcome WHEN 'flag' THEN 2 WHEN 'clear' "
            "THEN 1 ELSE 0 END AS TINYINT) AS told, r.value FROM result AS r "
            "INNER JOIN asked_pupil AS p ON split_part(r.pupil_ref, '@', 1) = p.pupil_ref"
            " INNER JOIN week AS w ON r.as_of = w.as_of"
        )
        pupil, week, told, number = (column.to_numpy() for column in found.columns)
        into.outcome[pupil, week] = told
        into.value[pupil, week] = number

    def pupils(self) -> tuple[tuple[str, ...], NDArray[np.int32], tuple[str, ...]]:
        rows = self.engine.sql("SELECT pupil_ref, school_id FROM asked_pupil ORDER BY pupil_no")
        refs, schools = rows["pupil_ref"].to_pylist(), rows["school_id"].to_pylist()
        names = sorted(set(schools))
        number = {one: n for n, one in enumerate(names)}
        return tuple(refs), np.array([number[one] for one in schools], np.int32), tuple(names)
