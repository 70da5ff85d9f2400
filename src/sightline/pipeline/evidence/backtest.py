"""The backtest of a site: its past opened whole, the question checked, the answer as JSON."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sightline.insights import backtest as insight
from sightline.kit import SightlineError, nearest, sentence_list
from sightline.pipeline.evidence.answers import Answer, kept_answer
from sightline.pipeline.evidence.backtest_json import as_json
from sightline.pipeline.study import Study, opened
from sightline.signals.flag import threshold_of
from sightline.site import Site
from sightline.warehouse import fact_schema
from sightline.warehouse.read import view_history

__all__ = [
    "Ask",
    "answer_now",
    "backtest_answer",
    "data_days",
    "days_covered",
    "kept_backtest",
    "set_apart",
]

FORM = 1  # of the answer; raised when it changes, so that no page reads an old one


@dataclass(frozen=True)
class Ask:
    """A question in plain values, as a page or a command has it."""

    signal: str
    outcome: str
    within: int
    first: date
    last: date
    grid: bool = True
    school: str | None = None


def backtest_answer(
    site: Site,
    ask: Ask,
    *,
    on: date,
    acted: Collection[tuple[str, date]] = (),
    schools: Collection[str] | None = None,
    progress: insight.Progress = lambda stage, done, of: None,
) -> Answer:
    """The answer as one JSON value, kept until data, thresholds, decisions or objections change.

    `on` is today: objections in force then are honoured. `acted` is what meetings decided to act
    on, as (pupil_ref, day). `schools` limits whom a reader without a school may ask about.
    """
    given = _given(site, ask, on, acted, schools)
    return kept_answer(
        site,
        "backtest",
        *given,
        lambda: answer_now(site, ask, on=on, acted=acted, schools=schools, stage=progress),
    )


def kept_backtest(
    site: Site,
    ask: Ask,
    *,
    on: date,
    acted: Collection[tuple[str, date]] = (),
    schools: Collection[str] | None = None,
) -> Any | None:
    """The answer if it has been worked out before; None where it would have to be now."""
    try:
        return kept_answer(site, "backtest", *_given(site, ask, on, acted, schools), _absent).value
    except _Absent:
        return None


class _Absent(Exception):
    """There is no answer yet."""


def _absent() -> Any:
    raise _Absent


def data_days(site: Site, school: str) -> tuple[date, date]:
    """The first and the last day of which a school has records. Raises `no_data`."""

    def made() -> list[str]:
        with opened(site, school=school) as study:
            return [one.isoformat() for one in days_covered(study, [study.checked_school(school)])]

    published = site.warehouse.current()
    asked = {"school": school}
    found = kept_answer(site, "days", asked, published.digest if published else "", made).value
    return date.fromisoformat(found[0]), date.fromisoformat(found[1])


def _given(
    site: Site,
    ask: Ask,
    on: date,
    acted: Collection[tuple[str, date]],
    schools: Collection[str] | None,
) -> tuple[dict[str, Any], str]:
    """The question, checked, and all that its answer rests on."""
    insight.checked_outcome(ask.outcome)
    insight.checked_span(ask.first, ask.last, ask.within)
    published = site.warehouse.current()
    if published is None:
        raise SightlineError("no_data", str(site.folder), "there are no pupils yet")
    objected = {
        school: {ref: sorted(themes) for ref, themes in sorted(refs.items())}
        for school, refs in sorted(site.objections(on).items())
    }
    rests_on = [
        FORM,
        published.digest,
        published.id,
        site.thresholds(),
        objected,
        sorted(acted) if ask.outcome == "acted_on" else [],
        site.settings["capacity"],
        sorted(schools or []),
        _own_rules(site),
    ]
    return asdict(ask), repr(rests_on)


def days_covered(study: Study, schools: Collection[str]) -> tuple[date, date]:
    """The first and the last day of which these schools have records. Raises `no_data`."""
    listed = ", ".join(f"'{one}'" for one in sorted(schools))
    found = study.engine.rows(
        "SELECT min(date) AS first, max(date) AS last FROM (SELECT school_id, date FROM attendance "
        "UNION ALL SELECT school_id, date FROM engagement UNION ALL "
        f"SELECT school_id, date FROM assessment) WHERE school_id IN ({listed})"
    )[0]
    if found["first"] is None:
        raise SightlineError("no_data", "--school", "there are no marks, results or use yet")
    return found["first"], found["last"]


def set_apart(study: Study, schools: Collection[str]) -> None:
    """Give the whole past names that no signal reads; the plain names stay free for views of it."""
    for name, table in insight.tables().items():
        study.engine.run(f"ALTER VIEW {name} RENAME TO whole_{name}")
        state = study.snapshot.history.get(name)
        if state is None or not state.files:
            study.engine.register(f"past_{name}", fact_schema(table).empty_table())
            continue
        view_history(study.engine, study.site.warehouse, study.snapshot, table, schools)
        study.engine.create(f"past_{name}", "SELECT * FROM history_rows")
    school = insight.tables()["school"]  # for `markers`, which are of all tables
    view_history(study.engine, study.site.warehouse, study.snapshot, school, schools)


def answer_now(
    site: Site,
    ask: Ask,
    *,
    on: date,
    acted: Iterable[tuple[str, date]] = (),
    schools: Collection[str] | None = None,
    stage: insight.Progress = lambda name, done, of: None,
) -> dict[str, Any]:
    """The answer worked out anew, as `backtest_answer` keeps it."""
    stage("opening the past", 0, 0)
    with opened(site, school=ask.school, on=on) as study:
        signal = _known_signal(study, ask.signal)
        chosen = _schools(study, ask, schools)
        first, last = days_covered(study, chosen)
        weeks = insight.weeks_between(ask.first, ask.last, (first, last))
        if not weeks:
            what = f"{ask.first} to {ask.last} is outside the data, which go from {first} to {last}"
            raise SightlineError("bad_argument", "--from", what, "Choose dates within these.")
        person = _person(study, ask, chosen)
        today = threshold_of(study.library[signal], study.values)
        question = insight.Question(
            signal=signal,
            outcome=ask.outcome,
            within=ask.within,
            weeks=weeks,
            schools=tuple(chosen),
            thresholds=(today,),
            today=today,
            person=person,
        )
        set_apart(study, chosen)
        found = insight.backtest(
            study.engine,
            study.library,
            study.values,
            question,
            grid=ask.grid,
            capacity=int(site.settings["capacity"]),
            left_out=_objecting(study, signal, on),
            acted=acted,
            progress=stage,
        )
    return as_json(site, found, study.library[signal].title, (first, last))


def _known_signal(study: Study, name: str) -> str:
    if name in study.library:
        return name
    near = nearest(name, study.library)
    hint = f"; did you mean `{near}`?" if near else ""
    remedy = f"The signals are {sentence_list(list(study.library))}."
    raise SightlineError("not_found", "signal", f"`{name}` is not a signal{hint}", remedy)


def _schools(study: Study, ask: Ask, schools: Collection[str] | None) -> list[str]:
    if ask.school is not None:
        return [study.checked_school(ask.school)]
    found = [one for one in study.schools() if schools is None or one in schools]
    if not found:
        raise SightlineError("no_data", "--school", "there is no school yet")
    return found


def _person(study: Study, ask: Ask, schools: Collection[str]) -> str:
    """What one of them is called. Leaving a school early is no failure, as a result may be."""
    rows = study.engine.rows("SELECT school_id FROM school WHERE phase = 'he'")
    higher = {row["school_id"] for row in rows} & set(schools)
    if ask.outcome == "withdrawn_or_failed" and not higher:
        what = "`withdrawn_or_failed` is for higher education, and none of these schools is that"
        raise SightlineError("bad_argument", "--outcome", what, "Choose another outcome.")
    return "student" if higher == set(schools) else "pupil"


def _objecting(study: Study, signal: str, on: date) -> set[str]:
    """The pupils who object to everything or to this signal's theme."""
    theme = study.library[signal].theme
    return {
        ref
        for school in study.site.objections(on).values()
        for ref, themes in school.items()
        if not themes or theme in themes
    }


def _own_rules(site: Site) -> list[str]:
    """The school's own rules, whose change changes the answer."""
    return [
        path.read_text(encoding="utf-8") for path in sorted((site.folder / "signals").rglob("*.*"))
    ]
