"""What support changed, asked of a site: each kind of support by name, with its honest figures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sightline.engine import literal
from sightline.insights.impact import finding
from sightline.insights.impact.gather import Situation, all_pupils, units_of
from sightline.insights.impact.history import Asked, History, ask, read
from sightline.insights.impact.measures import BY_MARKS, measure_for, window_for, words_for
from sightline.insights.impact.recovery import recovered
from sightline.kit import SightlineError, nearest
from sightline.pipeline.evidence.answers import Answer, kept_answer
from sightline.pipeline.evidence.impact_json import Judged, Kind, as_json, recovery_json
from sightline.pipeline.evidence.released import release_groups
from sightline.pipeline.objections import leave_out_of_scope, leave_out_of_themes
from sightline.pipeline.study import Study, opened
from sightline.signals import Signal, run
from sightline.signals.flag import threshold_of
from sightline.site import Site

__all__ = ["BANDS", "STAGES", "Question", "impact", "kept_impact", "normalised"]

BANDS: Mapping[str, tuple[float, float | None]] = {
    "just": (1.0, 1.5),
    "well": (1.5, 2.5),
    "far": (2.5, None),
}
"""How far beyond the threshold a pupil was: times the threshold, from and up to."""
STAGES = ("1", "2", "3", "4", "5")
SEED = 20260302
KIND = "impact"


@dataclass(frozen=True)
class Question:
    """Of which school (None: all together), which kind of support, and in what situation: the
    signal, how far beyond its threshold (a key of BANDS), the key stage (1 to 5). Empty: any."""

    school: str | None = None
    support: str = ""
    signal: str = ""
    band: str = ""
    stage: str = ""


def normalised(name: str) -> str:
    """The name of a kind of support, without regard to case and spaces."""
    return " ".join(name.split()).casefold()


def kept_impact(site: Site, question: Question, *, today: date) -> Answer:
    """The same, kept until the data, the thresholds or the objections change."""
    with site.warehouse.reading() as snapshot:
        digest = snapshot.digest
    rests = [digest, site.thresholds(), sorted(objecting(site, today))]
    return kept_answer(
        site, KIND, vars(question), repr(rests), lambda: impact(site, question, today=today)
    )


def objecting(site: Site, today: date) -> Iterable[str]:
    for school, refs in site.objections(today).items():
        yield from (f"{school} {ref} {sorted(themes)}" for ref, themes in refs.items())


def impact(site: Site, question: Question, *, today: date) -> dict[str, Any]:
    """Every kind of support asked about, by name. Raises `no_data`, and `not_found` for a school,
    signal, band, stage or support that is not there."""
    with opened(site, school=question.school, on=today) as study:
        wanted = kinds_of(study, question)
        until = last_day(study, today)
        found: list[Judged] = []
        for name in sorted({kind.signal for kind in wanted}):
            few = [kind for kind in wanted if kind.signal == name]
            found += judged(study, study.library[name], few, question, until, today)
        supports = as_json(found, until, filters_of(question), partial(release_groups, site))
        back = recovery(study, question, until, today)
    return {
        "school": question.school,
        "support": question.support or None,
        "situation": {"signal": question.signal, "band": question.band, "stage": question.stage},
        "until": until.isoformat(),
        "supports": supports,
        "recovery": back,
    }


def recovery(
    study: Study, question: Question, until: date, today: date
) -> list[dict[str, Any]] | None:
    """How many came back after attendance fell, by half-term; only for the whole question."""
    narrowed = question.support or question.signal or question.band or question.stage
    if narrowed or BY_MARKS not in study.names(study.site.settings["pack"]):
        return None
    history = history_of(study, study.library[BY_MARKS], question.school, until, today)
    gate = partial(release_groups, study.site)
    return recovery_json(recovered(history), until, filters_of(question), gate)


def filters_of(question: Question) -> dict[str, str]:
    """What narrows the pupils meant: a count with these is a part of the one without."""
    given = {"school": question.school, "band": question.band, "stage": question.stage}
    return {name: value for name, value in given.items() if value}


def kinds_of(study: Study, question: Question) -> list[Kind]:
    """The kinds of support asked about, each name in its commonest spelling."""
    if question.school is not None:
        study.checked_school(question.school)
    for option, value, known in (
        ("signal", question.signal, study.library),
        ("band", question.band, BANDS),
        ("stage", question.stage, STAGES),
    ):
        if value and value not in known:
            raise SightlineError("not_found", option, f"there is no {option} `{value}`")
    own = f"WHERE pupil.school_id = {literal(question.school)}" if question.school else ""
    rows = study.engine.rows(
        "SELECT support.name, support.aim_signal, COUNT(*) AS many FROM support "
        f"INNER JOIN pupil ON support.pupil_ref = pupil.pupil_ref {own} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    spellings: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["aim_signal"] in study.library:
            key = (normalised(row["name"]), row["aim_signal"])
            spellings[key][" ".join(row["name"].split())] += row["many"]
    kinds = [
        Kind(key, some.most_common(1)[0][0], signal) for (key, signal), some in spellings.items()
    ]
    if question.support and normalised(question.support) not in {kind.key for kind in kinds}:
        near = nearest(normalised(question.support), [kind.key for kind in kinds])
        remedy = f"Did you mean `{near}`?" if near else "Name one that is recorded."
        what = f"no support is called `{question.support}`"
        raise SightlineError("not_found", "SUPPORT", what, remedy)
    return [
        kind
        for kind in kinds
        if (not question.support or kind.key == normalised(question.support))
        and (not question.signal or kind.signal == question.signal)
    ]


def last_day(study: Study, today: date) -> date:
    """The latest day with marks up to today; without any, of use of the platform or of results."""
    for table in ("attendance", "engagement", "assessment"):
        found: date | None = study.engine.value(
            f"SELECT MAX(date) FROM {table} WHERE date <= {literal(today)}"
        )
        if found:
            return found
    return today


def judged(
    study: Study,
    signal: Signal,
    kinds: Sequence[Kind],
    question: Question,
    until: date,
    today: date,
) -> list[Judged]:
    """All kinds of support with one aim, from one run of its signal."""
    history = history_of(study, signal, question.school, until, today)
    everybody = all_pupils(history)
    situation = situation_of(study, signal, question)
    by_kind: dict[str, dict[str, int]] = defaultdict(dict)
    for row in history.starts:  # the earliest first
        by_kind[normalised(row["name"])].setdefault(row["pupil_ref"], row["day_no"])
    found = []
    for kind in kinds:
        units = units_of(history, by_kind[kind.key], situation)
        measure = measure_for(signal, study.values, units)
        said = finding(units, measure, everybody, seed=SEED)
        found.append(Judged(kind, said, words_for(signal), history.asked.window))
    return found


def history_of(
    study: Study, signal: Signal, school: str | None, until: date, today: date
) -> History:
    """Who was noticed when, with the measure around it; who has objected is left out."""
    window = window_for(signal, study.values)
    asked = Asked(signal.name, window, signal.name == BY_MARKS, until)
    engine, objected = study.engine, study.site.objections(study.on or today)
    ask(engine, asked, None if school is None else [school])
    leave_out_of_scope(engine, objected)
    run(engine, study.library, [signal.name], study.values)
    leave_out_of_themes(engine, study.library, [signal.name], objected)
    return read(engine, asked)


def situation_of(study: Study, signal: Signal, question: Question) -> Situation:
    """The range of values that a band of strength means for one signal, by today's threshold."""
    stage = int(question.stage) if question.stage else None
    if not question.band:
        return Situation(stage)
    threshold = threshold_of(signal, study.values)
    low, high = BANDS[question.band]
    far = None if high is None else high * threshold
    near = None if low <= 1 else low * threshold  # the threshold itself is the signal's to judge
    if signal.strength == "value / threshold":
        return Situation(stage, near, far)
    if signal.strength == "value / -threshold":
        return Situation(stage, _minus(far), _minus(near))
    return Situation(
        stage,
        None if high is None else threshold / high,
        None if low <= 1 else threshold / low,
    )


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
