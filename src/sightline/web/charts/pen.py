"""What every lane draws with: the axis, the sizes and the palette."""

from collections.abc import Sequence
from dataclasses import dataclass

from sightline.web.charts.axis import Axis
from sightline.web.charts.palette import Palette
from sightline.web.charts.sheet_size import Size
from sightline.web.charts.svg import element, text

__all__ = ["Drawn", "Pen"]

Drawn = tuple[str, float]
"""A lane's markup, and its height."""


@dataclass(frozen=True)
class Pen:
    """Where and how a lane is drawn."""

    axis: Axis
    size: Size
    palette: Palette

    def ground(self, top: float, height: float) -> str:
        """The pale strip behind a lane."""
        left = self.axis.left
        shape = {"x": left, "y": top, "width": self.size.width - left, "height": height, "rx": 6}
        return element("rect", {**shape, **self.palette.paint(fill="sunk")})

    def title(self, top: float, title: str, hint: Sequence[str]) -> Drawn:
        """A lane's name in the margin with what it shows, or above the lane; and its height."""
        size, paint = self.size, self.palette.paint
        first = 13.0 if size.stacked else 19.0
        parts = [text((0, top + first), title, paint(fill="ink"), size=size.title, font_weight=700)]
        if size.stacked:
            return parts[0], 19.0
        for at, words in enumerate(hint):
            where = (0.0, top + 36 + at * (size.label + 2.5))
            parts.append(text(where, words, paint(fill="ink2"), size=size.label))
        return "".join(parts), 24.0 + len(hint) * (size.label + 2.5)
