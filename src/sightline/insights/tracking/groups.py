"""The ways of grouping pupils, and the words of each level in the order they are shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["ATTRIBUTES", "NOT_RECORDED", "Attribute", "attributes_for", "folded", "levels_of"]

NOT_RECORDED = "not recorded"
JOINED = " or "
FEWEST = 10


@dataclass(frozen=True)
class Attribute:
    """One way of grouping: the column of `progress_pupil`, its title, the order of its levels.

    Without `levels` they are what is found, by name. A level of fewer than ten pupils would have
    the gate hide another beside it, so it is counted together with `with_few`, and says so.
    """

    name: str
    title: str
    levels: Sequence[str] = ()
    with_few: str = ""


ATTRIBUTES: Mapping[str, Attribute] = {
    one.name: one
    for one in (
        Attribute("year", "Year group"),
        Attribute("sex", "Sex", ("girls", "boys", "another term"), "boys"),
        Attribute("send", "SEND", ("SEND", "no SEND"), "no SEND"),
        Attribute(
            "disadvantaged",
            "Disadvantage",
            ("disadvantaged", "not disadvantaged"),
            "not disadvantaged",
        ),
        Attribute("eal", "English as an additional language", ("EAL", "not EAL"), "not EAL"),
        Attribute("prior_attainment", "Prior attainment", ("low", "middle", "high"), "middle"),
        Attribute("support", "Support", ("support now", "no support now"), "no support now"),
        Attribute(
            "disabled", "Disability", ("disability declared", "none declared"), "none declared"
        ),
        Attribute(
            "deprivation",
            "Deprivation of the home's neighbourhood",
            ("most deprived 30%", "middle 40%", "least deprived 30%"),
            "middle 40%",
        ),
        Attribute("age", "Age on joining"),
    )
}
SCHOOL = ("year", "sex", "send", "disadvantaged", "eal", "prior_attainment", "support")
HIGHER = ("sex", "disabled", "deprivation", "age", "support")


def attributes_for(phase: str, year_group: int | None) -> list[str]:
    """Those that are shown without asking, of one year group or of all.

    Not classes: most are too small for the gate. Who may see their pupils sees them by name.
    """
    if phase == "he":
        return list(HIGHER)
    return [one for one in SCHOOL if one != "year" or year_group is None]


def levels_of(attribute: str, found: Collection[str]) -> tuple[str, ...]:
    """The levels that occur, in the order of the page; "not recorded" comes last."""
    order = ATTRIBUTES[attribute].levels
    listed = [one for at in order for one in found if one.split(JOINED)[0] == at]
    others = [one for one in found if one not in listed and one != NOT_RECORDED]
    last = [NOT_RECORDED] if NOT_RECORDED in found else []
    return (*listed, *sorted(others, key=by_number), *last)


def folded(attribute: str, sizes: Mapping[str, int]) -> dict[str, str]:
    """The level each level is counted as: those of fewer than ten join the attribute's `with_few`.

    `sizes` are the fewest pupils of each level at any point. A level that stays has its own name.
    """
    into = ATTRIBUTES[attribute].with_few
    few = [one for one in levels_of(attribute, sizes) if sizes[one] < FEWEST and one != into]
    if not into or not few:
        return {one: one for one in sizes}
    together = JOINED.join([*([into] if into in sizes else []), *few])
    return {one: together if one == into or one in few else one for one in sizes}


def by_number(level: str) -> tuple[int, str]:
    """Year 9 before Year 10."""
    number = level.rpartition(" ")[2]
    return (int(number) if number.isdecimal() else 0, level)
