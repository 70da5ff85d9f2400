"""Fairness over the funnel, asked of a site: one school, or all of them together."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from sightline.engine import literal
from sightline.insights.fairness import Asked, Recorded, answer_of, facts_of, funnel_of
from sightline.insights.fairness.answer import Pairs
from sightline.insights.fairness.judge import Looks
from sightline.kit import SightlineError
from sightline.pipeline.evidence.answers import Answer, kept_answer
from sightline.pipeline.evidence.released import release_groups
from sightline.pipeline.study import Study, opened
from sightline.site import Site

__all__ = ["NotYet", "fairness", "fairness_now", "fairness_of_night", "year_of"]

KIND = "fairness"
NIGHTS = 8  # how many days old an answer may be before the page calls for a new one


class NotYet(Exception):
    """The figures have not been worked out lately."""


def year_of(day: date) -> date:
    """The 1 September with which the school year of a day begins."""
    return date(day.year - (day.month < 9), 9, 1)


def fairness(
    site: Site,
    *,
    today: date,
    school: str | None = None,
    since: date | None = None,
    until: date | None = None,
    by: Sequence[str] = (),
    pairs: Pairs = "all",
    recorded: Sequence[Recorded] | None = None,
) -> dict[str, Any]:
    """Work it out from the published snapshot: signals of every week, what people recorded, groups.

    Without dates, this school year so far. `recorded` None: nobody knows of meetings. Raises
    `no_data`, `not_found` for a school there is not, `bad_argument` for an unknown attribute or a
    period without a school day.
    """
    with opened(site, school=school, on=today) as study:
        if school is not None:
            study.checked_school(school)
        last = until or _latest(study, today)
        first = since or year_of(last)
        dates = weeks_of(study, school, first, last)
        looks = _looks(study, school, last, today)
        pack = site.settings["pack"]
        study.signals(dates, names=study.names(pack), school=school)
        funnel = funnel_of(facts_of(study.engine, dates), recorded)
        population = f"fairness: {school or 'all schools'} since {first}"
        asked = Asked(dates[-1], population, {}, tuple(by), pairs, looks)
        titles = {name: one.title for name, one in study.library.items()}
        found = answer_of(funnel, asked, partial(release_groups, site), titles)
    return {
        "school": school,
        "pack": pack,
        "from": first.isoformat(),
        "to": dates[-1].isoformat(),
        "worked_out_on": today.isoformat(),
    } | found


def weeks_of(study: Study, school: str | None, first: date, last: date) -> list[date]:
    """The last school day of each week in which a school was open."""
    own = f"AND school_id = {literal(school)} " if school else ""
    rows = study.engine.rows(
        "SELECT MAX(date) AS day FROM school_day WHERE kind = 'open' "
        f"AND date BETWEEN {literal(first)} AND {literal(last)} {own}"
        "GROUP BY DATE_TRUNC('week', date) ORDER BY day"
    )
    if not rows:
        what = f"there is no school day from {first} to {last}"
        raise SightlineError("bad_argument", "--from", what)
    return [row["day"] for row in rows]


def _latest(study: Study, today: date) -> date:
    """The latest day with marks up to today; today where nothing is marked."""
    found: date | None = study.engine.value(
        "SELECT MAX(date) FROM attendance WHERE code IS NOT NULL AND code <> '-' "
        f"AND date <= {literal(today)}"
    )
    return found or today


def _looks(study: Study, school: str | None, last: date, today: date) -> Looks:
    """Once, when the school year is over; a calendar that ends early does not end the year."""
    own = f"AND school_id = {literal(school)} " if school else ""
    begins = year_of(last)
    following = begins.replace(year=begins.year + 1)
    final: date | None = study.engine.value(
        f"SELECT MAX(date) FROM school_day WHERE kind = 'open' {own}"
        f"AND date >= {literal(begins)} AND date < {literal(following)}"
    )
    over = today >= following or (final is not None and final.month >= 6 and today > final)
    return "once" if over else "weekly"


def fairness_of_night(
    site: Site,
    *,
    today: date,
    school: str | None = None,
    recorded: Sequence[Recorded] | None = None,
) -> Answer:
    """Work out this school year for the page, and keep it under today's date."""
    return kept_answer(
        site,
        KIND,
        {"school": school, "page": True},
        today.isoformat(),
        lambda: fairness(site, today=today, school=school, pairs="differing", recorded=recorded),
    )


def fairness_now(site: Site, *, today: date, school: str | None = None) -> dict[str, Any]:
    """The latest answer that was kept for the page, a week old at most. Raises NotYet."""

    def none() -> Any:
        raise NotYet

    for back in range(NIGHTS):
        day = date.fromordinal(today.toordinal() - back).isoformat()
        try:
            asked = {"school": school, "page": True}
            value: dict[str, Any] = kept_answer(site, KIND, asked, day, none).value
        except NotYet:
            continue
        return value
    raise NotYet
