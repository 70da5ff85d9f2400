"""A database for each test, the demo school, and its staff signed in."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.test import Client

from tests.support.school_site import ROLES, SCHOOL, TODAY, load_school

django.setup()  # test modules import models at their head


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what may be otherwise there."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        again = [item for item in items if not item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=[one for one in items if one not in again])
        items[:] = again


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """SQLite as it is used: a file, not memory."""
    if "sqlite3" in settings.DATABASES["default"]["ENGINE"]:
        path = tmp_path_factory.mktemp("database") / "decisions.sqlite"
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(path)


@pytest.fixture(scope="session")
def school() -> str:
    """The demo school, loaded and prepared once; its id."""
    folder = Path(settings.SITE.folder)
    if not any((folder / "sheets").glob("*.sqlite")):
        load_school(folder)
    return SCHOOL


@pytest.fixture
def at() -> datetime:
    """The moment of the tests' meeting: Monday 9 March 2026, 08:40."""
    return datetime.combine(TODAY, time(8, 40), UTC)


@pytest.fixture
def colleague(db: Any, school: str, at: datetime) -> Callable[[str], Any]:
    """`colleague("senco")` is the account of that role, made on first use."""
    from sightline.people.models import Grant, User

    def make(role: str) -> Any:
        one = ROLES[role]
        user, new = User.objects.get_or_create(
            email=f"{role}@school.test",
            defaults={
                "name": one.name,
                "created_at": at,
                "school_id": "" if one.scope == "trust" else school,
                "staff_id": _staff_id(school, role, one.staff_role),
                "trained_until": date(2027, 8, 31),
            },
        )
        if new:
            user.set_unusable_password()
            user.save()
            Grant.objects.create(
                user=user,
                role=one.role,
                scope=one.scope,
                value=one.value,
                school_id="" if one.scope == "trust" else school,
                from_on=date(2025, 9, 1),
                given_at=at,
            )
        return user

    return make


@pytest.fixture
def signed_in(colleague: Callable[[str], Any]) -> Callable[[str], Client]:
    """`signed_in("head_of_year")` is a browser (without script) signed in as that role."""

    def enter(role: str) -> Client:
        client = Client()
        client.force_login(
            colleague(role), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return enter


def _staff_id(school: str, role: str, staff_role: str) -> str:
    from sightline.sheets import open_sheets

    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    staff = sheets.facts.staff
    if staff_role:
        return next(one for one, told in staff.items() if told == staff_role)
    if role == "class_teacher":
        return next(one for one, told in sorted(staff.items()) if told == "Teacher of mathematics")
    return ""
