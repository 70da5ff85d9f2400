"""Made-up schools, written once for all tests, and a plain way to read them."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sightline import synthetic

Rows = list[dict[str, str]]
Read = Callable[[Path, str], Rows]


def read_rows(folder: Path, table: str) -> Rows:
    """A table's rows as text."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def read() -> Read:
    return read_rows


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as known on the day it is made for."""
    folder = tmp_path_factory.mktemp("demo")
    synthetic.write_demo(folder, until=synthetic.DEMO_AS_OF)
    return folder


@pytest.fixture(scope="session")
def whole_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's whole year."""
    folder = tmp_path_factory.mktemp("whole-demo")
    synthetic.write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ordinary secondary school of 400."""
    folder = tmp_path_factory.mktemp("school")
    synthetic.write_schools(folder, schools=1, pupils=400, seed=7)
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three small schools, three times: secondary, primary, and secondary up to a day in March."""
    folders = {}
    for name, phase, until in (
        ("secondary", "secondary", None),
        ("primary", "primary", None),
        ("cut", "secondary", date(2026, 3, 6)),
    ):
        folders[name] = tmp_path_factory.mktemp(name)
        synthetic.write_schools(
            folders[name], schools=3, pupils=16, seed=3, phase=phase, until=until
        )
    return folders
