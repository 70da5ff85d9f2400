"""All that one group's weekly list needs, from sheets already made."""

from collections.abc import Collection, Mapping

from sightline.sheets.calendar import Calendar
from sightline.sheets.noticed import Noticed
from sightline.sheets.source import Source
from sightline.sheets.types import GroupFacts, PupilSheet

__all__ = ["make_group"]


def make_group(
    source: Source,
    calendar: Calendar,
    noticed: Noticed,
    year_group: int,
    sheets: Mapping[str, PupilSheet],
) -> GroupFacts:
    """The facts of one year group on the sheets' day, out of a school's or a group's sheets."""
    members = {
        ref: sheet
        for ref, sheet in sheets.items()
        if sheet.year_group == year_group and sheet.enrolled_on <= source.as_of
    }
    flags = tuple(flag for flag in noticed.flags if flag.pupil_ref in members)
    flagged = {ref: members[ref] for ref in sorted({flag.pupil_ref for flag in flags})}
    shares, groups = _shares(members.values())
    return GroupFacts(
        school_id=source.school_id,
        year_group=year_group,
        as_of=source.as_of,
        snapshot=source.snapshot,
        capacity=source.capacity,
        on_roll=len(members),
        flags=flags,
        before=frozenset(one for one in noticed.before if one[0] in members),
        cannot_tell=noticed.cannot_tell() & members.keys(),
        good={ref: one.good for ref, one in flagged.items()},
        lens={ref: one.lens for ref, one in flagged.items()},
        weeks={ref: one.weeks for ref, one in flagged.items()},
        shares=shares,
        groups=groups,
        days=calendar.opened,
        term=source.term,
    )


def _shares(
    members: Collection[PupilSheet],
) -> tuple[dict[str, tuple[int, int]], dict[str, frozenset[str]]]:
    """How many are in each group of those of whom it is known, and who."""
    known = {name: _known(name, members) for name in ("sen", "eal", "disadvantaged")}
    shares = {name: (sum(told.values()), len(told)) for name, told in known.items()}
    groups = {
        name: frozenset(ref for ref, inside in told.items() if inside)
        for name, told in known.items()
    }
    return shares, groups


def _known(name: str, members: Collection[PupilSheet]) -> dict[str, bool]:
    """Whether each pupil of whom it is known is in the group of that name."""
    if name == "sen":
        return {one.pupil_ref: one.sen_status in ("K", "E") for one in members if one.sen_status}
    told = {one.pupil_ref: getattr(one, name) for one in members}
    return {ref: value for ref, value in told.items() if value is not None}
