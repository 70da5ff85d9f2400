"""The command that sets groups of pupils side by side, from the signals to what became better."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sightline.cli.django_start import decisions_exist
from sightline.cli.options import Json, School, SiteFolder, chosen_site, day_of
from sightline.cli.show import json_out, message, table_out, text_out
from sightline.pipeline import opened
from sightline.site import Site

if TYPE_CHECKING:
    from sightline.insights.fairness import Recorded

__all__ = ["add_to"]

# Repeated here, so that no other command waits for the arithmetic; a test compares them.
ATTRIBUTES = (
    "send",
    "eal",
    "disadvantaged",
    "sex",
    "year",
    "prior_attainment",
    "disabled",
    "deprivation",
    "age",
)
COLUMNS = ["group", "step", "found", "of", "rate", "range", "times the rest", "range", "verdict"]


def fairness(
    context: typer.Context,
    school: School = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="From this day; 1 September.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="To this day; the latest marks.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAMES", help=f"Some of {', '.join(ATTRIBUTES)}."),
    ] = None,
    pairs: Annotated[bool, typer.Option(help="Set pairs of attributes side by side too.")] = True,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Compare groups of pupils at every step: evaluated, flagged, listed, decided, improved."""
    from sightline.pipeline.evidence.fairness import fairness as worked_out
    from sightline.pipeline.evidence.fairness import year_of

    chosen = chosen_site(context, site)
    today = day_of(chosen.settings["today"] or None, "today")
    first = day_of(since, "--from") if since else None
    last = day_of(until, "--to") if until else None
    found = worked_out(
        chosen,
        today=today,
        school=school,
        since=first,
        until=last,
        by=tuple(name.strip() for name in by.split(",")) if by else (),
        pairs="all" if pairs else "none",
        recorded=_recorded(chosen, school, first or year_of(last or today), last or today),
    )
    if as_json:
        json_out(found)
    else:
        _print(found)


def _recorded(site: Site, school: str | None, since: date, until: date) -> "list[Recorded] | None":
    """What the meetings recorded; None where the site has no pages yet."""
    if site.warehouse.current() is None or not decisions_exist(site):
        return None
    from sightline.triage.funnel import recorded_of

    with opened(site, school=school) as study:
        schools = [school] if school else study.schools()
    return recorded_of(site, schools, since=since, until=until)


def _print(found: dict[str, Any]) -> None:
    where = f"School {found['school']}" if found["school"] else "All schools together"
    text_out(f"{where}, {found['from']} to {found['to']}, {found['weeks']} weeks.")
    rows = [
        [one["group"], step["step"], *_cells(step)]
        for one in found["groups"]
        for step in one["stages"]
    ]
    table_out(COLUMNS, rows)
    for note in found["notes"]:
        message(note)


def _cells(step: dict[str, Any]) -> list[str]:
    """A figure in words; a hidden one says so."""
    if step["of"] is None:
        return ["hidden", "hidden", "", "", "", "", step["verdict"] or ""]
    return [
        str(step["found"]),
        str(step["of"]),
        _percent(step["rate"]),
        _range(_percent(step["low"]), _percent(step["high"])),
        _times(step["ratio"]),
        _range(_times(step["ratio_low"]), _times(step["ratio_high"])),
        step["verdict"] or "",
    ]


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f}%"


def _times(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _range(low: str, high: str) -> str:
    return f"{low} to {high}" if low and high else f"{low} or more" if low else ""


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(fairness)
