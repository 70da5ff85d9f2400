"""How a room answers for the personal data it holds: describe, export, erase. Shared by all rooms.

A room's privacy.py lists, in HOLDS, its tables about pupils with the way to the pupil's reference;
those that hang on others come first, so that they can be erased in this order.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models

__all__ = ["Holds", "described", "erased", "exported"]

Holds = Mapping[type[models.Model], str]
"""Table -> the lookup of the pupil's reference in it, such as `listing__pupil_ref`."""


def described(room: str) -> list[dict[str, Any]]:
    """Every table of a room: what it is for, how long it is kept, the class of each column."""
    return [
        {"table": model._meta.model_name, **model.PRIVACY}  # type: ignore[attr-defined]
        for model in apps.get_app_config(room).get_models()
    ]


def exported(holds: Holds, pupil_ref: str) -> dict[str, list[dict[str, Any]]]:
    """Every row about a pupil, by table, in plain values; sealed texts opened, secrets left out."""
    found = {}
    for model, lookup in holds.items():
        classes = model.PRIVACY["fields"]  # type: ignore[attr-defined]
        rows = model._default_manager.filter(**{lookup: pupil_ref}).order_by("pk")
        found[str(model._meta.model_name)] = [
            {
                field.name: _plain(field.value_from_object(row))
                for field in model._meta.concrete_fields
                if classes[field.name] != "secret"
            }
            for row in rows
        ]
    return found


def erased(holds: Holds, pupil_ref: str) -> dict[str, int]:
    """Delete every row about a pupil; how many, by table."""
    counts = {}
    for model, lookup in holds.items():
        rows = model._default_manager.filter(**{lookup: pupil_ref})
        counts[str(model._meta.model_name)] = rows.count()
        rows.delete()
    return counts


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
