"""What just happened, in one line at the top of the list and for the ear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sightline.web.week.page import Page
from sightline.web.week.pupils import Pupil

__all__ = ["Said", "said_after"]


@dataclass(frozen=True)
class Said:
    """The line, and the decision that can be undone from it."""

    words: str
    undo: int | None = None


def said_after(query: Mapping[str, str], page: Page, people: Sequence[Pupil]) -> Said | None:
    """The line for the address a form led to; None on a plain visit."""
    following = f" Next: {page.next_name}." if page.next_name else " Nobody is left."
    saved = _number(query, "saved")
    if saved and any(one.decided and one.decided.pk == saved for one in people):
        undo = saved if page.may_decide and not page.finished else None
        return Said(f"Saved. {page.progress}.{following}", undo)
    undone = _who(query, "undone", people)
    if undone:
        return Said(f"Undone. {undone.name} is open again, with what was decided still typed in.")
    later = _who(query, "later", people)
    if later:
        return Said(f"{later.name} comes back after the others.{following}")
    return None


def _who(query: Mapping[str, str], name: str, people: Sequence[Pupil]) -> Pupil | None:
    wanted = _number(query, name)
    return next((one for one in people if one.pk == wanted), None)


def _number(query: Mapping[str, str], name: str) -> int | None:
    found = query.get(name, "")
    return int(found) if found.isdecimal() else None
