"""Deciding, undoing, drafts and finishing, as the actions keep them."""

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from sightline.record.models import AuditEvent
from sightline.triage.actions.decisions import Conflict, come_back, save_draft, undo
from sightline.triage.actions.meetings import finish
from sightline.triage.models import Attendance, Decision, Draft, Event
from sightline.triage.queries import (
    counts_by_signal,
    decisions_for_list,
    decisions_of_pupil,
    draft_of,
    in_force,
    recap,
    undecided,
)

TODAY = date(2026, 3, 9)


@pytest.fixture
def first(meeting):
    return meeting.listings.get(position=1)


def test_a_decision_holds_who_when_and_the_themes_of_the_day(first, decide, colleague, at):
    made = decide(first, "act")
    assert (made.decided_by, made.decided_at) == (colleague("head_of_year"), at)
    told = first.entry["flags"] + first.entry["more_flags"]
    assert made.themes == sorted({flag["theme"] for flag in told})


def test_words_about_a_pupil_are_sealed_in_the_database(first, decide):
    decide(first, "act", note="Says mornings are hard.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, note FROM triage_decision")
        stored = b"".join(bytes(one) for one in cursor.fetchone())
    assert b"gate" not in stored
    assert b"mornings" not in stored


def test_each_step_is_in_the_record_once_and_in_numbers_only(first, decide, colleague, at):
    made = decide(first, "act", note="Says mornings are hard.")
    undo(by=colleague("head_of_year"), at=at, decision=made)
    rows = AuditEvent.objects.filter(subject=first.pupil_ref).order_by("number")
    assert [one.action for one in rows] == ["decide", "undo_decision"]
    assert rows[0].detail == {"listing": first.pk, "decision": made.pk}


def test_a_decision_that_somebody_else_made_is_never_overwritten_silently(first, decide, colleague):
    theirs = decide(first, "act", by=colleague("senco"))
    with pytest.raises(Conflict) as caught:
        decide(first, "in_hand")
    assert caught.value.decision == theirs
    assert Decision.objects.get(undone_at__isnull=True) == theirs


def test_it_can_be_replaced_knowingly_and_both_stay_on_record(first, decide, colleague):
    theirs = decide(first, "act", by=colleague("senco"))
    mine = decide(first, "in_hand", seen=theirs.pk)
    assert mine.replaced == theirs
    theirs.refresh_from_db()
    assert theirs.undone_by == colleague("head_of_year")
    assert [one.pk for one in decisions_of_pupil(first.pupil_ref)] == [mine.pk, theirs.pk]


def test_changing_what_was_undone_meanwhile_is_told(first, decide, colleague, at):
    theirs = decide(first, "act")
    undo(by=colleague("senco"), at=at, decision=theirs)
    with pytest.raises(Conflict) as caught:
        decide(first, "in_hand", seen=theirs.pk)
    assert caught.value.decision is None


def test_the_database_itself_holds_one_decision_in_force(first, decide):
    made = decide(first, "act")
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_undoing_keeps_the_words_and_deciding_again_makes_a_new_row(first, decide, colleague, at):
    head = colleague("head_of_year")
    made = decide(first, "act", note="Says mornings are hard.")
    undo(by=head, at=at, decision=made)
    fields, _ = draft_of(first, head)
    assert fields["note"] == "Says mornings are hard."
    assert fields["action"] == "Meet at the gate"
    again = decide(first, "act")
    assert again.pk != made.pk
    assert Decision.objects.count() == 2
    with pytest.raises(ValidationError, match="already undone"):
        undo(by=head, at=at, decision=made)


def test_an_undone_decision_sets_nobody_aside(first, decide, colleague, at, school):
    made = decide(first, "in_hand")
    assert [one.pupil_ref for one in decisions_for_list(school, TODAY)] == [first.pupil_ref]
    undo(by=colleague("head_of_year"), at=at, decision=made)
    assert decisions_for_list(school, TODAY) == []


