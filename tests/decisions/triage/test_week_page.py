"""The whole meeting without script: plain forms, redirects, and nothing lost."""

import re

import pytest
from django.conf import settings
from django.test import Client

from sightline.people.models import Grant, User
from sightline.record.models import AuditEvent
from sightline.sheets import open_sheets
from sightline.triage.models import Decision, Draft, Listing, Meeting
from sightline.triage.queries import in_force

WEEK = "/week/year-9/"


def listing_of(html):
    """The listing whose form is open."""
    return int(re.search(r'action="/week/year-9/decide/(\d+)/"', html)[1])


def an_owner(html):
    return re.findall(r'<option value="(\d+)">', html)[0]


def a_review(html):
    return re.search(r'id="id_review".*?<option value="(\d{4}-\d\d-\d\d)"', html, re.DOTALL)[1]


def act(browser, html, **other):
    fields = {
        "kind": "act",
        "action": "Meet at the gate",
        "owner": an_owner(html),
        "review": a_review(html),
        "seen": "",
    }
    return browser.post(f"{WEEK}decide/{listing_of(html)}/", fields | other)


def read(browser, url=WEEK):
    answer = browser.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_opens_with_ten_pupils_and_one_of_them_open(signed_in):
    html = read(signed_in("head_of_year"))
    assert html.count("data-row") == 10
    assert html.count('id="decide"') == 1
    assert "ten pupils to talk about" in html


def test_nothing_is_chosen_beforehand(signed_in):
    html = read(signed_in("head_of_year"))
    form = html[html.index('id="decide"') :]
    radios = re.findall(r'<input type="radio"[^>]*>', html)
    assert len(radios) >= 3
    assert not [one for one in radios if "checked" in one]
    assert " selected" not in form
    assert re.search(r'id="id_review".*?<option value="2026-03-23">In 2 weeks', form, re.DOTALL)


def test_the_page_has_no_inline_style_or_script(signed_in):
    html = read(signed_in("head_of_year"))
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\son[a-z]+=", html)


def test_the_whole_meeting_works_without_script(signed_in):
    browser = signed_in("head_of_year")
    for number in range(1, 11):
        html = read(browser)
        answer = act(browser, html)
        assert answer.status_code == 303
        assert answer["Location"].endswith("#now")
        after = read(browser, answer["Location"].partition("#")[0])
        assert f"Saved. {number} of 10 decided." in after
    assert "Everybody on the list is decided" in after
    assert Decision.objects.filter(undone_at__isnull=True).count() == 10
    finished = browser.post(f"{WEEK}finish/", {})
    assert finished.status_code in (302, 303)
    assert Meeting.objects.get().finished_at is not None


def test_the_numbers_of_the_sentence_add_up(signed_in):
    browser = signed_in("head_of_year")
    html = read(browser)
    told = re.search(r"(\d+) of (\d+) pupils met a threshold; <a[^>]*>(\d+) (?:is|are) not", html)
    met, on_roll, away = (int(one) for one in told.groups())
    assert met == html.count("data-row") + away
    assert met <= on_roll
    others = read(browser, f"{WEEK}not-repeated/")
    assert others.count('<li><a href="/pupil/') == away


def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(signed_in):
    browser = signed_in("head_of_year")
    html = read(browser)
    answer = act(browser, html, action="", owner="", note="Says mornings are hard.")
    told = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_action"' in told
    assert 'id="error_owner"' in told
    assert "Says mornings are hard.</textarea>" in told
    assert re.search(r'id="id_kind_act" value="act"[^>]* checked', told)
    assert not Decision.objects.exists()


def test_a_date_without_school_is_refused_and_the_next_one_named(signed_in):
    browser = signed_in("head_of_year")
    html = read(browser)
    day = {"review": "pick", "day": "14", "month": "3", "year": "2026"}
    answer = act(browser, html, **day)
    assert answer.status_code == 422
    assert "Sat 14 Mar is not a school day. The next is Mon 16 Mar." in answer.content.decode()
    assert act(browser, html, **day | {"day": "16"}).status_code == 303


