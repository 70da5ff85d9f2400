"""Backups of a site: made, checked by restoring them, and brought back.

In: a site, a folder elsewhere, and somebody who can copy its decisions. Out: one manifest for each
backup, and the objects that hold the bytes of its files, all sealed with the site's key, which is
never among them. A backup without a manifest is not a backup.
"""

from sightline.pipeline.backup.make import clear_backups, make_backup
from sightline.pipeline.backup.outcome import (
    LATE,
    Outcome,
    last_verified,
    record_check,
    record_outcome,
)
from sightline.pipeline.backup.place import save_keys
from sightline.pipeline.backup.replay import Since
from sightline.pipeline.backup.restore import Replay, Restored, restore_site
from sightline.pipeline.backup.types import Decisions, DecisionsState, Fault, Made, Manifest
from sightline.pipeline.backup.verify import check_folder, verify_backup

__all__ = [
    "LATE",
    "Decisions",
    "DecisionsState",
    "Fault",
    "Made",
    "Manifest",
    "Outcome",
    "Replay",
    "Restored",
    "Since",
    "check_folder",
    "clear_backups",
    "last_verified",
    "make_backup",
    "record_check",
    "record_outcome",
    "restore_site",
    "save_keys",
    "verify_backup",
]
