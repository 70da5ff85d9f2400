import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sightline.people import Keys, Vault, read_vault

KEYS = Keys(bytes(32))
SHE: dict[str, str | None] = {"given_name": "Ada"}
HE: dict[str, str | None] = {"given_name": "Ben"}
KILLED = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN")
for number in range(2000):
    connection.execute("UPDATE sealed SET value = zeroblob(50) WHERE load = 1")
    row = ("pupil", str(number), 1, bytes(500))
    connection.execute("INSERT INTO sealed VALUES (?, ?, ?, ?)", row)
os._exit(9)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Vault(tmp_path / "vault.sqlite", KEYS, 1) as vault:
        vault.put("pupil", 1, {"a": SHE})
    return tmp_path / "vault.sqlite"


def test_a_reader_is_told_what_was_put_since_it_was_opened(path: Path) -> None:
    reader = read_vault(path, KEYS, 1)
    assert reader.read("pupil", ["a", "b"]) == {"a": SHE}
    with Vault(path, KEYS, 1) as vault:
        vault.put("pupil", 1, {"b": HE})
    assert reader.read("pupil", ["a", "b"]) == {"a": SHE, "b": HE}


def test_a_reader_sees_no_later_load(path: Path) -> None:
    with Vault(path, KEYS, 1) as vault:
        vault.put("pupil", 2, {"a": HE})
    assert read_vault(path, KEYS, 1).read("pupil", ["a"]) == {"a": SHE}
    assert read_vault(path, KEYS, 2).read("pupil", ["a"]) == {"a": HE}


def test_a_vault_that_took_the_place_of_another_is_read(path: Path, tmp_path: Path) -> None:
    assert read_vault(path, KEYS, 1).read("pupil") == {"a": SHE}
    with Vault(tmp_path / "other.sqlite", KEYS, 1) as vault:
        vault.put("pupil", 1, {"a": HE})
    (tmp_path / "other.sqlite").replace(path)
    assert read_vault(path, KEYS, 1).read("pupil") == {"a": HE}


def test_where_there_is_no_vault_yet_nothing_is_held(tmp_path: Path) -> None:
    assert read_vault(tmp_path / "vault.sqlite", KEYS, 1).read("pupil", ["a"]) == {}


def test_reading_neither_writes_nor_holds_up_a_load(path: Path) -> None:
    reader = read_vault(path, KEYS, 1)
    reader.read("pupil", ["a"])
    with Vault(path, KEYS, 1) as vault:
        vault.put("pupil", 1, {"b": HE})
        assert reader.read("pupil") == {"a": SHE}
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("DELETE FROM sealed")


def test_what_a_killed_load_left_half_written_is_put_back_by_who_reads_next(path: Path) -> None:
    reader = read_vault(path, KEYS, 1)
    assert reader.read("pupil") == {"a": SHE}
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert ended.returncode == 9
    assert path.with_name("vault.sqlite-journal").exists()
    assert reader.read("pupil") == {"a": SHE}
