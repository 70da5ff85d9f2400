"""Whether the data is as fresh as the calendar asks, and which term a day lies in."""

from datetime import date

from sightline.sheets import SchoolFacts
from sightline.web.dates import short_day

__all__ = ["last_open_day", "stale_words", "term_of"]


def last_open_day(facts: SchoolFacts, before: date) -> date | None:
    """The last day before another on which the school was open."""
    opened = (one for one, told in facts.days.items() if told[0] == "open" and one < before)
    return max(opened, default=None)


def stale_words(facts: SchoolFacts, today: date) -> str:
    """What is missing, if the last school day's register did not arrive; else empty."""
    have, wanted = facts.fresh_to.get("attendance"), last_open_day(facts, today)
    if wanted is None or (have and have >= wanted):
        return ""
    if have is None:
        return "No attendance has arrived yet."
    return f"Attendance is to {short_day(have)}; {short_day(wanted)} has not arrived."


def term_of(facts: SchoolFacts, day: date) -> str:
    """The term a day's week lies in; empty when the calendar does not say."""
    ahead = sorted(one for one, told in facts.days.items() if told[1] and one >= day)
    return facts.days[ahead[0]][1] if ahead and (ahead[0] - day).days < 7 else ""
