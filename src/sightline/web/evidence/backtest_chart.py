"""List size against what came after, one point for each threshold, as a drawing without script."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from sightline.web.charts.palette import SCREEN, Palette
from sightline.web.charts.svg import drawing, element, polyline, text, wide_as

__all__ = ["Plane", "list_against_share"]

SIZES = {"wide": (900.0, 360.0), "mid": (640.0, 340.0), "narrow": (340.0, 300.0)}
LEFT, RIGHT, TOP, BOTTOM = 46.0, 16.0, 32.0, 44.0
LETTERS = 12.5


class Plane:
    """Where a list size and a share are in the drawing."""

    def __init__(self, size: tuple[float, float], rows: Sequence[Mapping[str, Any]]) -> None:
        self.size = size
        self.most = neat_end(max((row["listed_per_week"] for row in rows), default=1.0))
        shares = [row[name] or 0.0 for row in rows for name in ("precision_high", "precision")]
        self.top = min(1.0, max(0.2, neat_end(100 * max(shares, default=1.0)) / 100))

    def x(self, listed: float) -> float:
        return LEFT + listed / self.most * (self.size[0] - LEFT - RIGHT)

    def y(self, share: float) -> float:
        return self.size[1] - BOTTOM - share / self.top * (self.size[1] - TOP - BOTTOM)


def list_against_share(rows: Sequence[Mapping[str, Any]], palette: Palette = SCREEN) -> SafeString:
    """The drawing at three widths; the table below it holds the same numbers."""
    told = [row for row in rows if row["precision"] is not None]
    if not told:
        return mark_safe("")
    label = (
        "For each threshold, how many pupils it would have listed a week, and for what share of "
        "them it came after. The table holds the same numbers."
    )
    drawn = (
        drawing(
            size, _inner(Plane(size, told), told, palette), classes=f"chart {name}", label=label
        )
        for name, size in SIZES.items()
    )
    return mark_safe("".join(drawn))


def _inner(plane: Plane, rows: Sequence[Mapping[str, Any]], palette: Palette) -> str:
    parts = _frame(plane, palette)
    ordered = sorted(rows, key=lambda row: (row["listed_per_week"], row["threshold"]))
    random = [
        (plane.x(row["listed_per_week"]), plane.y(min(row["base_rate"], plane.top)))
        for row in ordered
        if row["base_rate"] is not None
    ]
    parts.append(
        polyline(random, palette.paint(stroke="line2"), stroke_width=1.5, stroke_dasharray="5 4")
    )
    for row in ordered:
        at = (plane.x(row["listed_per_week"]), plane.y(row["precision"]))
        if row["precision_low"] is not None and row["precision_high"] is not None:
            ends = [
                (at[0], plane.y(min(row[one], plane.top)))
                for one in ("precision_low", "precision_high")
            ]
            parts.append(polyline(ends, palette.paint(stroke="att-soft"), stroke_width=3))
        parts += _point(at, row, palette, plane)
    return "".join(parts)


def _frame(plane: Plane, palette: Palette) -> list[str]:
    """The two axes, their numbers and their words."""
    width, height = plane.size
    floor, ink = height - BOTTOM, palette.paint(fill="ink2")
    parts = []
    for part in range(5):
        share = plane.top * part / 4
        y = plane.y(share)
        parts.append(polyline([(LEFT, y), (width - RIGHT, y)], palette.paint(stroke="line")))
        parts.append(
            text((LEFT - 6, y + 4), f"{100 * share:.0f}%", ink, size=LETTERS, text_anchor="end")
        )
        listed = plane.most * part / 4
        parts.append(
            text(
                (plane.x(listed), floor + 17),
                f"{listed:.10g}",
                ink,
                size=LETTERS,
                text_anchor="middle",
            )
        )
    middle = (LEFT + (width - LEFT - RIGHT) / 2, height - 8)
    parts.append(text(middle, "pupils listed a week", ink, size=LETTERS, text_anchor="middle"))
    parts.append(text((4, 12), "share it came after (dashed: at random)", ink, size=LETTERS))
    return parts


def _point(
    at: tuple[float, float], row: Mapping[str, Any], palette: Palette, plane: Plane
) -> list[str]:
    """A dot; today's threshold and the proposed one are named."""
    words = " and ".join(word for word in ("today", "proposed") if row[word])
    colour = "accent" if words else "att"
    radius = 6 if words else 4
    dot = element("circle", {"cx": at[0], "cy": at[1], "r": radius, **palette.paint(fill=colour)})
    if not words:
        return [dot]
    said = f"{row['threshold']:.10g} ({words})"
    left = at[0] + 9 + wide_as(said, LETTERS) > plane.size[0]
    below = words == "today"  # so that two near each other can both be read
    place = (at[0] - 9 if left else at[0] + 9, at[1] + 20 if below else at[1] - 10)
    anchor = "end" if left else "start"
    return [dot, text(place, said, palette.paint(fill="ink"), size=LETTERS, text_anchor=anchor)]


def neat_end(value: float) -> float:
    """The end of an axis: 4 steps of 1, 2, 5 or 10 in some decimal place."""
    power = 1.0
    while power * 40 < value:
        power *= 10
    while power > 0.25 and power * 4 >= value:
        power /= 10
    return next(power * step * 4 for step in (1, 2, 2.5, 5, 10, 20) if power * step * 4 >= value)
