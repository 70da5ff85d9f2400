"""The refused rows, until their file is mended: kept sealed, as a refused value may be a name."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from sightline.people import Keys
from sightline.warehouse import Snapshot, Warehouse

__all__ = ["REFUSED", "carry_over", "read_refused", "write_refused"]

REFUSED = pa.schema(
    [
        pa.field("file", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("table", pa.string()),
        pa.field("column", pa.string()),
        pa.field("value", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("remedy", pa.string()),
        # Where the row came from, to know when a later load has mended it.
        pa.field("profile", pa.string()),
        pa.field("folder", pa.string()),
        pa.field("schools", pa.string()),
    ]
)


def read_refused(warehouse: Warehouse, snapshot: Snapshot | None, keys: Keys) -> pa.Table:
    """The refused rows of a snapshot, as REFUSED; empty when there are none."""
    if snapshot is None or snapshot.refused is None:
        return REFUSED.empty_table()
    sealed = warehouse.refused_file(snapshot.refused).read_bytes()
    return pa.ipc.open_stream(keys.unseal(sealed)).read_all()


def write_refused(path: Path, rows: pa.Table, keys: Keys) -> None:
    """Seal refused rows into a file of their own."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(
        sink, REFUSED, options=pa.ipc.IpcWriteOptions(compression="zstd")
    ) as out:
        out.write_table(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(keys.seal(sink.getvalue().to_pybytes()))


def carry_over(
    earlier: pa.Table,
    *,
    profile: str,
    folder: str,
    files: Sequence[str],
    schools: set[str],
    one_school: bool,
) -> pa.Table:
    """The earlier refusals that this load says nothing about.

    A load speaks for every file of its folder, and for a file of the same name elsewhere when both
    hold rows of the same school (yesterday's export in yesterday's folder). `one_school` says that
    the site has no other, `schools` are those of this load's good rows.
    """
    keep = []
    for row in earlier.select(["profile", "folder", "file", "schools"]).to_pylist():
        theirs = set(filter(None, row["schools"].split("\n")))
        same_school = one_school or not theirs or bool(theirs & schools)
        replaced = row["profile"] == profile and (
            row["folder"] == folder or (row["file"] in files and same_school)
        )
        keep.append(not replaced)
    return earlier.filter(pa.array(keep, pa.bool_()))


def same_rows(first: pa.Table, second: pa.Table) -> bool:
    """Whether two sets of refusals are equal, whatever their order."""
    names = ["file", "row", "table", "column", "value", "reason"]
    order = [(name, "ascending") for name in names]
    if first.num_rows != second.num_rows:
        return False
    a, b = (one.select(names).sort_by(order) for one in (first, second))
    return bool(a.equals(b))
