"""Pupils who are known already under another id: after a change of MIS, or before a connection.

A pupil is recognised by the UPN alone, and only when exactly one pupil of the site has it.
"""

from collections import Counter
from collections.abc import Iterable

from sightline.people import Keys, Vault
from sightline.pipeline.sync.landing import Landing
from sightline.sources.connection import Source
from sightline.sources.connectors import Connector, Part

__all__ = ["recognise"]


def recognise(
    connector: Connector,
    source: Source,
    landing: Landing,
    parts: Iterable[Part],
    *,
    vault: Vault,
    keys: Keys,
    known_as: dict[str, str],
) -> dict[str, str]:
    """`known_as` with those added whose id is new and whose UPN is not."""
    if connector.feed.key_view is None:
        return known_as
    view, id_column, upn_column = connector.feed.key_view
    upns = {}
    for part in parts:
        if view not in connector.feed.resource(part.resource).views:
            continue
        for answer in landing.answers(part):
            for row in connector.read(source, part, answer).rows.get(view, []):
                if row.get(id_column) and row.get(upn_column):
                    upns[row[id_column]] = row[upn_column]
    asked = [one for one in upns if one not in known_as]
    refs = dict(zip(asked, keys.pupil_refs(asked), strict=True))
    held = vault.read("pupil", refs.values())
    new = [one for one in asked if refs[one] not in held]
    if not new:
        return known_as
    earlier = _ids_by_upn(vault)
    return known_as | {one: earlier[upns[one]] for one in new if upns[one] in earlier}


def _ids_by_upn(vault: Vault) -> dict[str, str]:
    """UPN -> pupil id, of the pupils whose UPN nobody else has."""
    ids = vault.read("pupil")
    upns = {
        ref: one["upn"]
        for ref, one in vault.read("pupil_identity").items()
        if one.get("upn") and ref in ids
    }
    many = Counter(upns.values())
    return {
        str(upn): str(ids[ref]["pupil_id"])
        for ref, upn in upns.items()
        if many[upn] == 1 and ids[ref].get("pupil_id")
    }
