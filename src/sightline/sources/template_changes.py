"""What became of a template: changes that do harm, and changes worth a word."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sightline.kit import nearest, plural, sentence_list
from sightline.sources.header import normalise
from sightline.sources.prepare import Expected
from sightline.sources.template import Seen, Template, find_columns

__all__ = ["Change", "changed_headings", "changed_values", "merged", "remarks"]

MOST_REMEMBERED = 60  # words of a column: with more it is no vocabulary any more
ENOUGH_VALUES = 10
WAS_FILLED, FEW_ROWS = 0.9, 5
UNSURE = "day or month first"
NOT_READ = "month first"  # no profile reads it: 3 April would become 4 March


@dataclass(frozen=True, slots=True)
class Change:
    """A change that does harm: of which column, what it was and what it is."""

    column: str
    was: str
    now: str

    @property
    def text(self) -> str:
        return f"{self.column}: it was {self.was}, now {self.now}"


def changed_headings(
    before: Template, headings: Sequence[str], row: int, expected: Expected
) -> list[Change]:
    """Columns of use that vanished, were renamed, doubled, or moved under another header row."""
    places = find_columns(headings, expected)
    known = {normalise(one) for one in before.headings}
    added = [one for one in headings if one and normalise(one) not in known]
    found = []
    for column, heading in before.columns.items():
        was = f"the column {heading}"
        if column not in places:
            near = _renamed(before, column, heading, headings, added)
            hint = f"; was it renamed to {near}?" if near else ""
            found.append(Change(column, was, f"no such column is there{hint}"))
            continue
        now = headings[places[column][0]]
        if normalise(now) != normalise(heading):
            found.append(Change(column, was, f"it would be read from the column {now}"))
        elif len(places[column]) > 1:
            found.append(Change(column, was, f"there are {len(places[column])} columns {now}"))
    if not found and row != before.row:
        found += _moved(before, places, row)
    return found


def changed_values(before: Template | None, seen: Seen, blank_is: Iterable[str]) -> list[Change]:
    """Dates in another form, other words throughout, columns that are suddenly empty."""
    now, found = seen.template, []
    old = before.dates if before else {}
    for column, form in now.dates.items():
        was = old.get(column, "")
        if form == NOT_READ and was != NOT_READ:
            found.append(Change(column, f"a date, {was or UNSURE}", "with the month first"))
        elif was and form != was and {was, form} not in ({UNSURE, "day first"}, {UNSURE, NOT_READ}):
            found.append(Change(column, f"a date, {was}", f"{form}"))
    if before is None:
        return found
    said = {one.column for one in found} | set(now.dates)
    for column in now.columns:
        if column not in said and (
            change := _other_words(before.words.get(column, ()), seen.looks[column], column)
        ):
            found.append(change)
    return found + _emptied(before, now, set(blank_is))


def remarks(before: Template, now: Template) -> list[str]:
    """Changes that do no harm, as sentences."""
    known, said = {normalise(one) for one in before.headings}, []
    used = {normalise(one) for one in now.columns.values()}
    added = [one for one in now.headings if one and normalise(one) not in known]
    if fresh := [one for one in added if normalise(one) in used]:
        said.append(f"{sentence_list(fresh)} is new and is read now")
    if other := [one for one in added if normalise(one) not in used]:
        said.append(f"{plural(len(other), 'new column')} of no use: {sentence_list(other)}")
    if now.row != before.row:
        said.append(f"the header is now in row {now.row}, it was in row {before.row}")
    if now.version != before.version and before.version:
        said.append(f"its version is now {now.version or 'not given'}, it was {before.version}")
    if now.delimiter != before.delimiter:
        said.append("the cells are separated by another sign")
    return said


def merged(before: Template | None, now: Template) -> Template:
    """What is to be remembered: the new template, with what the earlier one knew for certain."""
    if before is None:
        return now
    dates = dict(now.dates)
    for column, form in before.dates.items():
        if dates.get(column, UNSURE) == UNSURE and column in now.columns:
            dates[column] = form
    words = {}
    for column in now.columns:
        both = {*before.words.get(column, ()), *now.words.get(column, ())}
        if both and len(both) <= MOST_REMEMBERED:
            words[column] = tuple(sorted(both))
    if now.rows < FEW_ROWS:
        return replace(now, dates=dates, words=words, filled=before.filled, rows=before.rows)
    return replace(now, dates=dates, words=words)


def _renamed(
    before: Template, column: str, heading: str, headings: Sequence[str], added: list[str]
) -> str | None:
    """The new heading that most likely stands for one that is gone."""
    if near := nearest(heading, added):
        return near
    at = next((i for i, one in enumerate(before.headings) if one == heading), -1)
    same_place = headings[at] if 0 <= at < len(headings) else ""
    return same_place if same_place in added else (added[0] if len(added) == 1 else None)


def _moved(before: Template, places: Mapping[str, list[int]], row: int) -> list[Change]:
    """Columns in another order under a header in another row: it may be another table."""
    order = sorted((one for one in before.columns if one in places), key=lambda one: places[one])
    if order == [one for one in before.columns if one in places]:
        return []
    first = next(one for one, was in zip(order, before.columns, strict=False) if one != was)
    was, now = f"under a header in row {before.row}", f"in another place, under row {row}"
    return [Change(first, was, now)]


def _other_words(words: Iterable[str], counts: Mapping[str, int], column: str) -> Change | None:
    known = set(words)
    values = sum(counts.values())
    if not known or values < ENOUGH_VALUES:
        return None
    outside = {word: times for word, times in counts.items() if word not in known}
    if sum(outside.values()) * 2 <= values or (len(outside) < 2 and len(known) > 2):
        return None
    was = f"always one of {plural(len(known), 'kind')} of value"
    return Change(column, was, f"other values in {sum(outside.values()):,} of {values:,} rows")


def _emptied(before: Template, now: Template, blank_is: set[str]) -> list[Change]:
    """Columns that were filled and are blank throughout; sooner where a blank has a meaning."""
    found = []
    for column, share in before.filled.items():
        least = 0.0 if column in blank_is else WAS_FILLED
        enough = before.rows // 2 if column in blank_is else FEW_ROWS
        was_enough = share * before.rows >= FEW_ROWS and share >= least
        if was_enough and now.rows >= enough and now.filled.get(column) == 0.0:
            found.append(Change(column, f"filled in {share:.0%} of the rows", "blank in all"))
    return found
