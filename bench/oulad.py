"""The higher-education pack on real registrations, week by week. Usage: oulad.py OULAD_FOLDER

Prints how many students each signal flags in each week of both presentations, and how often those
flagged by engagement_vs_peers in weeks 4 to 8 later withdrew or failed, against the others.
"""

import csv
import sys
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sightline.pipeline import load, opened
from sightline.site import make_site

STARTS = {"AAA-2013J": date(2013, 10, 1), "BBB-2013B": date(2013, 2, 1)}
WEEKS = {"AAA-2013J": 39, "BBB-2013B": 35}


def outcomes(folder: Path) -> dict[str, str]:
    with (folder / "studentInfo.csv").open(newline="") as file:
        return {
            f"{row['code_module']}-{row['code_presentation']}-{row['id_student']}": row[
                "final_result"
            ]
            for row in csv.DictReader(file)
        }


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as work:
        site = make_site(Path(work) / "site")
        done = load(
            site,
            "oulad",
            folder,
            recorded_at=datetime(2014, 9, 1, tzinfo=UTC),
            load_day=date(2014, 9, 1),
        )
        for name, table in done.account.tables.items():
            counts = f"accepted {table.accepted:7,} quarantined {table.quarantined:,}"
            print(f"{name:12} received {table.received:7,} {counts}")
        final = outcomes(folder)
        with opened(site) as study, site.vault(study.snapshot) as vault:
            ids = {ref: str(value["pupil_id"]) for ref, value in vault.read("pupil").items()}
            clicks = study.engine.value("SELECT sum(quantity) FROM engagement")
            print(f"clicks {int(clicks):,} over {len(ids):,} registrations")
            for school, start in STARTS.items():
                dates = [start + timedelta(days=7 * week) for week in range(1, WEEKS[school] + 1)]
                study.signals(dates, names=study.names("he"), school=school)
                by_week(study.engine.rows("SELECT * FROM result"), school, dates)
                engaged(study.engine.rows("SELECT * FROM result"), school, dates, ids, final)


def by_week(rows: list[dict[str, object]], school: str, dates: list[date]) -> None:
    names = sorted({str(row["signal"]) for row in rows})
    counts = Counter((row["as_of"], row["signal"], row["outcome"]) for row in rows)
    print(
        f"\n{school}: flagged / could not be told, of those on roll\nweek  date        on roll  "
        + "  ".join(names)
    )
    for week, day in enumerate(dates, start=1):
        on_roll = sum(n for (d, s, _), n in counts.items() if d == day and s == names[0])
        cells = [
            f"{counts[day, name, 'flag']:>4} / {counts[day, name, 'cannot_tell']:<5}".ljust(
                len(name)
            )
            for name in names
        ]
        print(f"{week:4}  {day}  {on_roll:7}  " + "  ".join(cells))


def engaged(
    rows: list[dict[str, object]],
    school: str,
    dates: list[date],
    ids: dict[str, str],
    final: dict[str, str],
) -> None:
    chosen = [
        row for row in rows if row["signal"] == "engagement_vs_peers" and row["as_of"] in dates[3:8]
    ]
    judged = {row["pupil_ref"] for row in chosen if row["outcome"] != "cannot_tell"}
    flagged = {row["pupil_ref"] for row in chosen if row["outcome"] == "flag"}
    for what, group in (
        ("flagged in weeks 4-8", flagged),
        ("judged and not flagged", judged - flagged),
    ):
        lost = sum(final[ids[str(ref)]] in ("Withdrawn", "Fail") for ref in group)
        share = lost / len(group) if group else 0
        print(f"{school}: {what}: {lost} of {len(group)} later withdrew or failed ({share:.1%})")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
