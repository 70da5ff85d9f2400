"""The rows behind a figure: what was recorded, day by day, and what each row adds to the figure.

`evidence.sql` of a signal's folder selects them with the same views and parameters as the rule, for
the pupils in `scope`. For every signal but engagement_vs_peers they add up: over the rows whose
part is `now`, `counts` gives the numerator and `of` the denominator (null where there is none);
over `before`, those of the earlier window. engagement_vs_peers has one row for each class: the one
whose part is `now` holds both figures, and the others, part `other`, say why they do not speak.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from sightline.contract import attendance_codes
from sightline.kit import SightlineError
from sightline.signals.definition import Signal, Values
from sightline.signals.run import SqlEngine, render

__all__ = ["EVIDENCE_COLUMNS", "rows_behind"]

EVIDENCE_COLUMNS = {
    "pupil_ref": "varchar",
    "as_of": "date",
    "date": "date",
    "what": "varchar",
    "detail": "varchar",
    "counts": "double",
    "of": "double",
    "part": "varchar",
}


def rows_behind(
    engine: SqlEngine, library: Mapping[str, Signal], name: str, values: Values
) -> list[dict[str, Any]]:
    """Rows of EVIDENCE_COLUMNS by pupil, `as_of` and date: one pupil in practice.

    Call it after `run` of that signal with the same scope and values: it reads what `run` made.
    Raises `bad_signal` when the folder has no evidence.sql.
    """
    signal = library[name]
    path = signal.folder / "evidence.sql"
    if not path.exists():
        raise SightlineError("bad_signal", str(path), "there is no such file")
    codes = attendance_codes()
    meanings = {"code": [one.code for one in codes], "meaning": [one.meaning for one in codes]}
    engine.register("mark_meaning", pa.table(meanings))
    own = {p.name: values[f"{name}.{p.name}"] for p in signal.parameters}
    columns = ", ".join(
        f'CAST("{one}" AS {kind}) AS "{one}"' for one, kind in EVIDENCE_COLUMNS.items()
    )
    found = render(path.read_text(encoding="utf-8"), own)
    return engine.rows(
        f"SELECT {columns} FROM ({found}) "
        'ORDER BY "pupil_ref", "as_of", "date", "part" DESC, "what", "detail"'
    )
