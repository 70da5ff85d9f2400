"""Sync one source and let everything follow: pages, leavers' accounts, what people are told."""

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime

from django.conf import settings

from sightline.kit import SightlineError
from sightline.pipeline import pages_in_use, prepare_changed
from sightline.pipeline.sync import Choices, Clock, Synced, is_due, is_quiet, sync
from sightline.pipeline.sync.calls import note_wish, take_wish, waiting_wishes
from sightline.pipeline.sync.state import read_state
from sightline.project.after_load import follow_load
from sightline.site import Site
from sightline.web.clock import now, today

__all__ = ["bring_in", "due_sources", "wishes_waiting"]

log = logging.getLogger("sightline.sync")


def due_sources(site: Site, at: datetime) -> list[str]:
    """The sources whose turn it is by their own clock."""
    published = site.warehouse.current()
    number = published.number if published else 0
    due = []
    for name in site.sources.names():
        state = read_state(site.folder / "sources" / f"{name}.state.json", number)
        if is_due(site.sources.read(name), state, at):
            due.append(name)
    return due


def wishes_waiting(site: Site) -> set[tuple[str, str]]:
    """Calls of suppliers and wishes of people, by source, that are still to be followed."""
    known = site.sources.names()
    return {(name, wish) for name, wish in waiting_wishes(site) if name in known}


def bring_in(name: str, *, wished: bool = False) -> Synced | None:
    """Sync a source by its turn, or as somebody wishes; None when there was nothing to do.

    A source that cannot be reached, or is being synced already, is left for the next time.
    """
    site, wish = settings.SITE, None
    if wished:
        wish = take_wish(site, name)
        if wish is None:
            return None
    elif is_quiet(now()):
        return None
    choices = replace(wish.choices if wish else Choices(), load_day=today())
    before = site.warehouse.current()
    try:
        done = sync(site, name, clock=Clock(_moment, time.sleep), choices=choices)
    except SightlineError as error:
        log.warning("source %s: %s", name, error)
        if wish is not None and error.code in ("busy", "source_down"):
            note_wish(site, name, wish, _moment())  # again at the next minute
        return None
    if done.published:
        if pages_in_use(site):
            prepare_changed(site, before, today=today(), built_at=now())
        if done.loaded and "staff" in done.loaded.account.tables:
            for sentence in follow_load(site, now()):
                log.warning("%s", sentence)
    return done


def _moment() -> datetime:
    """This moment; in the demo on the day of its data."""
    return now().astimezone(UTC)
