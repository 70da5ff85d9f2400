"""What the gate shows and hides, in tables a reader can check by eye."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.insights.disclosure import (
    ALL,
    HIDDEN,
    Dimension,
    Released,
    Table,
    from_record,
    release,
    release_page,
    to_record,
)
from sightline.insights.disclosure.figures import rounded
from sightline.kit import SightlineError

DAY = date(2026, 3, 2)
YEAR = Dimension("year", ("7", "8", "9"))
SEND = Dimension("send", ("yes", "no"))
FLAG = Dimension("flag", ("evaluated", "flagged"), nested=True)


def by_year(*counts: int, day: date = DAY, filters: dict[str, str] | None = None) -> Table:
    cells = {(level,): count for level, count in zip(YEAR.levels, counts, strict=True)}
    return Table("school", day, (YEAR,), cells, filters or {})


def shown(released: Released) -> list[int | None]:
    return [figure.shown for figure in released.figures.values()]


@pytest.mark.parametrize(
    ("count", "nearest"), [(7, 5), (8, 10), (12, 10), (13, 15), (17, 15), (18, 20), (0, 0)]
)
def test_counts_are_rounded_to_the_nearest_five(count: int, nearest: int) -> None:
    assert rounded(count) == nearest


def test_counts_of_a_large_table_are_rounded_and_added_up() -> None:
    released = release(by_year(61, 48, 30))
    assert [released.shown(level) for level in (*YEAR.levels, ALL)] == [60, 50, 30, 140]


def test_a_small_count_is_hidden_with_its_reason_and_a_second_one_with_it() -> None:
    released = release(by_year(61, 48, 4))
    assert released.shown("9") is None
    assert released.figures["9",].reason == HIDDEN
    assert shown(released).count(None) == 2, "or it were the total without the others"


def test_nought_is_hidden_as_any_small_count() -> None:
    assert release(by_year(61, 48, 0)).shown("9") is None


def test_all_of_them_is_hidden_too() -> None:
    cells = {("evaluated",): 40, ("flagged",): 40}
    assert None in shown(release(Table("school", DAY, (FLAG,), cells)))


def test_what_is_hidden_never_says_which_kind_it_is() -> None:
    """Who knew which count was small, and which was hidden for its sake, would know more."""
    released = release(by_year(61, 48, 4))
    assert {row["reason"] for row in released.rows() if row["count"] is None} == {HIDDEN}


def test_a_rate_is_of_what_is_shown() -> None:
    cells = {("evaluated",): 203, ("flagged",): 38}
    released = release(Table("school", DAY, (FLAG,), cells))
    assert released.rate(("flagged",), ("evaluated",)) == pytest.approx(40 / 205)
    assert release(by_year(61, 48, 4)).rate(("9",), (ALL,)) is None


@pytest.mark.parametrize("minimum", [5, 1, 0, -3])
def test_a_minimum_below_six_is_refused(minimum: int) -> None:
    with pytest.raises(SightlineError, match="below 6") as refused:
        release(by_year(61, 48, 30), minimum=minimum)
    assert refused.value.code == "bad_settings"


def test_a_smaller_minimum_shows_more() -> None:
    assert release(by_year(61, 48, 8), minimum=6).shown("9") == 10
    assert release(by_year(61, 48, 8)).shown("9") is None


def test_the_page_with_a_filter_does_not_show_what_the_one_without_leaves() -> None:
    whole = release(Table("school", DAY, (), {(): 64}))
    rest = release(Table("school", DAY, (), {(): 61}, {"looked after": "no"}), earlier=[whole])
    assert whole.shown() == 65
    assert rest.shown() is None
    again = release(Table("school", DAY, (), {(): 40}, {"looked after": "no"}), earlier=[whole])
    assert again.shown() == 40


def test_another_population_is_another_matter() -> None:
    whole = release(Table("school", DAY, (), {(): 64}))
    other = Table("college", DAY, (), {(): 61}, {"looked after": "no"})
    assert release(other, earlier=[whole]).shown() == 60


def test_a_table_that_was_released_before_looks_the_same() -> None:
    table = by_year(61, 48, 4)
    first = release(table)
    assert shown(release(table, earlier=[first])) == shown(first)


@given(
    st.lists(st.integers(0, 60), min_size=3, max_size=3),
    st.integers(0, 2),
    st.integers(-9, 9),
)
def test_one_pupil_or_nine_more_or_fewer_change_nothing_that_is_shown(
    counts: list[int], place: int, moved: int
) -> None:
    before = release(by_year(*counts))
    counts[place] = max(counts[place] + moved, 0)
    after = release(by_year(*counts, day=DAY + timedelta(7)), earlier=[before])
    assert shown(after) == shown(before)
    assert [row["as_of"] for row in after.rows()] == ["2026-03-02"] * 4


@given(st.lists(st.integers(-4, 6), min_size=3, max_size=30))
def test_from_week_to_week_a_figure_moves_by_ten_pupils_or_not_at_all(moves: list[int]) -> None:
    ledger: list[Released] = []
    count, counts = 30, []
    for week, move in enumerate(moves):
        count = max(count + move, 0)
        counts.append(count)
        day = DAY + timedelta(7 * week)
        ledger.append(release(by_year(80, count, 75, day=day), earlier=ledger))
    for one, other in pairwise(ledger):
        before, after = one.figures["8",], other.figures["8",]
        if (before.shown, before.as_of) != (after.shown, after.as_of):
            assert abs(after.behind - before.behind) >= 10
        else:
            assert abs(after.true - after.behind) < 10


def test_a_figure_that_has_moved_far_is_set_anew() -> None:
    before = release(by_year(61, 48, 30))
    after = release(by_year(61, 60, 30, day=DAY + timedelta(7)), earlier=[before])
    assert after.shown("8") == 60
    assert after.figures["8",].as_of == DAY + timedelta(7)
    assert after.figures["7",].as_of == DAY


def test_an_earlier_edition_that_contradicts_the_present_is_left_aside() -> None:
    pupils = release(by_year(61, 48, 30))
    by_need = Table("school", DAY + timedelta(90), (SEND,), {("yes",): 60, ("no",): 240})
    assert shown(release(by_need, earlier=[pupils])) == [60, 240, 300]


def test_a_page_agrees_on_the_counts_its_tables_share() -> None:
    one = Table("school", DAY, (SEND,), {("yes",): 30, ("no",): 109})
    page = release_page([by_year(61, 48, 30), one])
    assert page[0].shown(ALL) == page[1].shown(ALL)
    other = Table("school", DAY, (SEND,), {("yes",): 30, ("no",): 99})
    with pytest.raises(ValueError, match="disagree"):
        release_page([by_year(61, 48, 30), other])


def test_a_page_is_of_one_population_and_one_day() -> None:
    with pytest.raises(ValueError, match="one population"):
        release_page([by_year(61, 48, 30), by_year(61, 48, 30, day=DAY + timedelta(1))])
    assert release_page([]) == []


def test_a_table_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="negative"):
        by_year(1, 2, -1)
    with pytest.raises(ValueError, match="twice"):
        by_year(1, 2, 3, filters={"year": "7"})
    with pytest.raises(ValueError, match="different levels"):
        Dimension("year", ("7", "7"))
    with pytest.raises(ValueError, match="more are flagged"):
        release(Table("school", DAY, (FLAG,), {("evaluated",): 20, ("flagged",): 21}))


def test_tables_nest_a_dimension_in_one_order() -> None:
    first = release(Table("school", DAY, (FLAG,), {("evaluated",): 90, ("flagged",): 30}))
    turned = Dimension("flag", ("flagged", "evaluated"), nested=True)
    with pytest.raises(ValueError, match="one order"):
        release(Table("school", DAY, (turned,), {("flagged",): 90}), earlier=[first])
    flat = Dimension("flag", ("evaluated", "flagged"))
    with pytest.raises(ValueError, match="nested in one table"):
        release(Table("school", DAY, (flat,), {("flagged",): 90}), earlier=[first])


def test_true_counts_are_not_in_what_is_printed() -> None:
    released = release(by_year(61, 48, 4))
    assert "61" not in repr(released)
    assert "48" not in repr(released)
    assert all(set(row) == {"year", "count", "as_of", "reason"} for row in released.rows())


def test_the_ledger_comes_back_from_disk_as_it_was() -> None:
    released = release(by_year(61, 48, 4, filters={"send": "yes"}))
    again = from_record(to_record(released))
    assert again == released
    assert shown(release(by_year(63, 48, 4, filters={"send": "yes"}), earlier=[again])) == shown(
        released
    )


def test_a_raised_minimum_hides_what_a_lower_one_showed_and_a_lowered_one_shows_more() -> None:
    low = release(by_year(61, 48, 8), minimum=6)
    assert low.shown("9") == 10
    high = release(by_year(61, 48, 8, day=DAY + timedelta(7)), earlier=[low])
    assert high.shown("9") is None
    again = release(by_year(61, 48, 8, day=DAY + timedelta(14)), minimum=6, earlier=[low, high])
    assert again.shown("9") == 10
