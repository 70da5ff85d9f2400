"""This week's meeting of Year 9, opened, and a way to decide in it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.conf import settings


@pytest.fixture
def group(school: str) -> Any:
    """The facts of Year 9."""
    from sightline.sheets import open_sheets

    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    return sheets.group(9)


@pytest.fixture
def meeting(group: Any, colleague: Callable[[str], Any], at: Any) -> Any:
    from sightline.triage.actions.meetings import open_meeting

    return open_meeting(by=colleague("head_of_year"), at=at, group=group)


@pytest.fixture
def decide(colleague: Callable[[str], Any], at: Any) -> Callable[..., Any]:
    """`decide(listing, "act")` with everything that the kind needs."""
    from sightline.triage.actions.decisions import decide as act

    def made(listing: Any, kind: str, **other: Any) -> Any:
        head = colleague("head_of_year")
        needed: dict[str, Any] = {
            "act": {"action": "Meet at the gate", "owner": head},
            "in_hand": {},
            "not_now": {"reason": "explained", "note": "Hospital appointments."},
        }[kind]
        given = {"by": head, "at": at, "until": date(2026, 3, 23), "listing": listing, "kind": kind}
        return act(**(given | needed | other))

    return made
