"""The form that notes a complaint, read into what the action takes."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from sightline.web.forms.dates import day_chosen
from sightline.web.record.reach import place_in

__all__ = ["errors_of", "read_complaint"]


def read_complaint(typed: Mapping[str, str], schools: Collection[str]) -> dict[str, Any]:
    """Kind, school, pupil, text and the day it came. Raises ValidationError by field."""
    wrong: dict[str, str] = {}
    received_on: date | None = None
    try:
        received_on = day_chosen(typed, "received_on")
    except ValueError as error:
        wrong["received_on"] = str(error)
    ref = typed.get("pupil", "").strip().lower()
    place = place_in(schools, ref) if ref else None
    if ref and place is None:
        wrong["pupil"] = "No pupil on the roll has this reference. Find it in the record by name."
    school_id = place.school_id if place else typed.get("school", "")
    if not ref and school_id not in schools:
        wrong["school"] = "Choose a school."
    if typed.get("kind") == "wrong_data":
        wrong["kind"] = "Say whether this is a complaint or a request to correct."
    if wrong:
        raise ValidationError(wrong)
    return {
        "school_id": school_id,
        "kind": typed.get("kind", ""),
        "text": typed.get("text", ""),
        "pupil_ref": ref,
        "received_on": received_on,
    }


def errors_of(error: ValidationError) -> dict[str, str]:
    """Field -> sentence; the empty field for what is about the whole."""
    if hasattr(error, "error_dict"):
        return {name: some[0] for name, some in error.message_dict.items()}
    return {"": error.messages[0]}
