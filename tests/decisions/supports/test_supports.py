"""Starting and reviewing: what is fixed stays fixed, and only a review moves a date."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

pytestmark = pytest.mark.django_db
LATER = date(2026, 4, 20)


def test_starting_is_recorded_and_announced_without_words(
    begin: Any, ref: str, decided: Any
) -> None:
    from sightline.record.models import AuditEvent
    from sightline.triage.models import Event, Support

    support = Support.objects.get(pk=begin(decision=decided).pk)
    assert (support.name, support.started_on) == ("Breakfast club", date(2026, 3, 9))
    event = Event.objects.get(kind="support_started")
    assert event.about == support.pk
    row = AuditEvent.objects.get(action="start_support")
    assert (row.area, row.subject) == ("support", ref)
    assert row.detail == {"support": support.pk, "decision": decided.pk}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"aim_signal": "support_without_change"}, "aim_signal"),
        ({"owner": None}, "owner"),
        ({"success": None, "success_words": ""}, "success"),
        ({"success": 83.0}, "success"),
        ({"success_words": "x" * 401}, "success_words"),
        ({"review_on": None}, "review_on"),
        ({"review_on": date(2026, 3, 9)}, "review_on"),
        ({"review_on": date(2027, 9, 1)}, "review_on"),
    ],
)
def test_a_support_that_is_not_complete_is_not_started(
    begin: Any, changed: dict[str, Any], field: str
) -> None:
    from sightline.triage.models import Support

    with pytest.raises(ValidationError) as caught:
        begin(**changed)
    assert list(caught.value.message_dict) == [field]
    assert not Support.objects.exists()


def test_a_decision_about_another_pupil_or_undone_founds_no_support(
    begin: Any, decided: Any, elsewhere: str, colleague: Callable[[str], Any], at: datetime
) -> None:
    from sightline.triage.actions.decisions import undo

    with pytest.raises(ValidationError):
        begin(pupil_ref=elsewhere, decision=decided)
    undo(by=colleague("head_of_year"), at=at, decision=decided)
    decided.refresh_from_db()
    with pytest.raises(ValidationError):
        begin(decision=decided)


@pytest.mark.parametrize(
    ("field", "value"),
    [("success", 80.0), ("start_level", 70.0), ("success_words", "Less"), ("name", "Other")],
)
def test_the_goal_cannot_be_moved_through_the_model(begin: Any, field: str, value: Any) -> None:
    support = begin()
    setattr(support, field, value)
    with pytest.raises(ValueError, match="fixed at its start"):
        support.save()


def test_the_database_itself_refuses_to_move_the_goal(begin: Any) -> None:
    from sightline.triage.models import Support

    support = begin()
    changes: list[dict[str, Any]] = [
        {"success": 80.0},
        {"start_level": None},
        {"aim_signal": "missing_work"},
        {"started_on": date(2026, 3, 1)},
    ]
    for values in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Support.objects.filter(pk=support.pk).update(**values)
    Support.objects.filter(pk=support.pk).update(review_on=LATER, success=88.0)


def test_keep_moves_the_review_and_end_ends(
    begin: Any, colleague: Callable[[str], Any], at: datetime
) -> None:
    from sightline.triage.actions.supports import review_support
    from sightline.triage.models import Event, Support

    support, by = begin(), colleague("senco")
    review = review_support(
        by=by, at=at, support=support, outcome="keep", before="80%", next_review_on=LATER
    )
    support = Support.objects.get()
    assert (support.review_on, support.ended_on, review.before) == (LATER, None, "80%")
    review_support(by=by, at=at + timedelta(days=7), support=support, outcome="end")
    support = Support.objects.get()
    assert support.ended_on == date(2026, 3, 16)
    assert support.reviews.count() == Event.objects.filter(kind="reviewed").count() == 2
    with pytest.raises(ValidationError):
        review_support(by=by, at=at + timedelta(days=8), support=support, outcome="end")


def test_a_review_says_what_is_missing(
    begin: Any, colleague: Callable[[str], Any], at: datetime
) -> None:
    from sightline.triage.actions.supports import review_support

    support, by = begin(), colleague("senco")
    for given, fields in [
        ({"outcome": ""}, {"outcome"}),
        ({"outcome": "keep"}, {"next_review_on"}),
        ({"outcome": "keep", "next_review_on": at.date()}, {"next_review_on"}),
        ({"outcome": "change", "next_review_on": LATER}, {"note"}),
        ({"outcome": "end", "note": "x" * 2001}, {"note"}),
    ]:
        with pytest.raises(ValidationError) as caught:
            review_support(by=by, at=at, support=support, **given)
        assert set(caught.value.message_dict) == fields


def test_two_people_reviewing_at_once_do_not_overwrite_silently(
    begin: Any, colleague: Callable[[str], Any], at: datetime
) -> None:
    from sightline.triage.actions.supports import review_support

    support = begin()
    given = {"at": at, "support": support, "outcome": "keep", "next_review_on": LATER, "seen": 0}
    review_support(by=colleague("senco"), **given)
    with pytest.raises(ValidationError, match="a moment ago"):
        review_support(by=colleague("head_of_year"), **given)
    assert support.reviews.count() == 1


def test_reviews_due_are_of_the_year_or_the_owner_longest_waiting_first(
    begin: Any, colleague: Callable[[str], Any], school: str, elsewhere: str
) -> None:
    from sightline.triage.support_queries import current_supports, reviews_due

    late = begin(review_on=date(2026, 3, 20))
    later = begin(review_on=date(2026, 3, 23), owner=colleague("head_of_year"))
    begin(review_on=date(2026, 3, 24))
    other = begin(pupil_ref=elsewhere, review_on=date(2026, 3, 10))
    on = date(2026, 3, 23)
    assert reviews_due(school, on) == [other, late, later]
    assert reviews_due(school, on, year_group=9) == [late, later]
    assert reviews_due(school, on, owner=colleague("head_of_year")) == [later]
    assert len(current_supports([school], on=on)) == 4
    assert current_supports([school], on=on, ended=True) == []


def test_owners_are_staff_whose_role_shows_them_supports(
    colleague: Callable[[str], Any], school: str, at: datetime
) -> None:
    from sightline.triage.support_queries import owners

    for role in ("senco", "class_teacher", "data_manager", "dpo", "administrator"):
        colleague(role)
    assert [one.name for one in owners(school, at.date())] == ["Mrs Bell", "Ms Kaur"]
