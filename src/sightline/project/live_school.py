"""The demo's live school: its MIS on this machine, in which registers are taken while you watch.

    python -m sightline.project.live_school EXPORTS DAY HOOK

Prints its address, then takes one tutor group's register after the other, corrects a mark now and
then, and calls HOOK each time, until the process that started it has gone.
"""

import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import httpx

from sightline.synthetic.loopback import LoopbackServer, MadeUpMis, Row
from sightline.synthetic.loopback.wonde import MadeUpWonde

__all__ = ["TOKEN", "main"]

TOKEN = "demo-only"
PAUSE = 6.0  # seconds between two changes
TABLES = ("school", "pupil", "pupil_identity", "attendance")  # all that the demo asks it for
CODES = {"/": 900, "L": 30, "N": 40, "I": 25, "M": 5}  # of a thousand pupils in the morning
SETTLED = ("I", "I", "I", "O", "L", "M")  # what becomes of an N when the office has telephoned


def main(exports: Path, day: date, hook: str) -> None:
    """Serve the school of an exports folder and let its registers be taken on a day."""
    began = datetime.combine(day - timedelta(days=1), time_of_day.min, UTC)
    mis = MadeUpMis(exports, began, TABLES)
    wonde = MadeUpWonde(mis, token=TOKEN)
    parent = os.getppid()
    with LoopbackServer(wonde.answer) as server:
        sys.stdout.write(f"{server.address}\n")
        sys.stdout.flush()
        for marks in changes(mis, day, random.Random(day.toordinal())):
            time.sleep(PAUSE)
            if os.getppid() != parent:
                return
            at = datetime.now(UTC).replace(year=day.year, month=day.month, day=day.day)
            schools = {mis.rows["pupil"][(mark["pupil_id"],)]["school_id"] for mark in marks}
            for mark in marks:
                mis.put("attendance", mark, at)
            for school_id in schools:
                try:
                    wonde.call(hook, school_id, resource="attendance/session")
                except httpx.HTTPError:  # the pages are not up yet, or no longer
                    continue
        while os.getppid() == parent:
            time.sleep(PAUSE)


def changes(mis: MadeUpMis, day: date, chance: random.Random) -> Iterator[list[Row]]:
    """One change after the other: a group's register, or a mark put right."""
    groups: dict[str, list[str]] = {}
    for pupil in mis.rows["pupil"].values():
        if not pupil["left_on"] or pupil["left_on"] >= day.isoformat():
            groups.setdefault(pupil["registration_group"], []).append(pupil["pupil_id"])
    for session in ("AM", "PM"):
        for group in sorted(groups):
            yield [_mark(one, day, session, chance) for one in groups[group]]
            yield from _put_right(mis, day, chance)
    while right := list(_put_right(mis, day, chance)):
        yield from right


def _mark(pupil_id: str, day: date, session: str, chance: random.Random) -> Row:
    [code] = chance.choices(list(CODES), list(CODES.values()))
    code = "\\" if code == "/" and session == "PM" else code
    late = str(chance.randint(2, 25)) if code == "L" else ""
    mark = {"pupil_id": pupil_id, "date": day.isoformat(), "session": session}
    return {**mark, "code": code, "minutes_late": late, "recorded_at": ""}


def _put_right(mis: MadeUpMis, day: date, chance: random.Random) -> Iterator[list[Row]]:
    """Somebody has telephoned: an absence without a reason gets one."""
    rows = mis.since("attendance")
    open_ones = [row for row in rows if row["date"] == day.isoformat() and row["code"] == "N"]
    if open_ones:
        yield [chance.choice(open_ones) | {"code": chance.choice(SETTLED)}]


if __name__ == "__main__":
    main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), sys.argv[3])
