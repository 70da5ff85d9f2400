"""Open a published snapshot and study it: signals, the weekly list, one figure explained."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sightline.contract import read_contract
from sightline.engine import Engine, literal
from sightline.kit import SightlineError, sentence_list
from sightline.signals import Signal, Values, because, make_scope, read_library, run, values_of
from sightline.signals.flag import make_flag, threshold_of
from sightline.signals.good_news import good_news
from sightline.signals.weekly import WeeklyList, weekly_list
from sightline.site import Site
from sightline.warehouse import Snapshot, open_snapshot

__all__ = ["OUTPUT", "Study", "Week", "library_of", "opened", "week_json"]

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


@dataclass(frozen=True)
class Week:
    """A weekly list with everything said around it."""

    school_id: str
    year_group: int | None
    as_of: date
    capacity: int
    pack: str
    on_roll: int
    could_not_tell: int
    weekly: WeeklyList
    good: Mapping[str, list[str]]

    def funnel(self) -> dict[str, Any]:
        """How many met a threshold, and what became of them."""
        return {
            "on_roll": self.on_roll,
            "met_threshold": self.weekly.met_threshold,
            "shown": len(self.weekly.entries),
            "left_out": len(self.weekly.left_out),
            "set_aside": sum(self.weekly.set_aside_counts().values()),
            "set_aside_by_reason": self.weekly.set_aside_counts(),
            "could_not_tell": self.could_not_tell,
            "tie_at_the_cut": self.weekly.tie_at_the_cut,
        }


def library_of(site: Site) -> dict[str, Signal]:
    """The product's signals and the school's own. Raises `bad_signal` where two share a name."""
    ours, own = read_library(), read_library(site.folder / "signals")
    for name in ours.keys() & own.keys():
        what = f"`{name}` is already a signal of the product"
        raise SightlineError("bad_signal", str(own[name].folder), what)
    return ours | own


class Study:
    """A snapshot opened for reading. Make one with `opened`."""

    def __init__(self, site: Site, snapshot: Snapshot, engine: Engine) -> None:
        self.site, self.snapshot, self.engine = site, snapshot, engine
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
        """Make the engine's relation `result`: a row per pupil on roll, signal and date."""
        schools = None if school is None else [self.checked_school(school)]
        make_scope(self.engine, dates, schools=schools, year_group=year_group, pupils=pupils)
        run(self.engine, self.library, names, self.values)

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
        school_id = self._one_school(school)
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
        term = self._term(school_id, as_of)
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
        return Week(school_id, year_group, as_of, chosen, pack, *self._counts(as_of), weekly, good)

    def _counts(self, as_of: date) -> tuple[int, int]:
        row = self.engine.rows(
            "SELECT count(*) AS on_roll, count(*) FILTER (WHERE unknown AND NOT flagged) AS untold "
            "FROM (SELECT pupil_ref, bool_or(outcome = 'flag') AS flagged, "
            "bool_or(outcome = 'cannot_tell') AS unknown FROM result "
            f"WHERE as_of = {literal(as_of)} GROUP BY pupil_ref)"
        )[0]
        return row["on_roll"], row["untold"]

    def _one_school(self, school: str | None) -> str:
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

    def _term(self, school_id: str, as_of: date) -> str:
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
    site: Site, *, school: str | None = None, known_at: datetime | None = None
) -> Iterator[Study]:
    """A snapshot opened for reading; it stays whole until closed, whatever others write.

    `school` says that only one school's pupils will be asked about. Raises `no_data`.
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
        yield Study(site, snapshot, engine)


def week_json(week: Week) -> dict[str, Any]:
    """A weekly list as plain values, for --json and the API."""
    return {
        "school_id": week.school_id,
        "year_group": week.year_group,
        "as_of": week.as_of.isoformat(),
        "capacity": week.capacity,
        "pack": week.pack,
        "funnel": week.funnel(),
        "entries": [
            _entry_json(place, entry, week) for place, entry in enumerate(week.weekly.entries, 1)
        ],
        "left_out": [entry.pupil_ref for entry in week.weekly.left_out],
        "set_aside": dict(week.weekly.set_aside),
    }


def _entry_json(place: int, entry: Any, week: Week) -> dict[str, Any]:
    return {
        "place": place,
        "pupil_ref": entry.pupil_ref,
        "reasons": [
            {
                name: _plain(value)
                for name, value in asdict(flag).items()
                if name not in ("school_id", "pupil_ref", "as_of")
            }
            for flag in entry.flags
        ],
        "also_true": week.good.get(entry.pupil_ref, []),
        "listed_because": entry.listed_because,
        "leaves_when": entry.leaves_when,
        "new_signals": list(entry.new_signals),
    }


def _plain(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, date)
        else round(value, 6)
        if isinstance(value, float)
        else value
    )
