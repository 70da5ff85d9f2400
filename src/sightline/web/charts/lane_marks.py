"""Lanes of single marks: half-days of attendance, concerns and praise, notes."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sightline.web.charts.pen import Drawn, Pen
from sightline.web.charts.svg import element, number, squares, text
from sightline.web.charts.timeline_types import Letter, Session, Week

__all__ = ["attendance", "behaviour", "letters"]

MIDDLE = {"text_anchor": "middle", "font_weight": "700"}
STACK = 3
"""Marks of a day above each other; more are a number beside them."""
FEW = 0.85
"""Weeks attended no more than this are labelled with their share."""


def attendance(pen: Pen, top: float, sessions: Iterable[Session], weeks: Iterable[Week]) -> Drawn:
    """Each half-day as a square: pale attended, with a notch late, dark missed, open unknown."""
    side = min(pen.size.square, pen.axis.week / 5 * 0.86)
    few = [one for one in weeks if _is_few(one)]
    first = top + (pen.size.label + 10 if few else 9)
    corners: dict[str, list[tuple[float, float]]] = {}
    for one in sorted(sessions, key=lambda one: (one.on, one.half)):
        x = pen.axis.x(one.on) - side / 2
        corners.setdefault(one.state, []).append((x, first + one.half * (side + 2)))
    paint, late = pen.palette.paint, corners.get("late", [])
    came = sorted(corners.get("attended", []) + late)
    parts = [
        squares(came, side, paint(fill="att-soft", stroke="att-soft")),
        squares(corners.get("missed", []), side, paint(fill="att", stroke="att")),
        squares(corners.get("unknown", []), side, paint(fill="surface", stroke="note")),
        _notches(late, side, paint(fill="att")),
    ]
    for week in few:
        middle = (pen.axis.x(week.monday, edge="start") + pen.axis.week / 2, first - 5)
        ink, size = paint(fill="ink"), pen.size.label
        parts.append(text(middle, week.share, ink, size=size, **MIDDLE))
    return "".join(parts), first - top + 2 * side + 2 + 8


def behaviour(pen: Pen, top: float, concerns: Iterable[date], praise: Iterable[date]) -> Drawn:
    """Concerns as diamonds above the line, praise as rings below; a day's are stacked."""
    mark, paint = pen.size.mark, pen.palette.paint
    up, down, step = Counter(concerns), Counter(praise), 2 * pen.size.mark + 2
    above = 8 + step * min(STACK, max(up.values(), default=1))
    below = 8 + step * min(STACK, max(down.values(), default=1))
    zero = top + above
    ends = {"x1": pen.axis.left, "x2": pen.axis.right, "y1": zero, "y2": zero}
    parts = [element("line", {**ends, **paint(stroke="line2")})]
    half = number(mark)
    diamonds = "".join(
        f"M{number(x)} {number(zero - 3 - 2 * mark - level * step)}"
        f"l{half} {half}l-{half} {half}l-{half}-{half}z"
        for x, level in _stacked(pen, up)
    )
    if diamonds:
        parts.append(element("path", {"d": diamonds, **paint(fill="beh")}))
    for x, level in _stacked(pen, down):
        ring = {"cx": x, "cy": zero + 4 + mark + level * step, "r": mark - 1}
        thick = 1.8 if mark > 4 else 1.4
        parts.append(element("circle", {**ring, **paint(stroke="pos")}, stroke_width=thick))
    tops = [(day, n, top + 12) for day, n in up.items()]
    tops += [(day, n, zero + below - 4) for day, n in down.items()]
    for day, count, y in sorted(tops):
        if count > STACK:
            where = (pen.axis.x(day) + mark + 1, y)
            parts.append(text(where, f"{count}", paint(fill="ink"), size=pen.size.label))
    return "".join(parts), above + below


def letters(pen: Pen, top: float, notes: Iterable[Letter]) -> Drawn:
    """Notes as boxed letters; those that would cover each other move aside."""
    side, paint = pen.size.letter, pen.palette.paint
    parts, free = [], pen.axis.left
    for one in sorted(notes, key=lambda note: (note.on, note.letter)):
        x = max(free, pen.axis.x(one.on) - side / 2)
        free = x + side + 2
        box = {"x": x, "y": top + 8, "width": side, "height": side, "rx": 5}
        parts.append(
            element("rect", {**box, **paint(fill="surface", stroke="note")}, stroke_width=1.5)
        )
        where = (x + side / 2, top + 8 + side * 0.71)
        ink = paint(fill="note")
        parts.append(text(where, one.letter, ink, size=side * 0.62, **MIDDLE))
    return "".join(parts), side + 16


def _is_few(week: Week) -> bool:
    if not week.possible or week.attended is None:
        return False
    return week.attended <= FEW * week.possible


def _notches(corners: Iterable[tuple[float, float]], side: float, paint: dict[str, str]) -> str:
    cut = number(side * 0.66)
    path = "".join(f"M{number(x + side)} {number(y)}v{cut}l-{cut}-{cut}z" for x, y in corners)
    return element("path", {"d": path, **paint}) if path else ""


def _stacked(pen: Pen, days: Counter[date]) -> list[tuple[float, int]]:
    """Where each mark of each day is, and how far from the line."""
    return [
        (pen.axis.x(day), level)
        for day, count in sorted(days.items())
        for level in range(min(count, STACK))
    ]
