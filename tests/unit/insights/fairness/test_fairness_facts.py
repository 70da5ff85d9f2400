"""What the signals said, read in one pass: first weeks, and marks that are missing."""

from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa
import pytest
from tests.unit.insights.fairness.made_pupils import pupil

from sightline.engine import Engine
from sightline.insights.fairness import facts_of, funnel_of
from sightline.insights.fairness.funnel import NEVER

FRIDAYS = [date(2026, 1, 9) + timedelta(7 * week) for week in range(3)]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine() as one:
        yield one


def given(
    engine: Engine,
    results: dict[str, list[str]],
    marks: dict[str, int] | None = None,
    entries: tuple[tuple[str, str | None], ...] = (),
) -> None:
    """Pupils with one outcome a week of one signal, and so many marks of the 4 there should be."""
    refs = {ref: pupil(n, sex="F") | {"pupil_ref": ref} for n, ref in enumerate(results)}
    enrolled = {"enrolled_on": date(2025, 9, 1), "left_on": None}
    schema = [(name, pa.string()) for name in refs[next(iter(refs))]]
    kinds = {"year_group": pa.int32(), "deprivation_decile": pa.int32()}
    kinds |= dict.fromkeys(("eal", "disadvantaged", "disabled"), pa.bool_())
    fields = [(name, kinds.get(name, kind)) for name, kind in schema]
    fields += [("enrolled_on", pa.date32()), ("left_on", pa.date32())]
    rows = [one | enrolled for one in refs.values()]
    engine.register("pupil", pa.Table.from_pylist(rows, pa.schema(fields)))
    told = [
        {"pupil_ref": ref, "school_id": "S1", "as_of": day, "signal": "late", "outcome": one}
        for ref, outcomes in results.items()
        for day, one in zip(FRIDAYS, outcomes, strict=False)
        if one
    ]
    engine.register("result", pa.Table.from_pylist(told))
    engine.register("school_day", school_days())
    engine.register("attendance", attendance(marks or {}))
    engine.register("behaviour", behaviour(entries))


def school_days() -> pa.Table:
    days = [{"school_id": "S1", "date": day, "kind": "open"} for day in FRIDAYS]
    return pa.Table.from_pylist(days)


def behaviour(entries: tuple[tuple[str, str | None], ...]) -> pa.Table:
    """Entries of concern on the first Friday: (pupil, who wrote it)."""
    names = ("pupil_ref", "staff_id", "school_id", "kind")
    fields = [*((name, pa.string()) for name in names), ("date", pa.date32())]
    rows = [(*one, "S1", "concern", FRIDAYS[0]) for one in entries]
    told = [dict(zip((name for name, _ in fields), row, strict=True)) for row in rows]
    return pa.Table.from_pylist(told, pa.schema(fields))


def attendance(marks: dict[str, int]) -> pa.Table:
    """Two days, morning and afternoon; those beyond `marks` are there without a code."""
    places = [(day, half) for day in FRIDAYS[:2] for half in ("AM", "PM")]
    rows = [
        {
            "pupil_ref": ref,
            "school_id": "S1",
            "date": day,
            "session": half,
            "code": "/" if at < count else "-",
        }
        for ref, count in marks.items()
        for at, (day, half) in enumerate(places)
    ]
    fields = [("pupil_ref", pa.string()), ("school_id", pa.string()), ("date", pa.date32())]
    fields += [("session", pa.string()), ("code", pa.string())]
    return pa.Table.from_pylist(rows, pa.schema(fields))


def test_each_pupil_has_the_first_week_of_being_told_and_of_being_flagged(engine: Engine) -> None:
    given(
        engine,
        {
            "a": ["cannot_tell", "clear", "flag"],
            "b": ["flag", "flag", "clear"],
            "c": ["cannot_tell"] * 3,
            "d": ["", "clear", "clear"],
        },
    )
    funnel = funnel_of(facts_of(engine, FRIDAYS))
    refs = [row["pupil_ref"] for row in funnel.facts.pupils]
    first = dict(zip(refs, funnel.first.tolist(), strict=True))
    assert first == {
        "a": [0, 1, 2],
        "b": [0, 0, 0],
        "c": [0, NEVER, NEVER],
        "d": [1, 1, NEVER],
    }


def test_a_pupil_who_left_is_followed_to_the_last_week_on_roll(engine: Engine) -> None:
    given(engine, {"a": ["clear", "clear", "clear"], "b": ["clear", "clear"]})
    facts = facts_of(engine, FRIDAYS)
    assert facts.here_to.tolist() == [2, 1]


def test_marks_are_missing_below_95_in_a_hundred_of_those_expected(engine: Engine) -> None:
    given(engine, {"a": ["clear"], "b": ["clear"], "c": ["clear"]}, {"a": 4, "b": 3})
    facts = facts_of(engine, FRIDAYS)
    assert facts.marks_missing is not None
    assert facts.marks_missing.tolist() == [False, True, True]


def test_where_nobody_marks_a_register_no_mark_is_missing(engine: Engine) -> None:
    given(engine, {"a": ["clear"], "b": ["flag"]})
    assert facts_of(engine, FRIDAYS).marks_missing is None


def test_who_wrote_about_whom_is_kept_without_anybody_s_id(engine: Engine) -> None:
    written = (("a", "T1"), ("a", "T1"), ("b", "T2"), ("b", "T1"), ("c", None))
    given(engine, {"a": ["flag"], "b": ["flag"], "c": ["flag"]}, entries=written)
    facts = facts_of(engine, FRIDAYS)
    assert facts.entries is not None
    assert facts.entries.tolist() == [[True, False], [True, True], [False, False]]
