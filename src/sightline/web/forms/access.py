"""What an administrator typed about a colleague's access, read into roles to give."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from sightline.access import read_matrix
from sightline.people.actions.grants import NEEDS_VALUE, Asked

__all__ = ["Choice", "asked", "choices"]

OVER = {
    "trust": "the whole trust",
    "school": "a whole school",
    "year": "one year group",
    "tutor_group": "one tutor group",
    "taught": "the classes they teach, by the timetable",
    "subject": "one subject, by the timetable",
    "caseload": "a caseload",
    "pupils": "named pupils",
}


@dataclass(frozen=True)
class Choice:
    """A role over a scope that access.yml allows: one line of the list to choose from."""

    value: str
    words: str


def choices() -> list[tuple[str, list[Choice]]]:
    """Every role with the scopes it may be held over, in the order of access.yml."""
    return [
        (
            str(role["title"]),
            [
                Choice(f"{name} {scope}", f"{role['title']}: {OVER[scope]}")
                for scope in role["scopes"]
            ],
        )
        for name, role in read_matrix().roles.items()
    ]


def asked(
    typed: Mapping[str, str], refs_of: Callable[[str, Sequence[str]], frozenset[str]]
) -> Asked | None:
    """The role that was chosen; None when none was. Raises ValidationError.

    `refs_of(school_id, pupil_ids)` turns the school's own pupil ids into references.
    """
    role, _, scope = typed.get("access", "").partition(" ")
    if not role:
        return None
    school_id = "" if scope == "trust" else typed.get("school_id", "")
    lines = typed.get("pupils", "").split()
    refs = refs_of(school_id, lines) if scope in ("caseload", "pupils") else frozenset()
    if scope in ("caseload", "pupils") and not refs:
        raise ValidationError({"pupils": "Enter at least one pupil id."})
    value = typed.get("value", "").strip() if scope in NEEDS_VALUE else ""
    reason = typed.get("reason", "").strip()[:120]
    return Asked(role, scope, school_id, value, refs, _day(typed.get("to_on", "")), reason)


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValidationError({"to_on": "Write the last day as 2026-07-17."}) from None
