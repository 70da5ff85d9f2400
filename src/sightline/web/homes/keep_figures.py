"""The school system's own figures, kept in the site as one small file per school; and ours."""

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction

from sightline.kit import SightlineError
from sightline.pipeline.register import SessionCount, register_of
from sightline.record.chain import changed
from sightline.sheets import SchoolSheets
from sightline.site import Site
from sightline.web.homes.reconcile import Theirs, read_theirs, to_csv

__all__ = ["keep_figures", "kept_figures", "sessions_of"]


def kept_figures(site: Site, school_id: str) -> list[Theirs]:
    """The figures of a school kept so far, earliest first."""
    path = _path(site, school_id)
    return read_theirs(path.read_bytes())[0] if path.exists() else []


def sessions_of(sheets: SchoolSheets) -> Mapping[tuple[date, str], SessionCount]:
    """Our own counts of every session this school year; none where the marks cannot be read."""
    facts = sheets.facts
    until = facts.fresh_to.get("attendance")
    if not until or not facts.days:
        return {}
    try:
        return register_of(settings.SITE, facts.school_id, min(facts.days), until).sessions
    except SightlineError:
        return {}


@transaction.atomic
def keep_figures(
    *, by: Any, at: datetime, site: Site, school_id: str, figures: Iterable[Theirs]
) -> int:
    """Keep figures; those of a day and session that were kept before are replaced. Recorded."""
    new = {(one.on, one.session): one for one in figures}
    kept = {(one.on, one.session): one for one in kept_figures(site, school_id)} | new
    changed(
        by=by,
        at=at,
        action="keep_figures",
        area="attendance",
        school_id=school_id,
        subject="",
        days=len({on for on, _ in new}),
    )
    path = _path(site, school_id)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(to_csv(kept[key] for key in sorted(kept)), encoding="utf-8")
    temporary.replace(path)
    return len(new)


def _path(site: Site, school_id: str) -> Path:
    return site.folder / "reconciliation" / f"{quote(school_id, safe='')}.csv"
