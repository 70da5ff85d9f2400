"""A refused row stays listed until its file is mended; a dry run tells all and changes nothing."""

from hashlib import sha256
from pathlib import Path

import pytest

from sightline.pipeline import Loaded, load, read_refused
from sightline.site import Site, make_site
from tests.support.killed_load import LOAD_DAY, MOMENTS, Rows, first_export, load_at, write


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path / "site")


def listed(site: Site) -> list[tuple[str, int, str]]:
    """What `quarantine` lists: file, row, reason."""
    rows = read_refused(site.warehouse, site.warehouse.current(), site.keys).to_pylist()
    return sorted((row["file"], row["row"], row["reason"]) for row in rows)


def good() -> Rows:
    rows = first_export()
    rows["attendance"].pop()
    rows["note"].pop()
    return rows


REFUSED = [("attendance.csv", 482, "not_allowed"), ("note.csv", 10, "unknown_pupil")]


def test_every_refused_row_is_listed_with_its_place_and_remedy(site: Site, tmp_path: Path) -> None:
    done = load_at(site, write(first_export(), tmp_path / "export"), 0)
    assert listed(site) == REFUSED
    mark = next(r for r in done.refused.to_pylist() if r["table"] == "attendance")
    assert (mark["column"], mark["value"]) == ("session", "am")
    assert mark["remedy"].endswith(".")
    assert done.with_warnings


@pytest.mark.parametrize("place", ["the same folder", "the next day's folder"])
def test_mending_the_file_and_loading_it_again_clears_them(
    place: str, site: Site, tmp_path: Path
) -> None:
    load_at(site, write(first_export(), tmp_path / "export"), 0)
    mended = tmp_path / ("export" if place == "the same folder" else "tuesday")
    done = load_at(site, write(good(), mended), 1)
    assert listed(site) == []
    assert done.published  # what is refused is part of what is published
    assert done.account.refusals == 0
    assert not done.with_warnings


def test_a_row_mended_alone_leaves_the_other_listed(site: Site, tmp_path: Path) -> None:
    rows = first_export()
    load_at(site, write(rows, tmp_path / "export"), 0)
    rows["note"].pop()
    load_at(site, write(rows, tmp_path / "export"), 1)
    assert listed(site) == REFUSED[:1]


def test_a_load_of_one_file_leaves_the_refusals_of_the_others_elsewhere(
    site: Site, tmp_path: Path
) -> None:
    load_at(site, write(first_export(), tmp_path / "export"), 0)
    load_at(site, write({"note": good()["note"]}, tmp_path / "notes"), 1)
    assert listed(site) == REFUSED[:1]


def test_refusals_of_another_schools_file_of_the_same_name_stay(site: Site, tmp_path: Path) -> None:
    load_at(site, write(first_export(), tmp_path / "trust"), 0)
    other: Rows = {
        "school": [["S9", "Another", "primary"]],
        "pupil": [["X1", "S9", "2025-09-01", "3"]],
        "note": [["NX", "X1", "2026-01-05", "pastoral", "All well"]],
        "attendance": [["X1", "2026-01-05", "noon", "/", ""]],
    }
    load_at(site, write(other, tmp_path / "other"), 1)
    assert listed(site) == sorted([*REFUSED, ("attendance.csv", 2, "not_allowed")])
    other["attendance"] = []
    load_at(site, write(other, tmp_path / "other"), 2)
    assert listed(site) == REFUSED


def test_a_parent_that_comes_later_clears_its_orphans(site: Site, tmp_path: Path) -> None:
    rows = first_export()
    load_at(site, write(rows, tmp_path / "export"), 0)
    rows["pupil"].append(["nobody", "S1", "2025-09-01", "8"])
    done = load_at(site, write(rows, tmp_path / "export"), 1)
    assert listed(site) == REFUSED[:1]
    assert done.account.tables["note"].accepted == 1


def test_the_same_refusals_again_are_nothing_new(site: Site, tmp_path: Path) -> None:
    folder = write(first_export(), tmp_path / "export")
    load_at(site, folder, 0)
    again = load_at(site, folder, 1)
    assert not again.published
    assert again.account.refusals == 2
    assert listed(site) == REFUSED


# --- dry run -------------------------------------------------------------------------------------


def on_disk(site: Site) -> dict[str, tuple[int, str]]:
    """Every file and folder of the site, with when it changed and what it holds; locks left out."""
    return {
        str(path): (
            path.stat().st_mtime_ns if path.is_file() else 0,
            sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in site.folder.rglob("*")
        if path.name != ".lock"
    }


def told(done: Loaded) -> object:
    names = ["file", "row", "table", "column", "value", "reason", "remedy"]
    return done.account, done.notices, done.refused.select(names).to_pylist(), done.with_warnings


def test_a_dry_run_says_what_the_load_would_and_changes_nothing(site: Site, tmp_path: Path) -> None:
    load_at(site, write(good(), tmp_path / "first"), 0)
    changed = first_export()
    changed["attendance"][5][3:] = ["I", "2026-03-09"]
    changed["pupil"][2][1] = "S1"
    changed["pupil_identity"][1][1] = "Another"
    folder = write(changed, tmp_path / "second")
    before = on_disk(site)
    tried = load_at(site, folder, 1, dry_run=True)
    assert not tried.published
    assert tried.snapshot == "000001"
    assert on_disk(site) == before
    done = load_at(site, folder, 1)
    assert done.published
    assert told(tried) == told(done)


def test_a_dry_run_of_a_new_site_leaves_it_new(site: Site, tmp_path: Path) -> None:
    folder = write(first_export(), tmp_path / "export")
    tried = load_at(site, folder, 0, dry_run=True)
    assert tried.snapshot is None
    assert site.warehouse.current() is None
    assert list((site.folder / "warehouse").rglob("*.parquet")) == []
    with site.vault(None) as vault:
        assert vault.read("pupil_identity") == {}
    done = load_at(site, folder, 0)
    assert told(tried) == told(done)


def test_a_failed_load_leaves_the_site_as_it_was(site: Site, tmp_path: Path) -> None:
    load_at(site, write(good(), tmp_path / "first"), 0)
    state = site.warehouse.require()

    def fail(stage: str) -> None:
        if stage == "note":
            raise OSError("no space left on device")

    folder = write(first_export(), tmp_path / "second")
    with pytest.raises(OSError, match="no space"):
        load(
            site,
            "canonical",
            folder,
            recorded_at=MOMENTS[1],
            load_day=LOAD_DAY,
            progress=fail,
        )
    assert site.warehouse.require() == state
    assert listed(site) == []
    load_at(site, folder, 1)
    assert listed(site) == REFUSED
