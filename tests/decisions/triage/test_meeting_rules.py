"""The pure rules: what a decision needs, which dates are offered, what chance explains."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import comb

import pytest

from sightline.triage.chance import GroupShare, group_shares, tail
from sightline.triage.pace import minutes_left
from sightline.triage.rules import Proposal, away_offers, mistakes, review_offers

MONDAY = date(2026, 3, 9)
HOLIDAY = [date(2026, 3, 30) + timedelta(days=one) for one in range(12)]
OPEN = [
    day
    for day in (MONDAY + timedelta(days=one) for one in range(1, 120))
    if day.weekday() < 5 and day not in HOLIDAY
]


def test_two_weeks_is_offered_first():
    assert review_offers(MONDAY, OPEN)[0].words == "In 2 weeks, Mon 23 Mar"
    assert review_offers(MONDAY, OPEN)[1].words == "In 1 week, Mon 16 Mar"


def test_a_review_is_never_offered_on_a_day_without_school():
    offers = review_offers(MONDAY, OPEN)
    assert "First day back, Mon 13 Apr" in [one.words for one in offers]
    assert all(one.on in OPEN for one in offers)
    assert len({one.on for one in offers}) == len(offers)


def test_not_a_concern_stays_away_twenty_school_days_unless_another_is_chosen():
    first = away_offers(OPEN)[0]
    assert first.on == OPEN[19]
    assert first.words == "Mon 20 Apr, 20 school days"


def test_nothing_is_offered_beyond_the_calendar():
    assert review_offers(MONDAY, []) == []
    assert away_offers(OPEN[:5]) == []


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (Proposal(""), {"kind"}),
        (Proposal("act"), {"action", "owner", "until"}),
        (Proposal("act", action="Ring home", until=OPEN[9]), {"owner"}),
        (Proposal("in_hand"), {"until"}),
        (Proposal("not_now", until=OPEN[9]), {"reason", "note"}),
        (Proposal("not_now", reason="explained", until=OPEN[9]), {"note"}),
        (Proposal("not_now", reason="not_for_us", until=OPEN[9]), {"note"}),
        (Proposal("not_now", reason="already_better", until=OPEN[9]), set()),
        (Proposal("not_now", reason="because", note="x", until=OPEN[9]), {"reason"}),
        (Proposal("in_hand", until=MONDAY), {"until"}),
        (Proposal("in_hand", until=MONDAY + timedelta(days=400)), {"until"}),
        (Proposal("in_hand", until=OPEN[9], adjustments="maybe"), {"adjustments"}),
        (Proposal("in_hand", until=OPEN[9], note="x" * 2001), {"note"}),
    ],
)
def test_a_decision_says_what_it_still_needs(given, missing):
    assert set(mistakes(given, MONDAY)) == missing


def test_the_tail_is_the_exact_hypergeometric_one():
    # 4 or more of 36 among 10 drawn from 199: worked by hand from the definition.
    ways = sum(comb(36, k) * comb(163, 10 - k) for k in range(4, 11))
    assert tail(4, 10, 36, 199) == pytest.approx(float(Fraction(ways, comb(199, 10))))
    assert tail(0, 10, 36, 199) == pytest.approx(1.0)
    # Known values: all four aces in a hand of four, and at least one red card among two.
    assert tail(4, 4, 4, 52) == pytest.approx(1 / 270725)
    assert tail(1, 2, 26, 52) == pytest.approx(1 - (26 * 25) / (52 * 51))


def share(listed, in_year, of_year=200):
    return GroupShare("Pupils with SEND", listed, 10, in_year, of_year, listed, 10, 1)


def test_a_share_that_chance_explains_is_said_to_be_chance():
    assert "can happen by chance" in share(4, 36).words()
    assert not share(4, 36).stands_out


def test_a_share_that_chance_hardly_explains_is_said_so():
    assert "unlikely by chance alone" in share(7, 36).words()
    assert share(7, 36).stands_out


def test_a_share_below_the_years_is_no_more_than_it():
    assert "no more than in the year" in share(1, 36).words()


def test_the_lists_of_a_term_are_counted_together():
    found = group_shares(
        {"sen": [4, 10, 36, 200]}, [{"sen": [3, 10, 36, 200]}, {"sen": [4, 10, 36, 200]}]
    )
    assert found[0].term_words() == "Over the 2 lists of this term it was 35% (7 of 20 places)."


def test_minutes_left_follow_the_pace_so_far():
    start = datetime(2026, 3, 9, 8, 40, tzinfo=UTC)
    times = [start, start + timedelta(minutes=3), start + timedelta(minutes=6)]
    assert minutes_left(times, 4) == 12
    assert minutes_left(times[:1], 4) is None
    assert minutes_left([start, start + timedelta(days=1)], 4) is None
