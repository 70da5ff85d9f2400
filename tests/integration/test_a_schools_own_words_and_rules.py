"""What a school may make its own: category words, thresholds and signals."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sightline.kit import SightlineError
from sightline.pipeline import Loaded, load, opened
from sightline.site import Site, make_site
from tests.support import random_schools

LOADED_AT = datetime(2026, 11, 1, 18, tzinfo=UTC)


@pytest.fixture
def tables() -> dict[str, list[dict[str, Any]]]:
    return random_schools.random_school(12)[0]


def put(site: Site, tables: dict[str, list[dict[str, Any]]], folder: Path) -> Loaded:
    folder.mkdir(exist_ok=True)
    random_schools.write_canonical(tables, folder)
    return load(site, "canonical", folder, recorded_at=LOADED_AT, load_day=LOADED_AT.date())


def test_two_words_for_one_thing_become_one(
    tmp_path: Path, tables: dict[str, list[dict[str, Any]]]
) -> None:
    site = make_site(tmp_path / "site")
    words = ["Disruption", "low-level", "calling out", "disruptoin"]
    for row, word in zip(tables["behaviour"], words * 1000, strict=False):
        row["category"] = word
    mapping = site.folder / "mappings" / "behaviour_categories.csv"
    mapping.write_text("word,standard\ndisruption,calling out\nlow-level,calling out\n")
    loaded = put(site, tables, tmp_path / "exports")
    with opened(site) as study:
        kept = study.engine.rows("SELECT DISTINCT category FROM behaviour ORDER BY 1")
    assert [row["category"] for row in kept] == ["calling out", "disruptoin"]
    (notice,) = [one for one in loaded.notices if one["code"] == "unmapped_word"]
    assert notice["count"] == len(tables["behaviour"][3::4])
    assert "'disruptoin'" in notice["text"]
    assert "'calling out'" in notice["text"]  # what its nearest known word stands for
    assert loaded.account.refusals == 0


def test_without_a_mapping_no_word_is_asked_about(
    tmp_path: Path, tables: dict[str, list[dict[str, Any]]]
) -> None:
    loaded = put(make_site(tmp_path / "site"), tables, tmp_path / "exports")
    assert not any(one["code"] == "unmapped_word" for one in loaded.notices)


@pytest.mark.parametrize(
    "text",
    ["behaviour_recency.min_events: 2\n", "behaviour_recency:\n  min_events: 2\n"],
    ids=["one line each", "below their signal"],
)
def test_a_changed_threshold_is_used_and_shown(
    tmp_path: Path, tables: dict[str, list[dict[str, Any]]], text: str
) -> None:
    site = make_site(tmp_path / "site")
    put(site, tables, tmp_path / "exports")
    (site.folder / "thresholds.yml").write_text(text)
    day = max(row["date"] for row in tables["behaviour"] if row["kind"] == "concern")
    with opened(site) as study:
        study.signals([day], names=["behaviour_recency"])
        rows = [row for row in study.rows() if row["value"] is not None]
    assert {row["threshold"] for row in rows} == {2.0}
    assert all((row["outcome"] == "flag") == (row["value"] >= 2) for row in rows)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("behaviour_recency.min_events: 99\n", "2 to 15"),
        ("behaviour_recency.min_event: 3\n", "min_events"),
        ("attendance_momentum.drop_points: lots\n", "a number"),
        ("- 3\n", "signal.name"),
    ],
)
def test_a_threshold_that_cannot_be_is_named(tmp_path: Path, text: str, said: str) -> None:
    site = make_site(tmp_path / "site")
    put(site, random_schools.random_school(12)[0], tmp_path / "exports")
    (site.folder / "thresholds.yml").write_text(text)
    with pytest.raises(SightlineError, match=said), opened(site):
        pass


def test_a_signal_of_the_schools_own_runs_beside_the_products(
    tmp_path: Path, tables: dict[str, list[dict[str, Any]]]
) -> None:
    site = make_site(tmp_path / "site")
    put(site, tables, tmp_path / "exports")
    from sightline.signals import LIBRARY

    made = site.folder / "signals" / "behaviour" / "three_in_a_week"
    made.mkdir(parents=True)
    model = LIBRARY / "behaviour" / "behaviour_recency"
    for name in ("signal.sql", "signal.yml"):
        text = (model / name).read_text()
        (made / name).write_text(text.replace("default: 10, range", "default: 5, range"))
    day = max(row["date"] for row in tables["behaviour"])
    with opened(site) as study:
        assert "three_in_a_week" in study.names("school")
        study.signals([day], names=["behaviour_recency", "three_in_a_week"])
        found = {row["signal"] for row in study.rows()}
    assert found == {"behaviour_recency", "three_in_a_week"}
