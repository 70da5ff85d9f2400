"""How long the figures about groups take. Usage: fairness.py SITE [SCHOOL], see bench/README.md.

Works them out for one school and for all together, as the night does, and then makes the rows of
the page from the kept answer, as every look does. Writes below SITE/evidence.
"""

import sys
import time
from datetime import date
from pathlib import Path

from sightline.pipeline import opened
from sightline.pipeline.evidence.fairness import fairness_now, fairness_of_night
from sightline.site import Site, open_site
from sightline.web.evidence.fairness import explanations, pair_rows, sections
from sightline.web.evidence.fairness_words import summary

TODAY = date(2026, 3, 9)


def page(site: Site, school: str | None) -> float:
    """Seconds from the kept answer to the rows of the page."""
    start = time.perf_counter()
    found = fairness_now(site, today=TODAY, school=school)
    for part in (summary, sections, pair_rows, explanations):
        part(found)
    return time.perf_counter() - start


def main(folder: Path, chosen: str | None) -> None:
    site = open_site(folder)
    with opened(site) as study:
        schools = study.schools()
        pupils = study.engine.value("SELECT count(*) FROM pupil")
    print(f"{len(schools)} schools, {pupils:,} pupils")
    for school in (chosen or schools[0], None):
        for path in (folder / "evidence" / "fairness").glob("*"):
            path.unlink()
        start, cpu = time.perf_counter(), time.process_time()
        fairness_of_night(site, today=TODAY, school=school)
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
        name = school or "all schools together"
        print(f"{name}: worked out in {took:.1f} s ({cpu:.1f} s of processor time)")
        quickest = min(page(site, school) for _ in range(5))
        print(f"{name}: page from the kept answer in {quickest:.3f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
