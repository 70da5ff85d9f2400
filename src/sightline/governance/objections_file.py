"""The objections in force as a file beside the warehouse, for the half that knows no database.

`sightline signals`, `week` and `prepare` read it through `Site.objections`. It is written whole
after every change, and again when the pages start; references, themes and dates only.
"""

import fcntl
import json
import os
from typing import Any

from django.conf import settings

from sightline.governance.models import Objection

__all__ = ["mirror_objections"]


def mirror_objections() -> None:
    """Write `objections.json` in the site's folder from what the database holds now."""
    folder = settings.SITE.folder
    with (folder / "objections.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second reads the first one's change too
        path, draft = folder / "objections.json", folder / "objections.json.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(_in_force(), file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o600)
        draft.replace(path)


def _in_force() -> list[dict[str, Any]]:
    return [
        {
            "school_id": one.school_id,
            "pupil_ref": one.pupil_ref,
            "themes": one.themes,
            "from_on": one.from_on.isoformat(),
            "to_on": one.to_on.isoformat() if one.to_on else None,
        }
        for one in Objection.objects.filter(ended_at__isnull=True).order_by("pk")
    ]
