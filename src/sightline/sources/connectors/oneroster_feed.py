"""What is asked of a OneRoster server, and why: never an address, a telephone, a password or race.

The standard has no attendance and no behaviour: it gives the roll, the classes and the gradebook.
"""

from datetime import timedelta

from sightline.sources.connectors.feed import Feed, Field, Resource, Setting

__all__ = ["FEED", "SERVICES", "SETTINGS", "asked_fields"]

KEYS = ("keys",)
BASE = (
    Field("sourcedId", KEYS),
    Field("status", KEYS),
    Field("dateLastModified", KEYS),
)
NAMES = (
    Field("givenName", ("page",)),
    Field("familyName", ("page",)),
    Field("preferredFirstName", ("page",)),
    Field("preferredLastName", ("page",)),
    Field("role", KEYS),
    Field("orgs.sourcedId", KEYS),
    Field("roles.roleType", KEYS),
    Field("roles.role", KEYS),
    Field("roles.org.sourcedId", KEYS),
    Field("roles.beginDate", KEYS),
    Field("roles.endDate", KEYS),
)

RESOURCES = (
    Resource(
        "orgs",
        "The schools",
        (*BASE, Field("name", ("page",)), Field("type", KEYS)),
        views=("orgs",),
        tables=("school",),
        whole=True,
        needed=True,
    ),
    Resource(
        "academicSessions",
        "School years and terms",
        (*BASE, Field("type", KEYS), Field("startDate", KEYS)),
        views=("academicsessions",),
        tables=("pupil", "class_member"),
        whole=True,
        needed=True,
    ),
    Resource(
        "courses",
        "Courses, for the subjects of classes",
        (*BASE, Field("title", ("work",)), Field("subjects", ("work",))),
        views=("courses",),
        tables=("class",),
        whole=True,
        needed=True,
    ),
    Resource(
        "classes",
        "Classes and tutor groups",
        (
            *BASE,
            Field("title", ("work",)),
            Field("classType", ("page",)),
            Field("subjects", ("work",)),
            Field("course.sourcedId", KEYS),
            Field("school.sourcedId", KEYS),
            Field("terms.sourcedId", KEYS),
        ),
        views=("classes",),
        tables=("class", "class_member", "pupil"),
        whole=True,
        needed=True,
    ),
    Resource(
        "students",
        "Pupils",
        (*BASE, *NAMES, Field("grades", ("week",), guarded=True), Field("userIds", KEYS)),
        views=("users", "roles"),
        tables=("pupil", "pupil_identity"),
        whole=True,
        needed=True,
    ),
    Resource(
        "teachers",
        "Teachers",
        (*BASE, *NAMES),
        views=("users", "roles"),
        tables=("staff",),
        whole=True,
        needed=True,
    ),
    Resource(
        "demographics",
        "Date of birth and sex",
        (
            *BASE,
            Field("birthDate", ("page",), sensitive=True),
            Field("sex", ("process",), sensitive=True),
        ),
        views=("demographics",),
        tables=("pupil", "pupil_identity"),
        whole=True,
        needed=True,
    ),
    Resource(
        "enrollments",
        "Who is in which class",
        (
            *BASE,
            Field("class.sourcedId", KEYS),
            Field("user.sourcedId", KEYS),
            Field("role", KEYS),
            Field("beginDate", KEYS),
            Field("endDate", KEYS),
        ),
        views=("enrollments",),
        tables=("class_member", "pupil"),
        whole=True,
        needed=True,
    ),
    Resource(
        "categories",
        "Kinds of line items, to tell homework from tests",
        (*BASE, Field("title", ("missing_work",))),
        views=("categories",),
        tables=("work",),
        whole=True,
        needed=True,
    ),
    Resource(
        "lineItems",
        "Work and tests that were set",
        (
            *BASE,
            Field("title", ("attainment",)),
            Field("assignDate", ("work",)),
            Field("dueDate", ("missing_work",)),
            Field("class.sourcedId", KEYS),
            Field("category.sourcedId", KEYS),
            Field("resultValueMax", ("attainment",)),
        ),
        views=("lineitems",),
        tables=("work", "assessment"),
        whole=True,
        needed=True,
    ),
    Resource(
        "results",
        "What became of them",
        (
            *BASE,
            Field("lineItem.sourcedId", KEYS),
            Field("student.sourcedId", KEYS),
            Field("scoreStatus", ("missing_work",)),
            Field("score", ("attainment",)),
            Field("scoreDate", ("attainment",)),
            Field("late", ("work",)),
            Field("missing", ("missing_work",)),
        ),
        views=("results",),
        tables=("work", "assessment"),
        from_start=False,  # servers drop the years before
        needed=True,
    ),
)

