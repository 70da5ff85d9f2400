"""The drawing of list size against what came after."""

import re
from typing import Any

import pytest

from sightline.web.evidence.backtest_chart import Plane, list_against_share, neat_end


def row(threshold: float, listed: float, share: float | None, **more: Any) -> dict[str, Any]:
    return {
        "threshold": threshold,
        "listed_per_week": listed,
        "precision": share,
        "precision_low": None if share is None else max(share - 0.1, 0.0),
        "precision_high": None if share is None else min(share + 0.1, 1.0),
        "base_rate": 0.2,
        "today": False,
        "proposed": False,
    } | more


def test_each_threshold_is_one_dot_and_todays_is_named() -> None:
    rows = [row(3, 14, 0.64, today=True), row(5, 6, 0.7, proposed=True), row(20, 0, None)]
    drawn = str(list_against_share(rows))
    wide = drawn.split("</svg>")[0]
    assert wide.count("<circle") == 2
    assert "3 (today)" in wide
    assert "5 (proposed)" in wide
    assert drawn.count("<svg") == 3  # one for each width
    assert "style=" not in drawn


def test_nothing_to_show_is_no_drawing() -> None:
    assert list_against_share([row(3, 0, None)]) == ""


def test_every_mark_lies_within_the_drawing() -> None:
    rows = [row(n, 1000 / n, n / 30) for n in range(1, 30)]
    for svg in re.findall(
        r'<svg[^>]*viewBox="0 0 (\d+) (\d+)"[^>]*>(.*?)</svg>', str(list_against_share(rows))
    ):
        width, height, inner = float(svg[0]), float(svg[1]), svg[2]
        assert all(0 <= float(x) <= width for x in re.findall(r'cx="([\d.-]+)"', inner))
        assert all(0 <= float(y) <= height for y in re.findall(r'cy="([\d.-]+)"', inner))


@pytest.mark.parametrize(
    ("value", "end"), [(0.3, 0.4), (4, 4), (14, 20), (37, 40), (316, 400), (5234, 8000)]
)
def test_an_axis_ends_at_a_round_number_that_holds_the_value(value: float, end: float) -> None:
    assert neat_end(value) == end


def test_more_listed_lies_further_right_and_more_came_after_higher() -> None:
    plane = Plane((900, 360), [row(3, 14, 0.6)])
    assert plane.x(10) > plane.x(5)
    assert plane.y(0.5) < plane.y(0.2)
