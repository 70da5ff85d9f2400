"""Working out a backtest beside the request: a page never waits for it, and nobody behind it.

One at a time in this process. Nothing is lost with the process: who looks again asks again.
"""

from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date
from threading import Lock
from typing import Any

from sightline.pipeline.evidence.backtest import Ask, backtest_answer, kept_backtest
from sightline.site import Site

__all__ = ["answer_or_begin"]

AT_ONCE = 0.2  # seconds a page waits for an answer that is nearly there
BEGUN: dict[tuple[str, Ask], Future[Any]] = {}
LOCK = Lock()
WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="backtest")


def answer_or_begin(
    site: Site, ask: Ask, *, on: date, acted: Collection[tuple[str, date]] = ()
) -> Any | None:
    """The answer as JSON, or None while it is being worked out; the first call begins it.

    Raises SightlineError as the backtest does.
    """
    found = kept_backtest(site, ask, on=on, acted=acted)
    if found is not None:
        return found
    key = (str(site.folder), ask)
    with LOCK:
        future = BEGUN.get(key)
        if future is None or (future.done() and future.exception() is None):
            # What was worked out is kept; it is not there any more, so the data have changed.
            future = BEGUN[key] = WORKER.submit(backtest_answer, site, ask, on=on, acted=acted)
    wait([future], AT_ONCE)
    if not future.done():
        return None
    with LOCK:
        BEGUN.pop(key, None)
    return future.result().value
