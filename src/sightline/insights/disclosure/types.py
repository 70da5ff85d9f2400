"""What goes into the gate and what comes out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product

__all__ = [
    "ALL",
    "FLOOR",
    "HIDDEN",
    "MINIMUM",
    "Dimension",
    "Figure",
    "Key",
    "Released",
    "Table",
    "Where",
]

ALL = "*"  # in a key: this dimension's total
MINIMUM, FLOOR, UNIT = 10, 6, 5
HIDDEN = "too few to show, or would let such a number be worked out"

Key = tuple[str, ...]  # one level, or ALL, for each dimension of a table
Where = frozenset[tuple[str, str]]  # the same count in any table: (dimension, level) pairs


@dataclass(frozen=True)
class Dimension:
    """One way of splitting pupils: every level it has, "not recorded" among them.

    The levels of a plain dimension share the pupils out. Those of a `nested` one hold each other,
    the widest first: ("evaluated", "flagged", "listed"); its first level takes the place of a
    total. A share, k of n, is a nested dimension of two levels.
    """

    name: str
    levels: tuple[str, ...]
    nested: bool = False

    def __post_init__(self) -> None:
        if not self.levels or len({*self.levels, ALL}) != len(self.levels) + 1:
            raise ValueError(f"dimension {self.name} needs different levels, none of them {ALL}")


@dataclass(frozen=True)
class Table:
    """True counts of pupils, to be released.

    `population` is the widest set of pupils from which anything is released ("trust, on roll"):
    numbers are taken from each other within it. Anything narrower is a filter: one school, one
    year, one page's choice, one week's new names; {"school": "3"}. `cells` holds one level for each
    dimension; what is absent is zero; margins are added up here. `as_of` is the date of the data.
    """

    population: str
    as_of: date
    dimensions: tuple[Dimension, ...]
    cells: Mapping[Key, int] = field(repr=False)
    filters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [*self.filters, *(dimension.name for dimension in self.dimensions)]
        if len(set(names)) != len(names):
            raise ValueError("a dimension is named twice")
        unknown = set(self.cells) - set(product(*(d.levels for d in self.dimensions)))
        if unknown or any(count < 0 for count in self.cells.values()):
            raise ValueError("a cell has a level its dimension does not have, or a negative count")

    def places(self) -> Iterator[Key]:
        """Every cell and every margin."""
        return product(*((*d.levels, *(() if d.nested else (ALL,))) for d in self.dimensions))

    def where(self, key: Key) -> Where:
        """What the count of this key is of, whichever table it is in."""
        levels = zip((d.name for d in self.dimensions), key, strict=True)
        return frozenset([*self.filters.items(), *(pair for pair in levels if pair[1] != ALL)])


@dataclass(frozen=True)
class Figure:
    """What is shown of one count: a multiple of 5, or None where it is hidden.

    `behind` is the count on `as_of`, the day the figure was set; `true` the one on its table's
    day. Both are for the ledger only.
    """

    shown: int | None
    as_of: date
    minimum: int
    behind: int = field(repr=False)
    true: int = field(repr=False)

    @property
    def reason(self) -> str:
        """Why nothing is shown; empty where a count is."""
        return HIDDEN if self.shown is None else ""


@dataclass(frozen=True)
class Released:
    """A table that has been through the gate. Only `shown`, `rate` and `rows` are for readers."""

    table: Table
    figures: Mapping[Key, Figure]

    def shown(self, *key: str) -> int | None:
        """The rounded count of one cell or margin, None where it is hidden."""
        return self.figures[key].shown

    def rate(self, part: Key, whole: Key) -> float | None:
        """A share from the shown counts, 0 to 1; None where either is hidden."""
        over, under = self.figures[part].shown, self.figures[whole].shown
        if over is None or under is None or over > under:
            return None  # held since different days, one may have overtaken the other
        return over / under

    def rows(self) -> list[dict[str, str | int | None]]:
        """For pages and files: each level by its dimension's name, `count`, `as_of`, `reason`."""
        names = [dimension.name for dimension in self.table.dimensions]
        return [
            {
                **dict(zip(names, key, strict=True)),
                "count": one.shown,
                "as_of": one.as_of.isoformat(),
                "reason": one.reason,
            }
            for key, one in self.figures.items()
        ]
