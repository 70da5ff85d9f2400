"""How long the main jobs take: see bench/README.md. Usage: speed.py one|trust WORK"""

import csv
import os
import shutil
import sys
from pathlib import Path

import measure
from measure import best, line, script, sightline

AS_OF = "2026-03-06"
FIRST, LAST = "2026-01-01", "2026-03-06"
WEEKS = ("2025-09-05", "39")
RECORDED = ("--recorded-at", "2026-09-01T00:00:00Z")


def made(work: Path, name: str, schools: int) -> Path:
    folder = work / f"{name}-exports"
    if not (folder / "truth.json").exists():
        figure = sightline("synth", str(folder), "--schools", str(schools), "--seed", "1")
        line(f"make {schools} x 1,000 pupils, a full year", figure)
    return folder


def new_site(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    sightline("init", str(folder))


def load(site: Path, exports: Path) -> measure.Figure:
    words = ("load", "--site", str(site), "--profile", "canonical", "--from", str(exports))
    return sightline(*words, *RECORDED, "--json")


def one(work: Path) -> None:
    exports, site = made(work, "one", 1), work / "one-site"
    floor = best([script("floor_csv", str(exports)) for _ in range(3)])
    loads = []
    for _ in range(3):
        new_site(site)
        loads.append(load(site, exports))
    line("one school, a full year of every table: load", best(loads), "at most 8 s", floor)
    floor = best([script("floor_scan", str(site), FIRST, LAST) for _ in range(3)])
    week = ("week", "--site", str(site), "--as-of", AS_OF, "--json")
    line(
        "one school: all signals and the list, cold",
        best([sightline(*week) for _ in range(5)]),
        "at most 2 s",
        floor,
    )
    line(
        "  the same in pandas, two signals only",
        best([script("pandas_two", str(site), AS_OF) for _ in range(3)]),
    )


def trust(work: Path) -> None:
    exports, site = made(work, "trust", 100), work / "trust-site"
    if not (site / "warehouse" / "snapshots" / "000001.json").exists():
        new_site(site)
        line("100 schools: load from CSV", load(site, exports))
    floor = best([script("floor_scan", str(site), FIRST, LAST) for _ in range(3)])
    day = best([script("signals", str(site), AS_OF, "1") for _ in range(3)])
    line("100 schools: every signal, one date", day, "10 s and 6 GB", floor)
    print("   ", day.out.strip())
    line("  two of them in pandas", script("pandas_two", str(site), AS_OF))
    floor = script("floor_scan", str(site), "2025-09-01", "2026-07-31")
    year = script("signals", str(site), *WEEKS)
    line("100 schools: every signal, 39 dates", year, "120 s and 12 GB", floor)
    print("   ", year.out.strip())
    amended(work, exports, site)


def amended(work: Path, exports: Path, site: Path) -> None:
    """30 marks of one register changed to L, then that school's signals and list."""
    folder = work / "amended"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with (exports / "attendance.csv").open(newline="") as file:
        reader = csv.DictReader(file)
        rows = [
            row for row, _ in zip((r for r in reader if r["code"] == "/"), range(30), strict=False)
        ]
        names = list(reader.fieldnames or ())
    school = rows[0]["pupil_id"].split("-")[0]
    code = "L" if os.environ.get("BACK") is None else "/"
    with (folder / "attendance.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(
            {**row, "code": code, "minutes_late": "5", "recorded_at": ""} for row in rows
        )
    loaded = sightline("load", "--site", str(site), "--profile", "canonical", "--from", str(folder))
    week = sightline("week", "--site", str(site), "--as-of", AS_OF, "--school", school, "--json")
    both = measure.Figure(loaded.seconds + week.seconds, max(loaded.memory, week.memory), 0, "")
    line("100 schools: one register amended, load", loaded)
    line("  then signals and list of that school", week)
    line("  together", both, "at most 3 s")


if __name__ == "__main__":
    chosen = Path(sys.argv[2])
    chosen.mkdir(parents=True, exist_ok=True)
    print(f"{os.cpu_count()} cores")
    {"one": one, "trust": trust}[sys.argv[1]](chosen)
