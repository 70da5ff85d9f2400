"""A rule cannot come to mean something else under the same version."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sightline.kit import SightlineError
from sightline.signals import Signal, read_library
from sightline.signals import lock as locking
from sightline.signals.lock import check, read_lock, write_lock

LIBRARY = read_library()
NAME = "missing_work"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_lock(LIBRARY, tmp_path / "signals.lock")
    return tmp_path / "signals.lock"


def with_changed(**changes: object) -> dict[str, Signal]:
    return {**LIBRARY, NAME: replace(LIBRARY[NAME], **changes)}  # type: ignore[arg-type]


def test_the_lock_of_the_library_is_current_and_no_review_is_past() -> None:
    assert check(LIBRARY, datetime.now(UTC).date()) == []


def test_what_is_written_is_read(path: Path) -> None:
    lock = read_lock(path)
    assert set(lock.signals) == set(LIBRARY)
    assert lock.signals[NAME].sql == LIBRARY[NAME].sql_hash
    assert set(lock.views) == set(locking.VIEW_NAMES)


def test_changed_sql_needs_a_new_version(path: Path) -> None:
    library = with_changed(sql=LIBRARY[NAME].sql + " where true")
    assert check(library, path=path) == [
        "missing_work: its SQL changed; raise `version` in signal.yml."
    ]
    with pytest.raises(SightlineError, match="raise `version`"):
        write_lock(library, path)


def test_a_changed_default_needs_a_new_version(path: Path) -> None:
    first, *rest = LIBRARY[NAME].parameters
    library = with_changed(parameters=(replace(first, default=0.4), *rest))
    assert check(library, path=path) == [
        "missing_work: its default values changed; raise `version` in signal.yml."
    ]


def test_a_new_version_asks_for_a_new_lock_and_then_is_current(path: Path) -> None:
    library = with_changed(sql=LIBRARY[NAME].sql + " where true", version=2)
    assert check(library, path=path) == [
        "signals.lock is not current: run `python -m sightline.signals.lock --write`."
    ]
    write_lock(library, path)
    assert check(library, path=path) == []
    assert "raise `version`" not in " ".join(check(library, path=path))
    assert (
        "cannot go back" in check(LIBRARY | {NAME: replace(library[NAME], version=1)}, path=path)[0]
    )


def test_comments_and_layout_are_no_change(path: Path) -> None:
    library = with_changed(sql="-- another comment\n" + LIBRARY[NAME].sql.replace("\n", "\n  "))
    assert check(library, path=path) == []


def test_a_changed_view_concerns_every_signal_that_reads_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in locking.VIEW_NAMES:
        text = (locking.VIEWS / f"{name}.sql").read_text(encoding="utf-8")
        changed = text + " where true" if name == "lesson_slot" else text
        (tmp_path / f"{name}.sql").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(locking, "VIEWS", tmp_path)
    assert check(LIBRARY, path=path) == [
        "behaviour_rate: the view lesson_slot changed; raise `version` in signal.yml."
    ]


def test_a_signal_that_is_new_or_gone_asks_for_a_new_lock(path: Path) -> None:
    fewer = {name: signal for name, signal in LIBRARY.items() if name != NAME}
    more = LIBRARY | {"new_one": replace(LIBRARY[NAME], name="new_one")}
    assert "not current" in check(fewer, path=path)[0]
    assert "not current" in check(more, path=path)[0]


def test_a_review_that_is_past_is_named_with_its_day(path: Path) -> None:
    due = LIBRARY[NAME].review_by
    assert check(LIBRARY, due, path) == []
    late = check(LIBRARY, date(due.year + 1, 1, 1), path)
    assert f"missing_work: its review was due by {due}." in late


def test_a_lock_that_cannot_be_read_says_what_to_run(path: Path) -> None:
    path.write_text("signals = 1\n", encoding="utf-8")
    with pytest.raises(SightlineError, match=r"lock --write"):
        check(LIBRARY, path=path)
