"""At which addresses an Ed-Fi platform is asked, and which fields of its records are kept.

A field is named by its way through the record (dots); a way through a list gives a row for each
entry. What begins with `asked.` is no field of theirs: it says what was asked for completely.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sightline.sources.connectors.feed import Field

__all__ = ["KEYS", "ROUTES", "Route"]

KEYS = ("keys",)
ATTENDANCE = ("attendance_momentum", "persistent_lateness", "attendance")
CLASSES = ("behaviour_rate", "engagement_vs_peers", "page")
STUDENT, SCHOOL = "studentReference.studentUniqueId", "schoolReference.schoolId"
SESSION = "sectionReference"
OF_GRADE = "studentSectionAssociationReference"


@dataclass(frozen=True, slots=True)
class Route:
    """An address below the data management API and the raw view its records become rows of.

    `by_school`: it can be asked for one school. `whole`: its records are needed to read others, so
    that it is asked for completely each time. `gone`: it lists what is there no more.
    """

    path: str
    view: str
    fields: tuple[Field, ...]
    by_school: bool = True
    whole: bool = False

    @property
    def gone(self) -> bool:
        return self.path.endswith(("/deletes", "/keyChanges"))


def _keys(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, KEYS) for name in names)


def _of_section(way: str) -> tuple[Field, ...]:
    names = ("schoolId", "schoolYear", "sessionName", "sectionIdentifier")
    return _keys(*(f"{way}.{name}" for name in names))


ID = _keys("id")
GONE_MEMBER = (*_of_section("keyValues"), *_keys("keyValues.studentUniqueId"))
GONE_GRADE = (
    *GONE_MEMBER,
    *_keys(
        "keyValues.gradingPeriodDescriptor",
        "keyValues.gradingPeriodName",
        "keyValues.gradingPeriodSequence",
        "keyValues.gradingPeriodSchoolYear",
        "keyValues.gradeTypeDescriptor",
    ),
)
OFFERINGS = Route(
    "courseOfferings",
    "course_offerings",
    (
        *_keys("localCourseCode", "sessionReference.schoolId", "sessionReference.schoolYear"),
        *_keys("sessionReference.sessionName"),
        Field("localCourseTitle", CLASSES),
    ),
    whole=True,
)
ROUTES: Mapping[str, tuple[Route, ...]] = {
    "schools": (
        Route("schools", "schools", (*_keys("schoolId"), Field("nameOfInstitution", ("page",)))),
    ),
    "enrolments": (
        Route(
            "studentSchoolAssociations",
            "enrolments",
            (
                *_keys(STUDENT, SCHOOL),
                Field("entryDate", ("keys", "attendance"), guarded=True),
                Field("exitWithdrawDate", ("keys", "attendance")),
                Field("entryGradeLevelDescriptor", ("week", "page"), guarded=True),
            ),
        ),
        Route(
            "studentSchoolAssociations/deletes",
            "deleted_enrolments",
            _keys("keyValues.studentUniqueId", "keyValues.schoolId"),
            by_school=False,
        ),
    ),
    "students": (
        Route(
            "students",
            "students",
            (
                *_keys("studentUniqueId"),
                Field("firstName", ("week", "page"), guarded=True),
                Field("lastSurname", ("week", "page"), guarded=True),
                Field("birthDate", ("page",)),
                Field("birthSexDescriptor", ("process",)),
            ),
            by_school=False,
        ),
    ),
    "calendar": (
        Route(
            "calendarDates",
            "calendar",
            (
                *_keys("calendarReference.schoolId"),
                Field("date", ATTENDANCE),
                Field("calendarEvents.calendarEventDescriptor", ATTENDANCE, guarded=True),
            ),
        ),
    ),
    "attendance": (
        Route(
            "studentSchoolAttendanceEvents",
            "attendance_events",
            (
                *ID,
                *_keys(STUDENT, SCHOOL),
                Field("eventDate", ATTENDANCE),
                Field("attendanceEventCategoryDescriptor", ATTENDANCE, guarded=True),
                Field("attendanceEventReason", ("attendance",), sensitive=True),
                Field("eventDuration", ATTENDANCE),
                Field("arrivalTime", ("persistent_lateness", "attendance")),
            ),
        ),
    ),
    "incidents": (
        Route(
            "disciplineIncidents",
            "incidents",
            (
                *ID,
                *_keys(SCHOOL, "incidentIdentifier"),
                Field("incidentDate", ("behaviour_recency", "behaviour_rate", "behaviour")),
                Field("incidentTime", ("behaviour",)),
                Field("behaviors.behaviorDescriptor", ("behaviour",)),
                Field("incidentLocationDescriptor", ("behaviour",)),
            ),
        ),
        Route(
            "studentDisciplineIncidentBehaviorAssociations",
            "incident_students",
            (
                *_keys("disciplineIncidentReference.incidentIdentifier"),
                *_keys("disciplineIncidentReference.schoolId", STUDENT),
                Field("behaviorDescriptor", ("behaviour",)),
                Field(
                    "disciplineIncidentParticipationCodes."
                    "disciplineIncidentParticipationCodeDescriptor",
                    ("behaviour_recency", "behaviour_rate", "behaviour"),
                ),
            ),
        ),
    ),
    "sections": (
        OFFERINGS,
        Route(
            "sections",
            "sections",
            (
                *_keys("sectionIdentifier", "courseOfferingReference.schoolId"),
                *_keys("courseOfferingReference.schoolYear", "courseOfferingReference.sessionName"),
                Field("courseOfferingReference.localCourseCode", CLASSES),
                Field("sectionName", CLASSES),
            ),
        ),
    ),
    "section_students": (
        Route(
            "studentSectionAssociations",
            "section_students",
            (
                *_of_section(SESSION),
                *_keys(STUDENT),
                Field("beginDate", CLASSES),
                Field("endDate", CLASSES),
            ),
        ),
        *(
            Route(
                f"studentSectionAssociations/{end}",
                "deleted_section_students",
                (*GONE_MEMBER, *_keys("keyValues.beginDate")),
                by_school=False,
            )
            for end in ("deletes", "keyChanges")
        ),
    ),
    "section_attendance": (
        Route(
            "studentSectionAttendanceEvents",
            "section_attendance_events",
            (
                *ID,
                *_of_section(SESSION),
                *_keys(STUDENT),
                Field("eventDate", ("disengagement",)),
                Field("attendanceEventCategoryDescriptor", ("disengagement",), guarded=True),
                Field("attendanceEventReason", ("disengagement",), sensitive=True),
            ),
        ),
        Route(
            "studentSectionAttendanceEvents/deletes",
            "deleted_section_attendance_events",
            _keys(
                "keyValues.schoolId",
                "keyValues.sectionIdentifier",
                "keyValues.studentUniqueId",
                "keyValues.eventDate",
            ),
            by_school=False,
        ),
    ),
    "grades": (
        Route(
            "gradingPeriods",
            "grading_periods",
            (
                *_keys("gradingPeriodDescriptor", "gradingPeriodName", "periodSequence"),
                *_keys(SCHOOL, "schoolYearTypeReference.schoolYear"),
                Field("endDate", ("attainment",)),
            ),
            whole=True,
        ),
        OFFERINGS,
        Route(
            "grades",
            "grades",
            (
                *_of_section(OF_GRADE),
                *_keys(f"{OF_GRADE}.localCourseCode", f"{OF_GRADE}.studentUniqueId"),
                *_keys("gradingPeriodReference.gradingPeriodDescriptor"),
                *_keys("gradingPeriodReference.gradingPeriodName"),
                *_keys("gradingPeriodReference.periodSequence"),
                *_keys("gradingPeriodReference.schoolYear"),
                Field("gradeTypeDescriptor", ("attainment",)),
                Field("letterGradeEarned", ("attainment",)),
                Field("numericGradeEarned", ("attainment",), guarded=True),
            ),
        ),
        *(
            Route(f"grades/{end}", "deleted_grades", GONE_GRADE, by_school=False)
            for end in ("deletes", "keyChanges")
        ),
    ),
}
