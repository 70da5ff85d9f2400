"""Differences to the rest at each assessment point, drawn: a dot, its interval, and the nought."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from sightline.web.charts.palette import SCREEN, Palette
from sightline.web.charts.svg import drawing, element, text

__all__ = ["Spot", "gaps_drawing"]

SIZE = (320.0, 118.0)
LEFT, RIGHT, TOP, FLOOR = 40.0, 12.0, 8.0, 92.0
LEAST = 20.0  # points to either side that are always shown, so that small gaps look small


@dataclass(frozen=True)
class Spot:
    """One point's difference with its interval, in points; None where it is not shown."""

    name: str
    middle: float | None
    low: float | None = None
    high: float | None = None


def gaps_drawing(spots: Sequence[Spot], label: str, palette: Palette = SCREEN) -> SafeString:
    """The drawing; `label` says the same in words, and the table beside it has the numbers."""
    ends = [abs(one) for spot in spots for one in (spot.low, spot.high) if one is not None]
    far = max([LEAST, *ends])
    step = (SIZE[0] - LEFT - RIGHT) / max(len(spots), 1)
    middle = (TOP + FLOOR) / 2

    def y(points: float) -> float:
        return middle - points / far * (FLOOR - TOP) / 2

    line = {"x1": LEFT, "x2": SIZE[0] - RIGHT, "y1": middle, "y2": middle}
    parts = [element("line", {**line, **palette.paint(stroke="line2")}, stroke_width=1)]
    for points in (far, 0.0, -far):
        told = f"{points:+.0f}" if points else "0"
        where = (LEFT - 6, y(points) + 4)
        told = told.replace("-", "\N{MINUS SIGN}")
        parts.append(text(where, told, palette.paint(fill="ink2"), size=12, text_anchor="end"))
    for at, spot in enumerate(spots):
        x = LEFT + (at + 0.5) * step
        parts.append(
            text(
                (x, SIZE[1] - 8),
                spot.name,
                palette.paint(fill="ink2"),
                size=12,
                text_anchor="middle",
            )
        )
        if spot.middle is None or spot.low is None or spot.high is None:
            continue
        whisker = {"x1": x, "x2": x, "y1": y(spot.high), "y2": y(spot.low)}
        parts.append(
            element(
                "line",
                {**whisker, **palette.paint(stroke="ach")},
                stroke_width=3,
                stroke_opacity=0.45,
            )
        )
        dot = {"cx": x, "cy": y(spot.middle), "r": 4.2}
        parts.append(element("circle", {**dot, **palette.paint(fill="ach")}))
    return mark_safe(drawing(SIZE, "".join(parts), classes="spark gaps", label=label))
