"""How old the data is, in a sentence for the foot of every page."""

from datetime import datetime

from sightline.sheets import SchoolFacts
from sightline.web.dates import full_day, moment

__all__ = ["freshness"]


def freshness(facts: SchoolFacts, at: datetime) -> str:
    """Up to which day the attendance goes, and when it was loaded."""
    day = facts.fresh_to.get("attendance", facts.as_of)
    loaded = facts.recorded_at.astimezone(at.tzinfo)
    today = loaded.date() == at.date()
    when = f"{loaded:%H:%M} today" if today else moment(loaded)
    return f"Data to {full_day(day)}; loaded {when}."
