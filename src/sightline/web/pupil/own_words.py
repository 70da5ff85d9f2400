"""Figures as the pupil is told them: "you", the pupil's own past, no comparison with others."""

from collections.abc import Iterator, Sequence

from sightline.kit import plural
from sightline.sheets import PupilSheet, WeekFigures
from sightline.web.pupil.seen import Seen

__all__ = ["WEEKS", "told_to_pupil"]

WEEKS = 4


def told_to_pupil(seen: Seen, sheet: PupilSheet) -> list[str]:
    """What the last four school weeks hold beside the four before, of the areas that are shown."""
    weeks = [one for one in sheet.weeks if one.on_roll_days]
    now, before = weeks[-WEEKS:], weeks[-2 * WEEKS : -WEEKS]
    return list(_sentences(seen, now, before if len(before) == len(now) else []))


def _sentences(
    seen: Seen, now: Sequence[WeekFigures], before: Sequence[WeekFigures]
) -> Iterator[str]:
    when = f"in the last {plural(len(now), 'school week')}"
    possible, attended = _sum(now, "possible"), _sum(now, "attended")
    if seen.figures("attendance") and possible:
        said = f"You came to {attended} of {possible} half-days {when}."
        if before and _sum(before, "possible"):
            earlier = f"{_sum(before, 'attended')} of {_sum(before, 'possible')}"
            said += f" In the weeks before that, {earlier}."
        yield said
    due, missing = _sum(now, "work_due"), _sum(now, "work_missing")
    if seen.figures("work") and due:
        yield f"You handed in {due - missing} of {plural(due, 'piece')} of work due {when}."
    if seen.figures("behaviour"):
        yield _counted("praise", "You were praised", "time", when, now, before)
    if seen.figures("attendance") and possible:
        yield _counted("late", "You were late", "time", when, now, before)
    if seen.figures("behaviour"):
        yield _counted("concerns", "Teachers wrote down", "concern", when, now, before)


def _counted(
    name: str,
    start: str,
    one: str,
    when: str,
    now: Sequence[WeekFigures],
    before: Sequence[WeekFigures],
) -> str:
    """How often, and how often in the weeks before."""
    said = f"{start} {_often(_sum(now, name), one)} {when}."
    if not before:
        return said
    return f"{said} In the weeks before that, {_often(_sum(before, name), one)}."


def _often(count: int, one: str) -> str:
    return plural(count, one) if count else f"no {one}s"


def _sum(weeks: Sequence[WeekFigures], name: str) -> int:
    return sum(getattr(one, name) for one in weeks)
