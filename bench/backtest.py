"""Backtests at full size. Usage: backtest.py trust SITE | oulad OULAD_FOLDER

`trust`: one signal over a year of 20 schools of 1,000 pupils, 20 thresholds; the limit is 20 s.
`oulad`: engagement_vs_peers and missing_work on real registrations, against who withdrew or failed.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sightline.pipeline import load, opened
from sightline.pipeline.evidence.backtest import Ask, answer_now, days_covered
from sightline.site import Site, make_site, open_site

LOADED = datetime(2014, 9, 1, tzinfo=UTC)
ON = LOADED.date()


def asked(site: Site, ask: Ask) -> tuple[dict[str, Any], float]:
    """The answer and the seconds it took; nothing is kept."""
    started = time.perf_counter()
    found = answer_now(site, ask, on=ON, stage=lambda name, *_: note(name, started))
    return found, time.perf_counter() - started


def note(stage: str, started: float) -> None:
    print(f"  {time.perf_counter() - started:6.1f} s  {stage}", file=sys.stderr, flush=True)


def trust(folder: Path) -> None:
    site = open_site(folder)
    with opened(site) as study:
        first, last = days_covered(study, study.schools())
    ask = Ask("attendance_momentum", "persistent_absence", 42, first, last)
    found, seconds = asked(site, ask)
    weeks, rows = found["weeks"], len(found["rows"])
    size = f"{len(found['schools'])} schools, {found['pupils']:,} pupils"
    print(f"{size}, {weeks} weeks, {rows} thresholds")
    print(f"{found['pupil_weeks']:,} pupil-weeks in {seconds:.1f} s; at most 20 s")


def oulad(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as work:
        site = make_site(Path(work) / "site")
        load(site, "oulad", folder, recorded_at=LOADED, load_day=ON)
        with opened(site) as study:
            spans = {one: days_covered(study, [one]) for one in study.schools()}
        for signal in ("engagement_vs_peers", "missing_work"):
            for school, (first, last) in spans.items():
                for within in (42, 300):
                    ask = Ask(signal, "withdrawn_or_failed", within, first, last, True, school)
                    found, seconds = asked(site, ask)
                    print(f"\n{signal}, {school}, within {within} days ({seconds:.1f} s)")
                    table(found)


def table(found: dict[str, Any]) -> None:
    print("threshold  listed/week  came after  95% interval  at random  found          warning")
    for row in found["rows"]:
        share = "-" if row["precision"] is None else f"{row['precision']:.1%}"
        ends = "-"
        if row["precision_low"] is not None:
            ends = f"{row['precision_low']:.1%}-{row['precision_high']:.1%}"
        print(
            f"{row['threshold']:9.10g}  {row['listed_per_week']:11.1f}  {share:>10}  {ends:>12}  "
            f"{row['base_rate'] or 0:9.1%}  {row['found']:4} of {row['onsets']:4}  "
            f"{row['lead_days_median'] or 0:5.0f} days{'  today' if row['today'] else ''}"
        )
    print(found["sentence"])
    print(found["why"] or "")


if __name__ == "__main__":
    {"trust": trust, "oulad": oulad}[sys.argv[1]](Path(sys.argv[2]))
