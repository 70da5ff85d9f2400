"""Every figure of a backtest equals that of a plain reading, on random small schools."""

from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import plain_backtest, random_schools
from tests.support.past import register_past

from sightline.engine import Engine
from sightline.insights.backtest.figures import figures_at
from sightline.insights.backtest.outcomes import Asked, follow, supported
from sightline.insights.backtest.replay import ask_weeks, replay
from sightline.signals import read_library, values_of

LIBRARY = read_library()
VALUES = values_of(LIBRARY, {}, "defaults")
SIGNALS = [name for name in LIBRARY if name != "support_without_change"]


@settings(max_examples=4)
@given(seed=st.integers(0, 10**9))
def test_every_figure_equals_a_plain_replay(seed: int) -> None:
    tables, as_of = random_schools.random_school(seed)
    rng = Random(seed)
    signal, within = rng.choice(SIGNALS), rng.choice([7, 14, 28])
    weeks = [as_of - timedelta(days=7 * n) for n in range(rng.choice([4, 9]), -1, -1)]
    schools = sorted({row["school_id"] for row in tables["school"]})
    threshold = VALUES[f"{signal}.{LIBRARY[signal].threshold}"]
    past = plain_backtest.Past(tables, weeks, within)
    with Engine(threads=1) as engine:
        register_past(engine, tables)
        ask_weeks(engine, weeks, schools)
        told = replay(engine, LIBRARY, signal, VALUES, (threshold,), weeks)
        asked = Asked(len(told.refs), told.weeks, within)
        every = np.ones(len(weeks), bool)
        for outcome in plain_backtest.OUTCOMES:
            followed = follow(engine, outcome, asked)
            helped = supported(engine, asked)
            (row,) = figures_at(told, followed, helped, asked, [threshold], every, draws=0)
            plain = plain_backtest.tell(past, signal, {}, outcome)
            found = {
                "listed": row.listed_pupil_weeks,
                "names": row.listed_pupils,
                "judged": row.judged_pupil_weeks,
                "hits": row.followed_by_outcome,
                "already": row.already_in_harm,
                "unfollowed": row.cannot_be_followed,
                "supported": row.already_supported,
                "onsets": row.onsets,
                "found": row.found,
                "lead": row.lead_days_median,
                "weeks": row.weeks,
            }
            wanted = {name: getattr(plain, name, None) for name in found} | {
                "names": len(plain.names),
                "lead": plain.lead_median,
                "weeks": len(plain.per_week),
            }
            assert found == wanted, (outcome, signal, within)
            assert row.base_rate == pytest.approx(plain.base), outcome
            if plain.per_week:
                mean = sum(plain.per_week.values()) / len(plain.per_week)
                assert row.listed_per_week == pytest.approx(mean)
