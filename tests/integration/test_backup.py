"""A backup is whole or is none, tells of every changed byte, and gives back the same site."""

import os
import shutil
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.kit import SightlineError
from sightline.people import Erasures, begin_rotation, end_rotation
from sightline.pipeline import tidy
from sightline.pipeline.backup import (
    Outcome,
    check_folder,
    clear_backups,
    record_outcome,
    save_keys,
    verify_backup,
)
from sightline.pipeline.forget import forget_pupil
from sightline.project.copies import SqliteDecisions
from sightline.site import Site, open_site
from sightline.warehouse import kept_tables, open_snapshot
from sightline.warehouse.digest import digests
from tests.support.backup_process import AT, back_up, bring_back, run
from tests.support.killed_load import LOAD_DAY, copy_of, load_at, small_site

NEXT = AT + timedelta(days=1)


@dataclass(frozen=True)
class Saved:
    """A site with one load, its backup, and the key apart with the ledger beside it."""

    site: Site
    folder: Path
    key: Path
    exports: tuple[Path, Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    root = tmp_path_factory.mktemp("backup")
    site, *exports = small_site(root)
    (site.folder / "mappings" / "behaviour_categories.csv").write_text("word,standard\nlate,late\n")
    (site.folder / "sources").mkdir()
    (site.folder / "sources" / "mis.toml").write_text('kind = "folder"\n')
    (site.folder / "reconciliation").mkdir()
    (site.folder / "reconciliation" / "S1.csv").write_text("on,session,present\n")
    (site.folder / "access.log").write_text("looked\n")
    load_at(site, exports[0], 0)
    back_up(site.folder, root / "backups")
    save_keys(site, root / "backups", root / "apart" / "secret.key")
    return Saved(site, root / "backups", root / "apart" / "secret.key", (exports[0], exports[1]))


@pytest.fixture
def saved(made: Saved, tmp_path: Path) -> Saved:
    """The same, to be changed by one test."""
    site = copy_of(made.site, tmp_path / "site")
    shutil.copytree(made.folder, tmp_path / "backups")
    shutil.copytree(made.key.parent, tmp_path / "apart")
    return Saved(site, tmp_path / "backups", tmp_path / "apart" / "secret.key", made.exports)


def stored(site: Site) -> dict[str, dict[str, str]]:
    """Table -> school -> digest of the rows now in the files."""
    contract, snapshot = read_contract(), site.warehouse.require()
    with Engine() as engine:
        open_snapshot(engine, site.warehouse, snapshot, contract)
        return {
            table.name: digests(engine, table, f"SELECT * FROM {table.name}")
            for table in kept_tables(contract)
        }


def identities(site: Site) -> dict[str, Any]:
    with site.vault(site.warehouse.current()) as vault:
        return {kind: vault.read(kind) for kind in ("pupil", "pupil_identity", "staff", "note")}


def faults_of(saved: Saved) -> dict[str, list[str]]:
    site = open_site(saved.site.folder)
    found = check_folder(site, saved.folder, decisions=SqliteDecisions(site.folder))
    told = {name: ["another key"] if bad is None else bad for name, bad in found.items()}
    return {name: [str(one) for one in bad] for name, bad in told.items()}


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")


def names_of(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.backup"))


# --- what comes back is what was saved -----------------------------------------------------------


def test_a_restored_site_is_the_same_in_every_table_and_name(made: Saved, tmp_path: Path) -> None:
    done = bring_back(made.folder, tmp_path / "new", made.key)
    assert stored(done.site) == stored(made.site)
    assert identities(done.site) == identities(made.site)
    assert done.site.warehouse.require() == made.site.warehouse.require()
    for name in ("settings.toml", "thresholds.yml", "sources/mis.toml", "reconciliation/S1.csv"):
        assert (tmp_path / "new" / name).read_bytes() == (made.site.folder / name).read_bytes()
    assert done.site.words("behaviour_categories")["late"] == "late"
    assert done.site.keys == open_site(made.site.folder).keys
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new"]


def test_a_restored_site_goes_on_as_the_old_one_would(saved: Saved, tmp_path: Path) -> None:
    done = bring_back(saved.folder, tmp_path / "new", saved.key)
    for site in (done.site, saved.site):
        assert load_at(site, saved.exports[1], 1).published
        tidy(site, LOAD_DAY)
    assert stored(done.site) == stored(saved.site)
    assert identities(done.site) == identities(saved.site)


def test_a_site_without_data_can_be_saved_too(tmp_path: Path) -> None:
    site, *_ = small_site(tmp_path)
    back_up(site.folder, tmp_path / "backups")
    save_keys(site, tmp_path / "backups", tmp_path / "apart" / "secret.key")
    done = bring_back(tmp_path / "backups", tmp_path / "new", tmp_path / "apart" / "secret.key")
    assert done.site.warehouse.current() is None


def test_nothing_in_the_folder_can_be_read_without_the_key(made: Saved) -> None:
    key = (made.site.folder / "secret.key").read_text().split()
    wanted = [b"Given1", b"Family1", b"Spoke to home", b"School S1", b"school_id", b"P1", b"PAR1"]
    wanted += [line.encode() for line in key] + [bytes.fromhex(line) for line in key]
    wanted += [ref.encode() for ref in made.site.keys.pupil_refs(["P1"])]
    held = b"".join(path.read_bytes() for path in files_of(made.folder))
    short = {b"P1"}  # two bytes come up by chance in sealed ones
    assert [one for one in wanted if one in held and one not in short] == []
    assert all(path.stat().st_mode & 0o077 == 0 for path in files_of(made.folder))


def test_a_verified_backup_has_been_restored_and_compared(made: Saved) -> None:
    stages: list[str] = []
    (name,) = names_of(made.folder)
    decisions = SqliteDecisions(made.site.folder)
    site = open_site(made.site.folder)
    assert verify_backup(site, made.folder, name, decisions=decisions, progress=stages.append) == []
    assert stages[-3:] == ["names checked", "rows checked", "decisions checked"]
    assert not (made.site.folder / "backup.tmp").exists()


def test_a_backup_of_rows_that_are_not_those_published_is_not_good(saved: Saved) -> None:
    """Were the live disk to change a file before the first backup, its bytes would agree."""
    shutil.rmtree(saved.folder)
    target, source = (saved.site.warehouse.table_folder(name) for name in ("pupil", "pupil"))
    first, second = sorted(target.rglob("*.parquet"))[0], sorted(source.rglob("*.parquet"))[-1]
    shutil.copyfile(second, first)
    back_up(saved.site.folder, saved.folder)
    (faults,) = faults_of(saved).values()
    assert [one for one in faults if "its rows are not those published" in one]


# --- the second backup ---------------------------------------------------------------------------


def test_a_second_backup_writes_what_is_new_and_the_first_stays_as_it_was(
    saved: Saved, tmp_path: Path
) -> None:
    before, total = stored(saved.site), sum(p.stat().st_size for p in files_of(saved.folder))
    unchanged = back_up(saved.site.folder, saved.folder, NEXT)
    assert unchanged.written < total / 5
    load_at(saved.site, saved.exports[1], 1)
    tidy(saved.site, LOAD_DAY)  # the files of the first snapshot are gone from the site
    back_up(saved.site.folder, saved.folder, NEXT + timedelta(days=1))
    save_keys(saved.site, saved.folder, saved.key)
    assert all(faults == [] for faults in faults_of(saved).values())
    first, _, last = names_of(saved.folder)
    assert stored(bring_back(saved.folder, tmp_path / "one", saved.key, name=first).site) == before
    now = bring_back(saved.folder, tmp_path / "two", saved.key, name=last)
    assert stored(now.site) == stored(saved.site)


def test_two_backups_of_the_same_second_are_two(saved: Saved) -> None:
    back_up(saved.site.folder, saved.folder)
    assert names_of(saved.folder) == ["20260310T220000Z", "20260310T220000Z-2"]


def test_older_backups_are_cleared_with_what_only_they_needed(saved: Saved) -> None:
    load_at(saved.site, saved.exports[1], 1)
    tidy(saved.site, LOAD_DAY)
    for day in (1, 2, 3):
        back_up(saved.site.folder, saved.folder, AT + timedelta(days=day))
    objects = len(files_of(saved.folder / "objects"))
    first, second, *kept = names_of(saved.folder)
    assert clear_backups(saved.site, saved.folder, 2) == (first, second)
    assert names_of(saved.folder) == kept
    assert len(files_of(saved.folder / "objects")) < objects
    assert faults_of(saved) == {name: [] for name in kept}


def test_the_last_verified_backup_is_never_cleared(saved: Saved) -> None:
    (first,) = names_of(saved.folder)
    record_outcome(saved.site.folder, Outcome(first, AT, "", 1, True, 1.0, 1, 1))
    for day in (1, 2):
        back_up(saved.site.folder, saved.folder, AT + timedelta(days=day))
    clear_backups(saved.site, saved.folder, 1)
    assert names_of(saved.folder) == [first, "20260312T220000Z"]


def test_a_file_of_rows_that_changed_since_the_last_backup_stops_the_next(saved: Saved) -> None:
    path = sorted((saved.site.folder / "warehouse" / "tables").rglob("*.parquet"))[0]
    flip(path, path.stat().st_size // 2)
    with pytest.raises(SightlineError, match="such files never change") as told:
        back_up(saved.site.folder, saved.folder, NEXT)
    assert str(path) in str(told.value)
    assert len(names_of(saved.folder)) == 1


# --- damage --------------------------------------------------------------------------------------


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.fixture
def in_pieces(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> Saved:
    """Saved in many objects, and the larger of them in several chunks."""
    for name, size in (("CHUNK", 1000), ("SMALL", 2500), ("PACK", 6000)):
        monkeypatch.setattr(f"sightline.pipeline.backup.keep.{name}", size)
    monkeypatch.setattr("sightline.pipeline.backup.sealing.CHUNK", 1000)
    shutil.rmtree(saved.folder)
    back_up(saved.site.folder, saved.folder)
    return saved


@pytest.mark.slow
def test_one_changed_byte_in_any_file_is_found_and_named(in_pieces: Saved) -> None:
    saved = in_pieces
    rng, files = Random(20260310), files_of(saved.folder)
    assert len(files) > 10
    assert max(path.stat().st_size for path in files) > 4000
    for path in files:
        whole = path.read_bytes()
        places = {0, 11, 12, len(whole) // 2, len(whole) - 1, *rng.sample(range(len(whole)), 5)}
        for place in places:
            flip(path, place)
            told = [one for faults in faults_of(saved).values() for one in faults]
            assert any(path.name in one for one in told), f"byte {place} of {path.name}"
            path.write_bytes(whole)
    assert faults_of(saved) == {name: [] for name in names_of(saved.folder)}


def test_objects_that_are_cut_grown_swapped_or_gone_are_found(in_pieces: Saved) -> None:
    saved = in_pieces
    objects = files_of(saved.folder / "objects")
    back_up(saved.site.folder, saved.folder, NEXT)
    for path, other in pairwise([*objects, objects[0]]):
        whole = path.read_bytes()
        turned = whole[1028:2056] + whole[:1028] + whole[2056:]  # two chunks in each other's place
        changes = (whole[:-1], whole[1028:], whole + b"\0", turned, other.read_bytes(), b"", None)
        for changed in changes:
            if changed == whole:
                continue
            path.unlink() if changed is None else path.write_bytes(changed)
            assert any(faults for faults in faults_of(saved).values())
            path.write_bytes(whole)


def test_a_damaged_backup_is_not_restored(saved: Saved, tmp_path: Path) -> None:
    flip(files_of(saved.folder / "objects")[0], 100)
    with pytest.raises(SightlineError, match="changed, cut or swapped"):
        bring_back(saved.folder, tmp_path / "new", saved.key)
    assert [path.name for path in tmp_path.iterdir() if "new" in path.name] == []


def test_an_older_backup_is_whole_though_a_newer_is_damaged(saved: Saved, tmp_path: Path) -> None:
    back_up(saved.site.folder, saved.folder, NEXT)
    first, last = names_of(saved.folder)
    flip(saved.folder / f"{last}.backup", 500)
    told = faults_of(saved)
    assert told[first] == []
    assert told[last] == [f"{last}.backup: this is not the manifest that was written."]
    bring_back(saved.folder, tmp_path / "new", saved.key, name=first)


def test_an_object_cut_short_is_written_anew_by_the_next_backup(saved: Saved) -> None:
    path = max(files_of(saved.folder / "objects"), key=lambda one: one.stat().st_size)
    path.write_bytes(path.read_bytes()[:-5])
    back_up(saved.site.folder, saved.folder, NEXT)
    assert faults_of(saved)[names_of(saved.folder)[-1]] == []


# --- killed, out of room, in the way of others ---------------------------------------------------


@pytest.mark.slow
def test_a_backup_killed_at_any_stage_leaves_the_others_whole(made: Saved, tmp_path: Path) -> None:
    site = copy_of(made.site, tmp_path / "site")
    load_at(site, made.exports[1], 1)
    shutil.copytree(made.folder, tmp_path / "backups")
    job = {"work": "backup", "site": site.folder, "folder": tmp_path / "backups", "at": NEXT}
    saved = Saved(site, tmp_path / "backups", made.key, made.exports)
    (first,) = names_of(saved.folder)
    word, steps = run(job | {"folder": tmp_path / "counted"})
    assert word == "done"
    inside = [("sightline.pipeline.backup.store:os.fsync", n, "before") for n in (1, 2, 4)]
    inside += [("sightline.pipeline.backup.store:Path.rename", 1, w) for w in ("before", "after")]
    points = [{"step": n} for n in range(1, len(steps))]
    points += [{"around": a, "nth": n, "when": w} for a, n, w in inside]
    for point in points:
        assert run(job | point) is None
        assert names_of(saved.folder) == [first], point
        assert faults_of(saved) == {first: []}
    assert run(job) == ("done", steps)
    assert faults_of(saved) == {name: [] for name in (first, "20260311T220000Z")}
    assert run(job | {"step": len(steps), "at": NEXT + timedelta(days=1)}) is None
    assert len(names_of(saved.folder)) == 3  # killed after the last step: it had been made


@pytest.mark.slow
def test_a_restore_killed_at_any_stage_is_never_served_and_can_be_done_again(
    saved: Saved, tmp_path: Path
) -> None:
    target = tmp_path / "new"
    job = {"work": "restore", "folder": saved.folder, "target": target, "key": saved.key}
    word, steps = run(job | {"target": tmp_path / "counted"})
    assert word == "done"
    renames = [("sightline.pipeline.backup.restore:Path.rename", 1, w) for w in ("before", "after")]
    points = [{"step": n} for n in range(1, len(steps))]
    points += [{"around": a, "nth": n, "when": w} for a, n, w in renames]
    points += [{"around": "shutil:copyfile", "nth": 1, "when": "after"}]
    for point in points:
        assert run(job | point) is None
        for folder in (target, tmp_path / ".new.restoring"):
            if folder.exists():
                with pytest.raises(SightlineError, match=r"did not end|not a site"):
                    open_site(folder)
    assert run(job) == ("done", steps)
    assert stored(open_site(target)) == stored(saved.site)
    assert not (tmp_path / ".new.restoring").exists()


def test_without_room_nothing_is_made_and_it_is_said_plainly(saved: Saved, tmp_path: Path) -> None:
    load_at(saved.site, saved.exports[1], 1)
    job = {"site": saved.site.folder, "folder": saved.folder, "at": NEXT, "key": saved.key}
    for room in (2_000, 20_000, 60_000):
        code, told = run(job | {"work": "backup", "room": room})
        assert (code, "Free some space" in told) == ("no_room", True)
        assert faults_of(saved) == {name: [] for name in names_of(saved.folder)}
    assert len(names_of(saved.folder)) == 1
    back = {"work": "restore", "target": tmp_path / "new", "room": 4_000}
    assert run(job | back)[0] == "no_room"
    assert not (tmp_path / "new").exists()
    assert run(job | {"work": "backup"})[0] == "done"


def test_a_backup_waits_for_a_load_and_says_so_when_it_takes_too_long(saved: Saved) -> None:
    waited: list[float] = []
    with saved.site.warehouse.writing(), pytest.raises(SightlineError, match="another command"):
        back_up(saved.site.folder, saved.folder, NEXT, sleep=waited.append)
    assert sum(waited) == 120
    back_up(saved.site.folder, saved.folder, NEXT)


def test_a_load_and_a_compaction_while_files_are_copied_change_nothing_of_it(
    saved: Saved, tmp_path: Path
) -> None:
    before = stored(saved.site)

    def meanwhile(stage: str) -> None:
        if stage == "decisions":  # what changes has been copied; the data files have not
            load_at(saved.site, saved.exports[1], 1)
            tidy(saved.site, LOAD_DAY)

    shutil.rmtree(saved.folder)
    back_up(saved.site.folder, saved.folder, progress=meanwhile)
    save_keys(saved.site, saved.folder, saved.key)
    done = bring_back(saved.folder, tmp_path / "new", saved.key)
    assert stored(saved.site) != before
    assert done.manifest.snapshot == 1


def test_two_backups_at_once_are_one(saved: Saved) -> None:
    def again(stage: str) -> None:
        if stage == "decisions":
            with pytest.raises(SightlineError, match="another command is making"):
                back_up(saved.site.folder, saved.folder, NEXT)

    back_up(saved.site.folder, saved.folder, NEXT, progress=again)


# --- places and keys -----------------------------------------------------------------------------


def test_backups_are_kept_apart_from_the_site_and_the_key_from_both(saved: Saved) -> None:
    site = saved.site
    for folder in (site.folder, site.folder / "backups", site.folder.parent):
        with pytest.raises(SightlineError, match=r"the site|this folder"):
            back_up(site.folder, folder)
    os.symlink(saved.folder, saved.folder.parent / "elsewhere")
    for path in (saved.folder / "a.key", saved.folder.parent / "elsewhere" / "b" / "a.key"):
        with pytest.raises(SightlineError, match="whoever finds the backups"):
            save_keys(site, saved.folder, path)
    with pytest.raises(SightlineError, match="lost with it"):
        save_keys(site, saved.folder, site.folder / "copy.key")
    assert [path for path in files_of(saved.folder) if path.suffix == ".key"] == []


def test_a_key_that_is_another_is_not_written_over(saved: Saved) -> None:
    saved.key.write_text("ab" * 32)
    with pytest.raises(SightlineError, match="holds something else"):
        save_keys(saved.site, saved.folder, saved.key)
    assert saved.key.read_text() == "ab" * 32


def test_a_folder_holds_the_backups_of_one_site(saved: Saved, tmp_path: Path) -> None:
    other, *_ = small_site(tmp_path / "other")
    with pytest.raises(SightlineError, match="another site"):
        back_up(other.folder, saved.folder)
    with pytest.raises(SightlineError, match="another site"):
        bring_back(saved.folder, tmp_path / "new", other.folder / "secret.key", ledger=None,
                   without_ledger="trying")  # fmt: skip


def test_a_backup_from_before_the_key_was_renewed_wants_the_key_of_then(
    saved: Saved, tmp_path: Path
) -> None:
    path = saved.site.folder / "secret.key"
    begin_rotation(path)
    with pytest.raises(SightlineError, match="being renewed"):
        back_up(open_site(saved.site.folder).folder, saved.folder, NEXT)
    end_rotation(path)
    site = open_site(saved.site.folder)
    shutil.copyfile(site.folder / "erasures.log", tmp_path / "erasures.log")
    (first,) = names_of(saved.folder)
    with pytest.raises(SightlineError, match="before the key was renewed"):
        bring_back(saved.folder, tmp_path / "new", path)
    bring_back(saved.folder, tmp_path / "new", saved.key, ledger=tmp_path / "erasures.log")
    back_up(site.folder, saved.folder, NEXT)
    clear_backups(site, saved.folder, 2)  # the old one's objects are still needed
    kept = Saved(copy_of(saved.site, tmp_path / "old"), saved.folder, saved.key, saved.exports)
    shutil.copyfile(saved.key, kept.site.folder / "secret.key")
    assert faults_of(kept)[first] == []


def test_a_restore_goes_to_a_new_folder_only(saved: Saved, tmp_path: Path) -> None:
    with pytest.raises(SightlineError, match="a site here already"):
        bring_back(saved.folder, saved.site.folder, saved.key)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").write_text("mine")
    with pytest.raises(SightlineError, match="something here already"):
        bring_back(saved.folder, tmp_path / "used", saved.key)
    (tmp_path / ".new.restoring").mkdir()
    (tmp_path / ".new.restoring" / "letter.txt").write_text("mine")
    with pytest.raises(SightlineError, match="no restore has made it"):
        bring_back(saved.folder, tmp_path / "new", saved.key)
    assert (tmp_path / ".new.restoring" / "letter.txt").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    bring_back(saved.folder, tmp_path / "empty", saved.key)


def test_a_backup_of_a_later_version_is_not_brought_back_by_an_earlier(
    saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline.pipeline.backup.restore.__version__", "0.0.9")
    with pytest.raises(SightlineError, match=r"made by version .* and this is 0\.0\.9"):
        bring_back(saved.folder, tmp_path / "new", saved.key)
    assert not (tmp_path / "new").exists()


# --- what was erased stays erased ----------------------------------------------------------------


def erase(saved: Saved, pupil_id: str) -> str:
    """As `sightline pupil erase` does on a site without decisions."""
    (ref,) = saved.site.keys.pupil_refs([pupil_id])
    ledger = Erasures(saved.site.folder / "erasures.log", saved.site.keys)
    line = ledger.append("pupil", at=NEXT, school_id="S1", ref=ref, by="command")
    forget_pupil(saved.site, ref)
    ledger.append("done", at=NEXT, by="command", of=str(line.number))
    return ref


def test_a_pupil_erased_after_the_backup_is_erased_from_what_it_gives_back(
    saved: Saved, tmp_path: Path
) -> None:
    ref = erase(saved, "P1")
    done = bring_back(
        saved.folder, tmp_path / "new", saved.key, ledger=saved.site.folder / "erasures.log"
    )
    found = identities(done.site)
    assert done.erased == 1
    assert ref not in found["pupil"] | found["pupil_identity"]
    assert found == identities(saved.site)
    assert "N1" not in found["note"]
    assert "N2" in found["note"]
    lines = Erasures(tmp_path / "new" / "erasures.log", done.site.keys).lines()
    assert [line.kind for line in lines] == ["backup", "pupil", "done", "restore"]


def test_an_erasure_that_was_begun_before_the_backup_and_not_done_is_done(
    saved: Saved, tmp_path: Path
) -> None:
    (ref,) = saved.site.keys.pupil_refs(["P2"])
    ledger = Erasures(saved.site.folder / "erasures.log", saved.site.keys)
    ledger.append("pupil", at=AT, school_id="S1", ref=ref, by="command")
    back_up(saved.site.folder, saved.folder, NEXT)
    save_keys(saved.site, saved.folder, saved.key)
    done = bring_back(saved.folder, tmp_path / "new", saved.key)
    assert ref not in identities(done.site)["pupil_identity"]
    assert Erasures(tmp_path / "new" / "erasures.log", done.site.keys).lines()[-2].kind == "done"


def test_without_the_ledger_a_restore_needs_a_reason_which_is_kept(
    saved: Saved, tmp_path: Path
) -> None:
    with pytest.raises(SightlineError, match="may have been erased"):
        bring_back(saved.folder, tmp_path / "new", saved.key, ledger=None)
    assert not (tmp_path / "new").exists()
    reason = "the disk is gone"
    bring_back(saved.folder, tmp_path / "new", saved.key, ledger=None, without_ledger=reason)
    assert reason in (tmp_path / "new" / "restored.json").read_text()


def test_a_ledger_that_is_old_altered_or_anothers_is_refused(saved: Saved, tmp_path: Path) -> None:
    old = saved.key.parent / "erasures.log"
    shutil.copyfile(old, tmp_path / "old.log")
    back_up(saved.site.folder, saved.folder, NEXT)
    with pytest.raises(SightlineError, match="before the backup was made"):
        bring_back(saved.folder, tmp_path / "new", saved.key, ledger=tmp_path / "old.log")
    flip(old, 20)
    with pytest.raises(SightlineError, match="was altered"):
        bring_back(saved.folder, tmp_path / "new", saved.key)
    other, *_ = small_site(tmp_path / "other")
    back_up(other.folder, tmp_path / "others")
    theirs = other.folder / "erasures.log"
    with pytest.raises(SightlineError, match="was altered"):
        bring_back(saved.folder, tmp_path / "new", saved.key, ledger=theirs)
    assert not (tmp_path / "new").exists()


def test_the_ledgers_of_later_backups_count_too(saved: Saved, tmp_path: Path) -> None:
    first = names_of(saved.folder)[0]
    ref = erase(saved, "P1")
    back_up(saved.site.folder, saved.folder, NEXT)  # the ledger beside the key is older than this
    done = bring_back(saved.folder, tmp_path / "new", saved.key, name=first)
    assert done.erased == 1
    assert ref not in identities(done.site)["pupil_identity"]


def test_facts_that_retention_removed_after_the_backup_are_removed_again(
    saved: Saved, tmp_path: Path
) -> None:
    later = LOAD_DAY.replace(year=LOAD_DAY.year + 9)
    removed = tidy(saved.site, later)[0].rows_past_retention
    assert removed
    done = bring_back(
        saved.folder, tmp_path / "new", saved.key, ledger=saved.site.folder / "erasures.log"
    )
    assert stored(done.site) == stored(saved.site)
    assert identities(done.site) == identities(saved.site)
