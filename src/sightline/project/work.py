"""Background work: alerts and mail every minute, new thresholds, forgetting every night.

Written to the interface of django-tasks and run by huey from one file of the site, work.sqlite,
whichever database the site has: losing that file loses nothing, as all work is found anew in the
database every minute.
"""

import logging
from typing import Any

from django.conf import settings
from django_tasks import TaskResult, task
from django_tasks.signals import task_finished
from huey import crontab
from huey.contrib.djhuey import HUEY, close_db
from huey.contrib.djhuey.tasks_backend import KEY
from huey.exceptions import TaskLockedException

from sightline.governance.actions.retention import purge
from sightline.messages.actions.alerts import NotSent, Sent, retry_alerts
from sightline.messages.actions.outbox import collect, send_waiting
from sightline.pipeline import prepare
from sightline.triage.actions.thresholds import pages_prepared
from sightline.triage.queries import threshold_change_waiting
from sightline.web.clock import now, today

__all__ = ["alerts", "mail", "night", "pages", "run"]

log = logging.getLogger("sightline.work")
WORKERS = 2  # one may wait for a slow relay; the other is free for an alert


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
def night() -> int:
    """Forget what has been kept long enough; how many rows went."""
    return sum(purge(now()).values())


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


@HUEY.periodic_task(crontab(hour="3", minute="10"), name="night")
@close_db
def every_night() -> None:
    night.enqueue()


def _forget_result(sender: Any, task_result: TaskResult[Any], **_: Any) -> None:
    """Nobody asks for these results, and huey would keep every one."""
    HUEY.storage.delete_data(KEY % task_result.id)


task_finished.connect(_forget_result)


def run() -> None:
    """Work until told to stop; what is under way is finished first."""
    HUEY.create_consumer(
        workers=WORKERS,
        max_delay=1.0,
        flush_locks=True,  # left by a worker that was killed
        graceful_signal="TERM",
        shutdown_timeout=10,
    ).run()
