"""Results in words, and the drawing that says the same as its table."""

from datetime import date

import pytest

from sightline.insights.tracking import Line
from sightline.web.evidence.progress_drawing import Spot, gaps_drawing
from sightline.web.evidence.progress_words import (
    ShareWords,
    against,
    change_words,
    gap_words,
    result,
    steps,
)

MINUS = "\N{MINUS SIGN}"


def line(
    scale: str, value: float, expected: float | None, before: tuple[float, float] | None = None
) -> Line:
    day, told = date(2026, 2, 27), before or (None, None)
    return Line("p", "Art", "Spring", day, scale, value, expected, "Autumn", *told)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (line("gcse_9_1", 5, 5), "on course, as expected"),
        (line("gcse_9_1", 6, 5), "on course, 1 grade above"),
        (line("gcse_9_1", 4.3, 5), "just under, 0.7 grades below"),
        (line("gcse_9_1", 3, 5), "below by a step or more, 2 grades below"),
        (line("scaled_score", 94, 100), "below by a step or more, 6 points below"),
        (line("percent", 55, 60), "just under, 5 percentage points below"),
        (line("percent", 40, None), "passed"),
        (line("percent", 39, None), "not passed yet"),
        (line("step", 3, None), "no expected result"),
    ],
)
def test_a_gap_is_said_in_the_unit_of_its_scale(found: Line, words: str) -> None:
    assert gap_words(found) == words


def test_a_change_stands_beside_the_one_expected() -> None:
    assert change_words(line("gcse_9_1", 5, 5, (4.3, 4.8))) == "up 0.7 (expected up 0.2)"
    assert change_words(line("gcse_9_1", 4, 5, (4, 5))) == "no change (expected no change)"
    assert change_words(line("gcse_9_1", 4, 5)) == ""


def test_a_result_has_its_sign() -> None:
    assert [result(62.0, "percent"), result(4.7, "gcse_9_1"), result(None, "step")] == [
        "62%",
        "4.7",
        "",
    ]


def test_a_share_has_its_range_and_is_silent_without_one() -> None:
    assert str(ShareWords(105, 190, 0.4816, 0.6216)) == "55% (48 to 62%)"
    assert str(ShareWords(None, 190, None, None)) == "not shown"


def test_differences_are_in_points_with_a_true_minus() -> None:
    row = {"difference": -0.08, "difference_low": -0.18, "difference_high": 0.03}
    assert against(row) == f"{MINUS}8 ({MINUS}18 to +3)"
    assert steps({"mean_gap": 0.2, "gap_low": None}) == "+0.2"


def test_the_drawing_has_a_dot_for_each_point_that_is_shown() -> None:
    spots = [Spot("Autumn", -8, -18, 3), Spot("Spring", None)]
    drawn = gaps_drawing(spots, "EAL less the rest")
    assert drawn.count("<circle") == 1
    assert drawn.count("<line") == 2
    assert ">Autumn<" in drawn
    assert ">Spring<" in drawn
    assert "style=" not in drawn
