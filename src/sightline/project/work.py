"""Background work: alerts and mail every minute, new thresholds, forgetting every night.

Written to the interface of django-tasks and run by huey from one file of the site, work.sqlite,
whichever database the site has: losing that file loses nothing, as all work is found anew in the
database every minute.
"""

import logging
import threading
import time
from typing import Any

from django.conf import settings
from django_tasks import TaskResult, task
from django_tasks.signals import task_finished
from huey import crontab
from huey.contrib.djhuey import HUEY, close_db
from huey.contrib.djhuey.tasks_backend import KEY
from huey.exceptions import TaskLockedException

from sightline.governance.actions.retention import purge
from sightline.kit import SightlineError
from sightline.messages.actions.alerts import NotSent, Sent, retry_alerts
from sightline.messages.actions.outbox import collect, send_waiting
from sightline.pipeline import prepare, tidy
from sightline.project.bring_in import bring_in, due_sources, wishes_waiting
from sightline.project.erasing import finish_erasures
from sightline.triage.actions.thresholds import pages_prepared
from sightline.triage.queries import threshold_change_waiting
from sightline.web.clock import now, today
from sightline.web.evidence.fairness_ask import work_out_all

__all__ = ["alerts", "groups", "mail", "night", "pages", "run"]

log = logging.getLogger("sightline.work")
# One may wait for a slow relay, one for a large sync; the others are free for alerts and calls.
WORKERS = 4
LOOK_EVERY = 0.5  # seconds between two looks for calls of suppliers


@task(priority=100)
def alerts() -> int:
    """Send every urgent message that has not gone, calls to the safeguarding lead first."""
    tried = retry_alerts(at=now())
    for one in tried:
        if isinstance(one, NotSent):
            log.warning("an urgent message has not gone: %s", one.why)
    return sum(isinstance(one, Sent) for one in tried)


@task()
def mail() -> int:
    """Find what is to be told and send what waits; how many went."""
    try:
        with HUEY.lock_task("mail"):  # the round before may not have ended
            collect(at=now())
            alerts.func()  # what was only found now and cannot wait for the next minute
            done = send_waiting(at=now())
    except TaskLockedException:
        return 0
    if done.relay or done.failed:
        log.warning("mail: %s sent, %s failed %s", done.sent, done.failed, done.relay)
    return done.sent


@task()
def pages() -> int:
    """Let the pages follow thresholds that two people have agreed on; for how many schools."""
    waiting = threshold_change_waiting()
    if waiting is None:
        return 0
    try:
        with HUEY.lock_task("pages"):
            files = prepare(settings.SITE, today=today(), built_at=now())
            pages_prepared(at=now(), up_to=waiting)
    except TaskLockedException:
        return 0
    return len(files)


@task()
def sources() -> int:
    """Sync every source whose turn it is, one after the other; how many."""
    done = 0
    try:
        with HUEY.lock_task("sources"):  # the round before may not have ended
            for name in due_sources(settings.SITE, now()):
                done += bring_in(name) is not None
    except TaskLockedException:
        return 0
    return done


@task(priority=50)
def wishes(name: str) -> int:
    """Sync what a supplier has called about or a person asks for; how many times."""
    done = 0
    try:
        with HUEY.lock_task(f"wishes {name}"):
            while bring_in(name, wished=True) is not None:
                done += 1
    except TaskLockedException:
        return 0
    return done


@task()
def night() -> int:
    """Forget what has been kept long enough; how many rows went.

    Where data comes in all day, the many small files and snapshots of the day become few.
    """
    finish_erasures(settings.SITE, at=now())
    names = settings.SITE.sources.names()
    if any(settings.SITE.sources.read(name).on for name in names):
        try:
            tidy(settings.SITE, today())
        except SightlineError as error:  # a load is under way: tomorrow, then
            log.warning("not tidied: %s", error)
    return sum(purge(now()).values())


@task()
def groups() -> int:
    """Work out the figures about groups that take a while, for the pages of the day; how many."""
    try:
        return work_out_all(settings.SITE, today())
    except SightlineError as error:  # nothing is loaded yet
        log.warning("fairness not worked out: %s", error)
        return 0


@HUEY.periodic_task(crontab(), name="alerts", priority=100)
@close_db
def every_minute_first() -> None:
    alerts.enqueue()


@HUEY.periodic_task(crontab(), name="mail")
@close_db
def every_minute() -> None:
    mail.enqueue()


@HUEY.periodic_task(crontab(), name="pages")
@close_db
def every_minute_last() -> None:
    if threshold_change_waiting() is not None:
        pages.enqueue()


@HUEY.periodic_task(crontab(), name="sources")
@close_db
def every_minute_sources() -> None:
    for name in {name for name, _ in wishes_waiting(settings.SITE)}:  # could not be followed then
        wishes.enqueue(name)
    if due_sources(settings.SITE, now()):
        sources.enqueue()


@HUEY.periodic_task(crontab(hour="3", minute="10"), name="night")
@close_db
def every_night() -> None:
    night.enqueue()


@HUEY.periodic_task(crontab(hour="3", minute="40"), name="groups")
@close_db
def every_night_after() -> None:
    groups.enqueue()


def _forget_result(sender: Any, task_result: TaskResult[Any], **_: Any) -> None:
    """Nobody asks for these results, and huey would keep every one."""
    HUEY.storage.delete_data(KEY % task_result.id)


task_finished.connect(_forget_result)


def _watch_wishes() -> None:
    """Look for calls and wishes twice a second: files in a folder, nothing else."""
    known: set[tuple[str, str]] = set()
    while True:
        time.sleep(LOOK_EVERY)
        waiting = wishes_waiting(settings.SITE)
        for name in {name for name, _ in waiting - known}:
            wishes.enqueue(name)
        known = waiting


def run() -> None:
    """Work until told to stop; what is under way is finished first."""
    threading.Thread(target=_watch_wishes, daemon=True).start()
    worker = consumer()
    groups.enqueue()  # a night may have been missed; what is kept already is not done again
    worker.run()


def consumer() -> Any:
    """The worker itself. Locks that a killed worker left are let go; huey knows only used ones."""
    wished = (f"wishes {name}" for name in settings.SITE.sources.names())
    return HUEY.create_consumer(
        workers=WORKERS,
        max_delay=1.0,
        flush_locks=True,
        extra_locks=",".join(["mail", "pages", "sources", *wished]),
        graceful_signal="TERM",
        shutdown_timeout=10,
    )
