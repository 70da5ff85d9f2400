"""A few trials of the fault drill (bench/drill.py does them all), and that it would notice harm."""

from collections.abc import Iterator

import pytest

from tests.support.drilling import Drill, Fault, drilled

pytestmark = [pytest.mark.loopback, pytest.mark.slow, pytest.mark.xdist_group("drill")]
CHOSEN = (
    "killed after publish",
    "disk full: files of at most 16 kB",
    "network: an answer is cut short, 50 times",
)


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    with drilled("wonde", tmp_path_factory.mktemp("drill")) as drill:
        yield drill


@pytest.mark.parametrize("words", CHOSEN)
def test_a_sync_survives(drill: Drill, words: str) -> None:
    [fault] = [one for one in drill.faults(0, 1) if one.words == words]
    outcome = drill.trial(fault)
    assert outcome.survived, outcome


def test_every_named_step_is_among_the_faults(drill: Drill) -> None:
    told = {one.words for one in drill.faults(0, 1)}
    assert {"killed at planned", "killed at loading published", "killed at watermark"} <= told


def test_the_drill_notices_a_row_that_is_lost(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill, "keys", drill.keys + type(drill.keys)(["attendance|nobody"]))
    outcome = drill.trial(Fault("nothing"))
    assert (outcome.lost, outcome.survived) == (1, False)
