"""Reading and writing one Delta Lake table, partitioned by school."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable, PostCommitHookProperties, WriterProperties, write_deltalake

from sightline.engine.text import literal
from sightline.warehouse.snapshot import FileState

__all__ = ["clear", "files_now", "remove", "roll_back", "version_now", "write"]

# Small row groups let a reader skip the months it does not need.
WRITER = WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=32_768)

# Old log entries go when the warehouse is compacted and never during a load: a load that is killed
# is undone by going back to the version before it, which must still be there.
KEEP_LOG = PostCommitHookProperties(cleanup_expired_logs=False)


def write(folder: Path, rows: pa.Table | pa.RecordBatchReader, replaced: Iterable[str]) -> None:
    """Add rows; first drop every row of the schools in `replaced`. One atomic Delta commit."""
    schools = sorted(replaced)
    if schools:
        predicate = "school_id IN (" + ", ".join(literal(school) for school in schools) + ")"
        write_deltalake(
            folder,
            rows,
            mode="overwrite",
            predicate=predicate,
            writer_properties=WRITER,
            post_commithook_properties=KEEP_LOG,
        )
        return
    write_deltalake(
        folder,
        rows,
        mode="append",
        partition_by=["school_id"],
        writer_properties=WRITER,
        post_commithook_properties=KEEP_LOG,
    )


def version_now(folder: Path) -> int:
    """The latest committed version, published or not."""
    return DeltaTable(folder).version()


def files_now(folder: Path) -> tuple[FileState, ...]:
    """The files of the latest committed version."""
    actions = pa.table(DeltaTable(folder).get_add_actions(flatten=True)).to_pylist()
    return tuple(
        FileState(unquote(one["path"]), one["partition.school_id"], one["num_records"])
        for one in sorted(actions, key=lambda one: str(one["path"]))
    )


def roll_back(folder: Path, version: int) -> None:
    """Make an earlier version the latest again (a new commit; nothing is lost to readers)."""
    DeltaTable(folder).restore(version, post_commithook_properties=KEEP_LOG)


def remove(folder: Path) -> None:
    """Delete a table that no snapshot names."""
    shutil.rmtree(folder, ignore_errors=True)


def clear(folder: Path, wanted: set[str]) -> None:
    """Delete every data file but the wanted ones (paths below the folder), and old log entries."""
    table = DeltaTable(folder)
    for path in folder.rglob("*.parquet"):
        name = str(path.relative_to(folder))
        if not name.startswith("_delta_log") and name not in wanted:
            path.unlink()
    table.create_checkpoint()
    table.cleanup_metadata()
