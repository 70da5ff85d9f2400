"""The lane of what is being tried: one bar each, from the day it started."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sightline.web.charts.pen import Drawn, Pen
from sightline.web.charts.svg import element, shortened, text, wide_as
from sightline.web.charts.timeline_types import Bar

__all__ = ["supports"]


@dataclass(frozen=True)
class Placed:
    """A bar with its ends, its name as it fits, and where that goes: inside, before or after."""

    start: float
    end: float
    name: str
    side: str


def supports(pen: Pen, top: float, bars: Sequence[Bar], to: date) -> Drawn:
    """Bars in as few rows as they fit; the name inside, or beside a short one."""
    rows = _rows(pen, bars, to)
    parts = [
        _drawn(pen, one, top + 7 + row * (pen.size.bar + 6))
        for row, placed in enumerate(rows)
        for one in placed
    ]
    return "".join(parts), 8 + max(1, len(rows)) * (pen.size.bar + 6)


def _drawn(pen: Pen, one: Placed, y: float) -> str:
    high, paint = pen.size.bar, pen.palette.paint
    shape = {"x": one.start, "y": y, "width": one.end - one.start, "height": high, "rx": 5}
    bar = element("rect", {**shape, **paint(fill="sup")})
    x = {"inside": one.start + 9, "before": one.start - 6, "after": one.end + 6}[one.side]
    ink = paint(fill="accent-ink" if one.side == "inside" else "ink")
    anchor = "end" if one.side == "before" else None
    where = (x, y + high * 0.5 + pen.size.label * 0.38)
    return bar + text(where, one.name, ink, size=pen.size.label + 0.5, text_anchor=anchor)


def _rows(pen: Pen, bars: Sequence[Bar], to: date) -> list[list[Placed]]:
    """Each bar in the first row in which it and its name are free."""
    rows: list[list[Placed]] = []
    taken: list[float] = []
    for bar in sorted(bars, key=lambda one: (one.from_on, one.name)):
        placed = _placed(pen, bar, to)
        long = wide_as(placed.name, pen.size.label + 0.5) + 12
        first = placed.start - long if placed.side == "before" else placed.start
        row = next((at for at, free in enumerate(taken) if free <= first), len(rows))
        if row == len(rows):
            rows.append([])
            taken.append(0.0)
        rows[row].append(placed)
        taken[row] = (placed.end + long if placed.side == "after" else placed.end) + 4
    return rows


def _placed(pen: Pen, bar: Bar, to: date) -> Placed:
    """The name where it fits whole, inside first; else cut where there is most room."""
    size = pen.size.label + 0.5
    start = pen.axis.x(bar.from_on, edge="start")
    end = max(start + 6, pen.axis.x(min(bar.to_on or to, to), edge="end"))
    rooms = {
        "inside": end - start - 16,
        "after": pen.size.width - end - 8,
        "before": start - pen.axis.left - 8,
    }
    long = wide_as(bar.name, size)
    side = next((one for one, room in rooms.items() if long <= room), "")
    side = side or max(rooms, key=lambda one: rooms[one])
    return Placed(start, end, shortened(bar.name, size, rooms[side]), side)
