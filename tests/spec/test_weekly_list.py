"""The weekly list: the order of its keys, who is set aside, and what never changes it."""

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.signals import read_library, values_of
from sightline.signals.flag import Flag, make_flag
from sightline.signals.weekly import Decision, Shown, WeeklyList, weekly_list
from tests.support import plain_weekly

AS_OF = date(2026, 3, 6)
LIBRARY = read_library()
VALUES = values_of(LIBRARY, {}, "defaults")
SCHOOL = [name for name, signal in LIBRARY.items() if "school" in signal.packs]
DAYS = [AS_OF - timedelta(days=n) for n in range(60) if (AS_OF - timedelta(days=n)).weekday() < 5]
LATELY = sorted(DAYS)[-15]


def result(random: Random, pupil: str, name: str) -> dict[str, Any]:
    """A row of results; values are drawn so that strengths tie often."""
    threshold = float(VALUES[f"{name}.{LIBRARY[name].threshold}"])
    sign = -1 if LIBRARY[name].strength == "value / -threshold" else 1
    outcome = random.choices(["flag", "clear", "cannot_tell"], [3, 5, 1])[0]
    empty = dict.fromkeys(
        [
            "days",
            "numerator",
            "denominator",
            "earlier_numerator",
            "earlier_denominator",
            "window_from",
            "window_to",
            "reason",
            "level",
        ]
    )
    return empty | {
        "school_id": "S1",
        "pupil_id": pupil,
        "pupil_ref": pupil,
        "as_of": AS_OF,
        "signal": name,
        "outcome": outcome,
        "value": sign * threshold * random.choice([1.0, 1.5, 2.0, 3.0]),
        "threshold": threshold,
    }


def world(seed: int) -> dict[str, Any]:
    random = Random(seed)
    pupils = [f"p{n:02}" for n in range(random.randint(1, 30))]
    themes = sorted({signal.theme for signal in LIBRARY.values()})
    decisions = [
        (
            random.choice(pupils),
            AS_OF - timedelta(days=random.randint(-3, 40)),
            random.choice(["act", "in_hand", "not_now"]),
            AS_OF + timedelta(days=random.randint(-10, 10)) if random.random() < 0.9 else None,
            frozenset(random.sample(themes, random.randint(0, len(themes)))),
        )
        for _ in range(random.randint(0, 20))
    ]
    return {
        "now": [result(random, pupil, name) for pupil in pupils for name in SCHOOL],
        "before": [result(random, pupil, name) for pupil in pupils for name in SCHOOL],
        "decisions": decisions,
        "shown": random.sample(pupils, min(len(pupils), 8)) if random.random() < 0.7 else None,
        "opted_out": {pupil for pupil in pupils if random.random() < 0.1},
        "capacity": random.choice([1, 3, 10]),
    }


def flags_of(rows: list[dict[str, Any]]) -> list[Flag]:
    return [make_flag(LIBRARY[r["signal"]], r, VALUES) for r in rows if r["outcome"] == "flag"]


def listed(given_world: dict[str, Any]) -> WeeklyList:
    shown = given_world["shown"]
    return weekly_list(
        flags_of(given_world["now"]),
        {(f.pupil_ref, f.signal) for f in flags_of(given_world["before"])},
        as_of=AS_OF,
        capacity=given_world["capacity"],
        tie_break=str,
        decisions=[Decision(*one) for one in given_world["decisions"]],
        shown=Shown(AS_OF - timedelta(days=7), frozenset(shown)) if shown is not None else None,
        lately_from=LATELY,
        opted_out=given_world["opted_out"],
    )


@settings(max_examples=300)
@given(seed=st.integers(0, 10**9))
def test_the_list_equals_the_plain_reading(seed: int) -> None:
    made = world(seed)
    found, shown = listed(made), made["shown"]
    told = plain_weekly.weekly(
        made["now"],
        made["before"],
        as_of=AS_OF,
        capacity=made["capacity"],
        opted_out=made["opted_out"],
        decisions=[plain_weekly.Decision(*one) for one in made["decisions"]],
        shown=plain_weekly.Shown(AS_OF - timedelta(days=7), frozenset(shown))
        if shown is not None
        else None,
        school_days=DAYS,
    )
    assert [(e.pupil_ref, e.keys) for e in found.entries] == [
        (e.pupil_id, e.keys) for e in told.shown
    ]
    assert len(found.left_out) == len(told.ordered) - len(told.shown)
    assert found.set_aside.keys() == told.set_aside.keys()
    assert found.met_threshold == told.met_threshold
    assert found.tie_at_the_cut == told.tie_at_the_cut


@settings(max_examples=100)
@given(seed=st.integers(0, 10**9))
def test_adding_a_flag_never_moves_a_pupil_down(seed: int) -> None:
    made = world(seed) | {"capacity": 100, "decisions": [], "opted_out": set()}
    before = [entry.pupil_ref for entry in listed(made).entries]
    if not before:
        return
    pupil = Random(seed).choice(before)
    for row in made["now"]:
        if row["pupil_id"] == pupil and row["outcome"] != "flag":
            row["outcome"] = "flag"
            break
    after = [entry.pupil_ref for entry in listed(made).entries]
    assert after.index(pupil) <= before.index(pupil)


@settings(max_examples=100)
@given(seed=st.integers(0, 10**9))
def test_removing_a_pupil_never_reorders_the_rest(seed: int) -> None:
    made = world(seed) | {"capacity": 100}
    before = [entry.pupil_ref for entry in listed(made).entries]
    if not before:
        return
    gone = Random(seed).choice(before)
    made["opted_out"] = made["opted_out"] | {gone}
    assert [entry.pupil_ref for entry in listed(made).entries] == [p for p in before if p != gone]


def test_every_entry_says_why_it_is_listed_and_what_would_take_it_off() -> None:
    for entry in listed(world(7)).entries:
        assert entry.listed_because.endswith(".")
        assert entry.leaves_when.startswith("Leaves the list after a decision")
