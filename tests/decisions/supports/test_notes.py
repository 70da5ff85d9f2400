"""Notes: written for the family, withdrawn within a day, and three lines at most for teachers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(ref: str, school: str, at: datetime, colleague: Callable[[str], Any]) -> Any:
    from sightline.triage.actions.notes import write_note

    def written(kind: str, text: str, role: str = "tutor", when: datetime = at) -> Any:
        return write_note(
            by=colleague(role), at=when, school_id=school, pupil_ref=ref, kind=kind, text=text
        )

    return written


def test_a_note_is_sealed_in_the_database_and_its_text_is_not_recorded(write: Any) -> None:
    from sightline.record.models import AuditEvent

    note = write("note", "Asked to sit nearer the front.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM triage_pupilnote")
        [(sealed,)] = cursor.fetchall()
    assert b"front" not in bytes(sealed)
    row = AuditEvent.objects.get(action="write_note")
    assert row.detail == {"note": note.pk}


@pytest.mark.parametrize(
    ("kind", "text", "field"),
    [
        ("note", "   ", "text"),
        ("note", "x" * 2001, "text"),
        ("voice", "x" * 401, "text"),
        ("strategy", "x" * 121, "text"),
        ("strategy", "Two\nlines", "text"),
        ("gossip", "Words", "kind"),
    ],
)
def test_a_note_that_is_empty_or_too_long_is_not_kept(
    write: Any, kind: str, text: str, field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        write(kind, text)
    assert list(caught.value.message_dict) == [field]


def test_ones_own_note_can_be_withdrawn_within_a_day(
    write: Any, ref: str, at: datetime, colleague: Callable[[str], Any]
) -> None:
    from sightline.triage.actions.notes import withdraw_note
    from sightline.triage.support_queries import notes_of

    note, day = write("home", "Mum called."), timedelta(days=1)
    for by, when in [("senco", at), ("tutor", at + day + timedelta(minutes=1))]:
        with pytest.raises(ValidationError):
            withdraw_note(by=colleague(by), at=when, note=note)
    withdraw_note(by=colleague("tutor"), at=at + day, note=note)
    [kept] = notes_of(ref)
    assert (kept.text, kept.withdrawn_at) == ("", at + day)
    with pytest.raises(ValidationError):
        withdraw_note(by=colleague("tutor"), at=at + day, note=note)


def test_at_most_three_lines_are_shown_to_teachers(
    write: Any, ref: str, at: datetime, colleague: Callable[[str], Any]
) -> None:
    from sightline.triage.actions.notes import retire_strategy
    from sightline.triage.support_queries import strategies_of

    first, *_ = [write("strategy", f"Line {n}") for n in (1, 2, 3)]
    with pytest.raises(ValidationError, match="three lines"):
        write("strategy", "Line 4")
    retire_strategy(by=colleague("senco"), at=at, note=first)
    write("strategy", "Line 4")
    assert [one.text for one in strategies_of([ref])[ref]] == ["Line 2", "Line 3", "Line 4"]
    with pytest.raises(ValidationError):
        retire_strategy(by=colleague("senco"), at=at, note=first)


def test_a_teachers_last_word_of_the_day_on_a_line_counts(
    write: Any, at: datetime, colleague: Callable[[str], Any]
) -> None:
    from sightline.triage.actions.notes import retire_strategy, strategy_feedback
    from sightline.triage.support_queries import Feedback, feedback_of

    line, by = write("strategy", "Face the class when you talk"), colleague("class_teacher")
    for helped, when in [(True, at), (False, at), (True, at + timedelta(days=1))]:
        strategy_feedback(by=by, at=when, strategy=line, class_id="C1", helped=helped)
    assert feedback_of([line.pk]) == {line.pk: Feedback(helped=1, did_not=1)}
    retire_strategy(by=by, at=at, note=line)
    line.refresh_from_db()
    with pytest.raises(ValidationError):
        strategy_feedback(by=by, at=at, strategy=line, class_id="C1", helped=True)


def test_the_pupils_words_are_those_last_asked(write: Any, ref: str, at: datetime) -> None:
    from sightline.triage.support_queries import voice_of

    assert voice_of(ref) is None
    write("voice", "I like maths.")
    write("voice", "Ask me about bikes.", when=at + timedelta(days=30))
    found = voice_of(ref)
    assert found is not None
    assert found.text == "Ask me about bikes."
