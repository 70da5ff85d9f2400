"""The small tables of a school as CSV: those that are not worth vectorising."""

from sightline.synthetic.facts import Facts
from sightline.synthetic.lines import quoted
from sightline.synthetic.people_rows import (
    identity_rows,
    member_rows,
    note_rows,
    pupil_rows,
    staff_rows,
    support_rows,
)
from sightline.synthetic.place_rows import (
    class_rows,
    day_rows,
    lesson_rows,
    school_event_rows,
    school_rows,
)

__all__ = ["small_tables"]

ROWS = {
    "school": school_rows,
    "school_day": day_rows,
    "class": class_rows,
    "lesson": lesson_rows,
    "school_event": school_event_rows,
    "pupil": pupil_rows,
    "pupil_identity": identity_rows,
    "staff": staff_rows,
    "class_member": member_rows,
    "support": support_rows,
    "note": note_rows,
}


def small_tables(facts: Facts) -> dict[str, bytes]:
    """Table name to the bytes of its rows."""
    return {
        table: "".join(_line(row) for row in rows(facts)).encode() for table, rows in ROWS.items()
    }


def _line(row: tuple[object, ...]) -> str:
    return ",".join("" if cell is None else quoted(str(cell)) for cell in row) + "\n"
