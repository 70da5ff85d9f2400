"""A date from a form: one of those offered by name, or three boxes (day, month, year)."""

from collections.abc import Mapping
from datetime import date

__all__ = ["ANOTHER_DAY", "day_chosen"]

ANOTHER_DAY = "other"
NO_DATE = "Write the date as three numbers, for example 7 12 2026."


def day_chosen(typed: Mapping[str, str], field: str) -> date | None:
    """The date of `field`, or of `<field>_day`, `_month` and `_year`; None when nothing was chosen.

    Raises ValueError with the sentence to show.
    """
    chosen = typed.get(field, "")
    parts = [typed.get(f"{field}_{part}", "").strip() for part in ("day", "month", "year")]
    if chosen and chosen != ANOTHER_DAY:
        try:
            return date.fromisoformat(chosen)
        except ValueError:
            raise ValueError("Choose one of the dates offered.") from None
    if not any(parts):
        return None
    try:
        day, month, year = (int(part) for part in parts)
        return date(year + 2000 if year < 100 else year, month, day)
    except (ValueError, OverflowError):
        raise ValueError(NO_DATE) from None
