"""School events: changes of teacher, and a few things that happen in any year."""

from dataclasses import dataclass
from datetime import date

from sightline.synthetic.school import School

__all__ = ["SchoolEvent", "school_events"]

OTHER_EVENTS = (
    ("curriculum", "New topic order in {subject}", "subject"),
    ("timetable", "Lunch moved by ten minutes", ""),
    ("building", "Roof repair near the hall", ""),
    ("other", "Mock examinations", "year"),
)
LENGTH = 10


@dataclass(frozen=True)
class SchoolEvent:
    """Something that happened to the school, a class or a year group."""

    kind: str
    title: str
    from_on: date
    to_on: date | None
    which: int | None = None
    subject: str | None = None
    year: int | None = None
    staff: int | None = None


def school_events(school: School) -> list[SchoolEvent]:
    """In the order of their dates."""
    random, table, days = school.plan.random("events"), school.table, school.year.open
    found = [
        SchoolEvent(
            "staffing", f"Another teacher takes {table.names[which]}", change.on, None, which,
            table.subjects[which], table.years[which], change.teacher,
        )
        for which, change in sorted(table.changes.items())
    ]  # fmt: skip
    for kind, title, about in OTHER_EVENTS:
        start = int(random.integers(0, len(days) - LENGTH))
        subject = str(random.choice(table.subjects)) if about == "subject" else None
        group = int(random.choice(table.years)) if about == "year" else None
        title, ends = title.format(subject=subject), days[start + LENGTH - 1].on
        found.append(SchoolEvent(kind, title, days[start].on, ends, None, subject, group))
    return sorted(found, key=lambda event: (event.from_on, event.title))
