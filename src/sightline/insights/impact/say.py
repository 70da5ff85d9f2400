"""A finding in plain sentences. How much is said goes by the number of pupils compared.

Under 10: that it cannot be told. 10 to 29: counts and outcomes in words, no comparison. 30 to 59:
the interval only. 60 or more: estimate and interval.
"""

from sightline.insights.chance import Interval
from sightline.insights.impact.finding import FEWEST, Finding
from sightline.insights.impact.measures import Words

__all__ = ["between", "count_words", "doubts", "how_many", "rebound_words", "sentence"]

PARTS = (
    (0.0, "none"),
    (0.2, "few"),
    (0.45, "fewer than half"),
    (0.55, "about half"),
    (0.8, "more than half"),
    (0.999, "most"),
    (1.0, "all"),
)


def count_words(count: int) -> str:
    """A number of pupils; below ten it is not told."""
    return f"{count}" if count >= FEWEST["words"] else "fewer than 10"


def sentence(finding: Finding, words: Words, *, about: bool = False, differs: bool = True) -> str:
    """What may be said. `about` rounds the counts to 5; `differs` is whether the difference stands
    among all kinds of support looked at together."""
    many, need = finding.matched, FEWEST["estimate"]
    if finding.saying == "nothing":
        told = "fewer than 10 pupils" if about else f"{many} pupil{'' if many == 1 else 's'}"
        return f"cannot tell: {told}, need about {need}"
    pupils, others = (_about(one) if about else count_words(one) for one in (many, finding.others))
    if finding.saying == "words" or finding.estimate is None:
        return (
            f"{pupils} pupils had this support and could be followed: too few to compare, about "
            f"{need} are needed. {words.noun} afterwards: {outcome_words(finding)}. "
            "Pupils also come back without any support."
        )
    first = f"{pupils} pupils had this support; {others} like them had not. "
    if finding.by == "threshold":
        first = f"{pupils} pupils were just beyond the threshold for this support; {others} just "
        first += "short of it. "
    ends = between(finding.estimate.interval, words)
    if finding.saying == "interval":
        told = f"{words.noun} afterwards differed by anything from {ends} {words.unit}"
    else:
        value = words.shown(finding.estimate.value, sign=True)
        told = f"{words.noun} afterwards differed by {value} {words.unit} (95% interval {ends})"
    return f"{first}{told}: {verdict(finding, differs)}."


def outcome_words(finding: Finding) -> str:
    """How many became better by what counts as a change, in words and not in small numbers."""
    named = how_many(min(finding.improved / finding.matched, 1.0))
    return f"better for {named} of them"


def how_many(share: float) -> str:
    """A share of 0 to 1 in words."""
    return next(name for most, name in PARTS if share <= most)


def between(ends: Interval, words: Words) -> str:
    """Both ends, with their signs: "-1.2 to +5.4"."""
    return f"{words.shown(ends.low, sign=True)} to {words.shown(ends.high, sign=True)}"


def verdict(finding: Finding, differs: bool) -> str:
    """What the interval allows, once every check has been heard."""
    if finding.estimate is None or finding.estimate.straddles_none():
        return "compatible with no difference"
    better = (finding.estimate.interval.low > 0) == (finding.better > 0)
    if not better:
        return (
            "worse beyond chance; the likelier reading is that staff chose pupils for what the "
            "data do not hold"
        )
    if not differs:
        return "compatible with chance, as several kinds of support were looked at together"
    if finding.helped:
        return "better beyond chance, and no check speaks against it: it helped"
    why_not = " and ".join(against(finding))
    return f"better beyond chance, but not to be put down to the support: {why_not}"


def against(finding: Finding) -> list[str]:
    """The checks that did not hold, in words."""
    if finding.by == "threshold":
        return ["a threshold that decided nothing shows a difference too"]
    found = []
    if finding.placebo is None:
        found.append("there is too little history to check that the two groups were alike before")
    elif not finding.placebo.straddles_none():
        found.append("the two groups already differed before they were noticed")
    if not finding.balanced:
        found.append("the two groups were not alike in what is recorded")
    if finding.unseen is not None and finding.unseen.warns:
        found.append("a reason that the data do not hold could explain it")
    return found


def doubts(finding: Finding, words: Words) -> list[str]:
    """The placebo and what an unseen reason could do, a sentence each; none where no comparison."""
    if finding.estimate is None:
        return []
    if finding.by == "threshold" and finding.threshold is not None:
        return [threshold_words(finding)]
    return [placebo_words(finding, words), *unseen_words(finding, words)]


def placebo_words(finding: Finding, words: Words) -> str:
    if finding.placebo is None:
        return (
            "Placebo: there is too little history to make the same comparison for the time before "
            "the pupils were noticed."
        )
    ends = between(finding.placebo.interval, words)
    if finding.placebo.straddles_none():
        return (
            "Placebo: in the time before, which no support can have changed, the same comparison "
            f"gives {ends}: no difference, as it should be."
        )
    return (
        "Warning: in the time before, which no support can have changed, the same comparison "
        f"gives {ends}. The two groups differed already, so the difference afterwards says little."
    )


def unseen_words(finding: Finding, words: Words) -> list[str]:
    if finding.unseen is None or finding.estimate is None:
        return []
    unseen = finding.unseen
    if finding.estimate.straddles_none():
        return [
            "Not seen: if staff chose pupils for what the data do not hold, the support may have "
            "done more, or less, than this shows."
        ]
    needed = f"{words.shown(unseen.needed)} {words.unit}"
    told = (
        f"Not seen: a reason that the data do not hold would have to move the outcome by {needed}"
        f" to explain this (E-value {unseen.e_value:.1f}: it would have to make both the support "
        "and such an outcome that many times as likely)"
    )
    if unseen.as_telling is not None:
        moved = f"{words.shown(unseen.as_telling)} {words.unit}"
        told += f"; one as telling as the earlier periods moves it by {moved}"
    warning = " Warning: that could be enough." if unseen.warns else ""
    return [f"{told}.{warning}"]


def threshold_words(finding: Finding) -> str:
    """Who was supported on either side, and the thresholds that decided nothing."""
    found = finding.threshold
    if found is None:
        return ""
    clean = all(one and one.straddles_none() for one in found.placebos)
    tried = "find no difference, as it should be" if clean else "do not all find none"
    return (
        f"A threshold decided: {found.rule.beyond:.0%} of the pupils just beyond it had the "
        f"support, {found.rule.below:.0%} of those just short of it. Thresholds that decided "
        f"nothing {tried}. It speaks of pupils near the threshold only."
    )


def rebound_words(finding: Finding, words: Words) -> str:
    """Before and after, beside what to expect without any support; empty where too few."""
    own, others = finding.rebound.supported, finding.rebound.others
    if own is None or own.pupils < FEWEST["words"]:
        return ""
    told = (
        f"Before and after: {words.noun.lower()} went from {words.shown(own.before)} to "
        f"{words.shown(own.after)} ({words.shown(own.change, sign=True)} {words.unit}). That is "
        "not what the support did: pupils are noticed at their worst and come back without it."
    )
    if others is not None and others.pupils >= FEWEST["words"]:
        change = words.shown(others.change, sign=True)
        told += f" Pupils noticed and not supported changed by {change}."
    if finding.rebound.expected is not None:
        expected = words.shown(finding.rebound.expected, sign=True)
        told += f" By arithmetic alone {expected} was to be expected."
    return told


def _about(count: int) -> str:
    rounded = 5 * round(count / 5)
    return f"about {rounded}" if count >= FEWEST["words"] else "fewer than 10"
