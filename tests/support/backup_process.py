"""Processes that back up or restore a small site until they are killed, or find no room.

As in `killed_load`: forked off one that has imported everything, and killed with SIGKILL where the
job says so.
"""

import resource
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sightline.kit import SightlineError
from sightline.pipeline.backup import Manifest, Since, make_backup, restore_site
from sightline.project.copies import SqliteDecisions
from sightline.site import open_site
from tests.support.killed_load import CONTEXT, kill_around, kill_self, start_server

Job = dict[str, Any]
AT = datetime(2026, 3, 10, 22, tzinfo=UTC)


def never(seconds: float) -> None:
    raise AssertionError("nothing was to be waited for")


def no_decisions(part: Path, manifest: Manifest, since: Since) -> dict[str, int]:
    """A site that nobody has served has none."""
    return {}


def back_up(site: Path, folder: Path, at: datetime = AT, **options: Any) -> Any:
    """Make a backup of a site that nobody has served."""
    decisions = SqliteDecisions(site)
    options = {"sleep": never, **options}
    return make_backup(open_site(site), folder, made_at=at, decisions=decisions, **options)


def bring_back(folder: Path, target: Path, key: Path, **options: Any) -> Any:
    """Restore one, by the ledger beside the key unless another is given."""
    options = {"ledger": key.parent / "erasures.log", **options}
    return restore_site(
        folder,
        target,
        key_file=key,
        at=AT,
        decisions=lambda manifest: SqliteDecisions(target),
        replay=no_decisions,
        **options,
    )


def do(job: Job, line: Any) -> None:
    """Do a job: `work` is backup or restore; `step`, `around` and `room` say where it ends."""
    steps: list[str] = []

    def progress(stage: str) -> None:
        steps.append(stage)
        if job.get("step") == len(steps):
            kill_self()

    if "around" in job:
        kill_around(job["around"], job["nth"], job["when"])
    if "room" in job:  # as a disk that is full does, but for one process
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["room"], job["room"]))
    try:
        if job["work"] == "backup":
            back_up(job["site"], job["folder"], job.get("at", AT), progress=progress)
        else:
            bring_back(job["folder"], job["target"], job["key"], progress=progress)
    except SightlineError as error:
        line.send((error.code, str(error)))
    else:
        line.send(("done", steps))


def run(job: Job) -> Any:
    """Do a job in a process of its own; what it said, or None when it was killed."""
    start_server()
    line, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=do, args=(job, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        told = line.recv()
    except EOFError:
        told = None
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    process.close()
    line.close()
    return told
