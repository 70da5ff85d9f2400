"""Look at the list itself: is a group on it more often than in the year, or is that chance?

Exact hypergeometric tail: drawing as many names as the list holds from the year, without putting
any back, how often would at least so many of the group be among them?
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

__all__ = ["GROUPS", "UNLIKELY", "GroupShare", "group_shares", "tail"]

GROUPS: Mapping[str, str] = {
    "sen": "Pupils with SEND",
    "eal": "Pupils with English as an additional language",
    "disadvantaged": "Pupils known as disadvantaged",
}
UNLIKELY = 0.05


@dataclass(frozen=True)
class GroupShare:
    """How many of a group are on the list and in the year, and what that says.

    `term_listed` and `term_places` count this term's recorded lists, this one included.
    """

    name: str
    listed: int
    places: int
    in_year: int
    of_year: int
    term_listed: int
    term_places: int
    term_lists: int

    @property
    def list_percent(self) -> int:
        return round(100 * self.listed / self.places) if self.places else 0

    @property
    def year_percent(self) -> int:
        return round(100 * self.in_year / self.of_year) if self.of_year else 0

    @property
    def term_percent(self) -> int:
        return round(100 * self.term_listed / self.term_places) if self.term_places else 0

    @property
    def chance(self) -> float:
        """The probability of so many or more on a list drawn blindly from the year."""
        return tail(self.listed, self.places, self.in_year, self.of_year)

    @property
    def stands_out(self) -> bool:
        return self.chance < UNLIKELY

    def words(self) -> str:
        """What the share says, with how far chance alone explains it."""
        count = f"That is {self.listed} of {self.places} pupils. "
        if self.listed * self.of_year <= self.in_year * self.places:
            return count + "That is no more than in the year as a whole."
        often = _often(self.chance)
        if self.stands_out:
            return f"{count}This is unlikely by chance alone: a blind draw would do it {often}."
        return f"{count}This can happen by chance: a blind draw would do it {often}."

    def term_words(self) -> str:
        """This term's lists together, where there is more than one."""
        if self.term_lists < 2:
            return ""
        return (
            f"Over the {self.term_lists} lists of this term it was {self.term_percent}%"
            f" ({self.term_listed} of {self.term_places} places)."
        )


def tail(found: int, drawn: int, special: int, total: int) -> float:
    """P(at least `found` of `special` among `drawn` names out of `total`), exactly."""
    drawn = min(drawn, total)
    ways = comb(total, drawn)
    if not ways:
        return 1.0
    most = min(drawn, special)
    favourable = sum(
        comb(special, one) * comb(total - special, drawn - one) for one in range(found, most + 1)
    )
    return favourable / ways


def group_shares(
    now: Mapping[str, Sequence[int]], term: Sequence[Mapping[str, Sequence[int]]]
) -> list[GroupShare]:
    """The shares of one list, each with those of the term's lists.

    Each list maps a group to: listed, places, in the year, known in the year.
    """
    found = []
    for key, name in GROUPS.items():
        if key not in now or not now[key][3]:
            continue
        listed, places, in_year, of_year = now[key]
        lists = [one[key] for one in term if key in one]
        found.append(
            GroupShare(
                name,
                listed,
                places,
                in_year,
                of_year,
                sum(one[0] for one in lists),
                sum(one[1] for one in lists),
                len(lists),
            )
        )
    return found


def _often(chance: float) -> str:
    """A probability as people say it: about 1 time in 9."""
    if chance >= 0.4:
        return "about every other time"
    if chance <= 0.001:
        return "less than 1 time in 1,000"
    return f"about 1 time in {round(1 / chance):,}"
