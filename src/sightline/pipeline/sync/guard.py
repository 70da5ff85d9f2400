"""Stops before harm: an answer that is empty but "all right", a field that no longer comes.

Nothing that a source leaves out is ever deleted, but an empty field would replace a filled one. So
a resource is held, and nothing of it used, until a person has said that it is meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sightline.kit import plural
from sightline.pipeline.sync.convert import Converted
from sightline.pipeline.sync.state import SourceState
from sightline.sources.connectors import Feed, Part, Resource

__all__ = ["Held", "filled_shares", "held"]

ENOUGH_ROWS = 20  # fewer rows without a field may be chance
WAS_FILLED = 0.05
FALL = 0.5  # a complete fetch with less than half of the records of the last one


@dataclass(frozen=True)
class Held:
    """A resource that is not used, and why, in one sentence."""

    resource: str
    why: str


def held(
    feed: Feed, converted: Converted, state: SourceState, whole: Mapping[Part, bool]
) -> list[Held]:
    """The resources to hold; `whole` says which parts were asked for completely."""
    found = []
    for resource in feed.resources:
        parts = [part for part in converted.parts if part.resource == resource.name]
        why = _fallen(resource, parts, converted, state, whole) or _emptied(
            resource, converted, state
        )
        if why:
            found.append(Held(resource.name, why))
    return found


def filled_shares(
    feed: Feed, converted: Converted, *, least: int = ENOUGH_ROWS
) -> dict[str, float]:
    """The share of rows in which each guarded field was filled, where there are enough rows."""
    shares: dict[str, float] = {}
    for resource in feed.resources:
        guarded = {one.name for one in resource.fields if one.guarded}
        for view in resource.views:
            rows = len(converted.records.get(f"{view}.csv", ()))
            if rows >= least:
                filled = converted.filled[view]
                shares |= {f"{view}.{name}": filled[name] / rows for name in guarded}
    return shares


def _fallen(
    resource: Resource,
    parts: list[Part],
    converted: Converted,
    state: SourceState,
    whole: Mapping[Part, bool],
) -> str:
    for part in parts if not resource.seasonal else ():
        before, now = state.of(part).records, converted.parts[part].records
        if whole[part] and before >= ENOUGH_ROWS and now < before * FALL:
            return (
                f"{resource.title}: {plural(now, 'record')} where there were {before:,} last time"
            )
    return ""


def _emptied(resource: Resource, converted: Converted, state: SourceState) -> str:
    for view in resource.views:
        rows = len(converted.records.get(f"{view}.csv", ()))
        if rows < ENOUGH_ROWS:
            continue
        for one in resource.fields:
            was = state.filled.get(f"{view}.{one.name}", 0.0)
            if one.guarded and was >= WAS_FILLED and not converted.filled[view][one.name]:
                return (
                    f"{resource.title}: {one.name} is empty in all {rows:,} records; it was filled "
                    f"in {was:.0%} before. The supplier may have withdrawn the scope"
                )
    return ""
