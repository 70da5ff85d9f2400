"""Pupils' latest results in a subject, for those who may see these pupils by name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sightline.engine import literal
from sightline.engine.text import literals
from sightline.insights.tracking.results import Point
from sightline.insights.tracking.scales import SAME, State, gap_of, passes, state_of
from sightline.signals.run import SqlEngine

__all__ = ["Line", "crossing", "lines_of", "refs_of"]

Crossing = Literal["up", "down", ""]


@dataclass(frozen=True)
class Line:
    """One pupil's latest result, and the one at the point before it on the same scale."""

    pupil_ref: str
    subject: str
    point: str
    on: date
    scale: str
    value: float
    expected: float | None
    earlier_point: str = ""
    earlier_value: float | None = None
    earlier_expected: float | None = None

    @property
    def state(self) -> State:
        return state_of(self.value, self.expected, self.scale)

    @property
    def gap(self) -> float | None:
        """In steps of the scale."""
        return gap_of(self.value, self.expected, self.scale)

    @property
    def passed(self) -> bool | None:
        return passes(self.value, self.scale)

    @property
    def stands(self) -> bool | None:
        """On course, or, where nothing was expected, passed; None where neither can be told."""
        return self.passed if self.gap is None else self.gap >= -SAME

    @property
    def change(self) -> float | None:
        """Since the point before, in the scale's own unit."""
        return None if self.earlier_value is None else self.value - self.earlier_value

    @property
    def expected_change(self) -> float | None:
        """The change there should have been, in the scale's own unit."""
        if self.expected is None or self.earlier_expected is None:
            return None
        return self.expected - self.earlier_expected

    @property
    def crossed(self) -> Crossing:
        return crossing(self)


def crossing(line: Line) -> Crossing:
    """Whether a pupil came to be on course since the point before, or no longer is."""
    before = gap_of(line.earlier_value, line.earlier_expected, line.scale)
    if before is None or line.gap is None:
        return ""
    was, now = before >= -SAME, line.gap >= -SAME
    return "" if was == now else "up" if now else "down"


def lines_of(
    engine: SqlEngine, subject: str, *, refs: Collection[str] | None = None, at: Point | None = None
) -> dict[str, Line]:
    """The latest result with a value of each pupil, or the one at a point. Needs `make_results`.

    `refs` limits whom it is asked of. Only the latest school year with any result counts.
    """
    who = f" AND pupil_ref IN {literals(sorted(refs))}" if refs is not None else ""
    where = f"subject = {literal(subject)} AND value IS NOT NULL{who}"
    if at is not None:
        where += f" AND point = {literal(at.name)} AND point_year = {at.year}"
    rows = engine.rows(
        "SELECT pupil_ref, subject, point, date, scale, value, expected, earlier_point, "
        "earlier_value, earlier_expected FROM (SELECT *, row_number() OVER ("
        "PARTITION BY pupil_ref ORDER BY date DESC, point) AS newest, "
        f"max(point_year) OVER () AS last_year FROM progress_result WHERE {where}) "
        "WHERE newest = 1 AND point_year = last_year ORDER BY pupil_ref"
    )
    return {row["pupil_ref"]: line_from(row) for row in rows}


def line_from(row: dict[str, object]) -> Line:
    """A line from its row, whose columns stand in the order of the fields."""
    told = list(row.values())
    told[7] = told[7] or ""
    return Line(*told)  # type: ignore[arg-type]


def refs_of(engine: SqlEngine, class_id: str, as_of: date) -> list[str]:
    """The pupils on roll who are in a class on a date."""
    rows = engine.rows(
        "SELECT DISTINCT member.pupil_ref FROM class_member AS member INNER JOIN progress_pupil "
        "ON member.pupil_ref = progress_pupil.pupil_ref "
        f"WHERE member.class_id = {literal(class_id)} AND member.from_on <= {literal(as_of)} "
        f"AND (member.to_on IS NULL OR member.to_on >= {literal(as_of)}) ORDER BY 1"
    )
    return [row["pupil_ref"] for row in rows]
