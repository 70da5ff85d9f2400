import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.django_db
def test_a_round_leaves_nothing_behind_in_the_queue(
    colleague: Callable[[str], Any], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huey.contrib.djhuey import HUEY

    from sightline.project import work

    monkeypatch.setattr(work, "now", lambda: at)
    colleague("head_of_year")
    for one in (work.every_minute_first, work.every_minute, work.every_night):
        one.call_local()
    assert HUEY.pending_count() == 0
    assert HUEY.result_count() == 0


@pytest.mark.django_db
def test_a_round_waits_for_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from huey.contrib.djhuey import HUEY

    from sightline.project import work

    def never(**_: Any) -> None:
        raise AssertionError("two rounds at once")

    monkeypatch.setattr(work, "collect", never)
    with HUEY.lock_task("mail"):
        assert work.mail.func() == 0


@pytest.mark.django_db
def test_a_new_worker_lets_go_of_what_a_killed_one_held(monkeypatch: pytest.MonkeyPatch) -> None:
    from huey.contrib.djhuey import HUEY

    from sightline.project import work

    monkeypatch.setattr(type(work.settings.SITE.sources), "names", lambda self: ["mis"])
    held = ["mail", "pages", "sources", "wishes mis"]
    for name in held:
        HUEY.lock_task(name).__enter__()
    HUEY._locks.clear()  # a new process has not used any of them yet
    work.consumer()
    for name in held:
        with HUEY.lock_task(name):
            pass


def test_each_task_is_due_when_it_should_be() -> None:
    from sightline.project.work import every_minute, every_minute_first, every_night

    def due(task: Any, hour: int, minute: int) -> bool:
        return bool(
            task.task_class.validate_datetime(None, datetime(2026, 3, 9, hour, minute, tzinfo=UTC))
        )

    assert due(every_minute_first, 8, 40)
    assert due(every_minute, 8, 41)
    assert due(every_night, 3, 10)
    assert not due(every_night, 15, 10)


@pytest.mark.slow
def test_the_command_works_until_told_to_stop(tmp_path: Path) -> None:
    from sightline.site import make_site

    site = make_site(tmp_path / "site").folder
    hidden = ("SIGHTLINE_TESTS", "SIGHTLINE_DATABASE_URL", "SIGHTLINE_SITE")
    own = {name: value for name, value in os.environ.items() if name not in hidden}
    own |= {"SIGHTLINE_SITE": str(site), "DJANGO_SETTINGS_MODULE": "sightline.project.settings"}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=own, check=True)
    command = [sys.executable, "-m", "sightline.cli", "work", "--site", str(site)]
    worker = subprocess.Popen(command, env=own, stderr=subprocess.PIPE, text=True)
    assert worker.stderr is not None
    try:
        said = worker.stderr.readline()
        time.sleep(2)  # it speaks just before it starts
        worker.send_signal(signal.SIGTERM)
        said += worker.communicate(timeout=20)[1]
    finally:
        worker.kill()
    assert worker.returncode == 0
    assert "messages are written and wait" in said
    assert said.rstrip().endswith("Stopped.")
    assert "Traceback" not in said
