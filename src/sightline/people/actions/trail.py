"""The record of changes to accounts: by a person, by the command line, or by a load."""

from datetime import datetime
from typing import Any

from sightline.people.models import User
from sightline.record.chain import Entry, changed, record

__all__ = ["noted"]


def noted(*, by: User | None, at: datetime, action: str, about: User, **detail: Any) -> None:
    """Record a change to an account. `by` is None for the command line and for a load."""
    if by is not None:
        what = {"area": "people", "school_id": about.school_id, "subject": f"user {about.pk}"}
        changed(by=by, at=at, action=action, **what, **detail)
        return
    entry = Entry(action, "people", about.school_id, f"user {about.pk}", "", detail)
    record([entry], at=at, actor="system")