def test_without_current_training_nobody_decides(first, decide, colleague, at):
    head = colleague("head_of_year")
    head.trained_until = TODAY - timedelta(days=1)
    head.save()
    with pytest.raises(ValidationError, match="training has run out"):
        decide(first, "act")
    head.trained_until = TODAY
    head.save()
    assert decide(first, "act")


def test_a_refused_decision_leaves_nothing_behind(first, decide):
    with pytest.raises(ValidationError):
        decide(first, "not_now", note="")
    assert not Decision.objects.exists()
    assert not AuditEvent.objects.filter(action="decide").exists()


def test_each_persons_draft_is_their_own_and_goes_with_the_decision(first, decide, colleague, at):
    head, senco = colleague("head_of_year"), colleague("senco")
    for one in (head, senco):
        save_draft(by=one, at=at, listing=first, fields={"note": one.name, "other": "x"})
    assert draft_of(first, head)[0] == {"note": head.name}
    decide(first, "act")
    assert draft_of(first, head) == ({}, None)
    assert draft_of(first, senco)[0] == {"note": senco.name}


def test_a_draft_is_sealed(first, colleague, at):
    save_draft(by=colleague("senco"), at=at, listing=first, fields={"note": "headaches"})
    assert json.loads(Draft.objects.get().text) == {"note": "headaches"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM triage_draft")
        assert b"headaches" not in bytes(cursor.fetchone()[0])


def test_a_meeting_does_not_finish_while_pupils_wait(meeting, decide, colleague, at):
    by = colleague("head_of_year")
    for listing in meeting.listings.filter(position__lte=8):
        decide(listing, "act")
    with pytest.raises(ValidationError, match="number 9, 10"):
        finish(by=by, at=at, meeting=meeting, attended=[])
    for listing in meeting.listings.filter(position__gte=9):
        come_back(by=by, at=at, listing=listing)
    done = finish(by=by, at=at, meeting=meeting, attended=[colleague("senco")])
    assert done.finished_by == by
    assert {one.user for one in Attendance.objects.all()} == {by, colleague("senco")}
    assert Event.objects.get(kind="finished").about == meeting.pk
    assert len(undecided(meeting, TODAY)) == 2
    with pytest.raises(ValidationError, match="already finished"):
        finish(by=by, at=at, meeting=meeting, attended=[])


def test_after_the_meeting_a_decision_is_changed_and_not_undone(meeting, decide, colleague, at):
    by = colleague("head_of_year")
    for listing in meeting.listings.all():
        decide(listing, "act")
    finish(by=by, at=at, meeting=meeting, attended=[])
    made = next(iter(in_force(meeting).values()))
    with pytest.raises(ValidationError, match="Change the decision"):
        undo(by=by, at=at, decision=made)
    changed = decide(made.listing, "in_hand", seen=made.pk)
    assert changed.replaced == made


def test_the_recap_says_who_does_what(meeting, decide, colleague):
    one, two = meeting.listings.filter(position__lte=2)
    decide(one, "act", owner=colleague("senco"))
    decide(two, "in_hand")
    assert {user.name: len(what) for user, what in recap(meeting).items()} == {"Mrs Bell": 1}


def test_decisions_are_counted_for_each_signal(meeting, decide, school):
    kinds = [
        ("act", {}),
        ("in_hand", {}),
        ("not_now", {}),
        ("not_now", {"reason": "wrong_data", "note": "He was on a trip."}),
    ]
    expected: dict[str, dict[str, int]] = {}
    counted = ("accepted", "in_hand", "not_a_concern", "wrong_data")
    for listing, (kind, other), name in zip(
        meeting.listings.order_by("position"), kinds, counted, strict=False
    ):
        decide(listing, kind, **other)
        for flag in listing.entry["flags"] + listing.entry["more_flags"]:
            row = expected.setdefault(flag["signal"], dict.fromkeys(counted, 0))
            row[name] += 1
    assert counts_by_signal(school, TODAY) == expected
    assert counts_by_signal(school, TODAY + timedelta(days=1)) == {}
