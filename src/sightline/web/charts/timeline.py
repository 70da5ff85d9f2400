"""A pupil's time line: lanes over one axis of school days, and school events through them all."""

from collections.abc import Callable, Iterator, Sequence

from django.utils.safestring import SafeString, mark_safe

from sightline.web.charts.axis import Axis
from sightline.web.charts.lane_bars import supports
from sightline.web.charts.lane_lines import results
from sightline.web.charts.lane_marks import attendance, behaviour, letters
from sightline.web.charts.palette import SCREEN, Palette
from sightline.web.charts.pen import Drawn, Pen
from sightline.web.charts.sheet_size import MID, NARROW, WIDE, Size
from sightline.web.charts.svg import drawing, element, text, wide_as
from sightline.web.charts.timeline_types import Happening, TimeLine
from sightline.web.dates import day_and_month

__all__ = ["draw", "three_widths"]

GAP = 8.0
Lane = tuple[str, Sequence[str], Callable[[float], Drawn]]


def three_widths(line: TimeLine) -> SafeString:
    """The drawing for wide, middling and narrow screens; the page's styles show one of them."""
    return mark_safe("".join(draw(line, size) for size in (WIDE, MID, NARROW)))


def draw(line: TimeLine, size: Size, palette: Palette = SCREEN) -> str:
    """One drawing, hidden from screen readers: the sentence and the table say the same."""
    pen = Pen(Axis(line.columns, size.margin, size.width - size.room), size, palette)
    told = [one for one in line.happenings if pen.axis.covers(one.on)]
    rows = _title_rows(pen, told)
    head = max((row + 1 for row, _ in rows), default=0) * (size.label + 5) + (4 if rows else 0)
    top = head + size.label + 10
    back, front, y = [], [], top
    for title, hint, lane in _lanes(pen, line):
        name, needed = pen.title(y, title, hint)
        start = y + needed if size.stacked else y
        inner, height = lane(start)
        height = height if size.stacked else max(height, needed)
        back.append(pen.ground(start, height))
        front.append(name + inner)
        y = start + height + GAP
    bottom = y - GAP + 2
    crossed = [pen.axis.x(one.on, edge="start") for one in told]
    behind = _weeks(pen, (top - 6, bottom), head + size.label, crossed)
    lines = _happenings(pen, told, rows, bottom)
    inner = "".join(back) + behind + lines + "".join(front)
    return drawing((size.width, bottom + 2), inner, classes=f"chart {size.name}")


def _lanes(pen: Pen, line: TimeLine) -> Iterator[Lane]:
    """The lanes this viewer is shown, from top to bottom."""
    if line.sessions is not None:
        told = line.sessions
        hint = ("each square is", "half a day")
        yield "Attendance", hint, lambda y: attendance(pen, y, told, line.weeks)
    if line.concerns is not None:
        concerns = line.concerns
        hint = ("concerns above,", "praise below")
        yield "Behaviour", hint, lambda y: behaviour(pen, y, concerns, line.praise)
    if line.lines:
        lines = line.lines
        yield "Results", line.results_hint, lambda y: results(pen, y, lines)
    if line.letters is not None:
        notes = line.letters
        yield "Notes", ("and contact",), lambda y: letters(pen, y, notes)
    if line.bars is not None:
        bars = line.bars
        yield "Support", ("what we are trying",), lambda y: supports(pen, y, bars, line.to)


def _weeks(
    pen: Pen, between: tuple[float, float], baseline: float, crossed: Sequence[float]
) -> str:
    """Holidays as columns, weeks as thin lines, and as many dates as there is room for."""
    paint, (top, bottom), parts = pen.palette.paint, between, []
    for one, start, end in pen.axis.spans:
        if one.kind == "holiday":
            shape = {"x": start, "y": top, "width": end - start, "height": bottom - top}
            parts.append(element("rect", {**shape, **paint(fill="hol")}))
        else:
            edge = {"x1": start, "x2": start, "y1": top, "y2": bottom}
            parts.append(element("line", {**edge, **paint(stroke="week")}))
    return "".join(parts) + _dates(pen, baseline, crossed)


def _dates(pen: Pen, baseline: float, crossed: Sequence[float]) -> str:
    """The names of the columns that have room and that no event's line runs through."""
    size, free, parts = pen.size, 0.0, []
    for one, start, end in pen.axis.spans:
        half = wide_as(one.label, size.label) / 2
        middle = max((start + end) / 2, half)
        clear = not any(middle - half - 3 < x < middle + half + 3 for x in crossed)
        if clear and middle - half >= free and middle + half <= size.width:
            free = middle + half + (6 if one.kind == "week" else 3)
            ink, at = pen.palette.paint(fill="ink2"), (middle, baseline)
            parts.append(text(at, one.label, ink, size=size.label, text_anchor="middle"))
    return "".join(parts)


def _title_rows(pen: Pen, told: Sequence[Happening]) -> list[tuple[int, bool]]:
    """For each event the row of its words, and whether they end at its line."""
    found: list[tuple[int, bool]] = []
    taken: list[list[tuple[float, float]]] = []
    for one in told:
        x = pen.axis.x(one.on, edge="start")
        long = wide_as(_words(pen, one), pen.size.label + 1) + 8
        before = x + long > pen.size.width
        first, last = (x - long, x) if before else (x, x + long)
        row = next(
            (
                at
                for at, spans in enumerate(taken)
                if all(last < low or high < first for low, high in spans)
            ),
            len(taken),
        )
        if row == len(taken):
            taken.append([])
        taken[row].append((first, last))
        found.append((row, before))
    return found


def _words(pen: Pen, one: Happening) -> str:
    title = one.title
    if len(title) > pen.size.short:
        title = title[: pen.size.short - 1].rsplit(" ", 1)[0] + "…"
    return f"{day_and_month(one.on)}: {title}"


def _happenings(
    pen: Pen, told: Sequence[Happening], rows: Sequence[tuple[int, bool]], bottom: float
) -> str:
    """One line through every lane for each event, with its words on top."""
    paint, size, parts = pen.palette.paint, pen.size.label + 1, []
    for one, (row, before) in zip(told, rows, strict=True):
        x = pen.axis.x(one.on, edge="start")
        y = size + row * (pen.size.label + 5)
        edge = {"x1": x, "x2": x, "y1": y - size + 2, "y2": bottom}
        parts.append(element("line", {**edge, **paint(stroke="lens")}, stroke_width=2))
        where = (x - 6 if before else x + 6, y)
        more = {"text_anchor": "end" if before else None, "font_weight": 700}
        parts.append(text(where, _words(pen, one), paint(fill="lens"), size=size, **more))
    return "".join(parts)
