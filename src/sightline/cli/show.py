"""What a command prints: tables for people, JSON for programs, messages on the other stream."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["json_out", "json_rows", "message", "progress_line", "stages", "table_out", "text_out"]


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console  # only a terminal needs it, and it takes a while to import

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def json_out(value: Any) -> None:
    """One JSON value on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def json_rows(rows: Iterable[Mapping[str, Any]]) -> int:
    """A JSON array on stdout, a row to a line, without holding them all; returns the count."""
    count = 0
    encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
    for row in rows:
        sys.stdout.write(("[\n" if count == 0 else ",\n") + encode(row))
        count += 1
    sys.stdout.write("\n]\n" if count else "[]\n")
    return count


def table_out(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> None:
    """A table on stdout; plain and unfolded when stdout is not a terminal."""
    if not sys.stdout.isatty():
        sys.stdout.write("\t".join(columns) + "\n")
        for row in rows:
            sys.stdout.write("\t".join("" if cell is None else str(cell) for cell in row) + "\n")
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(*columns, title=title or None, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    _console().print(table)


def text_out(text: str = "") -> None:
    """A line on stdout."""
    sys.stdout.write(text + "\n")


def message(text: str) -> None:
    """A line for the person at the keyboard, on stderr."""
    sys.stderr.write(text + "\n")


@contextmanager
def stages(what: str) -> Iterator[Any]:
    """Show the stage that long work is at: a spinner on a terminal, a line each elsewhere."""
    if sys.stderr.isatty() and not os.environ.get("CI"):
        with _console(stderr=True).status(what) as status:
            yield lambda stage: status.update(f"{what}: {stage}")
    else:
        yield lambda stage: message(f"{what}: {stage}")


@contextmanager
def progress_line(what: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show where counted work is: a bar with an estimate on a terminal, a line a stage elsewhere.

    What is yielded takes the stage in words, how many are done, and how many are expected or 0.
    """
    if not sys.stderr.isatty() or os.environ.get("CI"):
        last = ""

        def line(stage: str, done: int, expected: int) -> None:
            nonlocal last
            if stage != last:
                of = f" of about {expected:,}" if expected else ""
                message(f"{what}: {stage}" + (f", {done:,}{of}" if done else ""))
            last = stage

        yield line
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=_console(stderr=True)
    ) as bar:
        task = bar.add_task(what, total=None)

        def show(stage: str, done: int, expected: int) -> None:
            bar.update(task, description=f"{what}: {stage}", completed=done, total=expected or None)

        yield show
