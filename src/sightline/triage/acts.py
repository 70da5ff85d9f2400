"""What meetings decided to act on, as plain rows: for the instruments, which know no tables."""

from datetime import date

from django.utils import timezone

from sightline.triage.models import Decision

__all__ = ["acts"]


def acts() -> list[tuple[str, date]]:
    """Every decision to act that was not undone, as (pupil_ref, day), ordered."""
    rows = Decision.objects.filter(kind="act", undone_at__isnull=True)
    found = rows.values_list("pupil_ref", "decided_at")
    return sorted({(ref, timezone.localtime(at).date()) for ref, at in found})
