"""What a data manager should hear although no row is refused for it."""

from collections.abc import Mapping
from typing import Any

from sightline.contract import Table, attendance_codes
from sightline.engine import Engine, identifier, literal
from sightline.kit import nearest, plural

__all__ = ["codes_not_in_force", "unmapped_words"]


def codes_not_in_force(engine: Engine, table: Table) -> list[dict[str, Any]]:
    """Marks with a code that had been retired by their date; they keep its last category."""
    ended = [code for code in attendance_codes() if code.valid_to]
    if table.name != "attendance" or not ended:
        return []
    values = ", ".join(f"({literal(code.code)}, {literal(code.valid_to)})" for code in ended)
    rows = engine.rows(
        f"SELECT t._file AS file, t.code, count(*) AS count FROM good_attendance AS t "
        f"JOIN (VALUES {values}) AS ended(code, valid_to) ON ended.code = t.code "
        "AND t.date > ended.valid_to GROUP BY ALL ORDER BY ALL"
    )
    return [
        _notice(
            "notice",
            "code_not_in_force",
            row["file"],
            table.name,
            f"{plural(row['count'], 'mark')} with code {row['code']}, which had been retired by "
            "then: counted with its last category.",
            row["count"],
        )
        for row in rows
    ]


def unmapped_words(
    engine: Engine, table: Table, mapped: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """Words that the school's mapping does not know, with counts and the nearest it does know."""
    notices = []
    for column in table.columns:
        words = mapped.get(column.mapping or "")
        if not words or column.code_list:
            continue
        name = identifier(column.name)
        rows = engine.rows(
            f"SELECT {name} AS word, any_value(_file) AS file, count(*) AS count "
            f"FROM good_{table.name} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY count DESC, 1"
        )
        for row in rows:
            if row["word"].strip().lower() in words:
                continue
            near = nearest(row["word"], {*words, *words.values()})
            hint = f" The nearest known word is {words[near.lower()]!r}." if near else ""
            text = (
                f"{row['word']!r} in column {column.name} ({plural(row['count'], 'row')}) is not "
                f"in mappings/{column.mapping}.csv; it was kept as it is.{hint}"
            )
            notices.append(
                _notice("warning", "unmapped_word", row["file"], table.name, text, row["count"])
            )
    return notices


def _notice(level: str, code: str, file: str, table: str, text: str, count: int) -> dict[str, Any]:
    return {
        "level": level,
        "code": code,
        "file": file,
        "table": table,
        "text": text,
        "count": count,
    }
