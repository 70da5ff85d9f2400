"""The pages are true: links lead somewhere, commands exist, the reference is what the code says."""

import ast
import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sightline.kit import ERRORS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
REFERENCE = {"commands", "dictionary", "errors", "privacy", "profiles", "settings", "signals"}
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.M | re.S)


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as Markdown viewers make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def typed_lines(page: Path) -> list[str]:
    blocks = FENCE.findall(page.read_text("utf-8"))
    typed = "\n".join(text for _, kind, text in blocks if kind == "console")
    return re.findall(r"^ *\$ (.+)$", typed, re.M)


@pytest.fixture(scope="module")
def commands() -> dict[str, Any]:
    """The commands of the command line by name, as Typer knows them."""
    app = importlib.import_module("sightline.cli").app
    group = importlib.import_module("typer.main").get_command(app)
    return dict(importlib.import_module("docs.generate").all_commands(group))


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        aim = (page.parent / path).resolve() if path else page
        assert aim.exists(), f"{shown(page)} links to {target}"
        if anchor:
            assert anchor in anchors(aim), f"{shown(page)} links to {target}"


def test_every_page_can_be_found_from_the_front_page() -> None:
    found, waiting = set(), [ROOT / "README.md", ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        found.add(page)
        for target in re.findall(r"\]\(([^)\s#:]+\.md)", prose(page)):
            aim = (page.parent / target).resolve()
            if aim not in found:
                waiting.append(aim)
    assert [shown(page) for page in PAGES if page not in found] == []


def test_the_front_page_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 24


@pytest.mark.parametrize("page", [page for page in PAGES if typed_lines(page)], ids=shown)
def test_what_a_page_tells_people_to_type_exists(page: Path, commands: dict[str, Any]) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for line in typed_lines(page):
        program, *words = shlex.split(line)
        if program == "make":
            assert re.search(rf"^{words[0]}:", makefile, re.M), line
        elif program == "sightline":
            name = words[0] if words[0] in commands else " ".join(words[:2])
            assert name in commands, line
            known = {name for param in commands[name].params for name in param.opts}
            used = {word.split("=")[0] for word in words if word.startswith("--")}
            assert used <= known, line
        else:
            assert program in {".", "export"}, line


def test_every_command_and_option_says_what_it_does(commands: dict[str, Any]) -> None:
    for name, command in commands.items():
        assert command.help, name
        for param in command.params:
            assert getattr(param, "help", None), f"{name} {param.opts}"


def test_every_reference_page_exists_and_says_what_the_code_says() -> None:
    run = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(run, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.stem for path in (ROOT / "docs" / "reference").glob("*.md")} == REFERENCE


def test_every_error_code_is_explained_and_used() -> None:
    used = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            strings = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
            if isinstance(node, ast.Call) and "SightlineError" in ast.dump(node.func):
                assert strings & ERRORS.keys(), f"{shown(path)}, line {node.lineno}"
            if isinstance(node, ast.Call):
                used |= strings & ERRORS.keys()
    assert used == set(ERRORS)
