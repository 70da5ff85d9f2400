from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sightline.triage.models import Decision, Listing, Meeting, Review, Support
from sightline.triage.process import by_part, steps_of, summed
from sightline.triage.shares import TOO_FEW, Share, typical_days

TODAY = date(2026, 3, 9)
SINCE = date(2025, 9, 1)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    # From the closed form in any statistics table of Wilson's interval, in whole percent.
    [(0, 10, 0, 28), (10, 10, 72, 100), (5, 10, 24, 76), (50, 100, 40, 60), (1, 100, 0, 5)],
)
def test_a_share_comes_with_wilsons_range(count: int, of: int, low: int, high: int) -> None:
    assert Share(count, of).range == (low, high)


@pytest.mark.parametrize("of", range(10))
def test_fewer_than_ten_cases_say_nothing(of: int) -> None:
    assert str(Share(of, of)) == TOO_FEW
    assert not any(sign.isdigit() for sign in str(Share(of, of)))


def test_the_middle_of_fewer_than_ten_times_says_nothing() -> None:
    assert typical_days([1] * 9) == TOO_FEW
    assert typical_days([0] * 10) == "the same day"
    assert typical_days([1] * 5 + [3] * 6) == "3 days"


@pytest.fixture
def listed(db: Any, at: datetime, colleague: Callable[[str], Any]) -> Callable[..., Listing]:
    """`listed(week, ref, after=2)` is a listing decided after so many days; None: not decided."""
    user = colleague("head_of_year")

    def make(week: date, ref: str, after: int | None, finished: bool = True) -> Listing:
        moment = at - timedelta(days=(TODAY - week).days)
        meeting, _ = Meeting.objects.get_or_create(
            school_id="S0000",
            year_group=9,
            week=week,
            defaults={
                "as_of": week,
                "snapshot": 1,
                "capacity": 10,
                "counts": {"met_threshold": 31},
                "opened_at": moment,
                "finished_at": moment if finished else None,
            },
        )
        row = Listing.objects.create(meeting=meeting, pupil_ref=ref, position=1, entry={})
        if after is not None:
            Decision.objects.create(
                listing=row,
                school_id="S0000",
                pupil_ref=ref,
                kind="act",
                until=week + timedelta(days=14),
                decided_by=user,
                decided_at=moment + timedelta(days=after),
            )
        return row

    return make


def steps() -> list[Any]:
    return steps_of("S0000", since=SINCE, on=TODAY, year_of=lambda _: 9)


def test_decided_counts_decisions_in_force(listed: Callable[..., Listing]) -> None:
    for number in range(12):
        listed(date(2026, 3, 2), f"p{number}", 3 if number < 9 else None)
    undone = Decision.objects.first()
    undone.undone_at = undone.decided_at
    undone.save()
    found = summed("all", steps())
    assert (found.decided.count, found.decided.of) == (8, 12)
    assert (found.lists, found.listed, found.met) == (1, 12, 31)


def test_this_weeks_open_meeting_is_not_hurried(listed: Callable[..., Listing]) -> None:
    listed(date(2026, 3, 9), "p1", None, finished=False)
    assert summed("all", steps()).decided.of == 0


def test_parts_keep_their_order_and_add_up(listed: Callable[..., Listing]) -> None:
    listed(date(2026, 2, 2), "p1", 1)
    listed(date(2026, 3, 2), "p1", 1)
    found = by_part(steps(), lambda step: f"{step.on:%B}")
    assert [one.name for one in found] == ["February", "March"]
    assert sum(one.listed for one in found) == summed("all", steps()).listed


@pytest.mark.parametrize(
    ("reviewed_after", "count", "of"),
    [([14], 1, 1), ([21], 1, 1), ([22], 0, 1), ([], 0, 1), ([14, 35], 2, 2), ([14, 36], 1, 2)],
)
def test_a_review_is_on_time_within_a_week_of_its_date(
    listed: Callable[..., Listing],
    colleague: Callable[[str], Any],
    at: datetime,
    reviewed_after: list[int],
    count: int,
    of: int,
) -> None:
    week, user = date(2026, 1, 5), colleague("senco")
    start = at - timedelta(days=(TODAY - week).days)
    decision = listed(week, "p1", 0).decisions.get()
    support = Support.objects.create(
        school_id="S0000",
        pupil_ref="p1",
        name="Reading group",
        aim_signal="missing_work",
        owner=user,
        started_on=week,
        review_on=decision.until,
        ended_on=TODAY if reviewed_after else None,
        decision=decision,
        made_by=user,
        made_at=start,
    )
    for number, days in enumerate(reviewed_after, start=2):
        Review.objects.create(
            support=support,
            outcome="keep",
            next_review_on=week + timedelta(days=14 * number),
            reviewed_by=user,
            reviewed_at=start + timedelta(days=days),
        )
    found = summed("all", steps())
    assert (found.on_time.count, found.on_time.of) == (count, of)
    assert (found.ended.count, found.ended.of) == (int(bool(reviewed_after)), 1)


def test_a_review_whose_date_has_just_come_is_not_late_yet(
    db: Any, colleague: Callable[[str], Any], at: datetime
) -> None:
    user = colleague("senco")
    Support.objects.create(
        school_id="S0000",
        pupil_ref="p1",
        name="Reading group",
        aim_signal="missing_work",
        owner=user,
        started_on=date(2026, 2, 16),
        review_on=date(2026, 3, 2),
        made_by=user,
        made_at=at,
    )
    assert summed("all", steps()).on_time.of == 0