# resource -> (service of version 1.2, path, member of the answer that holds the records)
SERVICES = {
    "orgs": ("rostering", "schools/{school}", "org"),
    "academicSessions": ("rostering", "academicSessions", "academicSessions"),
    "courses": ("rostering", "courses", "courses"),
    "classes": ("rostering", "schools/{school}/classes", "classes"),
    "students": ("rostering", "schools/{school}/students", "users"),
    "teachers": ("rostering", "schools/{school}/teachers", "users"),
    "demographics": ("rostering", "demographics", "demographics"),
    "enrollments": ("rostering", "schools/{school}/enrollments", "enrollments"),
    "categories": ("gradebook", "categories", "categories"),
    "lineItems": ("gradebook", "lineItems", "lineItems"),
    "results": ("gradebook", "results", "results"),
}
# The names that only one version has: a server may refuse a name it does not know.
ONLY = {
    "1.1": {"role", "orgs"},
    "1.2": {"preferredFirstName", "preferredLastName", "roles", "late", "missing"},
}

SETTINGS = {
    "phase": Setting(
        "The phase of the schools, or of each where they differ.", "S1=primary S2=secondary", False
    ),
    "academic_year": Setting(
        "First day of pupils and classes that have none of their own.", "2025-09-01", False
    ),
}

FEED = Feed(
    kind="oneroster",
    title="OneRoster 1.1 or 1.2 server",
    about=(
        "The roll, classes and gradebook of a system that speaks OneRoster. Attendance and "
        "behaviour are not in the standard: they need another source."
    ),
    profile="oneroster",
    resources=RESOURCES,
    settings={
        "version": Setting("The version of the standard: 1.1 or 1.2.", "1.2"),
        "sign_in": Setting(
            "oauth2, oauth2-body (credentials in the body) or oauth1 (signed calls, 1.1 only).",
            "oauth2",
            False,
        ),
        "token_address": Setting(
            "Where OAuth 2 tokens are given.", "https://sis.example.org/oauth/token", False
        ),
        "scope": Setting(
            "Scopes to ask for, where not those of the standard.", "roster-core.readonly", False
        ),
        "signature": Setting("HMAC-SHA256 or HMAC-SHA1, with oauth1.", "HMAC-SHA256", False),
        "leave_out": Setting(
            "What the server does not have or must not give.", "demographics gradebook", False
        ),
        **SETTINGS,
    },
    secrets={
        "client_id": Setting("Client id, or consumer key."),
        "client_secret": Setting("Client secret."),
    },
    # A server's clock and its caches: changes stamped a little in the past are met again.
    overlap=timedelta(hours=1),
    per_second=5.0,
    key_view=("users", "record_id", "userIds"),
    pupil_columns={
        "users": "record_id",
        "roles": "user.sourcedId",
        "demographics": "record_id",
        "enrollments": "user.sourcedId",
        "results": "student.sourcedId",
    },
)


def asked_fields(resource: str, version: str) -> list[str]:
    """The members asked for by name: the outermost of each declared field."""
    other = ONLY["1.2" if version == "1.1" else "1.1"]
    if resource == "enrollments":  # a role of its own, in both versions
        other = set()
    outermost = (one.name.split(".")[0] for one in FEED.resource(resource).fields)
    return [name for name in dict.fromkeys(outermost) if name not in other]
