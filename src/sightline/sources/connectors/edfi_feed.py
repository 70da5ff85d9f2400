"""What the Ed-Fi connector asks for, how often and why."""

from datetime import timedelta

from sightline.sources.connectors.edfi_routes import KEYS, ROUTES
from sightline.sources.connectors.feed import Feed, Field, Resource, Setting

__all__ = ["FEED"]

PUPILS = {"enrolments", "students"}
SEASONAL = {"attendance", "incidents", "section_attendance", "grades"}
# Said with the records: of what a body holds everything that there is.
ASKED = {
    "attendance": ("asked_days", ("asked.schoolId", "asked.eventDate", "asked.on", "asked.new")),
    "incidents": ("asked_incidents", ("asked.schoolId", "asked.incidentIdentifier")),
}


def _resource(
    name: str, title: str, *tables: str, live: bool = False, whole: bool = False
) -> Resource:
    """A platform often holds one school year, so only of pupils it is told who is not there."""
    routes = ROUTES[name]
    view, asked = ASKED.get(name, ("", ()))
    fields = {one.name: one for route in routes for one in route.fields}
    views = [route.view for route in routes] + ([view] if view else [])
    return Resource(
        name,
        title,
        (*fields.values(), *(Field(one, KEYS) for one in asked)),
        tuple(dict.fromkeys(views)),
        tables,
        live=live,
        whole=whole,
        from_start=name in PUPILS,
        seasonal=name in SEASONAL,
        needed=name == "enrolments",
    )


FEED = Feed(
    kind="edfi",
    title="Ed-Fi ODS/API",
    about=(
        "A district's Ed-Fi ODS/API, version 5 to 7, of Data Standard 3 to 5. Attendance is taken "
        "to hold exceptions only, unless most of what it holds says that a pupil was there."
    ),
    profile="edfi",
    resources=(
        _resource("schools", "Schools", "school", whole=True),
        _resource("enrolments", "Enrolments", "pupil", "attendance", live=True, whole=True),
        _resource("students", "Students", "pupil", "pupil_identity", whole=True),
        _resource("calendar", "Calendar", "school_day", "attendance", live=True, whole=True),
        _resource("attendance", "Attendance events", "attendance", live=True),
        _resource("incidents", "Discipline incidents", "behaviour", live=True),
        _resource("sections", "Sections", "class", whole=True),
        _resource("section_students", "Pupils of sections", "class_member"),
        _resource("section_attendance", "Attendance of sections", "lesson_mark"),
        _resource("grades", "Grades", "assessment"),
    ),
    settings={
        "login": Setting(
            "Where tokens are given, if that is on another host.",
            "https://login.example.org/oauth/token",
            required=False,
        ),
        "attendance": Setting(
            "Whether attendance holds exceptions only or every pupil's every day; empty: it is "
            "told by the share of records that say a pupil was there.",
            "exceptions",
            required=False,
        ),
        "settle_days": Setting(
            "School days after which a day without any event counts as a day without absence.",
            "1",
            required=False,
        ),
        "window_days": Setting(
            "Days back from today of which attendance is asked for anew each time.",
            "21",
            required=False,
        ),
        "severities": Setting(
            "Severity (1 to 5) of behaviours; for others the site's severity_when_blank.",
            "Fighting = 4, Disruption = 2",
            required=False,
        ),
        "year_offset": Setting(
            "What to add to a grade to have the year group.", "1", required=False
        ),
        "lesson_marks": Setting(
            "`yes` when attendance of sections says who was removed or truant.",
            "yes",
            required=False,
        ),
    },
    secrets={
        "key": Setting("The key of the application, from the platform host."),
        "secret": Setting("Its secret."),
    },
    overlap=timedelta(days=1),  # in days asked for anew; changes go by their own counter
    pupil_columns={
        route.view: one.name
        for routes in ROUTES.values()
        for route in routes
        for one in route.fields
        if one.name.endswith("studentUniqueId")
    },
)
