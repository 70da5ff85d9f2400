"""The rows behind a figure add up to the figure."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import curated, random_schools

from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.signals import make_scope, read_library, run, values_of
from sightline.signals.evidence import EVIDENCE_COLUMNS, rows_behind
from sightline.signals.examples import PUPIL, Example, read_examples

LIBRARY = read_library()
VALUES = values_of(LIBRARY, {}, "defaults")
EXAMPLES = [example for signal in LIBRARY.values() for example in read_examples(signal)]


def named(example: Example) -> str:
    return f"{example.signal}: {example.name}"


def total(rows: list[dict[str, Any]], column: str) -> float:
    return sum(row[column] or 0.0 for row in rows)


def assert_adds_up(row: dict[str, Any], evidence: list[dict[str, Any]]) -> None:
    now = [one for one in evidence if one["part"] == "now"]
    before = [one for one in evidence if one["part"] == "before"]
    assert total(now, "counts") == pytest.approx(row["numerator"] or 0.0, abs=1e-9), row
    assert total(now, "of") == pytest.approx(row["denominator"] or 0.0, abs=1e-9), row
    if row["signal"] in ("attendance_momentum", "persistent_lateness"):
        assert total(before, "counts") == row["earlier_numerator"], row
        assert total(before, "of") == row["earlier_denominator"], row
    else:
        assert before == []
    if row["denominator"] is None:
        assert all(one["of"] is None for one in now)
    if row["signal"] == "engagement_vs_peers":
        assert len(now) == (row["value"] is not None)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**9), changed=st.booleans())
def test_the_rows_behind_every_figure_of_a_random_school_add_up(seed: int, changed: bool) -> None:
    tables, as_of = random_schools.random_school(seed)
    thresholds = random_schools.random_thresholds(seed) if changed else {}
    values = VALUES | {name: one for name, one in thresholds.items() if name in VALUES}
    with Engine(threads=1) as engine:
        curated.register(engine, tables)
        make_scope(engine, [as_of])
        run(engine, LIBRARY, list(LIBRARY), values)
        rows = engine.rows("SELECT * FROM result")
        evidence = {name: rows_behind(engine, LIBRARY, name, values) for name in LIBRARY}
    for row in rows:
        own = [one for one in evidence[row["signal"]] if one["pupil_ref"] == row["pupil_ref"]]
        assert_adds_up(row, own)


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_the_rows_behind_an_example_come_dated_and_in_order(example: Example) -> None:
    values = values_of(LIBRARY, example.thresholds, "an example")
    with Engine(threads=1) as engine:
        curated.register(engine, example.tables())
        make_scope(engine, [example.when], pupils=[PUPIL])
        run(engine, LIBRARY, [example.signal], values)
        (row,) = engine.rows("SELECT * FROM result")
        evidence = rows_behind(engine, LIBRARY, example.signal, values)
    assert_adds_up(row, evidence)
    dates = [one["date"] for one in evidence]
    assert dates == sorted(dates)
    for one in evidence:
        assert list(one) == list(EVIDENCE_COLUMNS)
        assert one["what"]
        assert one["detail"]
        assert one["date"] <= example.when


def test_several_dates_at_once_keep_their_rows_apart() -> None:
    tables, as_of = random_schools.random_school(5)
    earlier = as_of.replace(day=1)
    with Engine(threads=1) as engine:
        curated.register(engine, tables)
        make_scope(engine, [earlier, as_of])
        run(engine, LIBRARY, ["attendance_momentum"], VALUES)
        rows = engine.rows("SELECT * FROM result")
        evidence = rows_behind(engine, LIBRARY, "attendance_momentum", VALUES)
    for row in rows:
        keys = ("pupil_ref", "as_of")
        assert_adds_up(row, [one for one in evidence if all(one[k] == row[k] for k in keys)])


def test_a_signal_without_its_evidence_is_named(tmp_path: Path) -> None:
    signal = replace(LIBRARY["missing_work"], folder=tmp_path)
    with Engine(threads=1) as engine, pytest.raises(SightlineError, match=r"evidence\.sql"):
        rows_behind(engine, {"missing_work": signal}, "missing_work", VALUES)
