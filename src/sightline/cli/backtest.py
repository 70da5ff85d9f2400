"""The command that says what a threshold would have done in the past."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import typer

from sightline.cli.django_start import decisions_exist
from sightline.cli.options import Json, School, SiteFolder, chosen_site, day_of
from sightline.cli.show import json_out, message, progress_line, table_out, text_out
from sightline.kit import SightlineError, plural, sentence_list
from sightline.site import Site

__all__ = ["add_to", "decided_to_act"]

# Repeated here, so that no other command waits for the arithmetic; a test compares them.
OUTCOMES = (
    "persistent_absence",
    "attendance_falls",
    "suspension",
    "below_expected",
    "withdrawn_or_failed",
    "acted_on",
)
COLUMNS = (
    "threshold",
    "listed a week",
    "new names",
    "came after",
    "95% interval",
    "at random",
    "onsets found",
    "warning (days)",
    "in it already",
    "",
)


def backtest(
    context: typer.Context,
    signal: Annotated[str, typer.Argument(help="The signal's name.")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first list's date.")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="No list after this date.")],
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome",
            metavar="OUTCOME",
            help=f"Looked for: {sentence_list(OUTCOMES, 'or')}.",
        ),
    ],
    within: Annotated[
        int, typer.Option("--within", metavar="DAYS", help="How many days after.")
    ] = 42,
    grid: Annotated[
        bool, typer.Option("--grid", help="Try about 20 thresholds, not today's alone.")
    ] = False,
    school: School = None,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Say what a threshold would have listed in the past, and what came after."""
    from sightline.pipeline.evidence.backtest import Ask, backtest_answer

    opened = chosen_site(context, site)
    ask = Ask(
        signal=signal,
        outcome=outcome,
        within=within,
        first=day_of(first, "--from"),
        last=day_of(last, "--to"),
        grid=grid,
        school=school,
    )
    acted = decided_to_act(opened) if outcome == "acted_on" else []
    with progress_line("Looking back") as show:
        on = day_of(opened.settings["today"] or None, "today")
        value = backtest_answer(opened, ask, on=on, acted=acted, progress=show).value
    if as_json:
        json_out(value)
    else:
        _print(value)


def decided_to_act(site: Site) -> list[tuple[str, date]]:
    """What meetings decided to act on, as (pupil_ref, day); nothing where there are none."""
    try:
        if not decisions_exist(site):
            return []
    except SightlineError as error:
        message(f"Decisions of meetings are left out. {error}")
        return []
    from sightline.triage.acts import acts

    return acts()


def _print(value: Mapping[str, Any]) -> None:
    text_out(value["title"])
    text_out(value["sentence"])
    text_out(value["why"] or "")
    text_out()
    table_out(COLUMNS, [_line(row) for row in value["rows"]])
    text_out()
    proposal = value["proposal"]
    if len(value["rows"]) > 1:
        text_out(f"Proposal: {_number(proposal['threshold'])}. {proposal['why']}")
    for sentence in (value["known"]["sentence"], *value["caveats"]):
        text_out(sentence or "")
    message(_counted(value))


def _counted(value: Mapping[str, Any]) -> str:
    told = f"{plural(value['pupil_weeks'], 'pupil-week')} of {plural(value['pupils'], 'pupil')}"
    return f"{told}; for {value['cannot_tell']:,} there was too little data to tell."


def _line(row: Mapping[str, Any]) -> Sequence[Any]:
    marks = [word for word in ("today", "proposed") if row[word]]
    return (
        _number(row["threshold"]),
        f"{row['listed_per_week']:.1f}",
        f"{row['new_names_per_week']:.1f}",
        _percent(row["precision"]),
        _ends(row["precision_low"], row["precision_high"]),
        _percent(row["base_rate"]),
        f"{row['found']} of {row['onsets']}",
        _number(row["lead_days_median"]),
        row["already_in_harm"],
        ", ".join(marks),
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f}%"


def _ends(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{100 * low:.0f} to {100 * high:.0f}%"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.10g}"


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command()(backtest)
