"""The recorded list is the rule's list, and decisions change the next one as the rule says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings

from sightline.governance.models import Objection
from sightline.signals.weekly import weekly_list
from sightline.triage.actions.meetings import open_meeting, show_more
from sightline.triage.lists import without_themes
from sightline.triage.models import Meeting
from sightline.triage.queries import meeting_rows

TODAY = date(2026, 3, 9)


def refs(meeting):
    return [one.pupil_ref for one in meeting.listings.order_by("position")]


def aside(meeting):
    return {one.pupil_ref: one.reason for one in meeting.set_aside.all()}


def a_week_on(group, **changes):
    """The same facts a week later: nothing has changed but the calendar."""
    later = tuple(group.as_of + timedelta(days=3 + day) for day in range(5))
    as_of = group.as_of + timedelta(days=7)
    return replace(group, as_of=as_of, days=group.days + later, **changes)


@pytest.fixture
def next_week(colleague, at, group):
    def opened(facts=None):
        moment = at + timedelta(days=7)
        return open_meeting(by=colleague("senco"), at=moment, group=facts or a_week_on(group))

    return opened


def test_the_recorded_list_is_the_one_of_the_rule(meeting, group):
    expected = weekly_list(
        group.flags,
        group.before,
        as_of=group.as_of,
        capacity=10,
        tie_break=lambda ref: settings.SITE.keys.order(group.term, ref),
    )
    assert refs(meeting) == [entry.pupil_ref for entry in expected.entries]
    for listing, entry in zip(meeting.listings.order_by("position"), expected.entries, strict=True):
        told = listing.entry["flags"] + listing.entry["more_flags"]
        assert [one["because"] for one in told] == [flag.because for flag in entry.flags]
    assert meeting.counts["met_threshold"] == expected.met_threshold


def test_everybody_who_met_a_threshold_is_listed_or_set_aside(meeting):
    assert meeting.counts["met_threshold"] == meeting.listings.count() + meeting.set_aside.count()


def test_an_entry_holds_no_identity(meeting, school):
    from sightline.people import Vault
    from sightline.people.identity import names_of

    with Vault(settings.SITE.folder / "vault.sqlite", settings.SITE.keys, meeting.snapshot) as all_:
        names = names_of(all_, refs(meeting))
    for listing in meeting.listings.all():
        assert names[listing.pupil_ref].family not in str(listing.entry)


def test_a_plan_in_hand_keeps_a_pupil_off_until_its_review(meeting, decide, next_week):
    first = meeting.listings.get(position=1)
    decide(first, "in_hand", until=date(2026, 3, 23))
    later = next_week()
    assert aside(later)[first.pupil_ref] == "in_hand"
    assert later.set_aside.get(pupil_ref=first.pupil_ref).until == date(2026, 3, 23)


def test_a_review_that_is_due_brings_a_pupil_back_first(meeting, decide, next_week):
    last = meeting.listings.get(position=10)
    decide(last, "in_hand", until=date(2026, 3, 16))
    later = next_week()
    found = later.listings.get(pupil_ref=last.pupil_ref)
    assert found.entry["listed_because"].startswith("A review is due")


def test_not_a_concern_stays_away_until_its_date(meeting, decide, next_week):
    first = meeting.listings.get(position=1)
    decide(first, "not_now", until=date(2026, 4, 20))
    assert aside(next_week())[first.pupil_ref] == "not_now"


def test_a_theme_not_seen_then_brings_a_pupil_back(meeting, decide, next_week, group):
    first = meeting.listings.get(position=2)
    decide(first, "not_now", until=date(2026, 4, 20))
    old = next(flag for flag in group.flags if flag.pupil_ref == first.pupil_ref)
    new = replace(old, signal="support_without_change", theme="support", strength=1.0)
    later = next_week(a_week_on(group, flags=(*group.flags, new)))
    assert first.pupil_ref in refs(later) or aside(later)[first.pupil_ref] == "others_first"
    assert aside(later).get(first.pupil_ref) != "not_now"


def test_who_was_listed_and_not_decided_on_comes_before_the_rest(meeting, decide, next_week, group):
    weak = [replace(flag, strength=1.5) for flag in group.flags]
    later = next_week(a_week_on(group, flags=tuple(weak)))
    before, after = set(refs(meeting)), refs(later)
    assert before == set(after)
    assert "not yet decided on" in later.listings.get(position=1).entry["listed_because"]


def test_who_is_being_acted_on_no_longer_comes_first_for_size_alone(meeting, decide, next_week):
    first = meeting.listings.get(position=1)
    decide(first, "act")
    later = next_week()
    listing = later.listings.filter(pupil_ref=first.pupil_ref).first()
    assert listing is None or "twice its threshold" not in listing.entry["listed_because"]
    assert first.pupil_ref not in refs(later)[:5]


def test_what_is_new_is_told_from_the_list_before(meeting, next_week):
    later = next_week()
    assert all(one.entry["new_signals"] == [] for one in later.listings.all())


def test_two_who_open_at_once_get_the_same_list(meeting, colleague, at, group):
    again = open_meeting(by=colleague("senco"), at=at + timedelta(days=2), group=group)
    assert again.pk == meeting.pk
    assert Meeting.objects.count() == 1


def test_an_objection_to_everything_leaves_a_pupil_out_and_is_counted(
    meeting, colleague, at, group, school
):
    ref = refs(meeting)[0]
    Meeting.objects.all().delete()
    objection(colleague, at, school, ref, [])
    again = open_meeting(by=colleague("senco"), at=at, group=group)
    assert ref not in refs(again)
    assert ref not in aside(again)
    assert again.counts["objected"] == 1


def test_an_objection_to_a_theme_drops_its_flags(meeting, colleague, at, group, school):
    ref = refs(meeting)[0]
    Meeting.objects.all().delete()
    objection(colleague, at, school, ref, ["attendance"])
    again = open_meeting(by=colleague("senco"), at=at, group=group)
    listed = again.listings.filter(pupil_ref=ref).first()
    if listed:
        told = listed.entry["flags"] + listed.entry["more_flags"]
        signals = [one["signal"] for one in told]
    else:
        signals = again.set_aside.get(pupil_ref=ref).signals
    assert signals
    assert "attendance_momentum" not in signals


def test_an_objection_is_honoured_on_a_list_already_recorded(meeting, colleague, at, school):
    ref = refs(meeting)[0]
    objection(colleague, at, school, ref, [])
    assert ref not in [one.listing.pupil_ref for one in meeting_rows(meeting, TODAY)]


def test_an_entry_without_a_theme_shows_nothing_that_rests_on_it(meeting):
    entry = meeting.listings.get(position=1).entry
    shown = without_themes(entry, frozenset({"attendance"}))
    assert shown["spark"] is None
    assert shown["lens"]["sentences"] == []
    every = {one["theme"] for one in entry["flags"] + entry["more_flags"]}
    assert without_themes(entry, frozenset(every)) is None


def test_more_are_shown_only_with_a_reason(meeting, colleague, at, group):
    from django.core.exceptions import ValidationError

    by = colleague("head_of_year")
    with pytest.raises(ValidationError, match="Say why"):
        show_more(by=by, at=at, meeting=meeting, reason=" ", group=group)
    left = list(meeting.set_aside.filter(reason="others_first").order_by("pk"))
    added = show_more(by=by, at=at, meeting=meeting, reason="A double period today", group=group)
    assert [one.pupil_ref for one in added] == [one.pupil_ref for one in left[:5]]
    assert [one.position for one in added] == [11, 12, 13, 14, 15]
    assert meeting.counts["met_threshold"] == meeting.listings.count() + meeting.set_aside.count()
    with pytest.raises(ValidationError, match="at most"):
        show_more(by=by, at=at, meeting=meeting, reason="Still not enough", group=group)


def test_one_pupil_who_was_left_out_is_talked_about_when_somebody_asks(
    meeting, colleague, at, group
):
    from django.core.exceptions import ValidationError

    by = colleague("head_of_year")
    last = meeting.set_aside.filter(reason="others_first").order_by("pk").last().pupil_ref
    asked = {"by": by, "at": at, "meeting": meeting, "reason": "The tutor asked", "group": group}
    (added,) = show_more(**asked, pupil_ref=last)
    assert (added.pupil_ref, added.position) == (last, 11)
    with pytest.raises(ValidationError, match="not among those left out"):
        show_more(**asked, pupil_ref=last)


def objection(colleague, at, school, ref, themes):
    Objection.objects.create(
        school_id=school,
        pupil_ref=ref,
        kind="objection",
        themes=themes,
        from_on=TODAY,
        recorded_by=colleague("dpo"),
        recorded_at=at,
    )
