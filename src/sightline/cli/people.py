"""Commands about accounts, for whoever looks after the server: list, invite, close."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sightline.cli.django_start import decisions_exist, start_django
from sightline.cli.options import Json, SiteFolder, chosen_site
from sightline.cli.show import json_rows, message, table_out, text_out
from sightline.kit import SightlineError

if TYPE_CHECKING:
    from sightline.people.queries import Account

__all__ = ["add_to"]

COLUMNS = ["id", "name", "email", "school_id", "may see", "last seen", "sessions", "state"]
people = typer.Typer(help="Accounts and what each may see.", no_args_is_help=True)


@people.command("list")
def list_people(context: typer.Context, site: SiteFolder = None, as_json: Json = False) -> None:
    """List every account: roles, last seen, sessions, and what needs attention."""
    _started(context, site)
    from sightline.people.queries import accounts
    from sightline.web.clock import now

    rows = [_row(one) for one in accounts(now())]
    if as_json:
        json_rows(rows)
    elif rows:
        table_out(COLUMNS, ([row[name] for name in COLUMNS] for row in rows))
    else:
        message("Nobody has an account yet: run `sightline serve` and open its first page.")


@people.command()
def invite(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help="As colleagues know them.")],
    email: Annotated[str, typer.Option("--email", help="What they sign in with.")],
    role: Annotated[str, typer.Option("--role", help="A role, as in access.yml.")] = "",
    scope: Annotated[str, typer.Option("--scope", help="trust, school, year, taught ...")] = "",
    school: Annotated[str, typer.Option("--school", metavar="ID", help="Their school.")] = "",
    value: Annotated[
        str, typer.Option("--value", help="The year group, tutor group or subject.")
    ] = "",
    staff: Annotated[str, typer.Option("--staff", metavar="ID", help="Their staff_id.")] = "",
    site: SiteFolder = None,
) -> None:
    """Make an account and print the end of its one-time link."""
    _started(context, site)
    from django.core.exceptions import ValidationError
    from django.urls import reverse

    from sightline.people.actions.accounts import invite as invite_account
    from sightline.people.actions.grants import Asked
    from sightline.web.clock import now

    asked = [Asked(role, scope, "" if scope == "trust" else school, value)] if role else []
    try:
        _, token = invite_account(
            by=None,
            at=now(),
            name=name,
            email=email,
            school_id=school,
            staff_id=staff,
            asked=asked,
        )
    except ValidationError as error:
        raise _told(error) from error
    text_out(reverse("invitation", args=[token]))
    message("Put the site's address before it and pass it on yourself: it works once, for 7 days.")


@people.command()
def close(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whose account.")],
    site: SiteFolder = None,
) -> None:
    """Close an account: its sessions end at once, and it allows nothing any more."""
    _started(context, site)
    from django.core.exceptions import ValidationError

    from sightline.people.actions.accounts import close as close_account
    from sightline.people.queries import user_by_email
    from sightline.web.clock import now

    user = user_by_email(email)
    if user is None:
        raise SightlineError("not_found", "EMAIL", "there is no such account")
    try:
        close_account(by=None, at=now(), user=user)
    except ValidationError as error:
        raise _told(error) from error
    text_out("Closed.")


def _started(context: typer.Context, site: Any) -> None:
    opened = chosen_site(context, site)
    if not decisions_exist(opened):
        what = "this site has no accounts yet"
        raise SightlineError("no_data", str(opened.folder), what, "Run `sightline serve` first.")
    start_django(opened.folder)


def _row(one: "Account") -> dict[str, Any]:
    state = "closed" if not one.user.is_active else "not seen for 90 days" if one.stale else ""
    state = state or ("invited" if one.link_until else "open")
    return {
        "id": one.user.pk,
        "name": one.user.name,
        "email": one.user.email,
        "school_id": one.user.school_id,
        "may see": "; ".join(held.words for held in one.held),
        "last seen": one.last_seen.date().isoformat() if one.last_seen else "never",
        "sessions": one.sessions,
        "state": state,
    }


def _told(error: Any) -> SightlineError:
    field, sentences = next(iter(error.message_dict.items()))
    return SightlineError("bad_argument", f"--{field}", sentences[0], "Correct it.")


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.add_typer(people, name="people")
