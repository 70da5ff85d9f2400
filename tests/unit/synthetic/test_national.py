"""Made-up schools look like England where England is published."""

from collections import Counter, defaultdict
from pathlib import Path
from statistics import mean, pvariance

import pytest
from tests.unit.synthetic.conftest import Read

from sightline import synthetic
from sightline.synthetic import Comparison


@pytest.fixture(scope="module")
def found(whole_demo: Path) -> list[Comparison]:
    return synthetic.compare(whole_demo)


def of(found: list[Comparison], measure: str) -> dict[str, tuple[float, float]]:
    return {c.item: (c.made, c.national or 0.0) for c in found if c.measure == measure}


def test_every_absence_band_of_the_demo_is_within_1_5_points(found: list[Comparison]) -> None:
    bands = [c for c in found if c.measure == "absence band"]
    # All, five year groups, free meals or not, SEN or not; eleven bands each.
    assert len(bands) == 10 * 11
    assert [c for c in bands if not c.agrees] == []


@pytest.mark.parametrize("phase", ["secondary", "primary"])
def test_so_is_every_band_of_an_ordinary_school_of_1000(tmp_path: Path, phase: str) -> None:
    synthetic.write_schools(tmp_path, schools=1, pupils=1000, seed=11, phase=phase)
    assert [c for c in synthetic.compare(tmp_path) if c.agrees is False] == []


def test_codes_of_absence_are_as_frequent_as_in_england(found: list[Comparison]) -> None:
    for code, (made, published) in of(found, "absence code").items():
        assert made == pytest.approx(published, abs=1.5), code


def test_lateness_and_visits_are_as_frequent_as_in_england(found: list[Comparison]) -> None:
    codes = of(found, "present code")
    for code in "LVPWB":
        made, published = codes[code]
        assert made == pytest.approx(published, rel=0.25), code


def test_fridays_and_the_end_of_term_are_the_worst(found: list[Comparison]) -> None:
    for measure, tolerance in (
        ("weekday", 0.06),
        ("late by weekday", 0.06),
        ("season, up to", 0.2),
    ):
        for item, (made, published) in of(found, measure).items():
            assert made == pytest.approx(published, abs=tolerance), (measure, item)


def test_suspended_sessions_are_as_frequent_as_in_england(found: list[Comparison]) -> None:
    made, published = of(found, "suspension")["sessions coded E"]
    assert made == pytest.approx(published, rel=0.15)


def test_lates_concerns_and_absence_are_overdispersed(school: Path, read: Read) -> None:
    pupils = [row["pupil_id"] for row in read(school, "pupil")]
    late = Counter(row["pupil_id"] for row in read(school, "attendance") if row["code"] == "L")
    concerns = Counter(
        row["pupil_id"] for row in read(school, "behaviour") if row["kind"] == "concern"
    )
    for counts in (late, concerns):
        numbers = [counts[pupil] for pupil in pupils]
        assert pvariance(numbers) > 3 * mean(numbers)


def test_concerns_rise_through_the_day_and_need_a_severity(school: Path, read: Read) -> None:
    events = read(school, "behaviour")
    assert {row["severity"] for row in events if row["kind"] == "concern"} == set("12345")
    assert {row["severity"] for row in events if row["kind"] == "praise"} == {""}
    periods = Counter(row["period"] for row in events if row["kind"] == "concern")
    assert periods["5"] > 1.25 * periods["1"]
    assert periods[""] > 0


def test_results_fall_with_absence(school: Path, read: Read) -> None:
    missed: Counter[str] = Counter()
    for row in read(school, "attendance"):
        missed[row["pupil_id"]] += row["code"] in ("I", "O", "G", "C", "M")
    gaps = defaultdict(list)
    for row in read(school, "assessment"):
        often = missed[row["pupil_id"]] > 60
        gaps[often].append(float(row["value"]) - float(row["expected"]))
    assert mean(gaps[True]) < mean(gaps[False]) - 0.2


def test_the_comparison_prints_one_line_a_figure(found: list[Comparison]) -> None:
    table = synthetic.comparison_table(found)
    assert len(table.splitlines()) == len(found) + 1
    assert "England" in table.splitlines()[0]
    assert "OUTSIDE" not in table
