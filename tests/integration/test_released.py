"""The one door for figures about groups: what it remembers, for how long, and for whom."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from sightline.insights.disclosure import Dimension, Released, Table, from_record
from sightline.kit import SightlineError
from sightline.pipeline.backup.contents import copied, left_out
from sightline.pipeline.evidence import kept_answer, release_groups
from sightline.pipeline.evidence.released import FOLDER, REMEMBERED, forget_releases
from sightline.site import Site, make_site, open_site

DAY = date(2026, 3, 2)
YEAR = Dimension("year", ("7", "8", "9"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path / "site")


def by_year(*counts: int, day: date = DAY, population: str = "school") -> Table:
    cells = {(level,): count for level, count in zip(YEAR.levels, counts, strict=True)}
    return Table(population, day, (YEAR,), cells)


def everybody(count: int, day: date = DAY, **filters: str) -> Table:
    return Table("school", day, (), {(): count}, filters)


def shown(released: Sequence[Released]) -> list[int | None]:
    return [figure.shown for one in released for figure in one.figures.values()]


def files(site: Site) -> list[Path]:
    return sorted((site.folder / FOLDER).glob("*.json"))


def test_the_same_question_has_the_same_answer_and_writes_nothing(site: Site) -> None:
    first = release_groups(site, [by_year(61, 48, 4)])
    before = files(site)[0].stat().st_mtime_ns
    assert release_groups(open_site(site.folder), [by_year(61, 48, 4)]) == first
    assert files(site)[0].stat().st_mtime_ns == before


def test_one_pupil_more_gives_the_identical_answer(site: Site) -> None:
    first = release_groups(site, [by_year(61, 48, 4)])
    assert shown(release_groups(site, [by_year(62, 48, 4)])) == shown(first)
    later = by_year(61, 49, 3, day=DAY + timedelta(7))
    assert shown(release_groups(site, [later])) == shown(first)


def test_a_page_without_three_pupils_does_not_show_them_after_the_page_with_them(
    site: Site,
) -> None:
    assert shown(release_groups(site, [everybody(64)])) == [65]
    assert shown(release_groups(site, [everybody(61, looked_after="no")])) == [None]


def test_pages_of_several_schools_come_back_in_the_order_asked(site: Site) -> None:
    one, other = by_year(61, 48, 30, population="A"), by_year(80, 70, 60, population="B")
    assert [got.table for got in release_groups(site, [one, other, one])] == [one, other, one]
    assert len(files(site)) == 2
    assert release_groups(site, []) == []


def test_the_ledger_holds_the_last_of_each_table_and_forgets_after_a_year(site: Site) -> None:
    for week in range(6):
        release_groups(site, [by_year(61 + 12 * week, 48, 30, day=DAY + timedelta(7 * week))])
    release_groups(site, [everybody(200)])
    assert len(json.loads(files(site)[0].read_text())) == 2
    late = DAY + timedelta(35) + REMEMBERED
    release_groups(site, [by_year(61, 48, 30, day=late + timedelta(1))])
    kept = [from_record(one) for one in json.loads(files(site)[0].read_text())]
    assert [one.table.as_of for one in kept] == [late + timedelta(1)]


def test_retention_forgets_what_nobody_asks_for_any_more(site: Site) -> None:
    release_groups(site, [by_year(61, 48, 30), everybody(64, send="yes")])
    assert forget_releases(site, DAY + REMEMBERED) == 0
    assert forget_releases(site, DAY + REMEMBERED + timedelta(1)) == 2
    assert files(site) == []


def test_the_setting_holds_and_a_caller_can_only_raise_it(site: Site) -> None:
    path = site.folder / "settings.toml"
    path.write_text("disclosure_minimum = 6\n")
    low = open_site(site.folder)
    assert shown(release_groups(low, [everybody(8)])) == [10]
    assert shown(release_groups(low, [everybody(8, send="yes")], minimum=2)) == [None]
    assert shown(release_groups(low, [everybody(8)], minimum=10)) == [None]


def test_answers_kept_under_another_minimum_are_worked_out_anew(site: Site) -> None:
    assert kept_answer(site, "some", {"of": 1}, "data", lambda: 1).fresh
    assert not kept_answer(site, "some", {"of": 1}, "data", lambda: 2).fresh
    (site.folder / "settings.toml").write_text("disclosure_minimum = 12\n")
    assert kept_answer(open_site(site.folder), "some", {"of": 1}, "data", lambda: 3).value == 3


def test_no_setting_goes_below_six(site: Site) -> None:
    (site.folder / "settings.toml").write_text("disclosure_minimum = 5\n")
    with pytest.raises(SightlineError, match="`disclosure_minimum` must be 6 to 100") as refused:
        open_site(site.folder)
    assert refused.value.code == "bad_settings"


def test_nothing_is_shown_where_earlier_releases_cannot_be_read(site: Site) -> None:
    release_groups(site, [everybody(64)])
    files(site)[0].write_text("[{")
    with pytest.raises(SightlineError, match="nothing can be shown") as refused:
        release_groups(site, [everybody(61, looked_after="no")])
    assert refused.value.code == "damaged"


def test_a_crash_while_writing_leaves_the_ledger_before(site: Site) -> None:
    release_groups(site, [everybody(64)])
    path = files(site)[0]
    path.with_name(f".{path.stem}.new").write_text("[{")  # half a draft
    assert shown(release_groups(site, [everybody(61, looked_after="no")])) == [None]


def test_the_ledger_is_saved_and_readable_by_its_owner_alone(site: Site) -> None:
    release_groups(site, [everybody(64)])
    assert left_out(site.folder) == ()
    assert files(site)[0].stat().st_mode & 0o777 == 0o600
    aside = site.folder.with_name("aside")
    with copied(site, aside, progress=print, sleep=lambda _: None) as saved:
        assert [name for name in saved.files if "released" in name] == [
            f"{FOLDER}/{files(site)[0].name}"
        ]
    restored = site.folder.with_name("restored")
    shutil.copytree(site.folder, restored)
    assert shown(release_groups(open_site(restored), [everybody(61, looked_after="no")])) == [None]


AT_ONCE = """
import sys
from datetime import date
from pathlib import Path
from sightline.insights.disclosure import Table
from sightline.pipeline.evidence import release_groups
from sightline.site import open_site

site = open_site(Path(sys.argv[1]))
for at in range(12):
    filters = {"step": f"{sys.argv[2]} {at}"}
    release_groups(site, [Table("school", date(2026, 3, 2), (), {(): 40}, filters)])
"""


def test_two_who_ask_at_once_both_are_remembered(site: Site) -> None:
    asked = [
        subprocess.Popen([sys.executable, "-c", AT_ONCE, site.folder, name], env=os.environ)
        for name in ("one", "two")
    ]
    assert [one.wait(60) for one in asked] == [0, 0]
    assert len(json.loads(files(site)[0].read_text())) == 24
