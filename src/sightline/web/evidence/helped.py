"""What support changed, as sentences and rows for the page: by name, never by what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sightline.insights.impact.measures import Words
from sightline.triage.shares import Share

__all__ = ["BalanceRow", "Recovery", "Section", "recoveries", "sections"]

TOO_FEW = "cannot tell: fewer than 10 pupils, need about 60"
FACTS = {
    "flag": "In the window before",
    "earlier": "In the two windows before that",
    "year group": "Year group",
    "special educational needs": "Share with special educational needs",
    "days since noticed": "School days since noticed",
}
STEPS = {
    "noticed": "had it after being noticed",
    "followed": "could be followed before and after",
    "compared": "could be set beside pupils like them",
}


@dataclass(frozen=True)
class BalanceRow:
    """One recorded fact on both sides; `holds` in words."""

    fact: str
    supported: str
    others: str
    difference: str
    holds: str


@dataclass(frozen=True)
class Section:
    """One kind of support. `quiet` where nothing but one line may be said, `grey` where it is an
    interval only."""

    name: str
    aim: str
    line: str
    quiet: bool
    grey: bool
    counts: Sequence[str]
    before_and_after: str
    doubts: Sequence[str]
    balance: Sequence[BalanceRow]
    drawn: str
    window: int


@dataclass(frozen=True)
class Recovery:
    """Falls of attendance in one half-term, and how many came back."""

    name: str
    share: Share | None
    words: str


def sections(found: Mapping[str, Any], *, exact: bool) -> list[Section]:
    """A section for each kind of support, in the order of the answer, which is by name.

    `exact` says that the reader may see these pupils' supports by name anyway; for anybody else a
    number below ten is not told.
    """
    return [_section(one, exact) for one in found["supports"]]


def _section(one: Mapping[str, Any], exact: bool) -> Section:
    quiet = one["saying"] == "nothing"
    line = one["sentence"] if exact or not quiet else TOO_FEW
    return Section(
        name=one["support"],
        aim=one["measure"],
        line=line[0].upper() + line[1:] + ("" if line.endswith(".") else "."),
        quiet=quiet,
        grey=one["saying"] == "interval",
        counts=[] if quiet else _counts(one["counts"]),
        before_and_after=one["before_and_after"],
        doubts=one["doubts"],
        balance=[_balance(row, at) for at, row in enumerate(one["balance"])],
        drawn=_drawn(one),
        window=one["window_school_days"],
    )


def _counts(counts: Mapping[str, int | None]) -> list[str]:
    """The released counts, those that are let out."""
    told = [f"{counts[step]} {words}" for step, words in STEPS.items() if counts[step]]
    return [("About " if at == 0 else "about ") + words for at, words in enumerate(told)]


def _balance(row: Mapping[str, Any], at: int) -> BalanceRow:
    fact = row["fact"]
    places = 1 if at < 2 or fact == "days since noticed" else 2
    return BalanceRow(
        FACTS.get(fact, fact.capitalize()),
        f"{row['supported']:.{places}f}",
        f"{row['others']:.{places}f}",
        f"{row['difference']:+.2f}".replace("-", "\u2212"),
        "alike" if row["holds"] else "not alike",
    )


def _drawn(one: Mapping[str, Any]) -> str:
    """The interval drawn towards kinds of support with the same aim."""
    if not one["drawn_together"] or one["saying"] not in ("interval", "estimate"):
        return ""
    words = Words("", one["unit"])
    low, high = (words.shown(end, sign=True) for end in one["drawn_together"])
    return (
        "Looked at together with the other kinds of support for this aim, of which the "
        f"best-looking is partly luck: {low} to {high} {one['unit']}."
    )


def recoveries(found: Mapping[str, Any]) -> list[Recovery]:
    """By half-term, from released counts."""
    rows = []
    for one in found["recovery"] or []:
        year = one["school_year"]
        name = f"{one['term'].capitalize() or 'Term not named'} {year}/{(year + 1) % 100:02d}"
        share = Share(one["came_back"], one["fell"]) if one["rate"] is not None else None
        words = str(share) if share else "Fewer than 10: not shown"
        rows.append(Recovery(name, share, words))
    return rows
