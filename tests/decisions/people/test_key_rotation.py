import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection
from tests.support.killed_load import load_at, small_site

from sightline.kit import SightlineError
from sightline.people import Keys, Vault, begin_rotation, end_rotation, make_key_file, read_keys
from sightline.people.actions.resealing import reseal_texts
from sightline.people.models import EmergencyAccess, User

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret.key"
    make_key_file(path)
    return path


def lines(path: Path) -> list[str]:
    return path.read_text().split()


def rotated(path: Path) -> Keys:
    begin_rotation(path)
    return end_rotation(path)


# --------------------------------------------------------------------------------- the key file


def test_a_file_of_one_line_works_as_ever(key_file: Path) -> None:
    keys = read_keys(key_file)
    bare = Keys(bytes.fromhex(key_file.read_text()))
    assert bare.unseal(keys.seal(b"name")) == b"name"
    assert keys.pupil_refs(["P1"]) == bare.pupil_refs(["P1"])


def test_a_rotation_keeps_what_says_who_a_pupil_is_and_changes_what_seals(key_file: Path) -> None:
    before, sealed = read_keys(key_file), read_keys(key_file).seal(b"name")
    after = rotated(key_file)
    assert after.pupil_refs(["P1"]) == before.pupil_refs(["P1"])
    assert after.fingerprint == before.fingerprint
    assert after.order("t", "r") == before.order("t", "r")
    assert after.sessions != before.sessions
    with pytest.raises(SightlineError):
        after.unseal(sealed)


def test_during_a_rotation_both_secrets_open_and_the_new_one_seals(key_file: Path) -> None:
    old = read_keys(key_file).seal(b"old")
    keys = begin_rotation(key_file)
    new = keys.seal(b"new")
    assert (keys.unseal(old), keys.unseal(new)) == (b"old", b"new")
    assert len(lines(key_file)) == 3
    assert begin_rotation(key_file) == keys
    done = end_rotation(key_file)
    assert done.unseal(new) == b"new"
    assert len(lines(key_file)) == 2


def test_a_process_that_runs_on_reads_and_writes_with_the_new_secret(key_file: Path) -> None:
    running = read_keys(key_file)
    cipher = running.ciphers("texts")
    rotated(key_file)
    fresh = read_keys(key_file).ciphers("texts").seal(b"new", b"place")
    assert cipher.open(fresh, b"place") == b"new"
    assert read_keys(key_file).unseal(running.seal(b"mine")) == b"mine"


def test_rotating_twice_forgets_both_old_secrets(key_file: Path) -> None:
    first = lines(key_file)[0]
    rotated(key_file)
    second = lines(key_file)[1]
    rotated(key_file)
    assert lines(key_file)[0] == first
    assert second not in lines(key_file)
    assert key_file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text", ["", "zz\n", "00\n", "ab" * 32 + "\n" + "cd" * 31, "ab" * 32 + "\n"]
)
def test_a_damaged_file_is_refused(key_file: Path, text: str) -> None:
    key_file.write_text(text * (4 if text.startswith("ab" * 32 + "\n") and len(text) < 70 else 1))
    with pytest.raises(SightlineError):
        read_keys(key_file)


def test_what_is_bound_to_one_place_does_not_open_in_another(key_file: Path) -> None:
    ciphers = read_keys(key_file).ciphers("texts")
    sealed = ciphers.seal(b"text", b"one")
    with pytest.raises(InvalidTag):
        ciphers.open(sealed, b"two")
    with pytest.raises(InvalidTag):
        read_keys(key_file).ciphers("vault").open(sealed, b"one")
    with pytest.raises(InvalidTag):
        ciphers.open(sealed[:5], b"one")


def test_a_vault_is_sealed_anew_in_portions(
    key_file: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("sightline.people.vault.ROWS_AT_ONCE", 3)
    values = {f"r{n}": {"name": f"name {n}"} for n in range(10)}
    path = tmp_path / "vault.sqlite"
    with Vault(path, read_keys(key_file), 1) as vault:
        vault.put("pupil", 1, values)
    keys = begin_rotation(key_file)
    with Vault(path, keys, 1) as vault:
        assert (vault.reseal(), vault.reseal()) == (10, 0)
    with Vault(path, end_rotation(key_file), 1) as vault:
        assert vault.read("pupil") == values


# ------------------------------------------------------------------------ the decisions database


@pytest.fixture
def own_keys(key_file: Path, monkeypatch: Any) -> Path:
    """The tests' database with a key file of this test alone."""
    monkeypatch.setattr(settings, "SITE", replace(settings.SITE, keys=read_keys(key_file)))
    return key_file


@pytest.fixture
def accesses(own_keys: Path, colleague: Callable[[str], User], at: datetime) -> list[int]:
    made = []
    for n in range(7):
        one = EmergencyAccess.objects.create(
            user=colleague("senco"),
            told=colleague("dpo"),
            school_id="S0000",
            pupil_ref="x",
            reason=f"reason {n}",
            review_note=f"note {n}" if n % 2 else "",
            started_at=at,
            ends_at=at + timedelta(hours=1),
        )
        made.append(one.pk)
    return made


def said(pks: list[int]) -> list[tuple[str, str]]:
    rows = EmergencyAccess.objects.filter(pk__in=pks).order_by("pk")
    return list(rows.values_list("reason", "review_note"))


def test_texts_are_sealed_anew_and_read_the_same(own_keys: Path, accesses: list[int]) -> None:
    before = said(accesses)
    begin_rotation(own_keys)
    assert said(accesses) == before
    assert reseal_texts(rows_at_once=2) == 10
    assert reseal_texts() == 0
    end_rotation(own_keys)
    assert said(accesses) == before


def test_without_sealing_anew_the_old_texts_could_not_be_read(
    own_keys: Path, accesses: list[int]
) -> None:
    rotated(own_keys)
    with pytest.raises(SightlineError) as error:
        said(accesses)
    assert error.value.code == "missing_key"


def test_a_text_moved_to_another_column_does_not_open(accesses: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_emergencyaccess SET review_note = reason")
    with pytest.raises(SightlineError):
        said(accesses)


# -------------------------------------------------------------------------------- killed half-way


def run(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        "SIGHTLINE_DATABASE_URL": "",
    }
    command = [sys.executable, "-m", "tests.support.rotation_process", str(site), *words]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def sealed_site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A site with names, refused rows, texts and a second factor; and all of it in the clear."""
    site, first, _ = small_site(tmp_path_factory.mktemp("rotation"))
    load_at(site, first, 0)
    made = run(site.folder, "make")
    assert made.returncode == 0, made.stderr
    return site.folder, json.loads(run(site.folder, "read").stdout)


POINTS = [
    "sightline.people.vault:Vault.reseal 1 after",
    "sightline.people.actions.resealing:_replace 4 after",
    "sightline.people.keys:_write 2 before",
]


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("point", POINTS)
def test_killed_half_way_everything_is_readable_and_the_next_run_ends_it(
    sealed_site: tuple[Path, dict[str, Any]], tmp_path: Path, point: str
) -> None:
    site, clear = tmp_path / "site", sealed_site[1]
    shutil.copytree(sealed_site[0], site)
    assert run(site, "rotate", *point.split()).returncode == -9
    assert len(lines(site / "secret.key")) == 3
    assert json.loads(run(site, "read").stdout) == clear
    assert run(site, "rotate").returncode == 0
    assert len(lines(site / "secret.key")) == 2
    assert json.loads(run(site, "read").stdout) == clear
    shutil.copy(sealed_site[0] / "secret.key", site / "secret.key")
    assert run(site, "read").returncode != 0  # the old secret opens nothing any more