def test_many_at_once_cannot_be_decided(signed_in):
    browser = signed_in("head_of_year")
    html = read(browser)
    first = listing_of(html)
    both = {"kind": ["act", "not_now"], "seen": ["", ""]}
    assert browser.post(f"{WEEK}decide/{first}/", both).status_code == 400
    assert browser.post(f"{WEEK}decide/{first},{first + 1}/", {"kind": "act"}).status_code == 404
    assert browser.post(f"{WEEK}decide/", {"listing": [first, first + 1]}).status_code == 404
    assert not Decision.objects.exists()


def test_a_colleagues_decision_is_shown_and_replaced_only_knowingly(signed_in):
    head, senco = signed_in("head_of_year"), signed_in("senco")
    mine, theirs = read(head), read(senco)
    assert act(senco, theirs, action="Ring home").status_code == 303
    answer = act(head, mine, action="Meet at the gate", note="Mum rang.")
    told = answer.content.decode()
    assert answer.status_code == 409
    assert "Mrs Bell decided this a moment ago" in told
    assert "Ring home" in told
    assert "Mum rang.</textarea>" in told
    assert "Replace with mine" in told
    seen = re.search(r'name="seen" value="(\d+)"', told)[1]
    assert act(head, told, action="Meet at the gate", seen=seen).status_code == 303
    standing = Decision.objects.get(undone_at__isnull=True)
    assert (standing.action, standing.replaced.action) == ("Meet at the gate", "Ring home")


def test_a_mistake_does_not_hide_what_a_colleague_decided_meanwhile(signed_in):
    head, senco = signed_in("head_of_year"), signed_in("senco")
    mine, theirs = read(head), read(senco)
    act(senco, theirs, action="Ring home")
    refused = act(head, mine, action="")
    assert refused.status_code == 422
    assert 'name="seen" value=""' in refused.content.decode()
    assert act(head, mine).status_code == 409


def test_undo_opens_the_pupil_again_with_the_words_typed_in(signed_in):
    browser = signed_in("head_of_year")
    html = read(browser)
    act(browser, html, note="Says mornings are hard.")
    made = Decision.objects.get()
    answer = browser.post(f"{WEEK}undo/{made.pk}/")
    assert answer.status_code == 303
    again = read(browser, answer["Location"].partition("#")[0])
    assert listing_of(again) == made.listing_id
    assert "Says mornings are hard.</textarea>" in again
    assert browser.post(f"{WEEK}undo/{made.pk}/").status_code == 404


def test_a_draft_comes_back_for_the_one_who_typed_it(signed_in):
    browser = signed_in("head_of_year")
    first = listing_of(read(browser))
    answer = browser.post(f"{WEEK}draft/{first}/", {"kind": "act", "note": "Half a thought"})
    assert re.fullmatch(r"\d\d:\d\d", answer.json()["saved"])
    assert "Half a thought</textarea>" in read(browser)
    assert "Half a thought" not in read(signed_in("senco"))
    assert Draft.objects.count() == 1


def test_come_back_puts_a_pupil_behind_the_others(signed_in):
    browser = signed_in("head_of_year")
    first = listing_of(read(browser))
    answer = browser.post(f"{WEEK}come-back/{first}/", {"note": "Ask the tutor first"})
    after = read(browser, answer["Location"].partition("#")[0])
    assert listing_of(after) != first
    assert "comes back after the others" in after
    rows = re.findall(r'id="p(\d+)" data-row', after)
    assert rows[-1] == str(first)
    assert "Ask the tutor first</textarea>" in read(browser, f"{WEEK}?open={first}")


def test_what_colleagues_decided_is_told_without_a_name_of_a_pupil(signed_in):
    head, senco = signed_in("head_of_year"), signed_in("senco")
    html = read(head)
    act(senco, read(senco))
    looks = AuditEvent.objects.count()
    told = read(head, f"{WEEK}updates/")
    assert "1 of 10 decided" in told
    assert "Mrs Bell decided number 1" in told
    for name in re.findall(r'<h2[^>]*><a href="[^"]*">([^<]+)</a>', html):
        assert name not in told
    assert AuditEvent.objects.count() == looks


def test_every_pupil_shown_is_in_the_record_with_the_reason(signed_in):
    read(signed_in("head_of_year"))
    rows = AuditEvent.objects.filter(action="read", area="week")
    assert rows.count() == 10
    assert {one.why for one in rows} == {"You lead Year 9"}


