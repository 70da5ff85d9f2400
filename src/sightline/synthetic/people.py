"""The staff of a school: teachers of the timetable and the people a pastoral team needs."""

from dataclasses import dataclass

from sightline.synthetic import names
from sightline.synthetic.plan import Plan
from sightline.synthetic.timetable import Timetable

__all__ = ["Staff", "hire"]


@dataclass(frozen=True)
class Staff:
    """Lists over staff; the teachers of the timetable come first, in its order."""

    ids: list[str]
    names: list[str]
    roles: list[str]

    def with_role(self, role: str) -> int:
        """The first person with this role."""
        return self.roles.index(role)


def hire(plan: Plan, table: Timetable) -> Staff:
    """Everybody, with a made-up name."""
    random = plan.random("staff")
    years = [f"Year {year}" if year else "Reception" for year in sorted(set(table.years))]
    roles = [
        subject if subject == "Class teacher" else f"Teacher of {subject.lower()}"
        for subject in table.teacher_subject
    ]
    roles += ["Headteacher", "SENCO", "Attendance officer", "Pastoral lead"]
    roles += [f"Head of {year}" for year in years]
    called = [
        f"{random.choice(names.TITLES)} {random.choice(names.FAMILIES)}" for _ in range(len(roles))
    ]
    return Staff([f"{plan.school_id}-T{n + 1:03d}" for n in range(len(roles))], called, roles)
