import re
from datetime import date, timedelta

import pytest

from sightline.web.charts import (
    MID,
    NARROW,
    PAGE,
    PAPER,
    WIDE,
    Bar,
    Happening,
    Letter,
    Line,
    Session,
    TimeLine,
    Week,
    columns_of,
    draw,
    in_words,
    sparkline,
    three_widths,
)
from sightline.web.charts.axis import Axis

START, END = date(2025, 11, 24), date(2026, 3, 6)
HOLIDAYS = [(date(2025, 12, 22), date(2026, 1, 2)), (date(2026, 2, 16), date(2026, 2, 20))]
SIZES = [WIDE, MID, NARROW]


def is_open(day: date) -> bool:
    return day.weekday() < 5 and not any(first <= day <= last for first, last in HOLIDAYS)


DAYS = [START + timedelta(days=at) for at in range((END - START).days + 1)]
CALENDAR = {day: ("open" if is_open(day) else "holiday", "", "") for day in DAYS}
OPEN = [day for day in DAYS if is_open(day)]
MISSED = {OPEN[3], OPEN[4], OPEN[30]}
CONCERNS = (OPEN[7], OPEN[7], OPEN[20], OPEN[21], OPEN[21], OPEN[21], OPEN[21])


def made(**changed: object) -> TimeLine:
    sessions = [
        Session(day, half, "missed" if day in MISSED else "late" if day == OPEN[10] else "attended")
        for day in OPEN
        for half in (0, 1)
    ]
    weeks = []
    for monday in sorted({day - timedelta(days=day.weekday()) for day in OPEN}):
        mine = [one for one in sessions if 0 <= (one.on - monday).days < 5]
        weeks.append(
            Week(
                monday=monday,
                possible=len(mine),
                attended=sum(one.state != "missed" for one in mine),
                late=sum(one.state == "late" for one in mine),
                concerns=sum(0 <= (day - monday).days < 5 for day in CONCERNS),
                praise=0,
                work_due=2,
                work_missing=1,
                out_of_lessons=0,
            )
        )
    given: dict[str, object] = {
        "columns": columns_of(CALENDAR, END),
        "to": END,
        "weeks": tuple(weeks),
        "sessions": tuple(sessions),
        "concerns": CONCERNS,
        "praise": (OPEN[12],),
        "lines": (
            Line("Science", ((date(2025, 12, 5), 6.0), (date(2026, 2, 27), 4.8)), plain=False),
            Line("Design and technology", ((date(2025, 12, 5), 5.2), (date(2026, 2, 27), 5.5))),
        ),
        "results_hint": ("2 of 9, grades",),
        "letters": (Letter(END, "T"), Letter(END, "H"), Letter(OPEN[1], "R")),
        "bars": (
            Bar("Radio aid", date(2025, 9, 7), None),
            Bar("Front row in science", date(2026, 3, 2), None),
            Bar("Reading group", date(2026, 1, 12), date(2026, 2, 10)),
        ),
        "happenings": (Happening(date(2026, 1, 6), "Another teacher takes 9x2 Mathematics"),),
    }
    return TimeLine(**{**given, **changed})  # type: ignore[arg-type]


def marks(markup: str, token: str) -> int:
    """How many separate shapes paths of one colour draw."""
    paths = re.findall(r'<path d="([^"]+)"[^>]* class="f-' + token + r'(?: s-[a-z-]+)?"', markup)
    paths += re.findall(r'<path d="([^"]+)" class="f-' + token + r'"', markup)
    return sum(path.count("M") for path in set(paths))


def test_every_school_week_has_a_column_and_a_holiday_has_one() -> None:
    columns = columns_of(CALENDAR, END)
    assert [one.label for one in columns if one.kind == "holiday"] == ["Christmas", "half-term"]
    assert sum(one.kind == "week" for one in columns) == 12
    assert columns_of(CALENDAR, END, 2)[0].monday == date(2026, 2, 23)


def test_days_follow_each_other_on_the_axis() -> None:
    axis = Axis(columns_of(CALENDAR, END), 100, 900)
    places = [axis.x(day) for day in OPEN]
    assert places == sorted(set(places))
    assert min(places) > 100
    assert max(places) < 900
    assert axis.x(date(2025, 1, 1)) == 100
    assert axis.x(date(2027, 1, 1)) == 900


@pytest.mark.parametrize("size", SIZES, ids=lambda one: one.name)
def test_the_drawing_shows_as_many_missed_half_days_as_the_table(size: object) -> None:
    line = made()
    markup = draw(line, size)  # type: ignore[arg-type]
    missed = sum(week.missed or 0 for week in line.weeks)
    late = sum(week.late or 0 for week in line.weeks)
    assert missed == 6
    assert marks(markup, "att") == missed + late  # a notch for each late half-day
    assert f"Missed {missed} of {sum(week.possible or 0 for week in line.weeks)}" in in_words(line)