def test_who_leads_another_year_finds_nothing_here(signed_in, school, at):
    read(signed_in("head_of_year"))
    user = User.objects.create(name="Mr Other", email="other@school.test", created_at=at)
    Grant.objects.create(
        user=user,
        role="head_of_year",
        scope="year",
        value="8",
        school_id=school,
        from_on=at.date(),
        given_at=at,
    )
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    listing = Listing.objects.first()
    assert browser.get("/week/year-8/").status_code == 200
    for place in ("", "not-repeated/", "updates/"):
        assert browser.get(f"{WEEK}{place}").status_code == 404
    for place in (f"decide/{listing.pk}/", f"draft/{listing.pk}/", f"come-back/{listing.pk}/"):
        assert browser.post(f"{WEEK}{place}", {"kind": "act"}).status_code == 404
        assert browser.post(f"/week/year-8/{place}", {"kind": "act"}).status_code == 404
    url = f"/explain/{listing.pupil_ref}/{listing.entry['flags'][0]['signal']}/"
    assert browser.get(url).status_code == 404


@pytest.mark.parametrize("word", ["year-99", "year-x", "s9999-year-9", "9"])
def test_a_group_that_is_not_there_is_not_found(signed_in, word):
    assert signed_in("senco").get(f"/week/{word}/").status_code == 404


@pytest.mark.parametrize("role", ["tutor", "class_teacher", "trust_lead", "data_manager", "dpo"])
def test_roles_without_the_weekly_list_do_not_find_it(signed_in, role):
    assert signed_in(role).get(WEEK).status_code == 404


def test_the_attendance_officer_sees_figures_and_neither_form_notes_nor_needs(signed_in):
    head, officer = signed_in("head_of_year"), signed_in("attendance_officer")
    html = read(head)
    act(head, html, note="Says mornings are hard.")
    told = read(officer)
    assert told.count("data-row") == 10
    assert "<textarea" not in told
    assert "Says mornings" not in told
    assert "Meet at the gate" not in told
    assert "Acting." in told
    assert "tag sen" not in told
    assert "Look at the list itself" not in told
    first = Listing.objects.get(position=2)
    assert officer.post(f"{WEEK}decide/{first.pk}/", {"kind": "act"}).status_code == 404


def test_the_question_about_what_is_around_comes_before_the_decision(signed_in):
    html = read(signed_in("head_of_year"))
    assert html.index("or what is around") < html.index("What have you decided?")


def test_adjustments_are_asked_about_only_for_pupils_with_send(signed_in, school):
    browser = signed_in("senco")
    read(browser)
    sheets = open_sheets(settings.SITE, school)
    for listing in Listing.objects.all():
        asked = "agreed adjustments in place" in read(browser, f"{WEEK}?open={listing.pk}")
        assert asked == (sheets.pupil(listing.pupil_ref).sen_status in ("K", "E"))


def test_more_are_shown_with_a_reason_only(signed_in):
    browser = signed_in("head_of_year")
    read(browser)
    refused = browser.post(f"{WEEK}more/", {"reason": ""})
    assert refused.status_code == 422
    assert 'href="#id_more"' in refused.content.decode()
    assert browser.post(f"{WEEK}more/", {"reason": "A double period"}).status_code == 303
    assert read(browser).count("data-row") == 15


def test_a_finished_meeting_offers_change_and_not_undo(signed_in):
    browser = signed_in("head_of_year")
    for _ in range(10):
        act(browser, read(browser))
    meeting = Meeting.objects.get()
    meeting.finished_at, meeting.finished_by = meeting.opened_at, User.objects.first()
    meeting.save()
    html = read(browser)
    assert "The meeting finished at" in html
    assert "/undo/" not in html
    one = next(iter(in_force(meeting).values()))
    opened = read(browser, f"{WEEK}?open={one.listing_id}")
    assert f'name="seen" value="{one.pk}"' in opened
    assert "Meet at the gate" in opened


def test_a_reload_of_a_refused_form_leads_back_to_the_pupil(signed_in):
    browser = signed_in("head_of_year")
    first = listing_of(read(browser))
    answer = browser.get(f"{WEEK}decide/{first}/")
    assert answer.status_code == 303
    assert answer["Location"] == f"{WEEK}?open={first}#now"


def test_the_title_of_the_page_names_no_pupil(signed_in):
    title = re.search(r"<title>([^<]*)</title>", read(signed_in("head_of_year")))[1]
    assert title.startswith("Year 9, this week")
