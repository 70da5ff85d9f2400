"""Dates as the pages write them: Mon 7 Dec; 7 Dec; Monday 7 December; 24-hour clock."""

from datetime import date, datetime

__all__ = ["day_and_month", "full_day", "moment", "short_day"]


def short_day(day: date) -> str:
    """Mon 7 Dec."""
    return f"{day:%a} {day.day} {day:%b}"


def day_and_month(day: date) -> str:
    """7 Dec."""
    return f"{day.day} {day:%b}"


def full_day(day: date) -> str:
    """Monday 7 December."""
    return f"{day:%A} {day.day} {day:%B}"


def moment(at: datetime) -> str:
    """Mon 7 Dec, 08:40."""
    return f"{short_day(at.date())}, {at:%H:%M}"
