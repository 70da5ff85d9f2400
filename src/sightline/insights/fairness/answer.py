"""The whole answer as one plain value, the same for the page, the command and the printed sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, islice
from typing import Any, Literal

from sightline.insights.chance import Verdict
from sightline.insights.disclosure import HIDDEN
from sightline.insights.fairness.figures import Figure, figures_of
from sightline.insights.fairness.funnel import Funnel
from sightline.insights.fairness.gaps import Busiest, Gap, busiest_of, gap_json, gaps_of, place_of
from sightline.insights.fairness.groups import OTHERS, Group, Split, groups_of, splits_of
from sightline.insights.fairness.judge import Looks, judged_all
from sightline.insights.fairness.release import Gate, Shown, shown_of
from sightline.insights.fairness.steps import Step, steps_of

__all__ = ["NOTES", "Asked", "Pairs", "answer_of"]

NOTES = (
    "A difference says that groups fare differently here, not why, and not that anybody did wrong. "
    "No difference found does not show that there is none.",
    "What is recorded is not the same as what happened: entries about behaviour depend on who "
    "writes them down, and marks may be missing.",
    "A range is for one figure looked at once. Among so many figures some lie apart by chance "
    "alone; only the verdict allows for that, and so it is slower to speak.",
    "Counts are rounded to 5, and rates and ranges are worked out from the rounded counts. A count "
    "below ten, or one that would let such a number be worked out, is not shown.",
    "Each pupil counts once in a stage, however many weeks they were in it.",
)
IMPROVED = (
    "Improved says that a measure moved the right way after support began. It does not show that "
    "the support did it: pupils are listed at their worst, and most would have been better later "
    "anyway."
)
OUTCOME = (
    "Of those flagged, the share lost later says how often the signals were right; of those lost, "
    "the share flagged says how many they reached. A group that is listed more because it needs "
    "more shows no difference in either."
)
LOOKS: Mapping[Looks, str] = {
    "weekly": "The verdicts hold however often this is looked at: over all groups and steps "
    "together, at most one school year in twenty raises any false alarm.",
    "once": "The school year is over, so this is one look: over all groups and steps together, at "
    "most one such year in twenty raises any false alarm.",
}
FACTS_ONLY = (
    "No meeting has been recorded in this period, or not in every school, so the funnel ends with "
    "the pupils who met a threshold. What was listed, decided and tried is not known here."
)


Pairs = Literal["all", "differing", "none"]


@dataclass(frozen=True)
class Asked:
    """What was asked: of which pupils, by which attributes (none: all), how often it is looked at.

    With "differing", every pair is judged and only those that differ are counted out.
    """

    as_of: date
    population: str
    filters: Mapping[str, str]
    by: tuple[str, ...] = ()
    pairs: Pairs = "all"
    looks: Looks = "weekly"


def answer_of(
    funnel: Funnel, asked: Asked, gate: Gate, titles: Mapping[str, str]
) -> dict[str, Any]:
    """Groups with their steps, all released counts, and the notes that belong beside them.

    `titles` are the signals' titles by name.
    """
    splits = splits_of(funnel.facts.pupils, asked.by)
    groups, steps = groups_of(splits, pairs=asked.pairs != "none"), steps_of(funnel)
    verdicts = judged_all(funnel, steps, groups, asked.looks)
    gaps = gaps_of(funnel, steps, groups, verdicts)
    busiest = {place_of(one.gap): one for one in busiest_of(funnel, gaps)}
    shown = shown_of(
        funnel,
        steps,
        splits,
        gate,
        as_of=asked.as_of,
        population=asked.population,
        filters=asked.filters,
        pairs=_pairs(splits, groups, verdicts, asked.pairs),
        also={name: (one.gap.group.attributes[0], one.about) for name, one in busiest.items()},
    )
    told = [(group, _told_of(group, steps)) for group in groups]
    wanted = [
        (step, group, verdicts.get((step.name, group.name))) for group, own in told for step in own
    ]
    figures = iter(figures_of(shown, wanted))
    return {
        "looks": asked.looks,
        "recorded": "listed" in funnel.stages,
        "weeks": len(funnel.facts.dates),
        "all": {stage: shown.counts.get(((), stage)) for stage in funnel.stages},
        "attributes": [_attribute(split, shown) for split in splits],
        "steps": [_step(step, titles) for step in steps],
        "groups": [_group(group, list(islice(figures, len(own))), shown) for group, own in told],
        "gaps": [_gap(one, busiest.get(place_of(one)), shown) for one in gaps],
        "notes": [*NOTES, *_more_notes(funnel, asked.looks)],
    }


def _gap(gap: Gap, busiest: Busiest | None, shown: Shown) -> dict[str, Any]:
    whats = (place_of(gap), gap.step.name)
    counts = [
        *(shown.group(gap.group, what) for what in whats),
        *(shown.rest(gap.group, what) for what in whats),
    ]
    return gap_json(gap, busiest, counts)


def _pairs(
    splits: Sequence[Split],
    groups: Sequence[Group],
    verdicts: Mapping[tuple[str, str], Verdict],
    pairs: Pairs,
) -> list[tuple[Split, Split]]:
    """The pairs of attributes whose counts are to be shown."""
    both = list(combinations(splits, 2)) if pairs != "none" else []
    if pairs != "differing":
        return both
    names = {name for (_, name), one in verdicts.items() if one.kind in ("higher", "lower")}
    differ = {group.attributes for group in groups if group.name in names}
    return [pair for pair in both if tuple(one.attribute.name for one in pair) in differ]


def _more_notes(funnel: Funnel, looks: Looks) -> list[str]:
    recorded = IMPROVED if "improved" in funnel.stages else FACTS_ONLY
    return [LOOKS[looks], recorded, *([OUTCOME] if funnel.facts.lost is not None else [])]


def _attribute(split: Split, shown: Shown) -> dict[str, Any]:
    """An attribute with its levels and those in none, who are counted and never dropped."""
    name, unknown = split.attribute.name, bool(split.unknown.any())
    count = shown.counts.get((((name, OTHERS),), "on_roll")) if unknown else 0
    few = f"A few are {split.unknown_words}; in what is shown they count with the largest group."
    return {
        "name": name,
        "words": split.attribute.words,
        "levels": list(split.levels),
        "compared": [split.levels[at] for at in split.compared],
        "not_recorded": None if split.few else count,
        "not_recorded_words": split.unknown_words,
        "why": few if split.few else f"Not shown: {HIDDEN}." if count is None else "",
    }


def _step(step: Step, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": step.name,
        "of": step.of,
        "words": titles.get(step.signal, step.signal) if step.signal else step.words,
        "means": step.means,
        "signal": step.signal or None,
    }


def _told_of(group: Group, steps: Sequence[Step]) -> Sequence[Step]:
    """The steps shown of a group: single signals for single groups only."""
    return [step for step in steps if not (len(group.levels) == 2 and step.signal)]


def _group(group: Group, figures: Sequence[Figure], shown: Shown) -> dict[str, Any]:
    return {
        "group": group.name,
        "by": list(group.attributes),
        "levels": [level for _, level in group.levels],
        "pupils": shown.group(group, "on_roll"),
        "rest": shown.rest(group, "on_roll"),
        "stages": [figure.as_json() for figure in figures],
    }
