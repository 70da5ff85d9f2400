"""A process that renews a site's sealing secret and is killed half-way, or reads what is there.

python -m tests.support.rotation_process SITE make
python -m tests.support.rotation_process SITE rotate [module:name nth before|after]
python -m tests.support.rotation_process SITE read
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sightline.cli.django_start import start_django
from sightline.people import begin_rotation, end_rotation
from sightline.pipeline import read_refused
from sightline.pipeline.reseal import reseal_site
from sightline.site import open_site
from tests.support.killed_load import kill_around

AT = datetime(2026, 3, 9, 8, 40, tzinfo=UTC)
TEXTS = 12


def make() -> None:
    """Tables, and texts and a second factor in them."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from allauth.mfa.models import Authenticator

    from sightline.people.fields import seal_secret
    from sightline.people.models import EmergencyAccess, User

    one, two = (
        User.objects.create(name=f"T{n}", email=f"t{n}@school.test", created_at=AT) for n in (1, 2)
    )
    for n in range(TEXTS):
        EmergencyAccess.objects.create(
            user=one,
            told=two,
            school_id="S1",
            pupil_ref="x",
            reason=f"reason {n}",
            started_at=AT,
            ends_at=AT + timedelta(hours=1),
        )
    Authenticator.objects.create(user=one, type="totp", data={"secret": seal_secret("ABCDEF")})


def rotate(site: Path, point: list[str]) -> None:
    """What `sightline keys rotate` does, without its pause; killed where `point` says."""
    from sightline.people.actions import resealing

    if point:
        kill_around(point[0], int(point[1]), point[2])
    begin_rotation(site / "secret.key")
    opened = open_site(site)
    reseal_site(opened)
    resealing.reseal_texts(rows_at_once=5)
    end_rotation(site / "secret.key")


def read(site: Path) -> None:
    """Everything that is sealed, as JSON."""
    from allauth.mfa.models import Authenticator

    from sightline.people.fields import open_secret
    from sightline.people.models import EmergencyAccess

    opened = open_site(site)
    snapshot = opened.warehouse.current()
    with opened.vault(snapshot) as vault:
        names = vault.read("pupil_identity")
    refused = read_refused(opened.warehouse, snapshot, opened.keys).to_pylist()
    found = {
        "names": names,
        "refused": refused,
        "texts": list(EmergencyAccess.objects.order_by("pk").values_list("reason", flat=True)),
        "secrets": [open_secret(one.data["secret"]) for one in Authenticator.objects.all()],
    }
    sys.stdout.write(json.dumps(found, sort_keys=True, default=str))


if __name__ == "__main__":
    folder, work = Path(sys.argv[1]), sys.argv[2]
    start_django(folder)
    if work == "make":
        make()
    elif work == "rotate":
        rotate(folder, sys.argv[3:])
    else:
        read(folder)
