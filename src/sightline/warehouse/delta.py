"""Reading and writing one Delta Lake table, partitioned by school.

deltalake is imported when a table is written: a list, which only reads files that the snapshot
names, need not wait for it.
"""

import re
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pyarrow as pa

from sightline.engine.text import literal
from sightline.warehouse.schema import GROWN
from sightline.warehouse.snapshot import FileState

if TYPE_CHECKING:
    from deltalake import DeltaTable

__all__ = [
    "clear",
    "drop_since",
    "files_now",
    "latest_version",
    "remove",
    "roll_back",
    "state_now",
    "version_now",
    "write",
]

LOG_ENTRY = re.compile(r"(\d{20})\.(?:json|checkpoint\.parquet)")


def _opened(folder: Path) -> "DeltaTable":
    from deltalake import DeltaTable

    return DeltaTable(folder)


def _after_commit() -> Any:
    """Keep old log entries: a load that is killed is undone by going back to the version before it.

    They go when the warehouse is compacted.
    """
    from deltalake import PostCommitHookProperties

    return PostCommitHookProperties(cleanup_expired_logs=False)


def write(folder: Path, rows: pa.Table | pa.RecordBatchReader, replaced: Iterable[str]) -> None:
    """Add rows; first drop every row of the schools in `replaced`. One atomic Delta commit."""
    from deltalake import write_deltalake

    schools = sorted(replaced)
    how: dict[str, Any] = {"mode": "append", "partition_by": ["school_id"]}
    if folder.name in GROWN and folder.exists():
        how["schema_mode"] = "merge"  # rows of before have nothing in a new column
    if schools:
        listed = ", ".join(literal(school) for school in schools)
        how |= {"mode": "overwrite", "predicate": f"school_id IN ({listed})"}
    write_deltalake(
        folder, rows, writer_properties=_writer(), post_commithook_properties=_after_commit(), **how
    )


def _writer() -> Any:
    """Small row groups let a reader skip the months it does not need."""
    from deltalake import WriterProperties

    return WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=32_768)


def drop_since(folder: Path, schools: Iterable[str], column: str, since: date) -> None:
    """Drop the rows of some schools from a day on; files that hold none of them stay."""
    listed = ", ".join(literal(school) for school in sorted(schools))
    _opened(folder).delete(
        f"school_id IN ({listed}) AND {column} >= '{since.isoformat()}'",
        writer_properties=_writer(),
        post_commithook_properties=_after_commit(),
    )


def version_now(folder: Path) -> int:
    """The latest committed version, published or not."""
    return _opened(folder).version()


def latest_version(folder: Path) -> int | None:
    """The same from the names in the log alone, which reads none of it; None without any."""
    log = folder / "_delta_log"
    names = (LOG_ENTRY.fullmatch(path.name) for path in log.iterdir()) if log.is_dir() else ()
    return max((int(name[1]) for name in names if name), default=None)


def files_now(folder: Path) -> tuple[FileState, ...]:
    """The files of the latest committed version."""
    return _files(_opened(folder))


def state_now(folder: Path) -> tuple[int, tuple[FileState, ...]]:
    """The latest committed version and its files, in one reading of the log."""
    table = _opened(folder)
    return table.version(), _files(table)


def _files(table: "DeltaTable") -> tuple[FileState, ...]:
    wanted = ("path", "partition.school_id", "num_records")
    actions = pa.table(table.get_add_actions(flatten=True)).select(wanted)
    rows = zip(*(column.to_pylist() for column in actions.columns), strict=True)
    return tuple(FileState(unquote(path), school, count) for path, school, count in sorted(rows))


def roll_back(folder: Path, version: int) -> None:
    """Make an earlier version the latest again (a new commit; nothing is lost to readers)."""
    _opened(folder).restore(version, post_commithook_properties=_after_commit())


def remove(folder: Path) -> None:
    """Delete a table that no snapshot names."""
    shutil.rmtree(folder, ignore_errors=True)


def clear(folder: Path, wanted: set[str]) -> None:
    """Delete every data file but the wanted ones (paths below the folder), and old log entries."""
    table = _opened(folder)
    for path in folder.rglob("*.parquet"):
        name = str(path.relative_to(folder))
        if not name.startswith("_delta_log") and name not in wanted:
            path.unlink()
    table.create_checkpoint()
    table.cleanup_metadata()
