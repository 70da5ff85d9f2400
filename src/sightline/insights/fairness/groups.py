"""Which pupils are in which group: every attribute the pupils carry, and every pair of two.

A level with fewer than ten pupils is not set on its own: it is counted with those whose attribute
is not recorded, so that nobody is dropped in silence and nobody stands alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline.insights.chance.verdict import FEWEST_FOR_RATIO
from sightline.kit import SightlineError, sentence_list

__all__ = ["ATTRIBUTES", "OTHERS", "Attribute", "Group", "Split", "groups_of", "splits_of"]

Mask = NDArray[np.bool_]
OTHERS = "not recorded"
FEWEST = 10  # pupils a level needs to stand on its own


@dataclass(frozen=True)
class Attribute:
    """One characteristic. `level` gives a pupil's level, or None where it is not recorded.

    `order` lists levels in the order they are shown; those not in it come after it by name. Of an
    attribute with two levels only the first is compared: the second is the rest.
    """

    name: str
    words: str
    level: Callable[[Mapping[str, Any]], str | None] = field(repr=False)
    order: tuple[str, ...] = ()


def _yes(name: str, yes: str, no: str) -> Callable[[Mapping[str, Any]], str | None]:
    """The levels of a column of true and false."""
    return lambda row: None if row[name] is None else yes if row[name] else no


def _one_of(name: str, levels: Mapping[Any, str]) -> Callable[[Mapping[str, Any]], str | None]:
    return lambda row: levels.get(row[name])


def _year(row: Mapping[str, Any]) -> str | None:
    year = row["year_group"]
    if year is None:
        return None
    return "Reception" if year == 0 else f"Year {year}"


def _tenths(row: Mapping[str, Any]) -> str | None:
    """Tenths of neighbourhoods in three bands; 1 is the most deprived tenth."""
    tenth = row["deprivation_decile"]
    if tenth is None:
        return None
    return TENTHS[0 if tenth <= 3 else 1 if tenth <= 7 else 2]


def _age(row: Mapping[str, Any]) -> str | None:
    """A source's own band, such as 35-55; 55<= is read as a person would say it."""
    band = row["age_band"]
    return f"age {band.replace('<=', ' or over')}" if band else None


SEND, TENTHS = ("SEND", "no SEND"), ("tenths 1 to 3", "tenths 4 to 7", "tenths 8 to 10")
ATTRIBUTES = {
    one.name: one
    for one in (
        Attribute(
            "send",
            "Special educational needs and disabilities",
            _one_of("sen_status", {"K": SEND[0], "E": SEND[0], "N": SEND[1]}),
            SEND,
        ),
        Attribute(
            "eal",
            "English as an additional language",
            _yes("eal", "EAL", "not EAL"),
            ("EAL", "not EAL"),
        ),
        Attribute(
            "disadvantaged",
            "Disadvantage",
            _yes("disadvantaged", "disadvantaged", "not disadvantaged"),
            ("disadvantaged", "not disadvantaged"),
        ),
        Attribute(
            "sex",
            "Sex",
            _one_of("sex", {"F": "female", "M": "male", "X": "another term"}),
            ("female", "male", "another term"),
        ),
        Attribute("year", "Year group", _year, ("Reception", *(f"Year {n}" for n in range(1, 15)))),
        Attribute(
            "prior_attainment",
            "Prior attainment",
            _one_of("prior_attainment", {n: f"{n} prior" for n in ("low", "middle", "high")}),
            ("low prior", "middle prior", "high prior"),
        ),
        Attribute(
            "disabled",
            "Disability",
            _yes("disabled", "disability declared", "none declared"),
            ("disability declared", "none declared"),
        ),
        Attribute("deprivation", "Deprivation of the neighbourhood", _tenths, TENTHS),
        Attribute("age", "Age", _age),
    )
}


