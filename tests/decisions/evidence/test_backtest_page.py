"""A signal tried on the past, as its page."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from sightline.kit import SightlineError
from sightline.pipeline.evidence.backtest import Ask
from sightline.web.evidence import backtest_work

Browser = Callable[[str], Client]
PAGE = "/thresholds/attendance_momentum/history/"
ASKED = {"outcome": "persistent_absence", "within": "42", "from": "2025-09-05", "to": "2026-03-06"}


def answer_of(client: Client, **asked: str) -> str:
    """The page once its answer has been worked out."""
    for _ in range(400):
        page = client.get(PAGE, {**ASKED, **asked})
        if page.status_code != 200 or "Refresh" not in page:
            return page.content.decode()
        time.sleep(0.05)
    raise AssertionError("the answer never came")


def test_the_question_stands_before_any_answer(signed_in: Browser) -> None:
    page = signed_in("senior_leader").get(PAGE).content.decode()
    assert "What may come after" in page
    assert "withdrawn or failed" not in page  # that is for higher education
    assert "There are records from 2 September 2025 to 6 March 2026." in page
    assert "Proposal" not in page


def test_while_it_is_worked_out_the_page_looks_again_by_itself(
    signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtest_work, "backtest_answer", lambda *_, **__: time.sleep(0.6))
    page = signed_in("senior_leader").get(PAGE, {**ASKED, "within": "35"})
    assert page["Refresh"] == "3"
    assert "Being worked out" in page.content.decode()


def test_the_answer_says_the_sentence_the_figures_and_what_they_do_not_show(
    signed_in: Browser,
) -> None:
    page = answer_of(signed_in("senior_leader"))
    assert "This rule would have listed" in page
    assert "This cannot be judged from this history: it has 0 of 2 full school years" in page
    assert "biased down by every success" in page
    assert 'class="chart wide"' in page
    assert page.count('<tr><th scope="row">') >= 15
    assert 'badge on">today</span>' in page
    assert "Counts are rounded to 5" in page


def test_the_proposal_leads_to_where_a_person_proposes_it_with_a_reason(signed_in: Browser) -> None:
    client = signed_in("senior_leader")
    for _ in range(400):
        page = client.get("/thresholds/missing_work/history/", ASKED)
        if "Refresh" not in page:
            break
        time.sleep(0.05)
    told = page.content.decode()
    assert "in place of 0.3" in told
    at = told.index("/thresholds/missing_work/?parameter=min_share")
    url = told[at : told.index('"', at)].replace("&amp;", "&").partition("#")[0]
    card = client.get(url).content.decode()
    value = url.rpartition("value=")[2]
    assert f'name="value" autocomplete="off" value="{value}"' in card
    assert '<option value="min_share" selected>' in card


def test_a_wrong_question_comes_back_with_what_is_wrong(signed_in: Browser) -> None:
    client = signed_in("senior_leader")
    wrong = {**ASKED, "within": "0", "from": "2026-03-06", "to": "2025-09-05"}
    page = client.get(PAGE, wrong)
    assert page.status_code == 422
    told = page.content.decode()
    assert "Write a number of days from 1 to 400" in told
    assert "The last week must not be before the first." in told
    assert 'value="2025-09-05"' in told
    outside = client.get(PAGE, {**ASKED, "from": "2019-09-01", "to": "2020-03-01"})
    assert outside.status_code == 422 or "Refresh" in outside
    assert "outside the data" in answer_of(client, **{"from": "2019-09-01", "to": "2020-03-01"})


def test_no_such_signal_and_no_such_school_are_not_there(signed_in: Browser) -> None:
    client = signed_in("senior_leader")
    assert client.get("/thresholds/nothing/history/").status_code == 404
    assert client.get(PAGE, {**ASKED, "school": "S9999"}).status_code == 404


@pytest.mark.parametrize("role", ["tutor", "trust_lead", "dpo", "attendance_officer"])
def test_every_role_that_sees_thresholds_may_try_them_on_the_past(
    signed_in: Browser, role: str
) -> None:
    assert signed_in(role).get(PAGE).status_code == 200


def test_the_threshold_leads_here(signed_in: Browser) -> None:
    card = signed_in("senior_leader").get(reverse("threshold", args=["missing_work"]))
    assert "/thresholds/missing_work/history/" in card.content.decode()


def test_an_error_in_the_background_is_told_and_asked_anew_next_time(
    school: str, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    def fails(*_: Any, **__: Any) -> None:
        raise SightlineError("no_data", "here", "there is nothing")

    monkeypatch.setattr(backtest_work, "backtest_answer", fails)
    ask = Ask("missing_work", "suspension", 7, date(2026, 1, 5), date(2026, 2, 2), True, school)
    for _ in range(2):
        with pytest.raises(SightlineError, match="there is nothing"):
            backtest_work.answer_or_begin(settings.SITE, ask, on=at.date())
