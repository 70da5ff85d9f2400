"""How a sync's rows stand to what is stored: what is whole, what is complete, for which schools."""

from collections.abc import Collection, Mapping

from sightline.pipeline.refused import Origin
from sightline.pipeline.sync.convert import Converted
from sightline.pipeline.sync.landing import Plan
from sightline.pipeline.sync.plan import parts_of
from sightline.pipeline.sync.types import Choices
from sightline.sources import Profile
from sightline.sources.connection import Source
from sightline.sources.connectors import Connector, Part

__all__ = ["complete_tables", "origin_of", "profile_settings"]

NEVER_MISSED = {"school", "school_day", "pupil_identity"}  # a source may well lack rows of these


def complete_tables(
    connector: Connector, source: Source, plan: Plan, used: Collection[Part]
) -> set[str]:
    """The tables of which everything has come that the source ever had."""
    feed = connector.feed
    lacking = {
        part.resource
        for part in parts_of(connector, source)
        if part not in used
        or plan.since.get(part) is not None
        or not feed.resource(part.resource).from_start
    }
    asked = {part.resource for part in used}
    tables = {table for one in asked for table in feed.resource(one).tables}
    lacking |= {one.name for one in feed.resources if one.name not in asked}
    partly = {table for one in lacking for table in feed.resource(one).tables}
    return tables - NEVER_MISSED - partly


def origin_of(
    connector: Connector,
    source: Source,
    converted: Converted,
    used: Collection[Part],
    whole: Mapping[Part, bool],
    complete: Collection[str],
    choices: Choices,
) -> Origin:
    """What the load is told of its rows."""
    feed = connector.feed
    partial = {
        view for part in used if not whole[part] for view in feed.resource(part.resource).views
    }
    files = {name for name in converted.files if name.removesuffix(".csv") not in partial}
    return Origin(
        f"source:{source.name}",
        records=converted.records,
        whole=frozenset(files if choices.only is None else ()),
        complete=frozenset(complete),
        end_missing=choices.end_missing,
        schools=frozenset(source.schools.values()),
    )


def profile_settings(profile: Profile, source: Source) -> dict[str, str]:
    """What the source says of the profile's settings; its one school names itself."""
    given = {name: one for name, one in source.settings.items() if name in profile.settings}
    if "school_id" in profile.settings and len(source.schools) == 1:
        given.setdefault("school_id", next(iter(source.schools.values())))
    return given
