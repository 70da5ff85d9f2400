"""The command `progress`: results beside what was expected, for groups, through the gate."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from sightline.cli.options import Json, School, SiteFolder, chosen_site, day_of
from sightline.cli.show import json_out, table_out, text_out
from sightline.kit import SightlineError, sentence_list
from sightline.pipeline import opened

__all__ = ["add_to"]

YearGroup = Annotated[
    int | None, typer.Option("--year-group", metavar="N", help="One year group only.")
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="ATTR[,ATTR]", help="Split by one attribute, or by two together."),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about; today if none.")
]
Subject = Annotated[
    str | None, typer.Option("--subject", metavar="NAME", help="One subject, by every group.")
]


def progress(
    context: typer.Context,
    school: School = None,
    subject: Subject = None,
    year_group: YearGroup = None,
    by: By = None,
    as_of: AsOf = None,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Print who is on course for what was expected: by subject, or one subject by group.

    Counts are rounded to 5 and none below 10 can be worked out from them. No pupil is named.
    """
    # Here, as every other command would wait for the arithmetic.
    from sightline.pipeline.evidence.progress import overview, subject_progress

    chosen = chosen_site(context, site)
    today = day_of(chosen.settings["today"] or None, "today")
    day = day_of(as_of, "--as-of") if as_of else today
    with opened(chosen) as study:
        one = study.one_school(school)
    wanted = asked_for(by)
    if subject is None:
        if wanted:
            what = "groups are shown of one subject at a time"
            raise SightlineError("bad_argument", "--by", what, "Name one with --subject.")
        told = overview(chosen, one, day, year_group=year_group, today=today)
    else:
        told = subject_progress(
            chosen, one, subject, day, year_group=year_group, by=wanted, today=today
        )
    if as_json:
        json_out(told)
    elif subject is None:
        print_overview(told)
    else:
        print_subject(told)


def asked_for(by: str | None) -> list[str]:
    """The attributes of `--by`. Raises `bad_argument` for more than two, or one not known."""
    from sightline.insights.tracking import ATTRIBUTES

    names = [one.strip() for one in (by or "").split(",") if one.strip()]
    unknown = [one for one in names if one not in ATTRIBUTES]
    if unknown or len(set(names)) != len(names) or len(names) > 2:
        what = f"`{unknown[0]}` is no way of grouping" if unknown else "at most two, and different"
        remedy = f"They are {sentence_list(list(ATTRIBUTES))}."
        raise SightlineError("bad_argument", "--by", what, remedy)
    return names


def print_overview(told: dict[str, Any]) -> None:
    """Every subject at its last point, then Key Stage 4."""
    rows = []
    for one in told["subjects"]:
        point = one["points"][-1] if one["points"] else {}
        rows.append([one["subject"], point.get("point"), *shares(point), one["why"]])
    table_out(["subject", "point", "results", "on_course", "share", "low", "high", "why"], rows)
    for one in told["key_stage_4"]:
        if one["attainment_8"] is None:
            text_out(f"Year {one['year_group']}: {one['why']}")
            continue
        text_out(
            f"Year {one['year_group']}: Attainment 8 {one['attainment_8']} "
            f"({one['attainment_8_low']} to {one['attainment_8_high']}), an estimate from the "
            f"latest results. {eight(one)}"
        )


def eight(one: dict[str, Any]) -> str:
    if one["progress_8"] is None:
        return str(one["why"])
    return f"Progress 8 {one['progress_8']} ({one['progress_8_low']} to {one['progress_8_high']})."


def print_subject(told: dict[str, Any]) -> None:
    """One subject: every group at every point."""
    rows = [
        [point["point"], row["title"], row["group"], *shares(row), row["verdict"] or row["why"]]
        for point in told["points"]
        for row in [
            {**point, "title": "Everybody", "group": "", "verdict": "", "why": ""},
            *point["groups"],
        ]
    ]
    columns = ["point", "by", "group", "results", "on_course", "share", "low", "high", "said"]
    text_out(f"{told['subject']}: {told['measured']}. {told['why']}".strip())
    table_out(columns, rows)


def shares(row: dict[str, Any]) -> Sequence[Any]:
    return [row.get(name) for name in ("pupils", "on_course", "share", "low", "high")]


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(progress)
