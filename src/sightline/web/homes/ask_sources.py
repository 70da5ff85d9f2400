"""What people ask of a connection on the pages: sync now, yes it is meant, end what is gone."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from sightline.pipeline.sync.calls import Wish, note_wish
from sightline.record.chain import changed
from sightline.site import Site

__all__ = ["ask_source", "switch_source"]


@transaction.atomic
def ask_source(*, by: Any, at: datetime, site: Site, name: str, wish: Wish) -> None:
    """Note a wish for the worker, and record who had it. The caller has checked the deed."""
    schools = sorted(set(site.sources.read(name).schools.values()))
    changed(
        by=by,
        at=at,
        action="source_asked",
        area="data",
        school_id=schools[0] if len(schools) == 1 else "",
        subject=name,
        full=wish.full,
        accept=wish.accept,
        end_missing=list(wish.end_missing),
    )
    transaction.on_commit(lambda: note_wish(site, name, wish, at))


@transaction.atomic
def switch_source(*, by: Any, at: datetime, site: Site, name: str, on: bool) -> None:
    """Let a connection be asked by itself, or not. Recorded."""
    source = site.sources.read(name)
    schools = sorted(set(source.schools.values()))
    changed(
        by=by,
        at=at,
        action="source_on" if on else "source_off",
        area="data",
        school_id=schools[0] if len(schools) == 1 else "",
        subject=name,
    )

    def write() -> None:
        site.sources.write(replace(source, on=on))

    transaction.on_commit(write)
