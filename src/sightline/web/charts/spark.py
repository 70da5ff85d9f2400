"""Small drawings beside a sentence: a line with the usual range, bars, a slope."""

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from sightline.web.charts.palette import SCREEN, Palette
from sightline.web.charts.svg import drawing, element, polyline, text, wide_as

__all__ = ["KINDS", "bars", "line", "slope", "sparkline"]

Values = Sequence[float | None]
KINDS = {
    "attendance": ("line", "att"),
    "engagement": ("line", "ach"),
    "punctuality": ("bars", "att"),
    "behaviour": ("bars", "beh"),
    "work": ("bars", "ach"),
    "support": ("bars", "ach"),
    "progress": ("slope", "ach"),
}
"""A signal's theme, the mark that suits it, and its colour."""
SMALL, LARGE = (168.0, 44.0), (250.0, 112.0)
PAD = 5.0


def sparkline(
    kind: str,
    values: Sequence[float | None] | Sequence[tuple[float, float]],
    usual: tuple[float, float] | None = None,
    caption: str = "",
    alt: str = "",
    *,
    large: bool = False,
    end: str = "",
    labels: Sequence[tuple[int, str]] = (),
    palette: Palette = SCREEN,
) -> SafeString:
    """The drawing of one theme and its caption.

    `values` are one per week, None in a holiday; for `progress` pairs of before and now. `usual`
    is the shaded range, `end` the words at the last point, `labels` words below a week (large).
    """
    mark, colour = KINDS[kind]
    size = LARGE if large else SMALL
    if mark == "slope":
        inner = slope(values, size, colour, palette)  # type: ignore[arg-type]
    elif mark == "bars":
        inner = bars(values, size, colour, palette, labels, end)  # type: ignore[arg-type]
    else:
        inner = line(values, size, colour, palette, usual, labels, end)  # type: ignore[arg-type]
    made = drawing(size, inner, classes="spark", label=alt or caption)
    said = element("p", {"class": "sparkcap"}, escape(caption, quote=False)) if caption else ""
    return mark_safe(made + said)


def line(
    values: Values,
    size: tuple[float, float],
    colour: str,
    palette: Palette = SCREEN,
    usual: tuple[float, float] | None = None,
    labels: Sequence[tuple[int, str]] = (),
    end: str = "",
) -> str:
    """One point a week; a gap in a holiday; the usual range shaded; the last point marked."""
    box = _Box(values, size, usual, bool(labels), end)
    parts = []
    if usual:
        top, bottom = box.y(usual[1]), box.y(usual[0])
        paint = palette.paint(fill="att-soft" if colour == "att" else "hol")
        shape = {"x": 0.0, "y": top, "width": size[0], "height": max(2.0, bottom - top)}
        parts.append(element("rect", {**shape, **paint}, rx=2))
    for run in _runs(values):
        points = [(box.x(at), box.y(value)) for at, value in run]
        if len(points) > 1:
            parts.append(polyline(points, palette.paint(stroke=colour), stroke_width=2))
        else:
            parts.append(_dot(points[0], 2, colour, palette))
    told = [(at, value) for at, value in enumerate(values) if value is not None]
    if told:
        last = (box.x(told[-1][0]), box.y(told[-1][1]))
        parts.append(_dot(last, 3.4, colour, palette))
        parts += _end(last, end, size, palette)
    return "".join(parts + _labels(box, labels, palette))


def bars(
    values: Values,
    size: tuple[float, float],
    colour: str,
    palette: Palette = SCREEN,
    labels: Sequence[tuple[int, str]] = (),
    end: str = "",
) -> str:
    """One bar a week from zero; a week without any keeps a thin line, a holiday nothing."""
    box = _Box(values, size, (0.0, 0.0), bool(labels), end)
    width = max(2.0, box.step * 0.68)
    parts = []
    for at, value in enumerate(values):
        if value is None:
            continue
        top = box.y(value) if value else box.floor - 1.5
        shape = {"x": box.x(at) - width / 2, "y": top, "width": width, "height": box.floor - top}
        paint = palette.paint(fill=colour if value else "line2")
        parts.append(element("rect", {**shape, **paint}, rx=1 if value else None))
    if end and values and values[-1] is not None:
        parts += _end((box.x(len(values) - 1) + width / 2, box.y(values[-1])), end, size, palette)
    return "".join(parts + _labels(box, labels, palette))


def slope(
    pairs: Sequence[tuple[float, float]],
    size: tuple[float, float],
    colour: str,
    palette: Palette = SCREEN,
) -> str:
    """A line from before to now for each subject."""
    every = [value for pair in pairs for value in pair]
    box = _Box(every or [0.0], size, None, False, "")
    left, right = size[0] * 0.12, size[0] * 0.74
    parts = []
    for before, now in pairs:
        ends = [(left, box.y(before)), (right, box.y(now))]
        parts.append(polyline(ends, palette.paint(stroke=colour), stroke_width=1.8))
        parts += [_dot(one, 2.6, colour, palette) for one in ends]
    return "".join(parts)


class _Box:
    """Where a week and a value are in a drawing."""

    def __init__(
        self,
        values: Values,
        size: tuple[float, float],
        usual: tuple[float, float] | None,
        labelled: bool,
        end: str,
    ) -> None:
        told = [one for one in values if one is not None] + list(usual or ())
        self.low, high = min(told, default=0.0), max(told, default=1.0)
        self.span = (high - self.low) or 1.0
        self.floor = size[1] - (20 if labelled else 3)
        room = size[0] - 2 * PAD - (wide_as(end, 13) + 8 if end else 0)
        self.step = room / max(1, len(values))

    def x(self, at: int) -> float:
        return PAD + (at + 0.5) * self.step

    def y(self, value: float) -> float:
        return self.floor - 3 - (value - self.low) / self.span * (self.floor - 3 - PAD)


def _runs(values: Values) -> list[list[tuple[int, float]]]:
    """The stretches of weeks without a gap."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]


def _dot(at: tuple[float, float], radius: float, colour: str, palette: Palette) -> str:
    return element("circle", {"cx": at[0], "cy": at[1], "r": radius, **palette.paint(fill=colour)})


def _end(
    at: tuple[float, float], words: str, size: tuple[float, float], palette: Palette
) -> list[str]:
    if not words:
        return []
    where = (at[0] + 7, min(max(at[1] + 4.5, 11.0), size[1] - 3))
    return [text(where, words, palette.paint(fill="ink"), size=13, font_weight=700)]


def _labels(box: _Box, labels: Sequence[tuple[int, str]], palette: Palette) -> list[str]:
    found, free = [], 0.0
    for at, words in labels:
        x = max(box.x(at), wide_as(words, 12) / 2)
        if x - wide_as(words, 12) / 2 < free:
            continue
        free = x + wide_as(words, 12) / 2 + 6
        paint = palette.paint(fill="ink2")
        found.append(text((x, box.floor + 16), words, paint, size=12, text_anchor="middle"))
    return found
