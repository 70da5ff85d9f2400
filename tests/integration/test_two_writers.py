"""One command changes a site at a time; readers never wait, and a killed writer holds nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sightline.kit import SightlineError
from sightline.pipeline import opened, tidy
from sightline.site import Site, open_site
from tests.support.killed_load import LOAD_DAY, Worker, Workers, load_at, small_site, workers


@pytest.fixture(scope="module")
def some_workers() -> Iterator[Workers]:
    with workers() as some:
        yield some


@pytest.fixture
def loaded(tmp_path: Path) -> tuple[Site, Path]:
    """A site with one load, and the next export."""
    site, first, second = small_site(tmp_path)
    load_at(site, first, 0)
    return site, second


@pytest.fixture(params=["attendance", "identities", "refused"])
def writer(
    request: pytest.FixtureRequest, loaded: tuple[Site, Path], some_workers: Workers
) -> Worker:
    """A process that waits in the middle of a load."""
    steps = {"attendance": 7, "identities": 9, "refused": 10}
    job: dict[str, Any] = {"work": "load", "site": loaded[0].folder, "folder": loaded[1]}
    job |= {"number": 1, "step": steps[request.param], "stop": "wait"}
    made = some_workers.started(job)
    assert made.hear() == f"waits at {request.param}"
    return made


def test_the_second_writer_is_told_at_once_and_goes_on_when_the_first_is_killed(
    loaded: tuple[Site, Path], writer: Worker
) -> None:
    site, second = loaded
    for change in (lambda: load_at(site, second, 1), lambda: tidy(site, LOAD_DAY)):
        with pytest.raises(SightlineError, match="another command is changing") as told:
            change()
        assert told.value.code == "busy"
    with pytest.raises(SightlineError, match="another command is changing"):
        load_at(site, second, 1, dry_run=True)
    writer.kill()
    assert load_at(site, second, 1).published
    tidy(site, LOAD_DAY)


def test_readers_see_the_last_snapshot_while_another_is_written(
    loaded: tuple[Site, Path], writer: Worker
) -> None:
    site = open_site(loaded[0].folder)
    snapshot = site.warehouse.require()
    assert snapshot.number == 1
    with opened(site) as study:
        rows = study.engine.rows("SELECT code, count(*) AS n FROM attendance GROUP BY code")
    assert {row["code"] for row in rows} == {"/", "N"}  # not the I and U of the load under way
    with site.vault(snapshot) as vault:
        names = {value["given_name"] for value in vault.read("pupil_identity").values()}
    assert "Given3" in names
    assert "Renamed" not in names
    writer.kill()


def test_identities_can_be_read_while_very_many_are_written(loaded: tuple[Site, Path]) -> None:
    site, snapshot = loaded[0], loaded[0].warehouse.require()
    long: dict[str, str | None] = {"given_name": "A long given name " * 8}
    many = {f"ref{n}": long for n in range(20_000)}
    with site.vault(snapshot) as writing:
        writing.put("pupil_identity", 2, many)
        with site.vault(snapshot) as reading:
            assert len(reading.read("pupil_identity")) == 8
