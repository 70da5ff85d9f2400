from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from sightline.kit import SightlineError
from sightline.record import chain as auditing
from sightline.record import verify as verifying
from sightline.record.chain import COLUMNS, START, Anchor, Entry, anchor, digest, plain, record
from sightline.record.models import AuditEvent, ChainHead
from sightline.record.verify import Fault, anchor_line, read_anchors, verify

Tamper = Callable[..., None]
ROW = "record_auditevent"
OTHER = {
    "number": 100_000,
    "at": "2026-03-09 08:00:00.000001+00:00",
    "detail": '{"ids": []}',
    "hash": "0" * 64,
    "previous": "0" * 64,
}


def write(count: int = 1, **values: Any) -> None:
    entries = [Entry("read", "page", "S0000", f"pupil {one}", **values) for one in range(count)]
    with transaction.atomic():
        record(entries, at=datetime(2026, 3, 9, tzinfo=UTC), actor="user 1")


def test_an_untouched_record_holds(chain: int) -> None:
    assert verify() == []
    assert anchor().number == chain


def test_an_empty_record_holds_and_can_be_anchored(db: Any) -> None:
    assert verify([anchor()]) == []


@pytest.mark.parametrize("column", [*COLUMNS, "hash"])
def test_any_altered_column_of_any_row_is_named(chain: int, tamper: Tamper, column: str) -> None:
    for number in (1, 2, 150, chain - 1, chain):
        with transaction.atomic():
            tamper(f"UPDATE {ROW} SET {column} = %s WHERE number = %s", (_other(column), number))
            faults = verify()
            transaction.set_rollback(True)
        assert faults, f"{column} of row {number}"
        assert number in {fault.number for fault in faults} or column == "number"


def test_every_single_row_that_is_deleted_is_missed(chain: int, tamper: Tamper) -> None:
    for number in range(1, chain + 1):
        with transaction.atomic():
            tamper(f"DELETE FROM {ROW} WHERE number = %s", (number,))
            faults = verify()
            transaction.set_rollback(True)
        assert faults[0].number == number
        assert "missing" in faults[0].what


def test_any_two_rows_that_change_places_are_found(chain: int, tamper: Tamper) -> None:
    for first, second in ((1, 2), (1, chain), (149, 151), (chain - 1, chain)):
        with transaction.atomic():
            for new, old in ((100_000, first), (first, second), (second, 100_000)):
                tamper(f"UPDATE {ROW} SET number = %s WHERE number = %s", (new, old))
            found = {fault.number for fault in verify()}
            transaction.set_rollback(True)
        assert {first, second} <= found


@pytest.mark.parametrize("cut", [1, 2, 299, 300])
def test_a_tail_that_is_cut_off_is_missed(chain: int, tamper: Tamper, cut: int) -> None:
    tamper(f"DELETE FROM {ROW} WHERE number > %s", (chain - cut,))
    assert verify() == [
        Fault(chain - cut + 1, f"it is missing; the record should end at row {chain}")
    ]


def test_a_tail_cut_off_with_its_note_corrected_needs_the_anchor(
    chain: int, tamper: Tamper
) -> None:
    witness = anchor()
    tamper(f"DELETE FROM {ROW} WHERE number > %s", (chain - 5,))
    last = AuditEvent.objects.get(number=chain - 5)
    ChainHead.objects.update(number=last.number, hash=last.hash)
    assert verify() == []
    assert verify([witness]) == [Fault(chain, "the row noted down elsewhere is missing")]


@pytest.mark.parametrize("number", [-1, 0, 301, 400])
def test_a_row_that_is_added_is_found(chain: int, tamper: Tamper, number: int) -> None:
    row = AuditEvent.objects.get(number=chain)
    row.number = number
    row.hash = digest(row)
    row.save(force_insert=True)
    assert verify()


def test_a_row_slipped_in_between_is_found(chain: int, tamper: Tamper) -> None:
    for number in range(chain, 149, -1):
        tamper(f"UPDATE {ROW} SET number = number + 1 WHERE number = %s", (number,))
    row = AuditEvent.objects.get(number=149)
    row.number = 150
    row.previous, row.hash = row.hash, digest(row)
    row.save(force_insert=True)
    assert {151, chain + 1} <= {fault.number for fault in verify()}


def test_a_record_written_anew_from_its_first_row_is_caught_only_by_an_anchor(
    chain: int, tamper: Tamper
) -> None:
    witness = anchor()
    previous = START
    for row in AuditEvent.objects.order_by("number"):
        row.previous, row.why = previous, "I was asked to"
        row.hash = previous = digest(row)
        row.save()
    ChainHead.objects.update(hash=previous)
    assert verify() == []
    assert verify([witness]) == [Fault(chain, "it is not the row that was noted down elsewhere")]


