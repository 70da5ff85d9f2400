"""The refused rows, until their file is mended: kept sealed, as a refused value may be a name."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from sightline.people import Keys
from sightline.sources import Fault
from sightline.warehouse import Snapshot, Warehouse

__all__ = [
    "REFUSED",
    "Origin",
    "carry_over",
    "fault_row",
    "placed",
    "read_refused",
    "same_rows",
    "write_refused",
]

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
        pa.field("record", pa.string()),  # the supplier's id of the record, where there is one
    ]
)


@dataclass(frozen=True)
class Origin:
    """Where rows come from that no folder of exports holds: a source that is synced.

    `records` gives by file the supplier's id of each row, in order. `whole` are the files with
    everything that the source has of their kind: what they do not repeat is mended. `complete` are
    the tables of which the source gave all rows of `schools`; of those in `end_missing` the stored
    rows it no longer has end.
    """

    name: str
    records: Mapping[str, Sequence[str]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    complete: frozenset[str] = frozenset()
    end_missing: frozenset[str] = frozenset()
    schools: frozenset[str] = frozenset()

    def record(self, file: str, row: int) -> str | None:
        """The id of a row, the header being row 1."""
        listed = self.records.get(file, ())
        return listed[row - 2] if 2 <= row < len(listed) + 2 else None


def read_refused(warehouse: Warehouse, snapshot: Snapshot | None, keys: Keys) -> pa.Table:
    """The refused rows of a snapshot, as REFUSED; empty when there are none."""
    if snapshot is None or snapshot.refused is None:
        return REFUSED.empty_table()
    sealed = warehouse.refused_file(snapshot.refused).read_bytes()
    rows = pa.ipc.open_stream(keys.unseal(sealed)).read_all()
    if "record" not in rows.column_names:  # as they were kept before anything was synced
        rows = rows.append_column("record", pa.nulls(rows.num_rows, pa.string()))
    return rows


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
    origin: Origin | None = None,
) -> pa.Table:
    """The earlier refusals that this load says nothing about.

    A load speaks for every file of its folder, and for a file of the same name elsewhere when both
    hold rows of the same school (yesterday's export in yesterday's folder). `one_school` says that
    the site has no other, `schools` are those of this load's good rows. A sync speaks for the
    records it brought, and for its files that are whole.
    """
    if origin is not None:
        return _not_brought_again(earlier, origin)
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


def _not_brought_again(earlier: pa.Table, origin: Origin) -> pa.Table:
    brought = {file: frozenset(ids) for file, ids in origin.records.items()}
    keep = [
        row["folder"] != origin.name
        or (row["file"] not in origin.whole and row["record"] not in brought.get(row["file"], ()))
        for row in earlier.select(["folder", "file", "record"]).to_pylist()
    ]
    return earlier.filter(pa.array(keep, pa.bool_()))


def fault_row(fault: Fault) -> dict[str, Any]:
    """A raw row that could not be read, with the columns of one that was refused."""
    value = asdict(fault)
    return {name: value[name] for name in REFUSED.names[:7]}


def placed(
    rows: pa.Table, profile: str, folder: str, schools: set[str], origin: Origin | None
) -> pa.Table:
    """Refused rows with where they came from."""
    places = {"profile": profile, "folder": folder, "schools": "\n".join(sorted(schools))}
    columns = [rows.column(name) for name in REFUSED.names[:7]]
    columns += [pa.array([text] * rows.num_rows, pa.string()) for text in places.values()]
    where = rows.select(["file", "row"]).to_pylist() if origin else []
    records = [origin.record(one["file"], one["row"]) for one in where] if origin else []
    columns.append(pa.array(records or [None] * rows.num_rows, pa.string()))
    return pa.table(columns, names=REFUSED.names).cast(REFUSED)
