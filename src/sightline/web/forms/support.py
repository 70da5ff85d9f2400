"""The forms that start and review a support, read into what the actions take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from sightline.triage.aims import Aim
from sightline.web.forms.dates import day_chosen

__all__ = ["Read", "done_or_wrong", "errors_of", "read_review", "read_start"]

# The first words of the fields' names, as they follow each other on the forms.
ORDER = ("name", "aim", "success", "owner", "review", "outcome", "note", "next", "decision")


@dataclass
class Read:
    """What the action takes, and a sentence for each field that could not be read."""

    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def done_or_wrong(read: Read, action: Callable[..., Any], **known: Any) -> Any:
    """Do it, or raise every mistake at once: those of reading, and those of the action."""
    try:
        with transaction.atomic():
            done = action(**read.values, **known)
            if read.wrong:
                raise ValidationError({})
    except ValidationError as error:
        raise ValidationError(error.message_dict | read.wrong) from error
    return done


def errors_of(wrong: Mapping[str, str]) -> list[tuple[str, str]]:
    """For the summary above a form: the field to go to, and the sentence, in the form's order."""
    found = sorted(wrong.items(), key=lambda item: ORDER.index(item[0].split("_")[0]))
    return [(f"id_{name}", sentence) for name, sentence in found]


def read_start(
    typed: Mapping[str, str],
    aims: Mapping[str, Aim],
    levels: Mapping[str, float | None],
    owners: Mapping[int, Any],
) -> Read:
    """Starting a support. The hoped-for level stands in a box of its own below each aim."""
    read = Read()
    aim = aims.get(typed.get("aim_signal", ""))
    read.values = {
        "name": typed.get("name", ""),
        "aim_signal": aim.signal if aim else "",
        "start_level": levels.get(aim.signal) if aim else None,
        "success": _hoped(read, typed, aim) if aim else None,
        "success_words": typed.get("success_words", ""),
        "owner": owners.get(_number(typed.get("owner", ""))),
        "review_on": _day(read, typed, "review_on"),
    }
    return read


def read_review(typed: Mapping[str, str]) -> Read:
    """Reviewing a support. A next date is read only where the support goes on."""
    read = Read()
    outcome = typed.get("outcome", "")
    read.values = {
        "outcome": outcome,
        "note": typed.get("note", ""),
        "seen": _number(typed.get("seen", "")),
        "next_review_on": None if outcome == "end" else _day(read, typed, "next_review_on"),
    }
    return read


def _hoped(read: Read, typed: Mapping[str, str], aim: Aim) -> float | None:
    text = typed.get(f"success_{aim.signal}", "").strip()
    try:
        return aim.read(text) if text else None
    except ValueError as error:
        read.wrong["success"] = str(error)
        return None


def _day(read: Read, typed: Mapping[str, str], name: str) -> Any:
    try:
        return day_chosen(typed, name)
    except ValueError as error:
        read.wrong[name] = str(error)
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
