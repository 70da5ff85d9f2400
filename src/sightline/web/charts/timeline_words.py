"""What a time line shows, in sentences: read out in place of the drawing."""

from collections.abc import Iterable, Iterator

from sightline.kit import plural, sentence_list
from sightline.web.charts.timeline_types import TimeLine, Week
from sightline.web.dates import day_and_month, full_day

__all__ = ["in_words"]


def in_words(line: TimeLine) -> str:
    """The drawing in sentences, with the sums of the table's own numbers."""
    if not line.columns:
        return "No school weeks to show yet."
    start = f"From {full_day(line.columns[0].monday)} to {full_day(line.to)}."
    return " ".join([start, *_sentences(line)])


def _sentences(line: TimeLine) -> Iterator[str]:
    if line.sessions is not None:
        missed, possible = _sum(line.weeks, "missed"), _sum(line.weeks, "possible")
        late = _sum(line.weeks, "late")
        yield f"Missed {missed} of {plural(possible, 'session')}, late for {late}."
    if line.concerns is not None:
        concerns = plural(len(line.concerns), "behaviour concern")
        yield f"{concerns} and praise {plural(len(line.praise), 'time')}."
    for one in line.lines or ():
        (first, before), (last, now) = one.points[0], one.points[-1]
        if first == last:
            yield f"{one.subject} {now:g} on {day_and_month(last)}."
        else:
            when = f"from {day_and_month(first)} to {day_and_month(last)}"
            yield f"{one.subject} {before:g} to {now:g} {when}."
    if line.letters:
        yield f"{plural(len(line.letters), 'note')}."
    for bar in line.bars or ():
        until = f" to {day_and_month(bar.to_on)}" if bar.to_on else ", still in place"
        yield f"Support: {bar.name}, from {day_and_month(bar.from_on)}{until}."
    if line.happenings:
        told = [f"{one.title} on {day_and_month(one.on)}" for one in line.happenings]
        yield f"At the school: {sentence_list(told)}."


def _sum(weeks: Iterable[Week], name: str) -> int:
    return sum(getattr(week, name) or 0 for week in weeks)
