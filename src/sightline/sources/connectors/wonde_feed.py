"""What is asked of Wonde, how often and why: every field is there for a signal, a page or the keys.

Names are Wonde's, without the `data` around included objects. `students.` stands for each pupil of
a class or an incident, `students.meta.` for what Wonde says of that pupil in it.
"""

from sightline.sources.connectors.feed import Feed, Field, Resource, Setting

__all__ = ["FEED", "INCLUDED"]

# What `include` asks for with each resource. Little: it is the main lever of speed, and of privacy.
INCLUDED = {
    "students": "education_details,extended_details,year,registration",
    "employees": "employment_details",
    "classes": "subject,students",
    "lessons": "period,room",
    "marks": "attendance_code",
    "lesson_marks": "attendance_code,lesson,lesson.period",
    "behaviours": "students",
    "achievements": "students",
    "results": "aspect,resultset",
}
KEYS = ("keys",)
ID = Field("id", KEYS)
CHANGED = Field("updated_at", KEYS)
ASKED = Field("asked_on", KEYS)  # ours: the day it was asked for
ATTENDANCE = ("attendance_momentum", "persistent_lateness", "attendance")
CONDUCT = ("behaviour_rate", "behaviour_recency", "behaviour")
FAIRNESS = ("needs", "process")
LESSONS = ("behaviour_rate", "page")
PROGRESS = ("progress_variance", "attainment")


def _each(names: str, needed_for: tuple[str, ...], *, guarded: bool = False) -> tuple[Field, ...]:
    """Plain fields that are needed for the same, by their names with blanks between."""
    return tuple(Field(name, needed_for, guarded=guarded) for name in names.split())


SCHOOLS = Resource(
    "schools",
    "Schools",
    (ID, Field("name", ("page",)), Field("phase_of_education", ("week",))),
    ("schools",),
    ("school",),
    whole=True,
    needed=True,
)
STUDENTS = Resource(
    "students",
    "Pupils",
    (
        ID,
        CHANGED,
        *_each("forename surname", ("week", "page")),
        Field("gender", ("process",)),
        Field("date_of_birth", ("page",)),
        *_each("education_details.upn education_details.leaving_date", KEYS),
        Field("education_details.admission_date", KEYS, guarded=True),
        *_each("education_details.current_nc_year year.name", ("week",), guarded=True),
        Field("registration.name", ("page", "attendance"), guarded=True),
        Field("extended_details.sen_status", FAIRNESS, sensitive=True, guarded=True),
        Field("extended_details.english_as_additional_language", FAIRNESS, True, True),
        Field("extended_details.premium_pupil_indicator", FAIRNESS, sensitive=True, guarded=True),
    ),
    ("students",),
    ("pupil", "pupil_identity"),
    live=True,
    needed=True,
)
EMPLOYEES = Resource(
    "employees",
    "Staff",
    (
        ID,
        *_each("title forename", ("page",)),
        Field("surname", ("page",), guarded=True),
        Field("employment_details.current", ("people",), guarded=True),
        Field("employment_details.employment_end_date", ("people",)),
        ASKED,
    ),
    ("employees",),
    ("staff",),
    whole=True,
    from_start=False,  # those who left long ago are left out
)
CLASSES = Resource(
    "classes",
    "Classes and who is in them",
    (
        ID,
        Field("name", ("page",)),
        Field("subject.name", ("page", "engagement_vs_peers"), guarded=True),
        Field("students.id", ("behaviour_rate", "engagement_vs_peers"), guarded=True),
        ASKED,
    ),
    ("classes", "members"),
    ("class", "class_member"),
    whole=True,
    from_start=False,  # those of earlier years are gone
)
TIMETABLE = Resource(
    "lessons",
    "Timetable",
    (
        ID,
        Field("class", LESSONS, guarded=True),
        Field("employee", ("page", "people")),
        Field("room.name", ("page",)),
        *_each("period.name period.start_time period.end_time start_at end_at", LESSONS),
    ),
    ("lessons",),
    ("lesson",),
    whole=True,
    from_start=False,  # four weeks of them
    seasonal=True,
)
MARKS = Resource(
    "marks",
    "Register marks",
    (
        ID,
        CHANGED,
        Field("student", KEYS),
        *_each("date session", ATTENDANCE),
        Field("attendance_code.code", ATTENDANCE, sensitive=True, guarded=True),
        Field("minutes_late", ("persistent_lateness",)),
    ),
    ("marks",),
    ("attendance", "school_day"),
    live=True,
    from_start=False,  # a year's
)
LESSON_MARKS = Resource(
    "lesson_marks",
    "Lesson registers",
    (
        ID,
        CHANGED,
        Field("student", KEYS),
        Field("attendance_code.code", ("disengagement",), sensitive=True, guarded=True),
        *_each("lesson.class lesson.start_at lesson.period.name", ("disengagement",)),
    ),
    ("lesson_marks",),
    ("lesson_mark", "school_day"),
    live=True,
    from_start=False,  # a year's
)
BEHAVIOURS = Resource(
    "behaviours",
    "Behaviour incidents",
    (
        ID,
        CHANGED,
        Field("students.id", KEYS, guarded=True),
        Field("type", CONDUCT, guarded=True),
        *_each("students.meta.points points incident_date", CONDUCT),
        *_each("employee location", ("behaviour",)),
    ),
    ("behaviours",),
    ("behaviour",),
    live=True,
)
ACHIEVEMENTS = Resource(
    "achievements",
    "Achievements",
    (
        ID,
        CHANGED,
        Field("students.id", KEYS, guarded=True),
        Field("type", ("behaviour",), guarded=True),
        *_each("achievement_date employee", ("behaviour",)),
    ),
    ("achievements",),
    ("behaviour",),
    live=True,
)
RESULTS = Resource(
    "results",
    "Results of the aspects named in the settings",
    (
        ID,
        CHANGED,
        Field("student", KEYS),
        Field("result", PROGRESS, guarded=True),
        *_each("aspect.name resultset.name result_date collection_date", PROGRESS),
    ),
    ("results",),
    ("assessment",),
    whole=True,
)
SUMMARIES = Resource(
    "summaries",
    "Wonde's own sums of the registers",
    (
        *_each("present approved_education_activity authorised_absences", ("data",)),
        *_each("unauthorized_absences late_before_registration", ("data",)),
        *_each("late_after_registration missing_marks possible_marks", ("data",)),
    ),
    (),
    (),
    whole=True,
)
DELETIONS = Resource(
    "deletions",
    "What was deleted",
    (ID, Field("restored_at", KEYS)),
    ("deletions",),
    ("pupil", "class_member", "lesson", "behaviour", "assessment"),
    live=True,
)

