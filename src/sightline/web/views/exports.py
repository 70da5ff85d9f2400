"""Any list as a CSV file: what it is for is asked first, and the file is recorded."""

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from sightline.governance.actions.exports import make_csv
from sightline.governance.record_queries import exports_made
from sightline.web.door import page
from sightline.web.evidence.fairness_tables import fairness_rows
from sightline.web.evidence.progress_tables import class_rows, subject_rows
from sightline.web.record.reach import asked_schools
from sightline.web.record.tables import (
    Table,
    pupil_weeks,
    record_rows,
    threshold_rows,
    week_list,
)

__all__ = ["TABLES", "export", "exports", "record_export"]

TABLES: Mapping[str, Callable[[HttpRequest, QueryDict], Table]] = {
    "week": week_list,
    "pupil-weeks": pupil_weeks,
    "record": record_rows,
    "thresholds": threshold_rows,
    "fairness": fairness_rows,
    "progress": subject_rows,
    "progress-class": class_rows,
}
"""What can be taken out. A table's function raises Http404 for what the viewer may not see."""


@page("export")
def export(request: HttpRequest, what: str) -> HttpResponse:
    """Columns and count first, then what for; the answer is the file."""
    if what not in TABLES:
        raise Http404
    return _exported(request, what)


@page("export")
def record_export(request: HttpRequest) -> HttpResponse:
    """The record as a file: the same page under the record's own address."""
    return _exported(request, "record")


@page("record")
def exports(request: HttpRequest) -> HttpResponse:
    """The files taken out: what, who, why, how many rows, and the file's hash."""
    visit = request.visit  # type: ignore[attr-defined]
    rows = exports_made(asked_schools(visit.viewer, "record"))
    listed = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "sightline/record/exports.html", {"page": listed})


def _exported(request: HttpRequest, what: str) -> HttpResponse:
    visit = request.visit  # type: ignore[attr-defined]
    table = TABLES[what](request, request.GET)
    typed, wrong = request.POST.get("purpose", ""), ""
    if request.method == "POST":
        try:
            data, made = make_csv(
                **visit.by(),
                what=what,
                purpose=typed,
                columns=table.columns,
                rows=table.rows,
                filter=dict(request.GET.items()),
                school_id=table.school_id,
            )
        except ValidationError as error:
            wrong = error.message_dict["purpose"][0]
        else:
            for area, school_id, subject, why in table.looks:
                visit.saw(area, school_id=school_id, subject=subject, why=why, export=made.pk)
            answer = HttpResponse(data, content_type="text/csv; charset=utf-8")
            answer["Content-Disposition"] = f'attachment; filename="{what}-{made.pk}.csv"'
            return answer
    context = {
        "table": table,
        "typed": typed,
        "wrong": wrong,
        "errors": [("id_purpose", wrong)] if wrong else [],
    }
    return render(request, "sightline/record/export.html", context, status=422 if wrong else 200)
