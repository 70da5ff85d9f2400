"""docs/reference/signals.md: every signal as its folder tells it, with two of its examples."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sightline.kit import plural
from sightline.signals.definition import Signal, read_library, values_of
from sightline.signals.examples import Example, read_examples
from sightline.signals.explain import rule_in_words

__all__ = ["signals_markdown"]

FOLDER = "../../src/sightline/signals/library"
PACKS = {"school": "schools", "he": "higher education"}
SHOWN = 2  # examples a section shows; the others are a link away
HEAD = """\
# Signals

A signal is a plain rule about what is recorded. It says of each pupil `flag`, `clear` or
`cannot_tell`: where there is too little data, nothing is said. The values here are the defaults; a
school changes them within their range in `thresholds.yml`, and every result names those used. How
examples are written is in [shorthand.py](../../src/sightline/signals/shorthand.py)."""


def signals_markdown(library: Mapping[str, Signal] | None = None) -> str:
    """The page as Markdown: a table of the signals, then a section for each."""
    library = library or read_library()
    rows = [
        [f"[`{name}`](#{name})", signal.theme, signal.title, _packs(signal)]
        for name, signal in library.items()
    ]
    parts = [HEAD, _table(["signal", "theme", "says", "for"], rows)]
    for signal in library.values():
        parts += _section(signal, library)
    return "\n\n".join(parts) + "\n"


def _section(signal: Signal, library: Mapping[str, Signal]) -> Iterator[str]:
    where = f"{FOLDER}/{signal.theme}/{signal.name}"
    rule = rule_in_words(signal, values_of(library, {}, "the defaults"))
    examples = read_examples(signal)
    yield f"## {signal.name}"
    yield f"**{signal.title}.** {signal.question}"
    yield f"*Why it matters.* {signal.why_it_matters}"
    yield f"*What to do first.* {signal.do_first}"
    yield f"*Rule.* Listed when {rule}. Exactly: [signal.sql]({where}/signal.sql)."
    yield _parameters(signal)
    yield "*Cannot tell*, and says why:"
    yield _table(["reason", "for example"], list(_cannot_tell(signal, examples)))
    yield f"*Examples.* {SHOWN} of [{plural(len(examples), 'example')}]({where}/examples.yml):"
    yield from (_example(one) for one in examples[:SHOWN])
    reviewed = f"reviewed {signal.reviewed_on}, to be reviewed by {signal.review_by}"
    made = f"Version {signal.version}, by {signal.author}; checked by {signal.checked_by}"
    yield f"{made}; {reviewed}."


def _parameters(signal: Signal) -> str:
    rows = [
        [
            f"`{signal.name}.{one.name}`",
            _value(one.default),
            "words" if one.minimum is None else f"{one.minimum:g} to {one.maximum:g}",
            one.unit,
            one.meaning,
            one.owner,
        ]
        for one in signal.parameters
    ]
    return _table(["parameter", "default", "range", "unit", "meaning", "owner"], rows)


def _cannot_tell(signal: Signal, examples: Sequence[Example]) -> Iterator[list[str]]:
    """Each reason with the sentence of the first example that has it."""
    for reason in signal.cannot_tell:
        told = [one.then.because for one in examples if one.then.reason == reason]
        yield [f"`{reason}`", *(told[:1] or [""])]


def _example(example: Example) -> str:
    lines = [f"- {example.name} ({example.when}): {example.then.outcome.replace('_', ' ')}."]
    lines += [f"  - given {key.replace('_', ' ')}: {_given(told)}" for key, told in _told(example)]
    return "\n".join([*lines, f"  - *{example.then.because}*"])


def _told(example: Example) -> Iterator[tuple[str, Any]]:
    yield from example.given.items()
    if example.thresholds:
        yield "thresholds", example.thresholds


def _given(told: Any) -> str:
    if isinstance(told, Mapping):
        return "; ".join(f"{who}: {_given(lines)}" for who, lines in told.items())
    return "; ".join(f"`{line}`" for line in (told if isinstance(told, list) else [told]))


def _packs(signal: Signal) -> str:
    return " and ".join(PACKS.get(pack, pack) for pack in signal.packs) or "no pack yet"


def _value(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else f"{value:g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
