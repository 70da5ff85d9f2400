from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tests.support.made_sheets import CODE, school_days, sheets

from sightline.sheets import PupilSheet, ResultRow, figures
from sightline.sheets.figures import Share, Span, day_words, number, percent, span_of

DAYS = school_days(45)
NOT_ABSENT = ("present", "approved_educational_activity")


@given(sheets(DAYS), st.integers(0, 44), st.integers(0, 44))
def test_counts_of_a_span_are_those_of_a_plain_reading(
    sheet: PupilSheet, first: int, last: int
) -> None:
    span = span_of(DAYS, DAYS[first], DAYS[last])
    wanted = set(DAYS[first : last + 1])
    assert span.days == len(wanted)
    codes = [CODE[one.code].category for one in sheet.marks if one.on in wanted]
    attended = sum(one in NOT_ABSENT for one in codes)
    missed = sum(one.endswith("authorised_absence") for one in codes)
    assert figures.sessions(sheet, span) == Share(attended, attended + missed)
    logs = [one for one in sheet.behaviour if one.on in wanted and one.kind == "concern"]
    assert figures.concerns(sheet, span) == logs
    due = [row for row in sheet.work if row[0] in wanted]
    assert figures.work(sheet, span) == Share(sum(r[2] for r in due), sum(r[1] for r in due))
    assert figures.hours(sheet, span) == 5 * len(wanted) * bool(sheet.minutes)
    late = [one for one in sheet.marks if one.on in wanted and one.late]
    assert figures.arrivals(sheet, span).count == len(late)


@given(st.integers(0, 400), st.integers(1, 400))
def test_a_percentage_is_within_a_twentieth_of_the_share(count: int, of: int) -> None:
    told = percent(Share(min(count, of), of))
    assert told.endswith("%")
    assert abs(float(told[:-1]) - 100 * min(count, of) / of) <= 0.05 + 1e-9


def test_numbers_are_written_as_people_write_them() -> None:
    assert [number(one, 1) for one in (3.0, 2.54, 1250.0, 0.04, 100.0)] == [
        *("3", "2.5", "1,250", "0", "100")
    ]
    assert number(1250.0, 0) == "1,250"
    assert percent(Share(0, 0)) == ""
    assert day_words(date(2026, 12, 7)) == "Mon 7 Dec"


def test_the_latest_result_of_each_subject_counts_in_steps_of_its_scale() -> None:
    rows = [
        ResultRow(date(2025, 12, 5), "Art", "A", "gcse_9_1", 4.0, 5.0),
        ResultRow(date(2026, 2, 27), "Art", "S", "gcse_9_1", 5.0, 5.0),
        ResultRow(date(2026, 2, 27), "Maths", "S", "percent", 40.0, 60.0),
        ResultRow(date(2026, 2, 27), "French", "S", "percent", None, 60.0),
    ]
    gaps = figures.latest_gaps(rows, date.min, date.max)
    assert gaps == {"Art": (date(2026, 2, 27), 0.0), "Maths": (date(2026, 2, 27), -2.0)}
    assert figures.mean_gap(gaps) == -1.0
    assert figures.gap_words(gaps) == "1.00 steps below what was expected on average"
    assert figures.mean_gap({}) is None


def test_a_span_holds_both_its_ends() -> None:
    span = Span(DAYS[1], DAYS[3], 3)
    assert [span.holds(day) for day in DAYS[:5]] == [False, True, True, True, False]