@dataclass(frozen=True, eq=False)
class Split:
    """One attribute's levels, and which of them each pupil is in; -1 not recorded or too few.

    `levels` are those compared and the rest; `folded` says how many levels were too small. What is
    compared leaves out those in no level; what is shown counts them by themselves, or with the
    largest level where they are few.
    """

    attribute: Attribute
    levels: tuple[str, ...]
    of: NDArray[np.int64]
    folded: int

    @property
    def unknown(self) -> Mask:
        """Pupils in no level."""
        mask: Mask = self.of < 0
        return mask

    @property
    def few(self) -> bool:
        """Whether so few are in no level that they must be counted with others when shown.

        Fewer than ten always; fewer than thirty where they hardly change the largest level: alone,
        what is left of them at a later stage would be hidden, and with it those it shares a sum
        with.
        """
        count, largest = int(self.unknown.sum()), max(self.sizes, default=0)
        return 0 < count < FEWEST or (0 < count < FEWEST_FOR_RATIO and 10 * count <= largest)

    @property
    def sizes(self) -> list[int]:
        """How many pupils are in each level."""
        return [int((self.of == at).sum()) for at in range(len(self.levels))]

    @property
    def shown_levels(self) -> tuple[str, ...]:
        """The levels for a table that everybody is in."""
        return (*self.levels, OTHERS) if self.unknown.any() and not self.few else self.levels

    @property
    def shown_of(self) -> NDArray[np.int64]:
        """Each pupil's place in `shown_levels`; the few in no level go with the largest."""
        place = int(np.argmax(self.sizes)) if self.few else len(self.levels)
        return np.where(self.unknown, place, self.of)

    @property
    def unknown_words(self) -> str:
        """What those in no level are called."""
        return OTHERS + (f", or in a group of fewer than {FEWEST}" if self.folded else "")

    @property
    def compared(self) -> tuple[int, ...]:
        """The levels set against the rest: the first of two, all of more."""
        return (0,) if len(self.levels) == 2 else tuple(range(len(self.levels)))


@dataclass(frozen=True, eq=False)
class Group:
    """Some pupils (`inside`) of all whose attributes are known (`known`): one level, or two."""

    levels: tuple[tuple[str, str], ...]  # (attribute, level)
    inside: Mask = field(repr=False)
    known: Mask = field(repr=False)

    @property
    def name(self) -> str:
        return " and ".join(level for _, level in self.levels)

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(attribute for attribute, _ in self.levels)


def splits_of(pupils: Sequence[Mapping[str, Any]], names: Sequence[str] = ()) -> list[Split]:
    """How each attribute shares the pupils out; one that shares nobody out is left out.

    `pupils` have the columns of the table. `names` chooses; raises `bad_argument` for one unknown.
    """
    if unknown := [name for name in names if name not in ATTRIBUTES]:
        remedy = f"The attributes are {sentence_list(list(ATTRIBUTES))}."
        raise SightlineError("bad_argument", "--by", f"`{unknown[0]}` is no attribute", remedy)
    found = [_split(one, pupils) for name, one in ATTRIBUTES.items() if not names or name in names]
    return [one for one in found if len(one.levels) > 1]


def _split(attribute: Attribute, pupils: Sequence[Mapping[str, Any]]) -> Split:
    told = [attribute.level(row) for row in pupils]
    sizes = {level: told.count(level) for level in set(told) - {None}}
    place = {level: at for at, level in enumerate(attribute.order)}
    levels = tuple(
        sorted(
            (level for level, size in sizes.items() if level is not None and size >= FEWEST),
            key=lambda level: (place.get(level, len(place)), level),
        )
    )
    at = {level: number for number, level in enumerate(levels)}
    return Split(
        attribute,
        levels,
        np.array([at.get(level or "", -1) for level in told], dtype=np.int64),
        len(sizes) - len(levels),
    )


def groups_of(splits: Sequence[Split], *, pairs: bool = True) -> list[Group]:
    """Every level that is compared, then every two of different attributes."""
    single = [[(one, at) for at in one.compared] for one in splits]
    found = [_group([part]) for parts in single for part in parts]
    if pairs:
        whole = [[(one, at) for at in _paired(one)] for one in splits]
        found += [
            _group([a, b])
            for first, second in combinations(whole, 2)
            for a in first
            for b in second
        ]
    return found


def _paired(split: Split) -> tuple[int, ...]:
    """Levels that make pairs: of yes and no only yes, but both of female and male."""
    return split.compared if split.attribute.name != "sex" else tuple(range(len(split.levels)))


def _group(parts: Sequence[tuple[Split, int]]) -> Group:
    names = tuple((one.attribute.name, one.levels[at]) for one, at in parts)
    inside = np.logical_and.reduce([one.of == at for one, at in parts])
    known = np.logical_and.reduce([one.of >= 0 for one, _ in parts])
    return Group(names, inside, known)
