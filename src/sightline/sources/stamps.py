"""The date in a file's name, and what the name is without it.

`attendance_2025-09-01.csv` and `attendance_2025-09-02.csv` are the same export on two days, while
`year 7.csv` and `year 8.csv` are two exports. Only what certainly is a date counts as one.
"""

import re

__all__ = ["pattern_of", "stamp_of"]

YEAR, MONTH, DAY = r"20\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
TIME = r"(?:[-_T. ]?(?P<time>(?:[01]\d|2[0-3])[-_.:]?[0-5]\d(?:[-_.:]?[0-5]\d)?))?"
YEAR_FIRST = rf"(?P<y1>{YEAR})(?P<s1>[-_.]?)(?P<m1>{MONTH})(?P=s1)(?P<d1>{DAY})"
DAY_FIRST = rf"(?P<d2>{DAY})(?P<s2>[-_.]?)(?P<m2>{MONTH})(?P=s2)(?P<y2>{YEAR})"
STAMP = re.compile(rf"(?<!\d)(?:{YEAR_FIRST}|{DAY_FIRST}){TIME}(?!\d)", re.IGNORECASE)


def pattern_of(name: str) -> str:
    """The name in lower case with `#` for its date and time."""
    return STAMP.sub("#", name.lower())


def stamp_of(name: str) -> str:
    """The date and time in a name as digits that sort by time; empty when it has none."""
    found = STAMP.search(name)
    if found is None:
        return ""
    one = found.groupdict(default="")
    date = (one["y1"] or one["y2"]) + (one["m1"] or one["m2"]) + (one["d1"] or one["d2"])
    return date + re.sub(r"\D", "", one["time"])
