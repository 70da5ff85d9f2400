"""The widths a time line is drawn at, each with sizes that stay readable."""

from dataclasses import dataclass

__all__ = ["MID", "NARROW", "PAGE", "WIDE", "Size"]


@dataclass(frozen=True)
class Size:
    """`name` is the class that shows this width; `margin` what lane titles take on the left."""

    name: str
    width: float
    margin: float
    room: float  # right of the axis, for the words at the end of a line
    title: float  # text sizes
    label: float
    mark: float  # half the height of a diamond
    square: float  # at most
    bar: float
    letter: float
    plot: float  # height of the results
    short: int  # letters of an event's title

    @property
    def stacked(self) -> bool:
        """Lane titles stand above their lanes, for want of a margin."""
        return self.margin == 0


WIDE = Size("wide", 1080, 124, 126, 14.5, 12.5, 6, 11.4, 23, 21, 104, 70)
MID = Size("mid", 704, 108, 92, 14, 12, 5, 8.2, 21, 19, 96, 46)
NARROW = Size("narrow", 358, 0, 0, 13, 11.5, 3.6, 4.4, 19, 18, 100, 34)
PAGE = Size("wide", 1080, 140, 130, 17, 15, 6, 11.4, 26, 23, 110, 60)
"""For paper, where the drawing is scaled down to the width of a page."""
