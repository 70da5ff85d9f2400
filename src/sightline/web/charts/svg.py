"""The few elements of SVG a drawing needs, as text. Same input, same bytes."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

__all__ = ["drawing", "element", "number", "polyline", "shortened", "squares", "text", "wide_as"]

Point = tuple[float, float]


def number(value: float) -> str:
    """A coordinate with one decimal at most: `12`, `12.5`."""
    found = f"{value:.1f}"
    found = found[:-2] if found.endswith(".0") else found
    return "0" if found == "-0" else found


def element(
    name: str, attributes: Mapping[str, object] | None = None, inner: str = "", **more: object
) -> str:
    """One element; `stroke_width=2` becomes `stroke-width="2"`. `inner` is markup already."""
    given = {**(attributes or {}), **{key.replace("_", "-"): one for key, one in more.items()}}
    said = "".join(f' {key}="{_value(one)}"' for key, one in given.items() if one is not None)
    return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"


def text(at: Point, words: str, paint: Mapping[str, str], *, size: float, **more: object) -> str:
    """A line of text with its baseline at a point."""
    inner = escape(words, quote=False)
    return element("text", {"x": at[0], "y": at[1], "font-size": size, **paint}, inner, **more)


def polyline(points: Iterable[Point], paint: Mapping[str, str], **more: object) -> str:
    """A line through points, with round joins."""
    path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    ends = {"stroke-linejoin": "round", "stroke-linecap": "round"}
    return element("polyline", {"points": path, **ends, **paint}, "", **more)


def squares(corners: Sequence[Point], side: float, paint: Mapping[str, str]) -> str:
    """Any number of squares with soft corners as one path, which is small and quick to draw."""
    if not corners:
        return ""
    soft = min(1.5, side / 4)
    inner = number(side - soft)
    path = "".join(
        f"M{number(x + soft / 2)} {number(y + soft / 2)}h{inner}v{inner}h-{inner}z"
        for x, y in corners
    )
    ends = {"stroke-linejoin": "round", "stroke-width": number(soft)}
    return element("path", {"d": path, **ends, **paint})


def drawing(size: tuple[float, float], inner: str, *, classes: str, label: str = "") -> str:
    """A whole drawing: an image with a label, or hidden where the text beside it says it all."""
    told = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    box = f"0 0 {number(size[0])} {number(size[1])}"
    return element("svg", {"class": classes, "viewBox": box, **told}, inner or "<g/>")


def wide_as(words: str, size: float) -> float:
    """About how wide words are drawn; enough to keep labels from running into each other."""
    return len(words) * size * 0.52


def shortened(words: str, size: float, room: float) -> str:
    """Words that fit: cut with an ellipsis where they are too long."""
    if wide_as(words, size) <= room:
        return words
    return words[: max(1, int(room / (size * 0.52)) - 1)].rstrip() + "…"


def _value(value: object) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return number(value)
    return escape(str(value))
