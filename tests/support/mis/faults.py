"""Faults on demand: what a system does wrong, to which of its calls."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sightline.synthetic.loopback import Asked, Given, LoopbackServer

__all__ = ["Faults", "cut_short", "fail_with", "held_back", "too_many"]

Change = Callable[[Asked, Given], Given]


@dataclass
class _Planned:
    path: re.Pattern[str]
    change: Change
    skip: int
    times: int


class Faults:
    """Put between a server and its callers: `faults.plan("/students", cut_short, times=2)`."""

    def __init__(self, server: LoopbackServer) -> None:
        self._planned: list[_Planned] = []
        self.happened = 0
        server.change = self._change

    def plan(self, path: str, change: Change, *, skip: int = 0, times: int = 1) -> None:
        """Change the next answers at addresses that match `path`, after `skip` good ones."""
        self._planned.append(_Planned(re.compile(path), change, skip, times))

    def end(self) -> None:
        """Nothing goes wrong any more."""
        self._planned.clear()

    def _change(self, asked: Asked, given: Given) -> Given:
        for planned in self._planned:
            if planned.times and planned.path.search(asked.path):
                if planned.skip:
                    planned.skip -= 1
                    continue
                planned.times -= 1
                self.happened += 1
                return planned.change(asked, given)
        return given


def too_many(asked: Asked, given: Given) -> Given:
    """429, and come back in seven seconds."""
    return Given(429, b"{}", {"Retry-After": "7"})


def fail_with(status: int) -> Change:
    """An answer with another status and nothing of use in it."""
    return lambda asked, given: Given(status, b"<html>not today</html>")


def cut_short(asked: Asked, given: Given) -> Given:
    """Half of the body, then the line goes dead."""
    return replace(given, sent=len(given.body) // 2)


def held_back(seconds: float) -> Change:
    """The right answer, too late."""

    def change(asked: Asked, given: Given) -> Given:
        time.sleep(seconds)
        return given

    return change
