"""Who may see and do what: access.yml, and pure functions over plain values. No Django in here."""

from sightline.access.rules import (
    LEVELS,
    Held,
    Matrix,
    PupilPlace,
    Reason,
    Viewer,
    may,
    read_matrix,
    why_may_see,
)

__all__ = [
    "LEVELS",
    "Held",
    "Matrix",
    "PupilPlace",
    "Reason",
    "Viewer",
    "may",
    "read_matrix",
    "why_may_see",
]
