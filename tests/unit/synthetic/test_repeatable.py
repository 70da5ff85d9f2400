"""The same arguments give the same bytes, and a school does not depend on its neighbours."""

from pathlib import Path

from tests.unit.synthetic.conftest import Read

from sightline import synthetic
from sightline.synthetic.columns import COLUMNS
from sightline.synthetic.plan import Plan
from sightline.synthetic.write import write_part


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_arguments_give_the_same_bytes(small: dict[str, Path], tmp_path: Path) -> None:
    synthetic.write_schools(tmp_path, schools=3, pupils=16, seed=3)
    assert contents(tmp_path) == contents(small["secondary"])
    assert set(contents(tmp_path)) == {f"{table}.csv" for table in COLUMNS} | {"truth.json"}


def test_another_seed_gives_other_schools(small: dict[str, Path], tmp_path: Path) -> None:
    synthetic.write_schools(tmp_path, schools=3, pupils=16, seed=4)
    same = {
        table
        for table in COLUMNS
        if (tmp_path / f"{table}.csv").read_bytes()
        == (small["secondary"] / f"{table}.csv").read_bytes()
    }
    # The curriculum is the same everywhere.
    assert same <= {"class"}


def test_a_school_is_the_same_whatever_schools_are_made_with_it(
    small: dict[str, Path], tmp_path: Path
) -> None:
    write_part(tmp_path, Plan(seed=3, number=2, pupils=16, phase="secondary"))
    for table in COLUMNS:
        alone = (tmp_path / f"S0002.{table}").read_bytes()
        assert alone
        assert alone in (small["secondary"] / f"{table}.csv").read_bytes()


def test_ids_are_unique_over_schools(small: dict[str, Path], read: Read) -> None:
    for table, column in (
        ("pupil", "pupil_id"), ("class", "class_id"), ("staff", "staff_id"),
        ("behaviour", "event_id"), ("assessment", "result_id"), ("note", "note_id"),
        ("support", "support_id"), ("school_event", "event_id"),
    ):  # fmt: skip
        found = [row[column] for row in read(small["secondary"], table)]
        assert len(found) == len(set(found)), table


def test_progress_is_told_after_every_school(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    synthetic.write_schools(
        tmp_path, schools=3, pupils=2, seed=1, progress=lambda *step: told.append(step)
    )
    assert told == [("S0001", 1, 3), ("S0002", 2, 3), ("S0003", 3, 3)]


def test_a_folder_written_before_is_overwritten_and_nothing_else_is_left(tmp_path: Path) -> None:
    for pupils in (9, 3):
        synthetic.write_schools(tmp_path, schools=2, pupils=pupils, seed=1)
    assert len((tmp_path / "pupil.csv").read_text("utf-8").splitlines()) == 7
    assert len(list(tmp_path.iterdir())) == len(COLUMNS) + 1
