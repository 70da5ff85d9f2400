"""The ledger of erasures: nobody can add, alter or move a line, and a torn last line is none."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sightline.kit import SightlineError
from sightline.people import Erasures, make_key_file, pending, read_keys

AT = datetime(2026, 3, 9, 8, 40, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Erasures:
    make_key_file(tmp_path / "secret.key")
    made = Erasures(tmp_path / "erasures.log", read_keys(tmp_path / "secret.key"))
    made.append("backup", at=AT, by="command", of="one")
    made.append("pupil", at=AT, by="command", school_id="S1", ref="0s6agh5zr750")
    made.append("done", at=AT, by="command", of="2")
    made.append("pupil", at=AT, by="command", school_id="S2", ref="7zzzzzzzzzzz")
    return made


def test_lines_come_back_as_they_were_written(ledger: Erasures) -> None:
    kinds = [(line.number, line.kind, line.ref) for line in ledger.lines()]
    assert kinds == [
        (1, "backup", ""),
        (2, "pupil", "0s6agh5zr750"),
        (3, "done", ""),
        (4, "pupil", "7zzzzzzzzzzz"),
    ]
    assert ledger.path.stat().st_mode & 0o077 == 0


def test_what_was_begun_and_not_done_is_pending(ledger: Erasures) -> None:
    assert [line.number for line in pending(ledger.lines())] == [4]


def test_at_a_backup_what_was_not_done_by_then_is_to_be_done_again(ledger: Erasures) -> None:
    assert [line.number for line in pending(ledger.lines(), upto=1)] == [2, 4]
    assert [line.number for line in pending(ledger.lines(), upto=3)] == [4]


def test_every_changed_byte_is_noticed(ledger: Erasures) -> None:
    whole = ledger.path.read_bytes()
    for place in range(len(whole)):
        for bit in (1, 32):
            changed = bytearray(whole)
            changed[place] ^= bit
            ledger.path.write_bytes(changed)
            with pytest.raises(SightlineError, match="was altered"):
                ledger.lines()


def test_every_line_taken_out_or_moved_is_noticed_but_the_last(ledger: Erasures) -> None:
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    for gone in range(len(lines) - 1):
        ledger.path.write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))
        with pytest.raises(SightlineError, match="taken out"):
            ledger.lines()
    ledger.path.write_bytes(b"".join([lines[0], lines[2], lines[1], lines[3]]))
    with pytest.raises(SightlineError):
        ledger.lines()


def test_wherever_its_writer_is_killed_the_ledger_goes_on(ledger: Erasures) -> None:
    whole = ledger.path.read_bytes()
    start = whole.rindex(b"\n", 0, -1) + 1
    for end in range(start, len(whole)):
        ledger.path.write_bytes(whole[:end])
        before = len(ledger.lines())
        assert before == (4 if end == len(whole) - 1 else 3)  # all but the end of the line
        ledger.append("done", at=AT, by="command", of="2")
        assert len(ledger.lines()) == before + 1


def test_another_sites_key_reads_none_of_it(ledger: Erasures, tmp_path: Path) -> None:
    make_key_file(tmp_path / "other.key")
    with pytest.raises(SightlineError):
        Erasures(ledger.path, read_keys(tmp_path / "other.key")).lines()


def test_a_file_that_is_not_there_is_a_ledger_without_lines(tmp_path: Path) -> None:
    make_key_file(tmp_path / "secret.key")
    nothing = Erasures(tmp_path / "erasures.log", read_keys(tmp_path / "secret.key"))
    assert nothing.lines() == []
    assert not nothing.path.exists()
