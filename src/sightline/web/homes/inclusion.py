"""The week's listed pupils with SEND, with what is around them; SEND itself is never a reason."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sightline.people.identity import Name
from sightline.sheets import PupilSheet

__all__ = ["SEN_WORDS", "ListedPupil", "PupilRow", "listed_with_sen", "pupil_rows"]

SEN_WORDS = {"K": "SEND support", "E": "EHC plan"}


@dataclass(frozen=True)
class PupilRow:
    """A pupil in one of the queues, and what the row is `of`."""

    ref: str
    name: str
    sen: str
    of: Any


@dataclass(frozen=True)
class ListedPupil:
    """A listed pupil with SEND: the first reason in words, and the evidence around them."""

    pupil_ref: str
    year_group: int
    because: str
    around: tuple[str, ...]
    decided: bool


def listed_with_sen(
    year_group: int, rows: Iterable[Any], sen: Collection[str]
) -> list[ListedPupil]:
    """Those of a meeting's rows who have SEND, in the list's order."""
    return [
        ListedPupil(
            row.listing.pupil_ref,
            year_group,
            row.entry["flags"][0]["because"] if row.entry["flags"] else "",
            tuple(row.entry["lens"]["sentences"]),
            row.decision is not None,
        )
        for row in rows
        if row.listing.pupil_ref in sen
    ]


def pupil_rows(
    found: Iterable[Any], names: Mapping[str, Name], sheets: Mapping[str, PupilSheet]
) -> list[PupilRow]:
    """Rows of a queue with each pupil's name and SEND in words."""
    return [
        PupilRow(
            one.pupil_ref,
            str(names[one.pupil_ref]),
            SEN_WORDS.get(sheets[one.pupil_ref].sen_status, ""),
            one,
        )
        for one in found
    ]
