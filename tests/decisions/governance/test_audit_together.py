import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from sightline.site import make_site

PROCESSES, WRITES = 4, 25
START = """
import django
django.setup()
from datetime import UTC, datetime
from django.db import connection, transaction
from sightline.record.chain import Entry, anchor, record
from sightline.record.verify import verify
"""
WRITER = """
import sys
def looks(count):
    return [Entry("read", "page", "S", f"{sys.argv[1]} {one}") for one in range(count)]
for turn in range(int(sys.argv[2])):
    with transaction.atomic():
        record(looks(1 + turn % 3), at=datetime.now(UTC), actor=f"user {sys.argv[1]}")
    with transaction.atomic():
        record(looks(2), at=datetime.now(UTC), actor="undone")
        transaction.set_rollback(True)
    assert verify() == []  # while the others write
"""


@pytest.mark.slow
def test_four_processes_writing_at_once_keep_one_chain(tmp_path: Path) -> None:
    environment = _place(tmp_path)
    _run(
        environment,
        "from django.core.management import call_command; call_command('migrate', verbosity=0)",
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", START + WRITER, str(one), str(WRITES)],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for one in range(PROCESSES)
    ]
    for writer in writers:
        _, told = writer.communicate(timeout=120)
        assert writer.returncode == 0, told[-2000:]
    expected = PROCESSES * sum(1 + turn % 3 for turn in range(WRITES))
    _run(environment, f"assert verify() == [] and anchor().number == {expected}")


def _run(environment: dict[str, str], code: str) -> None:
    subprocess.run([sys.executable, "-c", START + code], env=environment, check=True, timeout=120)


def _place(tmp_path: Path) -> dict[str, str]:
    """A site of its own on the kind of database these tests run on."""
    make_site(tmp_path / "site")
    environment = dict(os.environ, SIGHTLINE_SITE=str(tmp_path / "site"))
    environment["DJANGO_SETTINGS_MODULE"] = "sightline.project.settings"
    environment.pop("SIGHTLINE_DATABASE_URL", None)
    if address := os.environ.get("SIGHTLINE_DATABASE_URL"):
        assert settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
        name = f"together_{uuid4().hex}"
        with psycopg.connect(address, autocommit=True) as outside:
            outside.execute(f"CREATE DATABASE {name}")
        parts = urlsplit(address)._replace(path=f"/{name}")
        environment["SIGHTLINE_DATABASE_URL"] = urlunsplit(parts)
    return environment
