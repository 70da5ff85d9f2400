"""Commands that set up a connection to another system, and tell how each stands."""

import getpass
import sys
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Annotated

import typer

from sightline.cli.options import Json, SiteFolder, chosen_site
from sightline.cli.show import json_out, message, table_out
from sightline.kit import SightlineError
from sightline.site import Site
from sightline.sources.connection import Source

if TYPE_CHECKING:  # what reaches other systems takes a while to import, and only this needs it
    from sightline.sources.connectors import Feed

__all__ = ["add_to"]


def connect(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What you call this source.")],
    kind: Annotated[str | None, typer.Option("--kind", help="Which kind of system.")] = None,
    address: Annotated[
        str | None, typer.Option("--address", metavar="URL", help="Its address, or a folder.")
    ] = None,
    school: Annotated[
        list[str] | None,
        typer.Option("--school", metavar="THEIRS=OURS", help="Its id of a school, and ours."),
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting of its kind.")
    ] = None,
    every: Annotated[
        int | None, typer.Option("--every", metavar="MINUTES", help="How often it is asked.")
    ] = None,
    on: Annotated[
        bool | None, typer.Option("--on/--off", help="Whether it is asked by itself.")
    ] = None,
    resource: Annotated[
        list[str] | None,
        typer.Option("--resource", metavar="NAME", help="Ask only for this; again for more."),
    ] = None,
    hook: Annotated[
        bool, typer.Option("--hook", help="Make a secret address at which its supplier may call.")
    ] = False,
    keep_secrets: Annotated[
        bool, typer.Option("--keep-secrets", help="Leave the credentials as they are.")
    ] = False,
    site: SiteFolder = None,
) -> None:
    """Set up a connection, or change one. It asks for the credentials, and is off until `--on`."""
    from sightline.sources.connectors import connector

    opened = chosen_site(context, site)
    source = _changed(opened, name, kind, address)
    source = replace(
        source,
        on=source.on if on is None else on,
        every=every or source.every,
        resources=tuple(resource) if resource else source.resources,
        schools={**source.schools, **_pairs(school, "--school")},
        settings={**source.settings, **_pairs(setting, "--set")},
    )
    feed = connector(source.kind).feed
    _check(source, feed)
    connector(source.kind).parts(source)
    secrets = opened.sources.secrets(name)
    keeps = keep_secrets or (bool(secrets) and (on is not None or hook))
    if feed.secrets and not keeps:
        secrets |= _asked(feed)
    if hook:
        secrets["hook"] = _hook(feed)
    path = opened.sources.write(source)
    if secrets:
        opened.sources.write_secrets(name, secrets)
    message(f"{path} is written; its credentials are sealed and are not shown again.")
    if hook:
        host = (opened.settings["hosts"].split() or ["YOUR-ADDRESS"])[0]
        message("Give its supplier this address to call. It is shown this once:")
        message(f"  https://{host}/hook/{name}/{secrets['hook']}/")
    if not source.on:
        message(f"Try it: `sightline sync {name} --dry-run`. Then `sightline connect {name} --on`.")


def sources(context: typer.Context, site: SiteFolder = None, as_json: Json = False) -> None:
    """List the connections: when each was last heard from, and what it holds back."""
    from sightline.pipeline.sync import read_state
    from sightline.sources.connectors import CONNECTORS

    opened = chosen_site(context, site)
    published = opened.warehouse.current()
    number = published.number if published else 0
    rows = []
    for name in opened.sources.names():
        source = opened.sources.read(name)
        state = read_state(opened.folder / "sources" / f"{name}.state.json", number)
        heard = [one.fetched_at for one in state.parts.values() if one.fetched_at]
        rows.append(
            {
                "name": name,
                "kind": source.kind,
                "on": source.on,
                "every": source.every,
                "address": source.address,
                "heard": max(heard).astimezone(UTC).isoformat() if heard else None,
                "missing": sum(state.missing.values()),
            }
        )
    if as_json:
        json_out(rows)
        return
    columns = ["name", "kind", "on", "every", "address", "last heard from", "missing there"]
    table_out(columns, ([_cell(cell) for cell in row.values()] for row in rows))
    if not rows:
        message(f"None yet. Kinds: {', '.join(sorted(CONNECTORS))}. `sightline connect` sets up.")


def disconnect(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source.")],
    site: SiteFolder = None,
) -> None:
    """Forget a connection and its credentials. What it brought stays."""
    opened = chosen_site(context, site)
    opened.sources.read(name)
    opened.sources.remove(name)
    message(f"{name} and its credentials are gone; the rows it brought stay.")


def _changed(site: Site, name: str, kind: str | None, address: str | None) -> Source:
    """The source there is with what was given, or a new one."""
    if name in site.sources.names():
        source = site.sources.read(name)
        return replace(source, kind=kind or source.kind, address=address or source.address)
    if not kind or not address:
        from sightline.sources.connectors import CONNECTORS

        what = "a new source needs --kind and --address"
        known = ", ".join(sorted(CONNECTORS))
        raise SightlineError("bad_argument", name, what, f"Kinds: {known}.")
    return Source(name, kind, address)


def _pairs(given: list[str] | None, option: str) -> dict[str, str]:
    found = {}
    for one in given or ():
        key, sign, value = one.partition("=")
        if not sign or not key.strip():
            raise SightlineError("bad_argument", option, f"`{one}` is not NAME=VALUE")
        found[key.strip()] = value.strip()
    return found


def _check(source: Source, feed: "Feed") -> None:
    unknown = sorted(set(source.settings) - set(feed.settings))
    if unknown:
        known = ", ".join(feed.settings) or "none"
        raise SightlineError("bad_argument", "--set", f"`{unknown[0]}`: there are {known}")
    for name, setting in feed.settings.items():
        if setting.required and not source.settings.get(name):
            what = f"`{name}` must be given: {setting.about}"
            example = f"For example --set {name}={setting.example}."
            raise SightlineError("bad_argument", "--set", what, example)


def _hook(feed: "Feed") -> str:
    if not feed.webhook:
        raise SightlineError("bad_argument", "--hook", f"{feed.title} does not call; it is asked")
    return token_urlsafe(24)


def _asked(feed: "Feed") -> dict[str, str]:
    """The credentials, typed without being shown, or a line each from another program."""
    found = {}
    for name, secret in feed.secrets.items():
        if sys.stdin.isatty():
            value = getpass.getpass(f"{secret.about}: ").strip()
        else:
            value = sys.stdin.readline().strip()
        if not value and secret.required:
            raise SightlineError("bad_argument", name, "nothing was given")
        if value:
            found[name] = value
    return found


def _cell(value: object) -> str:
    if isinstance(value, str) and value.startswith("20") and "T" in value:
        moment = datetime.fromisoformat(value)
        return f"{moment:%Y-%m-%d %H:%M} UTC"
    if value is None:
        return "never"
    return {"True": "yes", "False": "no"}.get(str(value), str(value))


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(connect)
    app.command()(sources)
    app.command()(disconnect)
