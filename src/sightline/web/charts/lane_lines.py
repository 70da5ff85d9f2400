"""The lane of results: a line for each subject, named at its end."""

from collections.abc import Sequence

from sightline.web.charts.pen import Drawn, Pen
from sightline.web.charts.svg import element, polyline, shortened, text, wide_as
from sightline.web.charts.timeline_types import Line

__all__ = ["results"]

STYLES = (None, "6 3", "1.5 3.5", "9 3 1.5 3")
Named = tuple[float, str, bool]


def results(pen: Pen, top: float, lines: Sequence[Line]) -> Drawn:
    """Each subject in its own style of line, so that none depends on colour."""
    height, paint = pen.size.plot, pen.palette.paint
    low, high = _range([value for one in lines for _, value in one.points])

    def y(value: float) -> float:
        return top + height - 14 - (value - low) / (high - low) * (height - 30)

    parts = []
    for tick in _ticks(low, high):
        ends = {"x1": pen.axis.left, "x2": pen.axis.right, "y1": y(tick), "y2": y(tick)}
        parts.append(element("line", {**ends, **paint(stroke="line")}))
        where = (pen.axis.left + 3, y(tick) - 4)
        parts.append(text(where, f"{tick:g}", paint(fill="ink2"), size=pen.size.label))
    names: list[Named] = []
    for at, one in enumerate(lines):
        points = [(pen.axis.x(day), y(value)) for day, value in one.points]
        how = {"stroke_width": 2 if one.plain else 3, "stroke_dasharray": STYLES[at % len(STYLES)]}
        parts.append(polyline(points, paint(stroke="ach"), **how))
        for x, level in points:
            parts.append(element("circle", {"cx": x, "cy": level, "r": 3.4, **paint(fill="ach")}))
        figure = f" {one.points[-1][1]:g}"
        room = (pen.size.room or pen.size.width * 0.4) - 8 - wide_as(figure, pen.size.label)
        subject = shortened(one.subject, pen.size.label + 0.5, room)
        names.append((points[-1][1], subject + figure, one.plain))
    return "".join(parts) + _names(pen, names, top, height), height


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    short = max(0.0, 1.0 - (high - low)) / 2
    return low - short, high + short


def _ticks(low: float, high: float) -> list[float]:
    """At most four round values between two."""
    for step in (0.5, 1, 2, 5, 10, 20, 50):
        found = [at * step for at in range(int(low / step), int(high / step) + 1)]
        found = [one for one in found if low <= one <= high]
        if len(found) <= 4:
            return found
    return []


def _names(pen: Pen, names: Sequence[Named], top: float, height: float) -> str:
    """The words at the ends of the lines, moved apart where they would touch."""
    size, gap = pen.size.label + 0.5, pen.size.label + 3.5
    levels: list[float] = []
    for y, _, _ in sorted(names):
        levels.append(max(y + 4, levels[-1] + gap if levels else top + gap))
    over = max(0.0, levels[-1] - (top + height - 5)) if levels else 0.0
    aside = pen.size.stacked
    x = pen.size.width - 3 if aside else pen.axis.right + 8
    halo = {"stroke_width": 3, "paint_order": "stroke", "stroke_linejoin": "round"}
    found = []
    for level, (_, words, plain) in zip(levels, sorted(names), strict=True):
        ink = pen.palette.paint(fill="ink", stroke="sunk")
        more = {"text_anchor": "end" if aside else None, "font_weight": None if plain else 700}
        found.append(text((x, level - over), words, ink, size=size, **halo, **more))
    return "".join(found)
