"""Two people at the same moment, in a database of their own: run by test_two_at_once.py.

Prints as JSON how often each of two threads won. Real commits, so no test's transaction will do.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402

from sightline.people.models import User  # noqa: E402
from sightline.record.verify import verify  # noqa: E402
from sightline.sheets import open_sheets  # noqa: E402
from sightline.triage.actions.decisions import Conflict, decide  # noqa: E402
from sightline.triage.actions.meetings import open_meeting  # noqa: E402
from sightline.triage.models import Decision, Listing, Meeting  # noqa: E402

AT = datetime(2026, 3, 9, 8, 40, tzinfo=UTC)


def both(work: Callable[[int], str]) -> list[str]:
    """What two threads that start at the same moment say."""
    start, told = Barrier(2), ["", ""]

    def one(number: int) -> None:
        start.wait()
        try:
            told[number] = work(number)
        except Exception as error:
            told[number] = type(error).__name__
        finally:
            connections.close_all()

    threads = [Thread(target=one, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def people() -> list[User]:
    return [
        User.objects.create(name=name, email=f"{name}@two.test", created_at=AT)
        for name in ("first", "second")
    ]


def main(school: str) -> dict[str, Any]:
    """Two open the list at once; then two decide about the same pupil at once."""
    sheets = open_sheets(settings.SITE, school)
    assert sheets is not None
    group, who = sheets.group(9), people()

    def opening(number: int) -> str:
        return str(open_meeting(by=who[number], at=AT, group=group).pk)

    opened = both(opening)
    listing = Listing.objects.order_by("position").first()

    def deciding(number: int) -> str:
        kind = {"listing": listing, "kind": "in_hand", "until": date(2026, 3, 23)}
        try:
            decide(by=who[number], at=AT, **kind)
        except Conflict as conflict:
            return "conflict" if conflict.decision else "conflict with nobody"
        return "decided"

    return {
        "opened": opened,
        "meetings": Meeting.objects.count(),
        "listings": Listing.objects.count(),
        "decided": both(deciding),
        "decisions": Decision.objects.count(),
        "faults": len(verify()),
    }


if __name__ == "__main__":
    connection.settings_dict["TEST"]["NAME"] = sys.argv[2]
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        answer = main(sys.argv[1])
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(before, verbosity=0)
    sys.stdout.write(json.dumps(answer))
