"""Readers who try to work out small numbers from all that is released.

Hypothesis makes schools and pages. The attacker solves for every small number: in whole numbers
from what is shown, and once more as if he knew the counts behind the rounding.
"""

from collections.abc import Sequence
from datetime import date
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.insights.disclosure.attacker import exposed

from sightline.insights.disclosure import (
    Dimension,
    Figure,
    Released,
    Table,
    release,
    release_page,
)

DAY = date(2026, 3, 2)
STAGES = ("evaluated", "flagged", "listed")


class School:
    """Pupils with a level in each dimension, and how far through the stages each has come."""

    def __init__(self, seed: int, pupils: int, levels: Sequence[int], stages: int) -> None:
        rng = np.random.default_rng(seed)
        self.stages = STAGES[:stages]
        self.levels = {f"d{at}": count for at, count in enumerate(levels)}
        self.pupils = {
            name: rng.choice(count, size=pupils, p=rng.dirichlet(np.full(count, 1.5)))
            for name, count in self.levels.items()
        }
        self.reached = np.zeros(pupils, dtype=int)
        for stage in range(1, stages):
            on = rng.random(pupils) < rng.choice([0.15, 0.5, 0.95])
            self.reached += (self.reached == stage - 1) & on

    def table(self, split: Sequence[str], filters: dict[str, str], day: date = DAY) -> Table:
        chosen = np.ones(len(self.reached), dtype=bool)
        for name, level in filters.items():
            chosen &= self.pupils[name] == int(level)
        cells = {}
        for levels in product(*(range(self.levels[name]) for name in split)):
            inside = chosen.copy()
            for name, level in zip(split, levels, strict=True):
                inside &= self.pupils[name] == level
            for at, stage in enumerate(self.stages):
                key = (*map(str, levels), stage)
                cells[key] = int((inside & (self.reached >= at)).sum())
        dimensions = [Dimension(x, tuple(map(str, range(self.levels[x])))) for x in split]
        dimensions.append(Dimension("stage", self.stages, nested=True))
        return Table("school", day, tuple(dimensions), cells, filters)

    def pairs(self, filters: dict[str, str]) -> list[Table]:
        names = [name for name in self.levels if name not in filters]
        return [self.table(pair, filters) for pair in combinations(names, min(2, len(names)))]


@st.composite
def a_school(draw: st.DrawFn) -> School:
    return School(
        draw(st.integers(0, 10_000)),
        draw(st.sampled_from([30, 80, 150, 400])),
        draw(st.lists(st.integers(2, 4), min_size=1, max_size=2)),
        draw(st.integers(1, 3)),
    )


@st.composite
def some_filters(draw: st.DrawFn, school: School) -> dict[str, str]:
    name = draw(st.sampled_from([None, *school.levels]))
    return {} if name is None else {name: str(draw(st.integers(0, school.levels[name] - 1)))}


slow = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@slow
@given(a_school(), st.sampled_from([6, 10]))
def test_no_small_number_of_a_table_can_be_worked_out(school: School, minimum: int) -> None:
    released = [release(school.table(list(school.levels), {}), minimum=minimum)]
    assert exposed(released, minimum) == []
    assert exposed(released, minimum, exact=True, whole=False) == []


@slow
@given(a_school(), st.data())
def test_nor_from_pages_with_one_filter_and_another(school: School, data: st.DataObject) -> None:
    ledger: list[Released] = []
    for _ in range(2):
        page = school.pairs(data.draw(some_filters(school)))
        ledger += release_page(page, earlier=ledger)
    assert exposed(ledger, 10, exact=True, whole=False) == []


@slow
@given(a_school(), st.data())
def test_nor_from_pages_of_other_weeks_while_nobody_moves(
    school: School, data: st.DataObject
) -> None:
    ledger: list[Released] = []
    for week in range(data.draw(st.integers(2, 3))):
        split = data.draw(st.lists(st.sampled_from(list(school.levels)), unique=True, max_size=2))
        filters = data.draw(some_filters(school))
        names = [name for name in sorted(split) if name not in filters]
        table = school.table(names, filters, date(2026, 3, 2 + 7 * week))
        ledger.append(release(table, earlier=ledger))
    assert exposed(ledger, 10) == []


def test_three_pages_of_two_dimensions_each_do_not_give_away_the_third() -> None:
    """The cross of all dimensions binds tables that share no cell."""
    school = School(5, 240, (2, 3, 4), 2)
    ledger = release_page(school.pairs({}))
    assert exposed(ledger, 10) == []
    for level in ("0", "1"):
        ledger += release_page(school.pairs({"d0": level}), earlier=ledger)
    assert exposed(ledger, 10, exact=True, whole=False) == []


@pytest.mark.parametrize("seed", [0, 2, 4, 18])
def test_every_pair_of_filter_pages_differs_by_none_or_by_enough(seed: int) -> None:
    """A school's every filter page, one after another: the differencing attack by brute force."""
    school = School(seed, 300, (2, 3, 3), 2)
    choices = [{}, *({name: str(x)} for name, n in school.levels.items() for x in range(n))]
    choices += [
        {a: str(x), b: str(y)}
        for a, b in combinations(school.levels, 2)
        for x in range(school.levels[a])
        for y in range(school.levels[b])
    ]
    rng = np.random.default_rng(seed)
    ledger: list[Released] = []
    for at in rng.permutation(len(choices)):
        ledger.append(release(school.table([], choices[at]), earlier=ledger))
    assert len({figure.shown for one in ledger for figure in one.figures.values()}) > 5
    assert exposed(ledger, 10, exact=True, whole=False) == []


def test_what_a_table_says_by_its_form_is_taken_into_account() -> None:
    """In year 9 everyone either has SEND or has not: so 18 have, were that cell hidden alone.

    Were all with SEND in the school shown as 18, nobody with SEND would be in another year.
    """
    flag = Dimension("flag", ("evaluated", "flagged"), nested=True)
    send = Dimension("send", ("yes", "no"))
    counts = {("yes", "evaluated"): 18, ("yes", "flagged"): 13}
    counts |= {("no", "evaluated"): 127, ("no", "flagged"): 59}
    ledger = [release(Table("school", DAY, (send, flag), counts, {"year": "9"}), minimum=6)]
    all_with_send = {("evaluated",): 18, ("flagged",): 13}
    page = Table("school", DAY, (flag,), all_with_send, {"send": "yes"})
    ledger.append(release(page, minimum=6, earlier=ledger))
    assert ledger[1].shown("evaluated") is None
    assert exposed(ledger, 6, exact=True) == []


def without_the_gate(table: Table) -> Released:
    """What threshold and rounding alone would give, with margins added up from the truth."""
    released = release(table)
    figures = {
        key: Figure(
            (one.true + 2) // 5 * 5 if one.true >= 10 else None, DAY, 10, one.true, one.true
        )
        for key, one in released.figures.items()
    }
    return Released(table, figures)


def test_the_attacker_is_no_straw_man() -> None:
    """He gets the small numbers out of tables that only have their small cells blanked."""
    caught = [
        exposed([without_the_gate(School(seed, 150, (2, 3), 2).table(["d0", "d1"], {}))], 10)
        for seed in range(3)
    ]
    assert all(caught)
