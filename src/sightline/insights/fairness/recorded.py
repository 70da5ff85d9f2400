"""What people recorded about a pupil who was listed: the half of the funnel that is no signal."""

from dataclasses import dataclass
from datetime import date

__all__ = ["Recorded"]


@dataclass(frozen=True)
class Recorded:
    """The first dates of one pupil in the period asked about; None for what did not happen.

    `listed_on` is the day the list's figures were for; `kind` is the first decision's (act,
    in_hand, not_now); `acted_on` the day of the first decision to act; `improved_on` the day on
    which the aim of a support was seen to have moved by the signal's meaningful change.
    """

    school_id: str
    pupil_ref: str
    listed_on: date
    decided_on: date | None = None
    kind: str = ""
    acted_on: date | None = None
    support_on: date | None = None
    reviewed_on: date | None = None
    improved_on: date | None = None