FEED = Feed(
    kind="wonde",
    title="Wonde",
    about=(
        "Asks Wonde's API for pupils, staff names, classes, the timetable, register marks, "
        "behaviour and achievements. Single fields cannot be asked for there: an answer holds "
        "whole records, of which the fields listed here are read and the rest is thrown away with "
        "the answer. Grant the scopes of these fields and no others: the rest is not even sent. "
        "Never asked for: contacts, photos, medical records, religion, ethnicity, absences of "
        "staff. Comments are never read."
    ),
    profile="wonde",
    resources=(
        SCHOOLS,
        STUDENTS,
        EMPLOYEES,
        CLASSES,
        TIMETABLE,
        MARKS,
        LESSON_MARKS,
        BEHAVIOURS,
        ACHIEVEMENTS,
        RESULTS,
        SUMMARIES,
        DELETIONS,
    ),
    settings={
        "per_page": Setting("How many records are asked for at a time, 1 to 200.", "200", False),
        "history_days": Setting(
            "How many days back marks are asked for when everything is asked for.", "365", False
        ),
        "week_a": Setting(
            "With a timetable of two weeks: Mondays from which weeks A and B are counted in turn, "
            "holidays included, up to the next one named. Empty: a timetable of one week.",
            "2025-09-01 2025-11-03 2026-02-16",
            False,
        ),
        "calendar": Setting(
            "`marks`: a weekday is a school day when its registers have marks. `own`: the school "
            "days come from a file school_day.csv that you load.",
            "marks",
            False,
        ),
        "points_per_step": Setting(
            "How many behaviour points make one step of severity (1 to 5).", "1", False
        ),
        "severity_when_blank": Setting(
            "The severity of incidents without points, 1 to 5. Empty: they are refused.", "2", False
        ),
        "removed_codes": Setting(
            "Codes of lesson registers that say staff took the pupil out of the lesson. Lesson "
            "registers are asked for only when this or truant_codes is given.",
            "RM",
            False,
        ),
        "truant_codes": Setting(
            "Codes of lesson registers that say the pupil was in school and not in the lesson.",
            "TR",
            False,
        ),
        "aspects": Setting(
            "Which aspects are results of which subject, on which scale, and which of them hold "
            "what is expected. Results are asked for only when this is given.",
            "Y9 English = English, gcse_9_1; Y9 English Target = English, gcse_9_1, expected",
            False,
        ),
        "phase": Setting("The phase of the schools, if Wonde does not say.", "secondary", False),
    },
    secrets={"token": Setting("The access token that Wonde gives for the school or the trust.")},
    per_second=5.0,
    webhook=True,
    key_view=("students", "id", "education_details.upn"),
    pupil_columns={
        "students": "id",
        "members": "students.id",
        "marks": "student",
        "lesson_marks": "student",
        "behaviours": "students.id",
        "achievements": "students.id",
        "results": "student",
        "deletions": "id",
    },
    gone_view="deletions",
)
