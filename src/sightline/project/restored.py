"""What is asked of the decisions of a restored folder, in a process of its own.

A process that serves a site has that site's database open for good, so another's is looked at by a
process started for it: does its record hold; and erase again what has been erased since.
python -m sightline.project.restored record|replay, with the question as JSON on stdin.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sightline.kit import SightlineError
from sightline.pipeline.backup import DecisionsState, Manifest, Since

__all__ = ["record_faults", "replay_decisions"]


def record_faults(folder: Path, address: str) -> list[str]:
    """Where the record in a folder's decisions does not hold. `address` is empty for SQLite."""
    found: list[str] = _asked("record", folder, address, {})
    return found


def replay_decisions(
    folder: Path, address: str, manifest: Manifest, since: Since, *, at: datetime, reason: str
) -> dict[str, int]:
    """Do again in a folder's decisions what has happened since its backup; counts of it.

    Where there are no decisions, objections.json alone is brought up to date.
    """
    if manifest.decisions == DecisionsState():
        return {"objections": _objections_file(folder / "objections.json", since)}
    question = {
        "backup": manifest.name,
        "at": at.isoformat(),
        "reason": reason,
        "erased": [[line.ref, line.school_id, line.at.isoformat()] for line in since.erased],
        "objections": list(since.objections),
    }
    found: dict[str, int] = _asked("replay", folder, address, question)
    return found


def _asked(task: str, folder: Path, address: str, question: dict[str, Any]) -> Any:
    environment = os.environ | {"SIGHTLINE_SITE": str(folder.resolve())}
    environment |= {
        "SIGHTLINE_DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "sightline.project.settings",
    }
    command = [sys.executable, "-m", "sightline.project.restored", task]
    done = subprocess.run(
        command,
        env=environment,
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        kind = (done.stderr.strip().splitlines() or [""])[-1].partition(":")[0]
        what = f"the decisions cannot be used ({kind[:60]})"
        raise SightlineError("damaged", "the backup", what, "Restore another backup.")
    return json.loads(done.stdout)


def _objections_file(path: Path, since: Since) -> int:
    """Add the objections in force at the live site to those of a folder without decisions."""
    held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    new = [one for one in since.objections if one not in held]
    gone = {line.ref for line in since.erased}
    kept = [one for one in [*held, *new] if one["pupil_ref"] not in gone]
    if kept != held:
        path.write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")
        path.chmod(0o600)
    return len(new)


def _replay(question: dict[str, Any]) -> dict[str, int]:
    from django.core.management import call_command

    from sightline.governance.actions.restoring import replay

    call_command("migrate", verbosity=0, interactive=False)
    return replay(
        backup=question["backup"],
        at=datetime.fromisoformat(question["at"]).astimezone(UTC),
        reason=question["reason"],
        erased=question["erased"],
        objections=question["objections"],
    )


def _main(task: str) -> None:
    import django

    django.setup()
    from django.db import connections

    from sightline.record.verify import verify

    question = json.load(sys.stdin)
    answer: Any = _replay(question) if task == "replay" else [str(one) for one in verify()]
    connections.close_all()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1])
