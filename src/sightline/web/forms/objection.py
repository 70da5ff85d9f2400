"""The form that records an objection, read into what the action takes."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict

from sightline.pipeline import library_of
from sightline.web.forms.dates import day_chosen

__all__ = ["read_objection", "theme_choices"]

WORDS = {
    "attendance": "Attendance",
    "punctuality": "Punctuality",
    "behaviour": "Behaviour",
    "progress": "Progress",
    "work": "Homework",
    "engagement": "Use of learning platforms and time in lessons",
    "support": "Whether support helps",
}


def theme_choices() -> list[tuple[str, str]]:
    """The themes that signals have, with their words."""
    themes = dict.fromkeys(one.theme for one in library_of(settings.SITE).values())
    return [(theme, WORDS.get(theme, theme.capitalize())) for theme in themes]


def read_objection(typed: QueryDict, today: date) -> dict[str, Any]:
    """Kind, themes, dates and reason. Raises ValidationError by field for what cannot be read."""
    wrong: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name in ("from_on", "to_on"):
        try:
            days[name] = day_chosen(typed, name)
        except ValueError as error:
            days[name], wrong[name] = None, str(error)
    themes = typed.getlist("themes")
    if typed.get("scope") == "some" and not themes:
        wrong["themes"] = "Choose at least one theme, or all of them."
    if typed.get("scope") not in ("all", "some"):
        wrong["scope"] = "Say whether it is about everything or about some themes."
    if wrong:
        raise ValidationError(wrong)
    return {
        "kind": typed.get("kind", ""),
        "themes": themes if typed.get("scope") == "some" else [],
        "known_themes": [theme for theme, _ in theme_choices()],
        "from_on": days["from_on"] or today,
        "to_on": days["to_on"],
        "reason": typed.get("reason", ""),
    }
