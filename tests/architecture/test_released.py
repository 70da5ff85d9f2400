"""Numbers about groups leave by one door: every page, command and file that shows groups alone.

A page of an area that some role sees as groups only either stands here as going through the door,
and its view can be followed to it by its imports, or stands here with the reason why it need not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sightline.access import read_matrix

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "sightline"
DOOR = "sightline.pipeline.evidence.released"
THROUGH_THE_DOOR = {
    "patterns.patterns",
    "fairness.fairness",
    "helped.helped",
    "progress.progress",
    "progress.progress_subject",
    "backtest.backtest",
    "thresholds.threshold",  # what another value would do, by year group
}
OPERATION = "rows, files and times of loads and syncs, of all pupils alike: no group of pupils"
NEED_NOT = {
    "progress.progress_class": "each pupil of a class by name, for those who may see each",
    "thresholds.thresholds": "rules and values; no count of pupils",
    "thresholds.threshold_settle": "takes an answer and shows the card of `threshold`",
    "data.data": OPERATION,
    "data.quarantine": "the refused rows themselves, for those who may read them",
    "sources.sources": OPERATION,
    "sources.sources_now": OPERATION,
}
MAY_CALL_THE_GATE = {"pipeline/evidence/released.py", "insights/disclosure"}
AS_A_DEFAULT = {"insights/tracking/figures.py", "insights/tracking/subject.py"}
"""An argument's default, for who asks the core alone; the pipeline gives the door."""


def areas_of_groups() -> set[str]:
    """The areas that at least one role sees as groups only, and what is done in their pages."""
    roles = read_matrix().roles.values()
    return {area for one in roles for area, level in one["sees"].items() if level == "aggregate"}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def views() -> Iterator[tuple[str, str]]:
    """Every page (`module.function`) and the area or deed it is declared with."""
    for path in sorted((PACKAGE / "web" / "views").glob("*.py")):
        tree = tree_of(path)
        words = {
            target.id: node.value.value
            for module in [tree, *imported_trees(tree)]
            for node in module.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in tree.body:
            for call in getattr(node, "decorator_list", []):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "page" and call.args:
                    told = call.args[0]
                    area = words[told.id] if isinstance(told, ast.Name) else told.value  # type: ignore[attr-defined]
                    yield f"{path.stem}.{node.name}", str(area)  # type: ignore[attr-defined]


def modules_of(tree: ast.Module) -> set[str]:
    """What a module imports, each name being perhaps a module itself."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return {name for name in found if name.startswith("sightline.")}


def file_of(module: str) -> Path | None:
    path = PACKAGE.joinpath(*module.split(".")[1:])
    found = [one for one in (path.with_suffix(".py"), path / "__init__.py") if one.exists()]
    return found[0] if found else None


def imported_trees(tree: ast.Module) -> list[ast.Module]:
    return [tree_of(path) for name in modules_of(tree) if (path := file_of(name))]


def leads_to_the_door(view: str) -> bool:
    """Whether a view's module imports the door, or a module that does."""
    waiting, seen = {f"sightline.web.views.{view.partition('.')[0]}"}, set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        if name == DOOR:
            return True
        path = file_of(name)
        if path is not None and path.name != "__init__.py":
            waiting |= modules_of(tree_of(path)) - seen
    return False


def test_every_page_of_groups_goes_through_the_door_or_says_why_not() -> None:
    groups = areas_of_groups() | {"threshold_confirm"}
    assert {"process", "fairness", "helped", "progress", "data", "thresholds"} <= groups
    found = {view for view, area in views() if area in groups}
    assert found == THROUGH_THE_DOOR | NEED_NOT.keys()


@pytest.mark.parametrize("view", sorted(THROUGH_THE_DOOR))
def test_a_page_that_goes_through_the_door_imports_it(view: str) -> None:
    assert leads_to_the_door(view)


def test_nothing_else_calls_the_gate() -> None:
    """Releases that the ledger does not hear of could be taken from each other."""
    callers = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "sightline.insights.disclosure"
            ):
                names = {one.name for one in node.names}
                if names & {"release", "release_page"}:
                    callers.add(str(path.relative_to(PACKAGE)))
    assert {
        one for one in callers if not one.startswith("insights/disclosure/")
    } <= AS_A_DEFAULT | MAY_CALL_THE_GATE
