"""An explanation says what was done with which values, and its numbers are those of the row."""

import json
from datetime import date
from typing import Any

import pytest
from tests.support import curated

from sightline.engine import Engine
from sightline.signals import make_scope, read_library, run, values_of
from sightline.signals.examples import PUPIL, Example, read_examples
from sightline.signals.explain import Explanation, explain, rule_in_words

LIBRARY = read_library()
EXAMPLES = [example for signal in LIBRARY.values() for example in read_examples(signal)]


def named(example: Example) -> str:
    return f"{example.signal}: {example.name}"


def explained(example: Example, changed: dict[str, Any] | None = None) -> Explanation:
    values = values_of(LIBRARY, {**example.thresholds, **(changed or {})}, "an example")
    with Engine(threads=1) as engine:
        curated.register(engine, example.tables())
        make_scope(engine, [example.when], pupils=[PUPIL])
        run(engine, LIBRARY, [example.signal], values)
        (row,) = engine.rows("SELECT * FROM result")
        return explain(engine, LIBRARY, example.signal, values, row)


def first(name: str) -> Example:
    return next(example for example in EXAMPLES if example.signal == name)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "attendance_momentum",
            "100 x 33 / 38 - 100 x 36 / 38 = -7.89 points; listed at -3 or below.",
        ),
        (
            "persistent_lateness",
            "6 late of 38 arrivals, before that 2 of 40; listed at 4 or above"
            " unless fewer than before (of 10 arrivals at least).",
        ),
        (
            "behaviour_rate",
            "25 x 15 / 100.00 hours = 3.75 from 4 concerns; listed at 3 or above"
            " from 2 concerns or more.",
        ),
        ("behaviour_recency", "4 concerns; listed at 3 or above."),
        ("progress_variance", "-4.00 steps / 3 subjects = -1.33 steps; listed at -1 or below."),
        ("missing_work", "4 / 10 = 0.4000; listed at 0.3 or above."),
        ("disengagement", "4 lessons; listed at 3 or above."),
        ("engagement_vs_peers", "2 / 10.00 = 0.2000; listed below 0.3."),
        (
            "support_without_change",
            "1 of 1 due supports without a meaningful change, 1 with a level at both dates;"
            " listed at 1 or above.",
        ),
    ],
)
def test_the_arithmetic_is_worked_with_the_numbers_of_the_row(name: str, line: str) -> None:
    assert explained(first(name)).arithmetic == line


def test_a_changed_threshold_shows_in_the_rule_the_parameters_and_the_arithmetic() -> None:
    told = explained(first("attendance_momentum"), {"attendance_momentum.drop_points": 8.5})
    assert "is 8.5 or more percentage points below" in told.rule
    assert told.arithmetic.endswith("listed at -8.5 or below.")
    assert told.row["outcome"] == "clear"
    changed = [one for one in told.parameters if one.changed]
    assert [(one.name, one.value, one.default) for one in changed] == [("drop_points", 8.5, 3.0)]
    assert "drop_points = 8.5 percentage points (changed; usually 3)" in told.as_text()


def test_key_subjects_are_named_in_the_rule() -> None:
    values = values_of(LIBRARY, {"missing_work.key_subjects": ["Maths", "Art"]}, "an example")
    assert "of the work due in Maths and Art since" in rule_in_words(
        LIBRARY["missing_work"], values
    )
    assert "of the work due since" in rule_in_words(
        LIBRARY["missing_work"], values_of(LIBRARY, {}, "an example")
    )


def test_where_nothing_can_be_told_nothing_is_worked_out() -> None:
    example = next(e for e in EXAMPLES if e.then.reason == "too_few_marks")
    told = explained(example)
    assert told.arithmetic.startswith("No figure is worked out")
    assert told.row["value"] is None
    assert told.row["reason"] == "too_few_marks"


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_every_example_can_be_explained_in_full(example: Example) -> None:
    told = explained(example)
    assert told.because == example.then.because
    assert told.sql_hash == LIBRARY[example.signal].sql_hash
    assert {one.name for one in told.parameters} == {
        parameter.name for parameter in LIBRARY[example.signal].parameters
    }
    now = [one for one in told.evidence if one["part"] == "now"]
    assert sum(one["counts"] for one in now) == pytest.approx(told.row["numerator"] or 0.0)
    assert "{" not in told.rule + told.arithmetic + told.because
    text = told.as_text()
    assert told.because in text
    assert all(str(one["detail"]) in text for one in told.evidence)


def test_as_json_is_plain_and_dates_are_text() -> None:
    told = explained(first("progress_variance"))
    plain = json.loads(json.dumps(told.as_json()))
    assert plain["as_of"] == "2025-10-24"
    assert plain["window_from"] == "2025-10-06"
    assert plain["row"]["value"] == -1.333333
    assert plain["evidence"][0] == {
        "date": "2025-10-06",
        "what": "Maths",
        "detail": "4 against 6 expected (gcse_9_1): -2.00 steps",
        "counts": -2.0,
        "of": 1.0,
        "part": "now",
    }


def test_only_the_rows_of_the_pupil_and_the_date_asked_about_are_shown() -> None:
    example = first("missing_work")
    values = values_of(LIBRARY, {}, "an example")
    with Engine(threads=1) as engine:
        curated.register(engine, example.tables())
        make_scope(engine, [date(2025, 10, 10), example.when])
        run(engine, LIBRARY, ["missing_work"], values)
        rows = engine.rows("SELECT * FROM result ORDER BY as_of")
        told = [explain(engine, LIBRARY, "missing_work", values, row) for row in rows]
    assert [len(one.evidence) for one in told] == [3, 10]
