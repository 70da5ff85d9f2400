"""Who works at the made-up school: one sign-in per role, and colleagues who only own actions."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sightline.access import read_matrix
from sightline.people.identity import staff_names
from sightline.people.models import Grant, User
from sightline.people.vault import Vault
from sightline.sheets import SchoolSheets

__all__ = ["SignIn", "make_colleagues"]

SINCE = date(2025, 9, 1)
TRAINED = date(2027, 8, 31)
FORTNIGHT = 14
STORY_CLASS = "9x2 Mathematics"  # whose teacher changed in January: the cast's Tuesdays


@dataclass(frozen=True)
class SignIn:
    """A printed way in: once, and never stored in the clear."""

    role: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class Post:
    """A role at the school. `staff` is the role in the staff table, empty for those outside it."""

    role: str
    scope: str
    value: str
    staff: str
    name: str
    shown: bool = True


POSTS = (
    Post("head_of_year", "year", "9", "Head of Year 9", ""),
    Post("senco", "school", "", "SENCO", ""),
    Post("attendance_officer", "school", "", "Attendance officer", ""),
    Post("tutor", "tutor_group", "", "", "Mr Whitfield"),
    Post("class_teacher", "taught", "", "", ""),
    Post("head_of_department", "subject", "Mathematics", "", "Mrs Quaye"),
    Post("senior_leader", "school", "", "Headteacher", ""),
    Post("trust_lead", "trust", "", "", "Mrs Pereira"),
    Post("data_manager", "school", "", "", "Mr Lindqvist"),
    Post("dpo", "trust", "", "", "Ms Farrow"),
    Post("administrator", "trust", "", "", "Mr Adeyemi"),
    Post("head_of_year", "year", "7", "Head of Year 7", "", shown=False),
    Post("head_of_year", "year", "8", "Head of Year 8", "", shown=False),
    Post("head_of_year", "year", "10", "Head of Year 10", "", shown=False),
    Post("head_of_year", "year", "11", "Head of Year 11", "", shown=False),
    Post("head_of_year", "school", "", "Pastoral lead", "", shown=False),
)


def make_colleagues(
    sheets: SchoolSheets, vault: Vault, *, tutor_group: str, at: datetime
) -> tuple[list[SignIn], Mapping[str, list[User]]]:
    """Accounts for every post; returns the sign-ins to print and the users by role."""
    names = staff_names(vault, sheets.facts.staff)
    by_role = {told: one for one, told in sorted(sheets.facts.staff.items(), reverse=True)}
    sign_ins: list[SignIn] = []
    users: dict[str, list[User]] = {}
    for post in POSTS:
        staff_id = by_role.get(post.staff, "")
        if post.role == "class_teacher":
            staff_id = _teacher_of(sheets, STORY_CLASS)
        user = _account(post, staff_id, names.get(staff_id) or post.name, sheets, at)
        value = tutor_group if post.role == "tutor" else post.value
        _grant(user, post, value, sheets.facts.school_id, at)
        users.setdefault(post.role, []).append(user)
        if post.shown:
            sign_ins.append(_sign_in(user, post.role))
    return sign_ins, users


def _account(post: Post, staff_id: str, name: str, sheets: SchoolSheets, at: datetime) -> User:
    year = post.value if post.scope == "year" else ""
    user = User(
        email=f"{post.role.replace('_', '.')}{year}@northfield.example",
        name=name,
        school_id="" if post.scope == "trust" else sheets.facts.school_id,
        staff_id=staff_id,
        created_at=at,
        trained_until=TRAINED,
    )
    user.set_unusable_password()
    user.save()
    return user


def _grant(user: User, post: Post, value: str, school_id: str, at: datetime) -> None:
    Grant.objects.create(
        user=user,
        role=post.role,
        scope=post.scope,
        value=value,
        school_id="" if post.scope == "trust" else school_id,
        from_on=SINCE,
        given_at=at,
    )


def _sign_in(user: User, role: str) -> SignIn:
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.save()
    return SignIn(read_matrix().roles[role]["title"], user.name, user.email, password)


def _teacher_of(sheets: SchoolSheets, class_name: str) -> str:
    """Who teaches a class in the fortnight before the sheets' day."""
    for back in range(FORTNIGHT):
        for slot in sheets.slots(sheets.facts.as_of - timedelta(days=back)):
            if slot.class_name == class_name and slot.staff_id:
                return slot.staff_id
    return next(iter(sheets.facts.staff))
