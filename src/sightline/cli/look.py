"""Commands that read: signals, the weekly list, one figure explained, dictionary and doctor."""

import getpass
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from sightline.cli.doctor import check_site
from sightline.cli.options import (
    AsOf,
    Json,
    KnownAt,
    Pack,
    School,
    SiteFolder,
    Year,
    chosen_site,
    day_of,
    moment_of,
)
from sightline.cli.show import json_out, json_rows, message, table_out, text_out
from sightline.contract import read_contract
from sightline.kit import SightlineError, plural, sentence_list
from sightline.pipeline import Study, Week, opened, week_json
from sightline.site import Site

__all__ = ["add_to", "print_week"]

ShowNames = Annotated[bool, typer.Option("--show-names", help="Show names; the look is recorded.")]
SourceIds = Annotated[
    bool, typer.Option("--source-ids", help="Add the school's own pupil_id; the look is recorded.")
]


def signals(
    context: typer.Context,
    as_of: AsOf,
    school: School = None,
    year: Year = None,
    pack: Pack = None,
    signal: Annotated[
        str | None, typer.Option("--signal", metavar="NAME", help="One signal.")
    ] = None,
    known_at: KnownAt = None,
    source_ids: SourceIds = False,
    show_names: ShowNames = False,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Work out every signal for every pupil on roll on a date."""
    chosen, day = chosen_site(context, site), day_of(as_of, "--as-of")
    moment = moment_of(known_at, "--known-at")
    with opened(chosen, school=school, known_at=moment, on=_today(chosen)) as study:
        names = study.names(_pack(chosen, pack), signal)
        study.signals([day], names=names, school=school, year_group=year)
        extra = _identities(study, names=show_names, ids=source_ids)
        rows = (row | extra.get(row["pupil_ref"], {}) for row in study.rows())
        if as_json:
            json_rows(rows)
            return
        added = list(next(iter(extra.values()), {}))
        columns = ["school_id", "pupil_ref", *added, "signal", "outcome", "value", "because"]
        table_out(columns, ([row.get(name) for name in columns] for row in rows))


def week(
    context: typer.Context,
    as_of: AsOf,
    school: School = None,
    year: Year = None,
    capacity: Annotated[
        int | None, typer.Option("--capacity", metavar="N", min=1, help="At most so many pupils.")
    ] = None,
    pack: Pack = None,
    known_at: KnownAt = None,
    source_ids: SourceIds = False,
    show_names: ShowNames = False,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Print the weekly list: at most ten pupils, each with the reason in a sentence."""
    chosen, day = chosen_site(context, site), day_of(as_of, "--as-of")
    moment = moment_of(known_at, "--known-at")
    with opened(chosen, school=school, known_at=moment, on=_today(chosen)) as study:
        found = study.week(
            day, school=school, year_group=year, capacity=capacity, pack=_pack(chosen, pack)
        )
        refs = [entry.pupil_ref for entry in found.weekly.entries]
        extra = _identities(study, names=show_names, ids=source_ids, refs=refs)
        if as_json:
            value = week_json(found)
            for entry in value["entries"]:
                entry.update(extra.get(entry["pupil_ref"], {}))
            json_out(value)
        else:
            print_week(study, found, extra)


def print_week(study: Study, week: Week, extra: Mapping[str, Mapping[str, Any]]) -> None:
    """A weekly list as text: the sentences of the screen, in the same words."""
    group = f"Year {week.year_group}" if week.year_group is not None else "All years"
    text_out(f"{group}, {week.school_id}, {week.as_of:%a} {week.as_of.day} {week.as_of:%b %Y}")
    text_out(_funnel_sentence(week))
    for place, entry in enumerate(week.weekly.entries, start=1):
        who = extra.get(entry.pupil_ref, {})
        label = " ".join([entry.pupil_ref, *(str(value) for value in who.values())])
        text_out(f"\n{place:2}. {label}")
        for flag in entry.flags[:3]:
            text_out(f"    {flag.because}")
        if len(entry.flags) > 3:
            more = sentence_list([study.library[f.signal].title.lower() for f in entry.flags[3:]])
            text_out(f"    And: {more}.")
        text_out(f"    Also true: {' '.join(week.good.get(entry.pupil_ref, ['-']))}")
        text_out(f"    {entry.listed_because}")


def _funnel_sentence(week: Week) -> str:
    told = week.funnel()
    met = f"{told['met_threshold']} of {plural(told['on_roll'], 'pupil')} met a threshold"
    parts = [f"{met}; {told['shown']} are shown"]
    if told["set_aside"]:
        why = sentence_list([f"{n} {reason}" for reason, n in told["set_aside_by_reason"].items()])
        parts.append(f"{told['set_aside']} are set aside ({why})")
    if told["could_not_tell"]:
        parts.append(f"for {told['could_not_tell']} there is too little data to tell")
    if told["objected"]:
        parts.append(f"{told['objected']} are left out because they or their family objected")
    if told["tie_at_the_cut"]:
        parts.append("the first left out tied with the last shown")
    return "; ".join(parts) + "."


def explain(
    context: typer.Context,
    pupil: Annotated[str, typer.Argument(help="The pupil's short pseudonym, or the school's id.")],
    signal: Annotated[str, typer.Argument(help="The signal's name.")],
    as_of: AsOf,
    known_at: KnownAt = None,
    site: SiteFolder = None,
    as_json: Json = False,
) -> None:
    """Explain one figure: the rule, the dates, the rows behind it, the arithmetic."""
    from sightline.signals.explain import explain as explain_row

    chosen, day = chosen_site(context, site), day_of(as_of, "--as-of")
    moment = moment_of(known_at, "--known-at")
    with opened(chosen, known_at=moment, on=_today(chosen)) as study:
        (name,) = study.names("", signal)
        refs = [pupil, *chosen.keys.pupil_refs([pupil])]
        study.signals([day], names=[name], pupils=refs)
        rows = study.engine.rows("SELECT * FROM result")
        if not rows:
            what = f"no pupil `{pupil}` is on roll on {day}, or they have objected"
            raise SightlineError("not_found", "PUPIL", what, "Take a pseudonym from a list.")
        told = explain_row(study.engine, study.library, name, study.values, rows[0])
    if as_json:
        json_out(told.as_json())
    else:
        text_out(told.as_text())


def dictionary(
    table: Annotated[str | None, typer.Argument(metavar="[TABLE]", help="One table.")] = None,
    as_json: Json = False,
) -> None:
    """Show the data dictionary: the tables, or one table's columns."""
    contract = read_contract()
    if table is None:
        rows = [
            {
                "table": one.name,
                "key": ", ".join(one.key),
                "columns": len(one.columns),
                "what": one.grain,
            }
            for one in contract.tables
        ]
    else:
        names = [one.name for one in contract.tables]
        if table not in names:
            remedy = f"The tables are {sentence_list(names)}."
            raise SightlineError("not_found", "TABLE", f"there is no table `{table}`", remedy)
        rows = [
            {
                "column": column.name,
                "type": column.type,
                "required": column.required,
                "key": column.name in contract.table(table).key,
                "allowed": ", ".join(column.allowed) or (column.code_list or ""),
                "classification": column.classification,
                "what": column.description,
            }
            for column in contract.table(table).columns
        ]
    if as_json:
        json_rows(rows)
    else:
        table_out(list(rows[0]), (list(row.values()) for row in rows))


def doctor(context: typer.Context, site: SiteFolder = None, as_json: Json = False) -> None:
    """Check the machine and the site: versions, disk, key, settings, freshness, gaps."""
    checks = check_site(lambda: chosen_site(context, site))
    if as_json:
        json_rows(checks)
    else:
        table_out(["check", "state", "detail"], ([*one.values()] for one in checks))
    worst = {one["state"] for one in checks}
    if "wrong" in worst:
        raise typer.Exit(2)
    if "warning" in worst:
        raise typer.Exit(1)


def _today(site: Site) -> date:
    """The day whose objections hold: today, which in the demo is the day of its data."""
    return day_of(site.settings["today"] or None, "today")


def _pack(site: Site, pack: str | None) -> str:
    chosen = pack or str(site.settings["pack"])
    if chosen not in ("school", "he"):
        raise SightlineError(
            "bad_argument", "--pack", f"`{chosen}` is no pack", "Use school or he."
        )
    return chosen


def _identities(
    study: Study, *, names: bool, ids: bool, refs: list[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Names and source ids by pseudonym; every such look leaves a line in access.log."""
    if not names and not ids:
        return {}
    if refs is None:
        refs = [
            row["pupil_ref"] for row in study.engine.rows("SELECT DISTINCT pupil_ref FROM scope")
        ]
    shown: dict[str, dict[str, Any]] = {ref: {} for ref in refs}
    with study.site.vault(study.snapshot) as vault:
        if ids:
            for ref, value in vault.read("pupil", refs).items():
                shown[ref]["pupil_id"] = value["pupil_id"]
        if names:
            for ref, value in vault.read("pupil_identity", refs).items():
                shown[ref]["name"] = f"{value['given_name']} {value['family_name']}"
    _record_look(study.site, names=names, ids=ids, pupils=len(refs))
    return shown


def _record_look(site: Site, *, names: bool, ids: bool, pupils: int) -> None:
    kinds = [kind for kind, on in (("names", names), ("source ids", ids)) if on]
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": getpass.getuser(),
        "saw": kinds,
        "pupils": pupils,
    }
    path = site.folder / "access.log"
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    path.chmod(0o600)
    message(f"Recorded in {path.name}: {sentence_list(kinds)} of {plural(pupils, 'pupil')} shown.")


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for command in (signals, week, explain, dictionary, doctor):
        app.command()(command)
