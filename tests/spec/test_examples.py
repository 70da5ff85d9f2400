"""What an example of a signal says comes of the rows it gives: by SQL, and by a plain reading."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.engine import Engine
from sightline.signals import Values, because, make_scope, read_library, run, values_of
from sightline.signals.examples import PUPIL, Example, read_examples
from tests.support import curated, plain_signals, random_schools

LIBRARY = read_library()
VALUES = values_of(LIBRARY, {}, "defaults")
EXAMPLES = [example for signal in LIBRARY.values() for example in read_examples(signal)]
FIGURES = ("value", "numerator", "denominator")
# What the page's design forbids in a sentence about a child: adjectives and belittling words.
BANNED = re.compile(
    r"\b(only|just|poor|poorly|failing|failed|at[- ]risk|score|bad|badly|weak|naughty|lazy|low"
    r"|high|disruptive|difficult|vulnerable|worrying|alarming|serious|persistent|severe)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w.])[+-]?\d[\d,]*(?:\.\d+)?")


def named(example: Example) -> str:
    return f"{example.signal}: {example.name}"


def of_signal(name: str) -> list[Example]:
    return [example for example in EXAMPLES if example.signal == name]


def result_of(example: Example) -> dict[str, Any]:
    values = values_of(LIBRARY, example.thresholds, named(example))
    with Engine(threads=1) as engine:
        curated.register(engine, example.tables())
        make_scope(engine, [example.when], pupils=[PUPIL])
        run(engine, LIBRARY, [example.signal], values)
        (row,) = engine.rows("SELECT * FROM result")
    return row | {"because": because(LIBRARY[example.signal], row, values)}


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_the_rule_says_what_its_example_says(example: Example) -> None:
    row = result_of(example)
    assert (row["outcome"], row["reason"]) == (example.then.outcome, example.then.reason)
    for name in FIGURES:
        expected = getattr(example.then, name)
        assert row[name] == (None if expected is None else pytest.approx(expected, abs=1e-6)), name
    assert row["because"] == example.then.because


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_plain_reading_says_what_the_example_says(example: Example) -> None:
    if example.signal not in plain_signals.RULES:
        pytest.skip("a signal of the house's own, without a plain reading")
    rules = plain_signals.Facts(example.tables(), plain_signals.DEFAULTS | example.thresholds)
    row = plain_signals.output(rules, rules.pupils[PUPIL], example.signal, example.when)
    assert (row["outcome"], row["reason"]) == (example.then.outcome, example.then.reason)
    for name in FIGURES:
        expected = getattr(example.then, name)
        assert row[name] == (None if expected is None else pytest.approx(expected, abs=1e-6)), name


@pytest.mark.parametrize("name", LIBRARY)
def test_every_signal_shows_each_outcome_and_each_reason_it_cannot_tell(name: str) -> None:
    then = [example.then for example in of_signal(name)]
    assert len(then) >= 5
    assert {one.outcome for one in then} == {"flag", "clear", "cannot_tell"}
    assert {one.reason for one in then if one.reason} == set(LIBRARY[name].cannot_tell)


@pytest.mark.parametrize("name", LIBRARY)
def test_every_signal_has_a_case_just_under_and_one_exactly_at_its_threshold(name: str) -> None:
    names = " ".join(example.name.lower() for example in of_signal(name))
    assert "just under" in names
    assert "exactly" in names


@pytest.mark.parametrize("name", LIBRARY)
def test_examples_have_names_of_their_own(name: str) -> None:
    names = [example.name for example in of_signal(name)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", LIBRARY)
def test_no_wording_has_an_adjective_for_a_child(name: str) -> None:
    signal = LIBRARY[name]
    wordings = [*signal.because.values(), *signal.cannot_tell.values()]
    assert [wording for wording in wordings if BANNED.search(wording)] == []


def figures(row: dict[str, Any], values: Values) -> list[float]:
    """Every figure a sentence may name: the row's own, and what follows from two of them."""
    own = {name: float(value) for name, value in row.items() if isinstance(value, int | float)}
    found = list(own.values())
    signal = LIBRARY[row["signal"]]
    found += [
        float(value)
        for parameter in signal.parameters
        if isinstance(value := values[f"{signal.name}.{parameter.name}"], int | float)
    ]
    for part, whole in (
        ("numerator", "denominator"),
        ("earlier_numerator", "earlier_denominator"),
    ):
        if part in own and own.get(whole):
            found += [100 * own[part] / own[whole], own[whole] - own[part]]
    if "value" in own:
        found += [-own["value"], 100 * own["value"]]
    if "earlier_numerator" in own and "numerator" in own:
        found.append(own["numerator"] - own["earlier_numerator"])
    # What is not known is written as 0; a week of lessons has 25 hours.
    return [*found, 0.0, 25.0]


def unexplained(sentence: str, known: list[float]) -> list[str]:
    """Numbers of a sentence that are no figure of the row, rounded as written."""
    wrong = []
    for text in NUMBER.findall(sentence):
        places = len(text.partition(".")[2])
        written = float(text.replace(",", ""))
        if not any(abs(written - round(one, places)) < 1e-9 for one in known):
            wrong.append(text)
    return wrong


@settings(max_examples=20)
@given(seed=st.integers(0, 10**9), changed=st.booleans())
def test_every_number_of_every_sentence_is_a_figure_of_its_row(seed: int, changed: bool) -> None:
    tables, as_of = random_schools.random_school(seed)
    thresholds = random_schools.random_thresholds(seed) if changed else {}
    values = VALUES | {name: one for name, one in thresholds.items() if name in VALUES}
    with Engine(threads=1) as engine:
        curated.register(engine, tables)
        make_scope(engine, [as_of])
        run(engine, LIBRARY, list(LIBRARY), values)
        rows = engine.rows("SELECT * FROM result")
    for row in rows:
        sentence = because(LIBRARY[row["signal"]], row, values)
        assert unexplained(sentence, figures(row, values)) == [], (sentence, row)
        assert not BANNED.search(sentence), sentence
        assert sentence.endswith("."), sentence
