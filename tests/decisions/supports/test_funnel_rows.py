"""What the meetings recorded, as rows for figures about groups: dates, and nothing of the text."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from sightline.insights.fairness import Recorded
from sightline.triage.actions.decisions import undo
from sightline.triage.actions.supports import review_support
from sightline.triage.aims import aims_of
from sightline.triage.funnel import funnel_rows, recorded_of
from sightline.triage.models import Meeting

SINCE, UNTIL = date(2025, 9, 1), date(2026, 7, 17)


def rows(school: str, level: float | None = None) -> list[Recorded] | None:
    aims = aims_of(settings.SITE.thresholds())
    return funnel_rows(school, since=SINCE, until=UNTIL, aims=aims, level=lambda signal, ref: level)


@pytest.fixture
def reviewed(
    decided: Any, begin: Callable[..., Any], at: datetime, colleague: Callable[[str], Any]
) -> Any:
    """The pupil's support, begun at an attendance of 84% and looked at two weeks later."""
    support = begin(decision=decided)
    later = at + timedelta(14)
    review_support(
        by=colleague("senco"),
        at=later,
        support=support,
        outcome="keep",
        next_review_on=later.date() + timedelta(14),
    )
    return support


@pytest.mark.django_db
def test_a_school_without_a_recorded_list_is_not_one_in_which_nobody_was_listed(
    school: str,
) -> None:
    assert not Meeting.objects.exists()
    assert rows(school) is None
    assert recorded_of(settings.SITE, [school], since=SINCE, until=UNTIL) is None


def test_a_decision_to_act_counts_from_its_day(decided: Any, school: str, ref: str) -> None:
    (one,) = rows(school) or []
    assert (one.pupil_ref, one.listed_on) == (ref, date(2026, 3, 6))
    assert (one.decided_on, one.kind, one.acted_on) == (date(2026, 3, 9), "act", date(2026, 3, 9))
    assert one.support_on is None
    assert one.reviewed_on is None


def test_a_decision_undone_was_not_made(
    decided: Any, school: str, at: datetime, colleague: Callable[[str], Any]
) -> None:
    undo(by=colleague("head_of_year"), at=at, decision=decided)
    (one,) = rows(school) or []
    assert (one.decided_on, one.acted_on) == (None, None)


@pytest.mark.parametrize(
    ("level", "better"), [(86.0, True), (85.9, False), (80.0, False), (None, False)]
)
def test_improved_is_the_signal_s_meaningful_change_in_the_better_direction(
    reviewed: Any, school: str, level: float | None, better: bool
) -> None:
    (one,) = rows(school, level) or []
    assert one.support_on == date(2026, 3, 9)
    assert one.reviewed_on == date(2026, 3, 23)
    assert (one.improved_on is not None) == better


def test_an_improvement_nobody_has_looked_at_does_not_count_yet(
    decided: Any, begin: Callable[..., Any], school: str
) -> None:
    begin(decision=decided)
    (one,) = rows(school, 99.0) or []
    assert one.reviewed_on is None
    assert one.improved_on is None


def test_no_text_and_nobody_who_decided_is_in_a_row(reviewed: Any, school: str) -> None:
    (one,) = rows(school) or []
    told = [value for value in asdict(one).values() if isinstance(value, str)]
    assert sorted(told) == sorted([school, one.pupil_ref, "act"])


def test_what_was_listed_in_another_period_is_left_out(decided: Any, school: str) -> None:
    aims = aims_of(settings.SITE.thresholds())
    later = {"since": date(2026, 3, 7), "until": UNTIL}
    assert funnel_rows(school, **later, aims=aims, level=lambda signal, ref: None) is None
