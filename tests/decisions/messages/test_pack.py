from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as django_settings
from pypdf import PdfReader

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SignedIn = Callable[[str], Any]
PDF, PAGE = "/week/year-9/pack.pdf", "/week/year-9/pack/"


@pytest.fixture
def pdf(meeting: Any, signed_in: SignedIn, caplog: pytest.LogCaptureFixture) -> PdfReader:
    response = signed_in("head_of_year").get(PDF)
    assert not caplog.records, "the paper's own styles and fonts were found"
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(BytesIO(response.content))


def names(meeting: Any) -> list[str]:
    from sightline.people.identity import names_of
    from sightline.sheets import open_sheets

    site = django_settings.SITE
    sheets = open_sheets(site, meeting.school_id)
    assert sheets is not None
    refs = [one.pupil_ref for one in meeting.listings.order_by("position")]
    with site.vault(site.warehouse.current()) as vault:
        found = names_of(vault, refs)
    return [str(found[ref]) for ref in refs]


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(one.extract_text() for one in pdf.pages).split())


def exports() -> Any:
    from sightline.record.models import AuditEvent

    return AuditEvent.objects.filter(action="export", area="week").order_by("number")


def test_the_pdf_is_tagged_in_british_english_and_says_it_is_accessible(pdf: PdfReader) -> None:
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert str(root["/Lang"]).lower() == "en-gb"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_every_drawing_has_its_words(pdf: PdfReader) -> None:
    figures = [one for one in _elements(pdf) if one.get("/S") == "/Figure"]
    assert figures
    assert all(str(one["/Alt"]).strip() for one in figures)


def test_the_pdf_holds_every_listed_pupil_with_reasons_and_room_to_write(
    pdf: PdfReader, meeting: Any
) -> None:
    text = text_of(pdf)
    for name, listing in zip(names(meeting), meeting.listings.order_by("position"), strict=True):
        assert name in text
        assert listing.entry["flags"][0]["because"][:40] in text
    assert text.count("Not a concern now") == meeting.listings.count()
    assert "How each number was worked out" in text
    assert "listed at" in text


def test_no_name_is_in_the_title_the_metadata_or_the_file_name(
    meeting: Any, signed_in: SignedIn
) -> None:
    response = signed_in("head_of_year").get(PDF)
    pdf = PdfReader(BytesIO(response.content))
    told = f"{pdf.metadata} {pdf.trailer['/Root']['/Metadata'].get_data()!r}"
    told += response["Content-Disposition"]
    for name in names(meeting):
        assert not [part for part in name.split() if part in told]
    assert "Okafor" not in told


def test_each_copy_is_numbered_signed_and_recorded(meeting: Any, signed_in: SignedIn) -> None:
    browser = signed_in("head_of_year")
    browser.get(PAGE)
    second = PdfReader(BytesIO(browser.get(PDF).content))
    assert "Printed by Ms Okafor" in text_of(second)
    assert "Copy 2 of this meeting. Shred after the meeting." in text_of(second)
    assert f"Page 1 of {len(second.pages)}" in text_of(second)
    assert [one.detail["copy"] for one in exports()] == [1, 2]
    assert {one.subject for one in exports()} == {f"meeting {meeting.pk}"}


def test_every_pupil_in_the_pack_is_recorded_as_seen(meeting: Any, signed_in: SignedIn) -> None:
    from sightline.record.models import AuditEvent

    signed_in("head_of_year").get(PDF)
    seen = AuditEvent.objects.filter(action="read", area="week").values_list("subject", flat=True)
    assert set(seen) == {one.pupil_ref for one in meeting.listings.all()}


def test_the_page_to_print_has_the_same_without_a_pdf(meeting: Any, signed_in: SignedIn) -> None:
    page = signed_in("head_of_year").get(PAGE).content.decode()
    assert all(name in page for name in names(meeting))
    assert "style=" not in page
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert title.startswith("Year 9 meeting pack")


def test_where_pango_is_missing_the_page_says_so_and_offers_the_other(
    meeting: Any, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline.web.views.pack.paper_is_possible", lambda: False)
    response = signed_in("head_of_year").get(PDF)
    assert response.status_code == 503
    assert PAGE in response.content.decode()
    assert not exports().exists()


def test_whoever_sees_less_of_the_list_gets_less_on_paper(
    meeting: Any, signed_in: SignedIn
) -> None:
    full = signed_in("head_of_year").get(PAGE).content.decode()
    less = signed_in("attendance_officer").get(PAGE).content.decode()
    assert "SEND support" in full or "EAL" in full
    assert "SEND support" not in less
    assert "Also true" not in less


@pytest.mark.parametrize("role", ["tutor", "class_teacher", "data_manager", "dpo", "trust_lead"])
def test_nobody_else_has_a_pack(meeting: Any, signed_in: SignedIn, role: str) -> None:
    browser = signed_in(role)
    assert browser.get(PAGE).status_code == 404
    assert browser.get(PDF).status_code == 404


def test_another_year_has_no_pack_for_the_head_of_this_one(
    meeting: Any, signed_in: SignedIn
) -> None:
    assert signed_in("head_of_year").get("/week/year-8/pack.pdf").status_code == 404


def test_nothing_is_fetched_from_elsewhere(meeting: Any) -> None:
    from sightline.web.pack.paper import as_pdf

    page = '<html lang="en"><title>x</title><img alt="x" src="http://127.0.0.1:9/x.png"><p>left'
    assert "left" in text_of(PdfReader(BytesIO(as_pdf(page))))


def _elements(pdf: PdfReader) -> list[Any]:
    found: list[Any] = []
    waiting = [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        one = waiting.pop().get_object()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            found.append(one)
            waiting += [one["/K"]] if "/K" in one and "/Pg" not in one.get("/K", {}) else []
    return [one for one in found if "/S" in one]
