"""The group of an address such as /week/year-9/: which school and year, and may it be seen."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest

from sightline.access import may
from sightline.sheets import SchoolSheets, sheet_schools
from sightline.web.door import school_sheets
from sightline.web.menu import group_word

__all__ = ["Group", "group_or_404"]

WORD = re.compile(r"(?:(?P<school>.+)-)?year-(?P<year>\d{1,2})")
YEAR = timedelta(days=400)


@dataclass(frozen=True)
class Group:
    """A year group of a school. `word` is how its addresses name it."""

    word: str
    school_id: str
    year_group: int
    sheets: SchoolSheets

    @property
    def title(self) -> str:
        return f"Year {self.year_group}"

    def days_after(self, today: date) -> list[date]:
        """The school's days to come, as far as its calendar goes."""
        return list(self.sheets.school_days(today + timedelta(days=1), today + YEAR))


def group_or_404(request: HttpRequest, word: str, needs: str = "week") -> Group:
    """The group, if the viewer may see (or do) `needs` there; else 404, as for one unknown."""
    found = WORD.fullmatch(word)
    school_id = _school(found["school"]) if found else None
    if found is None or school_id is None:
        raise Http404
    year_group = int(found["year"])
    sheets = school_sheets(request, school_id)
    viewer = request.visit.viewer  # type: ignore[attr-defined]
    allowed = may(viewer, needs, school_id=school_id, year_group=year_group)
    if year_group not in sheets.facts.year_groups or not allowed:
        raise Http404
    return Group(group_word(school_id, year_group), school_id, year_group, sheets)


def _school(word: str | None) -> str | None:
    """The school an address names; none is needed where there is only one."""
    known = list(sheet_schools(settings.SITE))
    if word is None:
        return known[0] if len(known) == 1 else None
    return next((one for one in known if one.lower() == word), None)
