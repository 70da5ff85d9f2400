"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "sightline"
# `as_of` and the load's day are arguments everywhere in these rooms.
CORE = ("access", "contract", "engine", "governance", "kit", "people", "record", "sheets")
CORE += ("signals", "sources", "synthetic", "triage", "warehouse")
CLOCKS = re.compile(
    r"\b(current_date|current_timestamp|(?<!\.)now\(\)|(?<!\.)today\(\)|timezone\.now|date\.today"
    r"|datetime\.now|utcnow|time\.time\b)"
)
VAGUE_NAMES = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
LONGEST_MODULE = 300
TABLES_OF_DATA = {"src/sightline/synthetic/cast.py"}  # one entry after another, nothing to hold
CODE_FOLDERS = ("src", "tests", "docs", "contrib", "bench")


def python_files(*folders: str) -> list[Path]:
    """The Python we write; the first migration of a room is Django's."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if not path.match("migrations/0001_*.py"))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def extras_of(project: dict[str, Any]) -> list[str]:
    return [wanted for extra in project["optional-dependencies"].values() for wanted in extra]


@pytest.mark.parametrize("room", CORE)
def test_no_room_of_the_core_looks_at_the_clock(room: str) -> None:
    files = [path for ext in ("py", "sql") for path in (PACKAGE / room).rglob(f"*.{ext}")]
    assert files
    found = [shown(path) for path in files if CLOCKS.search(path.read_text("utf-8"))]
    assert found == []


def test_every_package_says_what_it_is_and_what_it_offers() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        assert ast.get_docstring(tree), f"{shown(path)} has no docstring"
        assert "__all__" in names, f"{shown(path)} has no __all__"


def test_every_module_of_the_product_says_what_it_is_for() -> None:
    silent = [
        shown(path)
        for path in python_files("src")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_module_has_a_name_that_could_mean_anything() -> None:
    vague = [
        shown(path)
        for path in python_files(*CODE_FOLDERS)
        if VAGUE_NAMES & set(path.relative_to(ROOT).with_suffix("").as_posix().split("/"))
        or VAGUE_NAMES & set(path.stem.split("_"))
    ]
    assert vague == []


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {
        shown(path): len(path.read_text("utf-8").splitlines())
        for path in python_files("src", "docs", "contrib", "bench")
    }
    long = {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE}
    assert long.keys() - TABLES_OF_DATA == set()


def test_every_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    project = tomllib.loads(text)["project"]
    for requirement in [*project["dependencies"], *extras_of(project)]:
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert re.search(r'",? +# \w', line), f"{requirement} has no comment"


LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-bench.lock"]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_with_hashes_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    entries = re.findall(r"^(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.M)
    pinned = re.findall(r"^[a-z0-9].*", text, re.M)
    assert len(entries) == len(pinned) > 20
    assert all("==" in entry for entry, _ in entries)
    assert not re.search(r"://|^--|find-links|index-url", text, re.M)


def test_the_other_locks_agree_with_the_lock_people_run() -> None:
    run, *others = (
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text("utf-8"), re.M)) for name in LOCKS
    )
    assert all(run <= other for other in others)


def test_every_dependency_is_in_its_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for name, wanted in {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": [*project["dependencies"], *extras["test"], *extras["check"]],
        "requirements-bench.lock": [*project["dependencies"], *extras["bench"]],
    }.items():
        pinned = set(re.findall(r"^([^\s=]+)==", (ROOT / name).read_text("utf-8"), re.M))
        missing = {re.split(r"[<>=\[]", requirement)[0].lower() for requirement in wanted} - pinned
        assert missing == set(), f"{name}: run `make lock`"


def test_the_installed_package_holds_its_sql_yaml_and_csv(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "flit_core.wheel", "--outdir", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    packed = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    kept = {
        path.relative_to(ROOT / "src").as_posix()
        for path in PACKAGE.rglob("*")
        if path.suffix in {".py", ".sql", ".yml", ".csv"}
    }
    assert kept - packed == set()


def test_the_licence_is_the_one_the_package_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
