"""A pupil's line: the latest result, the one before, and whether a boundary was crossed."""

from datetime import date

import pytest

from sightline.insights.tracking import Line


def line(value: float, expected: float | None, before: tuple[float | None, float | None]) -> Line:
    day = date(2026, 2, 27)
    return Line("p", "Art", "Spring", day, "gcse_9_1", value, expected, "Autumn", *before)


@pytest.mark.parametrize(
    ("now", "before", "crossed"),
    [
        ((5, 5), (4, 4.5), "up"),
        ((4.9, 5), (4.5, 4.5), "down"),
        ((6, 5), (4.5, 4.5), ""),
        ((4, 5), (4.3, 4.5), ""),
        ((5, 5), (None, 4.5), ""),
        ((5, 5), (4, None), ""),
        ((5, None), (4, 5), ""),
    ],
)
def test_a_boundary_is_crossed_between_on_course_and_not(
    now: tuple[float, float | None], before: tuple[float | None, float | None], crossed: str
) -> None:
    assert line(*now, before).crossed == crossed


def test_the_change_stands_beside_the_change_expected() -> None:
    found = line(5.3, 5.0, (4.0, 4.3))
    assert found.change == pytest.approx(1.3)
    assert found.expected_change == pytest.approx(0.7)
    assert line(5, None, (4, 4)).expected_change is None
