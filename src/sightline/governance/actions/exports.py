"""Files that leave the product: made, hashed and recorded in one step."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from sightline.governance.models import Export
from sightline.governance.rules.csv_text import csv_bytes
from sightline.people.models import User
from sightline.record.chain import changed, plain

__all__ = ["make_csv"]

LONGEST = 200


@transaction.atomic
def make_csv(
    *,
    by: User,
    at: datetime,
    what: str,
    purpose: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    filter: Mapping[str, Any],
    school_id: str = "",
) -> tuple[bytes, Export]:
    """The rows, which the caller has limited to what `by` may see, as a file; and its record."""
    purpose = purpose.strip()
    if not purpose:
        raise ValidationError({"purpose": "Say what the file is for."})
    if len(purpose) > LONGEST:
        raise ValidationError({"purpose": f"Say it in {LONGEST} characters or fewer."})
    data = csv_bytes(columns, rows)
    made = Export.objects.create(
        school_id=school_id,
        what=what,
        purpose=purpose,
        columns=list(columns),
        rows=len(rows),
        filter=plain(filter),
        sha256=hashlib.sha256(data).hexdigest(),
        made_by=by,
        made_at=at,
    )
    changed(
        by=by,
        at=at,
        action="export",
        area="record",
        school_id=school_id,
        subject=f"export {made.pk}",
        what=what,
        rows=made.rows,
        filter=made.filter,
        sha256=made.sha256,
    )
    return data, made
