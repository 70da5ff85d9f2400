"""How long there is to answer: complaints within 30 days, and what is kept until when. Pure.

Sources: Data (Use and Access) Act 2025 s.103 (acknowledge a complaint within 30 days); UK GDPR
Article 12(3) (answer a request to correct or erase within a month).
"""

from datetime import date, timedelta

__all__ = ["ICO", "STATES", "acknowledge_by", "kept_from", "school_year_end", "state_of"]

DAYS_TO_ACKNOWLEDGE = 30
SOON = 7  # days before the last one from which the list says "soon"
ICO = (
    "If you are not content with this answer you can complain to the Information Commissioner: "
    "ico.org.uk/make-a-complaint, telephone 0303 123 1113."
)
STATES = {
    "closed": "Answered",
    "acknowledged": "Acknowledged",
    "waiting": "To be acknowledged",
    "soon": "Due within a week",
    "overdue": "Overdue",
}


def acknowledge_by(received_on: date) -> date:
    """The last day on which acknowledging is in time."""
    return received_on + timedelta(days=DAYS_TO_ACKNOWLEDGE)


def state_of(by: date, *, today: date, acknowledged: bool, closed: bool) -> str:
    """A key of STATES. On the last day it is still in time."""
    if closed:
        return "closed"
    if acknowledged:
        return "acknowledged"
    if today > by:
        return "overdue"
    return "soon" if (by - today).days <= SOON else "waiting"


def school_year_end(day: date) -> date:
    """The last day of the school year that a date is in: 31 August."""
    return date(day.year + (day.month >= 9), 8, 31)


def kept_from(today: date) -> date:
    """The first date whose records are still kept: to its school year's end and one year more."""
    return date(school_year_end(today).year - 2, 9, 1)