def test_weeks_with_few_half_days_are_labelled_with_the_share_of_the_table() -> None:
    line = made()
    labels = re.findall(r">(\d+%)<", draw(line, WIDE))
    few = [week.share for week in line.weeks if (week.missed or 0) > 1]
    assert labels == few == ["60%", "80%"]


def test_a_day_with_many_concerns_is_a_stack_and_a_number() -> None:
    markup = draw(made(), WIDE)
    assert marks(markup, "beh") == 2 + 1 + 3
    assert ">4</text>" in markup
    assert "7 behaviour concerns and praise 1 time." in in_words(made())


def test_a_lane_that_may_not_be_seen_is_not_drawn_nor_told() -> None:
    line = made(sessions=None, concerns=None, letters=None, bars=None, lines=None)
    markup = draw(line, WIDE)
    assert "Attendance" not in markup
    assert "Behaviour" not in markup
    assert "Radio aid" not in markup + in_words(line)
    assert "Missed" not in in_words(line)


def test_the_same_facts_make_the_same_bytes_in_any_order() -> None:
    line = made()
    again = made(
        sessions=tuple(reversed(line.sessions or ())),
        concerns=tuple(reversed(CONCERNS)),
        letters=tuple(reversed(line.letters or ())),
        bars=tuple(reversed(line.bars or ())),
    )
    assert three_widths(line) == three_widths(made()) == three_widths(again)


@pytest.mark.parametrize("size", SIZES, ids=lambda one: one.name)
def test_no_words_are_too_small_to_read_or_leave_the_drawing(size: object) -> None:
    markup = draw(made(), size)  # type: ignore[arg-type]
    sizes = [float(one) for one in re.findall(r'font-size="([\d.]+)"', markup)]
    assert min(sizes) >= 11
    for x, attributes, words in re.findall(r'<text x="([\d.]+)"([^>]*)>([^<]*)', markup):
        if 'text-anchor="end"' in attributes or 'text-anchor="middle"' in attributes:
            continue
        size_of = float(re.search(r'font-size="([\d.]+)"', attributes)[1])  # type: ignore[index]
        assert float(x) + 0.5 * size_of * len(words) <= size.width + 2, words  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", SIZES, ids=lambda one: one.name)
@pytest.mark.parametrize("started", [START, date(2026, 1, 20), date(2026, 3, 5)])
def test_a_long_name_of_a_support_is_always_there(size: object, started: date) -> None:
    bars = (Bar("Morning check-in with the tutor and a walk", started, None),)
    markup = draw(made(bars=bars), size)  # type: ignore[arg-type]
    assert ">Morning ch" in markup


def test_screens_get_classes_and_paper_gets_colours() -> None:
    screen, paper = draw(made(), WIDE), draw(made(), PAGE, PAPER)
    assert "style=" not in screen + paper
    assert "#" not in screen
    assert re.findall(r'class="[^"]*[fs]-', paper) == []
    assert 'fill="#1f5c9e"' in paper


def test_the_drawing_is_hidden_from_screen_readers_since_the_words_say_it() -> None:
    assert three_widths(made()).count('aria-hidden="true"') == 3


def test_a_title_is_text_and_never_markup() -> None:
    line = made(
        happenings=(Happening(OPEN[8], 'A <b> & "c"'),),
        bars=(Bar("<script>", OPEN[2], None),),
    )
    assert "<script" not in draw(line, WIDE)
    assert "&lt;script&gt;" in draw(line, WIDE)


def test_an_empty_year_is_drawn_without_a_fault() -> None:
    empty = TimeLine(columns=(), to=END, weeks=())
    assert "<svg" in three_widths(empty)
    assert in_words(empty) == "No school weeks to show yet."


def test_a_sparkline_breaks_at_a_holiday_and_marks_its_last_week() -> None:
    markup = sparkline("attendance", [100, 90, None, 80, 70], (85, 100), "attendance", "In words")
    assert markup.count("<polyline") == 2
    assert markup.count("<circle") == 1
    assert 'aria-label="In words"' in markup
    assert '<p class="sparkcap">attendance</p>' in markup


@pytest.mark.parametrize(
    ("kind", "values", "shape"),
    [
        ("behaviour", [0, 1, None, 3], "rect"),
        ("progress", [(6.0, 5.0), (4.0, 4.5)], "polyline"),
        ("engagement", [None, 30.0, 20.0], "polyline"),
    ],
)
def test_each_theme_has_its_own_mark(kind: str, values: list[object], shape: str) -> None:
    markup = sparkline(kind, values, None, "words", large=True)  # type: ignore[arg-type]
    assert f"<{shape}" in markup


@pytest.mark.parametrize("values", [[], [None, None], [5.0], [0.0, 0.0]])
def test_a_sparkline_of_hardly_anything_is_drawn_without_a_fault(values: list[float]) -> None:
    for kind in ("attendance", "behaviour"):
        assert "<svg" in sparkline(kind, values, None, "c", "a")
