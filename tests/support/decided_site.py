"""A site whose staff have decided things, in a process of its own: its database is not the tests'.

python -m tests.support.decided_site SITE make|decide|tell
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sightline.cli.django_start import start_django
from sightline.site import open_site

AT = datetime.now(UTC)  # as the commands do: what is past its time goes at a restore
TODAY = AT.date()
PUPILS = ("P1", "P2", "P3")


def make(refs: list[str]) -> None:
    """Tables, two accounts, and for each pupil a note, an answered complaint and an objection."""
    from sightline.governance.models import Complaint, Objection
    from sightline.people.models import User
    from sightline.project.ready import make_ready
    from sightline.triage.models import PupilNote

    make_ready(static=False)
    user, _ = (
        User.objects.create(name=f"T{n}", email=f"t{n}@school.test", created_at=AT) for n in (1, 2)
    )
    for ref in refs:
        common: dict[str, Any] = {"school_id": "S1", "pupil_ref": ref}
        PupilNote.objects.create(
            **common, written_by=user, written_at=AT, on=TODAY, kind="note", text=f"about {ref}"
        )
        complaint = {"kind": "complaint", "text": "x", "received_at": AT, "received_by": user}
        by = {"acknowledge_by": TODAY, "closed_at": AT}
        Complaint.objects.create(**common, **complaint, **by)
        told = {"kind": "objection", "from_on": TODAY, "reason": "asked"}
        Objection.objects.create(**common, **told, recorded_by=user, recorded_at=AT)
        recorded(user, ref)


def recorded(user: Any, ref: str) -> None:
    """Somebody looked at a pupil."""
    from django.db import transaction

    from sightline.record.chain import Entry, record

    with transaction.atomic():
        entry = Entry("read", "attendance", "S1", ref, "Head of Year 9")
        record([entry], at=AT, actor=f"user {user.pk}")


def decide(refs: list[str]) -> None:
    """Meanwhile: a new objection, and one more look."""
    from sightline.governance.actions.objections import record_objection
    from sightline.people.models import User

    user = User.objects.get(email="t1@school.test")
    record_objection(
        by=user,
        at=AT,
        school_id="S1",
        pupil_ref=refs[1],
        kind="opt_out",
        themes=["attendance"],
        known_themes=["attendance"],
        from_on=TODAY,
        to_on=None,
        reason="asked on Monday",
    )
    recorded(user, refs[1])


def tell(refs: list[str]) -> dict[str, Any]:
    """What is held: rows by table and pupil, and what the record says."""
    from sightline.governance.models import Complaint, Objection
    from sightline.record.models import AuditEvent
    from sightline.record.verify import verify
    from sightline.triage.models import PupilNote

    rows = {
        model.__name__: sorted(model.objects.values_list("pupil_ref", flat=True))
        for model in (Complaint, Objection, PupilNote)
    }
    texts = [note.text for note in PupilNote.objects.order_by("pk")]
    actions = list(AuditEvent.objects.order_by("number").values_list("action", "why"))
    return {"rows": rows, "texts": texts, "actions": actions, "faults": len(verify()), "refs": refs}


def main(folder: Path, task: str) -> None:
    site = open_site(folder)
    refs = site.keys.pupil_refs(PUPILS)
    start_django(folder)
    found = {"make": make, "decide": decide, "tell": tell}[task](refs)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
