"""Disclosure: the one gate through which every count of pupils leaves the product.

In: tables of true counts. Out: the same tables with counts rounded to 5, and no count where it is
below the minimum (10; never less than 6) or would let such a number be worked out.

**What is promised.** A page is released as a whole, together with all that was released of the same
pupils before: other tables, other filters, other days. Whatever can be worked out from that by
adding up and taking away is at least the minimum: each count, what is left of a row or of all when
the parts shown are taken away, the difference of two where one group lies within the other (a
filter page and the page without it, listed and not listed, all but year 9), and a row completed
from what another table says. So a small number lies within groups of at least the minimum, and
may be anything in them. This holds for the counts themselves; the rounding comes on top.

**How.** Small counts are hidden, zeros included (nought and "all of them" say something about
everyone in a group). Then `protect` looks for pieces that are too small and hides the row or column
that shows the fewest pupils, until there is none. It only adds and subtracts, so that a page of
four thousand counts takes a third of a second. What was released before is never taken back, so
the new table gives way.

**Over time.** A count that has moved by less than the minimum since its figure was set keeps that
figure, with its date, so one pupil joining or leaving changes nothing that is shown.

**How it is tested.** `tests/unit/insights/disclosure/attacker.py` has a solver look for the least
and the most each small number can be, given the counts behind the rounding.

**Limits.** Pieces are looked for in one table with the tables of one dimension more or less, not in
all tables at once. Who solves many tables jointly brings some small number within 8 or 9 instead
of 10 in about one of two hundred made-up series of pages, and in about one of ten where every page
with one filter and with two is asked for alone (there the minimum of pieces is doubled, which is
why it is no more). A reader who knows most of a group's members already is beyond any such rule,
and so is a guess at why the gate hid this count and not that. The ledger of earlier releases holds
true counts and never leaves the site.
"""

from sightline.insights.disclosure.ledger import from_record, to_record
from sightline.insights.disclosure.release import release, release_page
from sightline.insights.disclosure.types import (
    ALL,
    FLOOR,
    HIDDEN,
    MINIMUM,
    Dimension,
    Figure,
    Released,
    Table,
)

__all__ = [
    "ALL",
    "FLOOR",
    "HIDDEN",
    "MINIMUM",
    "Dimension",
    "Figure",
    "Released",
    "Table",
    "from_record",
    "release",
    "release_page",
    "to_record",
]
