"""The answer about fairness turned into a summary, tables and explanations for the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sightline.kit import sentence_list
from sightline.web.evidence.fairness_words import FigureWords, figure_words, steps_words

__all__ = [
    "Explained",
    "GroupRow",
    "Section",
    "StepRows",
    "explanations",
    "gap_rows",
    "pair_rows",
    "sections",
]


@dataclass(frozen=True)
class GroupRow:
    """One group at one step."""

    group: str
    figure: FigureWords


@dataclass(frozen=True)
class StepRows:
    """All groups of an attribute at one step; `pop` names the explanation."""

    words: str
    pop: str
    rows: Sequence[GroupRow]


@dataclass(frozen=True)
class Section:
    """One attribute: its groups at every step, and signal by signal.

    `one`: only one group is set against the rest, so that a row needs no name but the step's.
    `silent` names the steps of which nothing is shown and nothing can be said of any group.
    """

    title: str
    note: str
    one: bool
    steps: Sequence[StepRows]
    signals: Sequence[StepRows]
    silent: str


@dataclass(frozen=True)
class Explained:
    """What a figure of a step counts, for the box that opens beside it."""

    pop: str
    title: str
    pairs: Sequence[tuple[str, str]] = field(default_factory=tuple)


def sections(found: Mapping[str, Any]) -> list[Section]:
    """A section for each attribute, with its groups in their order."""
    single = [one for one in found["groups"] if len(one["by"]) == 1]
    return [_section(one, single, found["steps"]) for one in found["attributes"]]


def _section(
    attribute: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], steps: Sequence[Any]
) -> Section:
    own = [one for one in groups if one["by"] == [attribute["name"]]]
    rows = [(_step_rows(step, own), bool(step["signal"])) for step in steps]
    telling = [(one, signal) for one, signal in rows if not _is_silent(one)]
    silent = [one.words for one, _ in rows if _is_silent(one)]
    return Section(
        attribute["words"],
        _note(attribute),
        len(own) == 1,
        [one for one, signal in telling if not signal],
        [one for one, signal in telling if signal],
        sentence_list(silent),
    )


def _is_silent(step: StepRows) -> bool:
    """Whether a step's rows would all say the same: not shown, cannot tell."""
    return all(
        not row.figure.told and row.figure.verdict.startswith("cannot tell") for row in step.rows
    )


def _note(attribute: Mapping[str, Any]) -> str:
    """Who is set against whom, and who is in no group."""
    said = []
    if len(attribute["levels"]) == 2:
        said.append("“{}” set against “{}”.".format(*attribute["levels"]))
    else:
        said.append("Each group is set against all the others.")
    if attribute["why"]:
        said.append(attribute["why"])
    elif attribute["not_recorded"]:
        unknown = attribute["not_recorded_words"]
        said.append(f"{unknown.capitalize()}: {attribute['not_recorded']}, in neither.")
    return " ".join(said)


def _step_rows(step: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> StepRows:
    figures = [
        (one["group"], stage)
        for one in groups
        for stage in one["stages"]
        if stage["step"] == step["name"]
    ]
    rows = [GroupRow(name, figure_words(stage)) for name, stage in figures]
    return StepRows(steps_words(step), pop_of(step), rows)


def pop_of(step: Mapping[str, Any]) -> str:
    return "x-" + step["name"].replace(":", "-").replace("_", "-")


def explanations(found: Mapping[str, Any]) -> list[Explained]:
    """One for each step: what is counted, of whom, when, and how the range and ratio are made."""
    words = {step["name"]: step["words"] for step in found["steps"]} | {
        "on_roll": "all on roll",
        "lost": "those who withdrew or failed",
    }
    period = f"{found['weeks']} weeks, {found['from']} to {found['to']}"
    return [
        Explained(
            pop_of(step),
            steps_words(step).capitalize() if not step["signal"] else step["words"],
            (
                ("Counted", f"pupils of whom this holds: {step['means']}"),
                ("Of", words.get(step["of"], step["of"])),
                ("When", f"{period}; each pupil once"),
                ("Range", "95%: Wilson for a share, exact where it is none or all"),
                ("Times", "the group’s share over the rest’s; score interval"),
                ("Shown", "counts rounded to 5 first, then everything from them"),
            ),
        )
        for step in found["steps"]
    ]


def gap_rows(found: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each gap with the title of its signal, and "any signal" for all of them together."""
    titles = {step["name"]: step["words"] for step in found["steps"] if step["signal"]}
    return [
        gap
        | {
            "step": titles.get(gap["step"], "any signal"),
            "by_recorder": gap["by_recorder"] or "not a matter of entries, or too few log",
        }
        for gap in found["gaps"]
    ]


def pair_rows(found: Mapping[str, Any]) -> tuple[list[tuple[str, GroupRow]], int]:
    """The pairs of attributes that differ beyond chance, and how many comparisons say no more."""
    steps = {step["name"]: step for step in found["steps"]}
    all_of = [
        (steps_words(steps[stage["step"]]), GroupRow(one["group"], figure_words(stage)), stage)
        for one in found["groups"]
        if len(one["by"]) == 2
        for stage in one["stages"]
        if stage["verdict_kind"]
    ]
    differ = [(w, row) for w, row, stage in all_of if stage["verdict_kind"] in ("higher", "lower")]
    return differ, len(all_of) - len(differ)