def test_a_lost_note_of_the_end_is_said_and_nothing_can_be_added(chain: int) -> None:
    ChainHead.objects.all().delete()
    assert verify() == [Fault(chain + 1, "the note of where the record ends is missing")]
    with pytest.raises(DatabaseError, match="lost its end"):
        write()


def test_two_anchors_of_one_row_must_both_agree(chain: int) -> None:
    assert verify([anchor(), Anchor(chain, "0" * 64)])


def test_a_row_whose_moment_is_no_moment_is_named_not_a_crash(chain: int, tamper: Tamper) -> None:
    if connection.vendor != "sqlite":  # PostgreSQL holds its types itself
        return
    tamper(f"UPDATE {ROW} SET at = '2026-13-45 00:00:00' WHERE number = 7")
    assert Fault(7, "it was altered and cannot be read") in verify()


def test_a_long_record_is_read_in_batches(chain: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "BATCH", 7)
    assert verify([anchor()]) == []


def test_the_database_itself_refuses_to_alter_or_remove_a_row(chain: int) -> None:
    statements = [
        f"UPDATE {ROW} SET why = 'no' WHERE number = 1",
        f"DELETE FROM {ROW}",
        f"INSERT INTO {ROW} SELECT * FROM {ROW} WHERE number = 1",
    ]
    if connection.vendor == "sqlite":
        statements.append(f"INSERT OR REPLACE INTO {ROW} SELECT * FROM {ROW} WHERE number = 1")
        statements.append(f"UPDATE OR REPLACE {ROW} SET number = 2 WHERE number = 1")
    else:
        statements.append(f"TRUNCATE {ROW}")
        statements.append(
            f"INSERT INTO {ROW} SELECT * FROM {ROW} WHERE number = 1 "
            "ON CONFLICT (number) DO UPDATE SET why = 'no'"
        )
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert verify() == []


def test_a_row_reads_back_as_it_was_hashed_whatever_the_clock_and_the_letters(db: Any) -> None:
    detail = {"z": 1, "a": [2, {"b": "naïve ﬁ e\u0301 \u2028", "a": None}], "große": True, "": -3}
    for hours in (0, 1, -11):
        at = datetime(2026, 3, 29, 1, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=hours)))
        with transaction.atomic():
            record([Entry("read", "page", "S", "p", "wärum", detail)], at=at, actor="user 1")
    assert verify() == []
    assert [row.detail for row in AuditEvent.objects.all()] == [detail] * 3


def test_values_that_databases_keep_differently_are_made_plain_first(db: Any) -> None:
    odd = {1: 1e16, "d": date(2026, 3, 9), "t": ("a", 0.1), "s": {"b", "a"}, "n": "a\0b\ud800"}
    assert plain(odd) == {
        "1": "1e+16",
        "d": "2026-03-09",
        "t": ["a", "0.1"],
        "s": ["a", "b"],
        "n": "a?b?",
    }
    write(detail=odd)
    assert verify() == []


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ({"actor": "x" * 25}, datetime(2026, 3, 9, tzinfo=UTC)),
        ({"actor": "x"}, datetime(2026, 3, 9, tzinfo=UTC).replace(tzinfo=None)),
    ],
)
def test_what_two_databases_would_keep_differently_is_refused(
    db: Any, values: dict[str, str], at: datetime
) -> None:
    with pytest.raises(ValueError, match="record"), transaction.atomic():
        record([Entry("read", "page")], at=at, **values)


def test_a_long_reason_is_cut_and_still_holds(db: Any) -> None:
    write(why="ü" * 500)
    assert verify() == []
    assert len(AuditEvent.objects.get().why) == 200


def test_nothing_is_recorded_outside_a_transaction(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(transaction.TransactionManagementError):
        record([Entry("read", "page")], at=datetime(2026, 3, 9, tzinfo=UTC), actor="user 1")


def test_no_entries_write_nothing(db: Any) -> None:
    record([], at=datetime(2026, 3, 9, tzinfo=UTC), actor="user 1")
    assert anchor() == Anchor(0, START)


def test_an_anchor_file_reads_as_it_was_written(chain: int, tmp_path: Path) -> None:
    path = tmp_path / "anchors.txt"
    path.write_text(anchor_line(anchor(), date(2026, 3, 9)) * 2 + "\n")
    assert verify(read_anchors(path)) == []
    path.write_text("300 abc 2026-03-09\n")
    with pytest.raises(SightlineError, match="line 1"):
        read_anchors(path)


def _other(column: str) -> Any:
    return OTHER.get(column, "somebody else")
