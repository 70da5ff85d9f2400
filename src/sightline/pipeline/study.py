"""Open a published snapshot and study it: signals, the weekly list, one figure explained."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sightline.contract import read_contract
from sightline.engine import Engine, literal
from sightline.engine.text import literals
from sightline.kit import SightlineError, sentence_list
from sightline.pipeline.objections import leave_out_of_scope, leave_out_of_themes
from sightline.pipeline.week import Week
from sightline.signals import Signal, Values, because, make_scope, read_library, run, values_of
from sightline.signals.flag import make_flag, threshold_of
from sightline.signals.good_news import good_news
from sightline.signals.weekly import weekly_list
from sightline.site import Site
from sightline.warehouse import Snapshot, open_snapshot

__all__ = ["OUTPUT", "Study", "library_of", "opened"]

OUTPUT = [
    "school_id",
    "pupil_ref",
    "as_of",
    "signal",
    "version",
    "outcome",
    "value",
    "level",
    "threshold",
    "numerator",
    "denominator",
    "window_from",
    "window_to",
    "reason",
    "because",
]


def library_of(site: Site) -> dict[str, Signal]:
    """The product's signals and the school's own. Raises `bad_signal` where two share a name."""
    ours, own = read_library(), read_library(site.folder / "signals")
    for name in ours.keys() & own.keys():
        what = f"`{name}` is already a signal of the product"
        raise SightlineError("bad_signal", str(own[name].folder), what)
    return ours | own


class Study:
    """A snapshot opened for reading. Make one with `opened`.

    `on` is the day whose objections are honoured; without it, the last date asked about.
    """

    def __init__(
        self, site: Site, snapshot: Snapshot, engine: Engine, on: date | None = None
    ) -> None:
        self.site, self.snapshot, self.engine, self.on = site, snapshot, engine, on
        self.library: Mapping[str, Signal] = library_of(site)
        thresholds = str(site.folder / "thresholds.yml")
        self.values: Values = values_of(self.library, site.thresholds(), thresholds)

    def schools(self) -> list[str]:
        rows = self.engine.rows("SELECT school_id FROM school ORDER BY school_id")
        return [row["school_id"] for row in rows]

    def signals(
        self,
        dates: Sequence[date],
        *,
        names: Sequence[str],
        school: str | None = None,
        year_group: int | None = None,
        pupils: Sequence[str] | None = None,
    ) -> None:
        """Make the engine's relation `result`: a row per pupil on roll, signal and date.

        Who has objected, to everything or to a signal's theme, has no row.
        """
        schools = None if school is None else [self.checked_school(school)]
        objected = self.site.objections(self.on or max(dates))
        make_scope(self.engine, dates, schools=schools, year_group=year_group, pupils=pupils)
        self.objected = self._objected(list(itertools.chain(*objected.values())), max(dates))
        leave_out_of_scope(self.engine, objected)
        run(self.engine, self.library, names, self.values)
        leave_out_of_themes(self.engine, self.library, names, objected)

    def names(self, pack: str, signal: str | None = None) -> list[str]:
        """The signals of a pack, or the one named."""
        if signal is None:
            return [name for name, one in self.library.items() if pack in one.packs]
        if signal not in self.library:
            what = f"`{signal}` is not a signal"
            remedy = f"The signals are {sentence_list(list(self.library))}."
            raise SightlineError("not_found", "signal", what, remedy)
        return [signal]

    def rows(self, where: str = "TRUE") -> Iterator[dict[str, Any]]:
        """The rows every face shares, ordered; numbers to 6 decimals."""
        table = self.engine.sql(
            f"SELECT * FROM result WHERE {where} ORDER BY as_of, school_id, pupil_ref, signal"
        )
        for batch in table.to_batches(max_chunksize=10_000):
            for row in batch.to_pylist():
                yield self.output(row)

    def output(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One result row as every face shows it."""
        signal = self.library[row["signal"]]
        shown = dict(row) | {
            "version": signal.version,
            "threshold": threshold_of(signal, self.values),
            "because": because(signal, row, self.values),
        }
        for name in ("value", "level", "threshold", "numerator", "denominator"):
            if shown[name] is not None:
                shown[name] = round(shown[name], 6) + 0.0
        return {name: shown[name] for name in OUTPUT}

    def week(
        self,
        as_of: date,
        *,
        school: str | None = None,
        year_group: int | None = None,
        capacity: int | None = None,
        pack: str | None = None,
    ) -> Week:
        """The weekly list of one school, or of one year group of it.

        Raises `bad_argument` when the site has several schools and none is named.
        """
        school_id = self.one_school(school)
        pack = pack or self.site.settings["pack"]
        names = self.names(pack)
        earlier = as_of - timedelta(days=7)
        self.signals([as_of, earlier], names=names, school=school_id, year_group=year_group)
        found = self.engine.rows("SELECT * FROM result WHERE outcome = 'flag'")
        flags = [
            make_flag(self.library[row["signal"]], row, self.values)
            for row in found
            if row["as_of"] == as_of
        ]
        before = {(row["pupil_ref"], row["signal"]) for row in found if row["as_of"] == earlier}
        term = self.term(school_id, as_of)
        chosen = capacity if capacity is not None else int(self.site.settings["capacity"])
        weekly = weekly_list(
            flags,
            before,
            as_of=as_of,
            capacity=chosen,
            tie_break=lambda ref: self.site.keys.order(term, ref),
        )
        refs = [entry.pupil_ref for entry in weekly.entries]
        good = good_news(self.engine, refs, as_of) if "attendance_momentum" in names else {}
        counts = (*self._counts(as_of), self.objected)
        return Week(school_id, year_group, as_of, chosen, pack, *counts, weekly, good)

    def _objected(self, refs: Sequence[str], as_of: date) -> int:
        """How many of these are in scope on a date."""
        if not refs:
            return 0
        found = self.engine.value(
            f"SELECT count(*) FROM scope WHERE as_of = {literal(as_of)} "
            f"AND pupil_ref IN {literals(refs)}"
        )
        return int(found)

    def _counts(self, as_of: date) -> tuple[int, int]:
        row = self.engine.rows(
            "SELECT count(*) AS on_roll, count(*) FILTER (WHERE unknown AND NOT flagged) AS untold "
            "FROM (SELECT pupil_ref, bool_or(outcome = 'flag') AS flagged, "
            "bool_or(outcome = 'cannot_tell') AS unknown FROM result "
            f"WHERE as_of = {literal(as_of)} GROUP BY pupil_ref)"
        )[0]
        return row["on_roll"], row["untold"]

    def one_school(self, school: str | None) -> str:
        if school is not None:
            return self.checked_school(school)
        schools = self.schools()
        if len(schools) == 1:
            return schools[0]
        what = f"this site has {len(schools)} schools and a list is for one"
        listed = sentence_list(schools[:20]) or "none"
        raise SightlineError("bad_argument", "--school", what, f"Name one of them: {listed}.")

    def checked_school(self, school: str) -> str:
        """The school's id; raises `not_found` with those there are."""
        if school in (schools := self.schools()):
            return school
        what = f"there is no school `{school}`"
        remedy = f"The schools are {sentence_list(schools[:20]) or 'none'}."
        raise SightlineError("not_found", "--school", what, remedy)

    def term(self, school_id: str, as_of: date) -> str:
        """The name of the term that a date is in: within it, ties are broken alike."""
        term = self.engine.value(
            f"SELECT term FROM school_day WHERE school_id = {literal(school_id)} "
            f"AND kind = 'open' AND date <= {literal(as_of)} ORDER BY date DESC LIMIT 1"
        )
        year = as_of.year if as_of.month >= 9 else as_of.year - 1
        return f"{school_id} {year} {term or ('autumn', 'spring', 'summer')[_third(as_of)]}"


def _third(day: date) -> int:
    return 0 if day.month >= 9 else 1 if day.month <= 3 else 2


@contextmanager
def opened(
    site: Site,
    *,
    school: str | None = None,
    known_at: datetime | None = None,
    on: date | None = None,
) -> Iterator[Study]:
    """A snapshot opened for reading; it stays whole until closed, whatever others write.

    `school` says that only one school's pupils will be asked about; `on` is the day whose
    objections are honoured, the last date asked about unless given. Raises `no_data`.
    """
    warehouse = site.warehouse
    with (
        warehouse.reading() as snapshot,
        TemporaryDirectory(prefix="sightline-") as temporary,
        Engine(
            temp_folder=Path(temporary), memory_limit=site.settings["memory_limit"] or None
        ) as engine,
    ):
        schools = None if school is None else [school]
        contract = read_contract()
        open_snapshot(engine, warehouse, snapshot, contract, schools=schools, known_at=known_at)
        yield Study(site, snapshot, engine, on)
