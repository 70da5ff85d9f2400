"""Which elements of Ed-Fi interchange files are of use, and where in them each field stands."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["IDENTIFIED", "KINDS", "Path"]

Path = tuple[str, ...]

# element -> (raw view, the supplier's name of a field -> the way to its element). A way's first
# name lies directly within the record, the others at any depth below it.
STUDENT = ("StudentReference", "StudentUniqueId")
SCHOOL = ("SchoolReference", "SchoolId")
EVENT = "AttendanceEvent"


def _section(*way: str) -> dict[str, Path]:
    """The fields that together name a section, by way of these elements."""
    return {
        "sectionIdentifier": (*way, "SectionIdentifier"),
        "schoolId": (*way, "CourseOfferingReference", "SchoolId"),
        "schoolYear": (*way, "CourseOfferingReference", "SchoolYear"),
        "sessionName": (*way, "CourseOfferingReference", "SessionName"),
    }


SECTION = _section("SectionReference")
OF_GRADE = _section("StudentSectionAssociationReference")
KINDS: Mapping[str, tuple[str, Mapping[str, Path]]] = MappingProxyType(
    {
        "Student": (
            "students",
            {
                "studentUniqueId": ("StudentUniqueId",),
                "firstName": ("Name", "FirstName"),
                "lastSurname": ("Name", "LastSurname"),
                "birthDate": ("BirthData", "BirthDate"),
                "birthSexDescriptor": ("BirthData", "BirthSex"),
            },
        ),
        "StudentSchoolAssociation": (
            "enrolments",
            {
                "studentUniqueId": STUDENT,
                "schoolId": SCHOOL,
                "entryDate": ("EntryDate",),
                "exitWithdrawDate": ("ExitWithdrawDate",),
                "entryGradeLevelDescriptor": ("EntryGradeLevel",),
            },
        ),
        "School": (
            "schools",
            {"schoolId": ("SchoolId",), "nameOfInstitution": ("NameOfInstitution",)},
        ),
        "CalendarDate": (
            "calendar",
            {"schoolId": ("CalendarReference", "SchoolId"), "date": ("Date",)},
        ),
        "StudentSchoolAttendanceEvent": (
            "attendance_events",
            {
                "studentUniqueId": STUDENT,
                "schoolId": SCHOOL,
                "eventDate": (EVENT, "EventDate"),
                "category": (EVENT, "AttendanceEventCategory"),
                "reason": (EVENT, "AttendanceEventReason"),
                "duration": (EVENT, "EventDuration"),
                "arrivalTime": ("ArrivalTime",),
            },
        ),
        "Section": (
            "sections",
            {
                "sectionIdentifier": ("SectionIdentifier",),
                "schoolId": ("CourseOfferingReference", "SchoolId"),
                "schoolYear": ("CourseOfferingReference", "SchoolYear"),
                "sessionName": ("CourseOfferingReference", "SessionName"),
                "localCourseCode": ("CourseOfferingReference", "LocalCourseCode"),
                "courseTitle": ("SectionName",),
            },
        ),
        "StudentSectionAssociation": (
            "section_students",
            {
                **SECTION,
                "studentUniqueId": STUDENT,
                "beginDate": ("BeginDate",),
                "endDate": ("EndDate",),
            },
        ),
        "StudentSectionAttendanceEvent": (
            "section_attendance_events",
            {
                "studentUniqueId": STUDENT,
                "schoolId": SECTION["schoolId"],
                "sectionIdentifier": SECTION["sectionIdentifier"],
                "eventDate": (EVENT, "EventDate"),
                "category": (EVENT, "AttendanceEventCategory"),
                "reason": (EVENT, "AttendanceEventReason"),
            },
        ),
        "DisciplineIncident": (
            "incidents",
            {
                "schoolId": SCHOOL,
                "incidentIdentifier": ("IncidentIdentifier",),
                "incidentDate": ("IncidentDate",),
                "incidentTime": ("IncidentTime",),
                "behavior": ("Behavior", "Behavior"),
                "location": ("IncidentLocation",),
            },
        ),
        "StudentDisciplineIncidentBehaviorAssociation": (
            "incident_students",
            {
                "incidentIdentifier": ("DisciplineIncidentReference", "IncidentIdentifier"),
                "schoolId": ("DisciplineIncidentReference", "SchoolId"),
                "studentUniqueId": STUDENT,
                "participation": ("DisciplineIncidentParticipationCode",),
            },
        ),
        "Grade": (
            "grades",
            {
                "studentUniqueId": ("StudentSectionAssociationReference", "StudentUniqueId"),
                "schoolId": OF_GRADE["schoolId"],
                "sectionIdentifier": OF_GRADE["sectionIdentifier"],
                "gradingPeriod": ("GradingPeriodReference", "GradingPeriod"),
                "gradeType": ("GradeType",),
                "letterGrade": ("LetterGradeEarned",),
                "numericGrade": ("NumericGradeEarned",),
                "endDate": ("GradingPeriodReference", "EndDate"),
            },
        ),
    }
)
# Views whose rows need an id, which bulk files do not have: it is made of what identifies them.
IDENTIFIED: Mapping[str, Path] = MappingProxyType(
    {
        "attendance_events": ("schoolId", "studentUniqueId", "eventDate", "category"),
        "section_attendance_events": (
            *("schoolId", "sectionIdentifier", "studentUniqueId", "eventDate", "category"),
        ),
        "incidents": ("schoolId", "incidentIdentifier"),
    }
)
