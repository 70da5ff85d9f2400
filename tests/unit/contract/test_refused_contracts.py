"""A contract file that cannot be relied on is refused, with the file and the key named."""

import shutil
from pathlib import Path

import pytest

from sightline.contract.model import Contract, ContractError, read_contract

TABLE_FILES = Path(__file__).resolve().parents[3] / "src/sightline/contract/tables"


def changed(folder: Path, name: str, old: str, new: str) -> Contract:
    """The contract with one piece of one file changed."""
    shutil.copytree(TABLE_FILES, folder, dirs_exist_ok=True)
    text = (folder / f"{name}.yml").read_text(encoding="utf-8")
    assert old in text
    (folder / f"{name}.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return read_contract(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("school", "status: active", "state: active", "state"),
        ("school", "  usage:", "  use: x\n  usage:", "use"),
        ("school", "    physicalType:", "    physicalKind: x\n    physicalType:", "physicalKind"),
        ("school", "        required: true", "        compulsory: true", "compulsory"),
        ("behaviour", "minimum: 1, maximum: 5", "minimum: 1, most: 5", "most"),
        ("school", "{validValues: [primary", "{values: [primary", "values"),
        ("school_day", "{to: school.school_id}", "{into: school.school_id}", "into"),
        ("school_day", "{property: mayLieAhead,", "{property: mayLieAfter,", "mayLieAfter"),
        ("school_day", "value: true}", "value: true, note: x}", "note"),
        ("lesson", "{property: order,", "{property: sequence,", "sequence"),
        ("behaviour", "when: kind, is: concern", "when: kind, equals: concern", "equals"),
        ("note", 'unit: "y",', 'unit: "y", since: x,', "since"),
        ("note", "{property: owner,", "{property: keeper,", "keeper"),
    ],
)
def test_an_unknown_key_is_refused_wherever_it_stands(
    name: str, old: str, new: str, key: str, tmp_path: Path
) -> None:
    with pytest.raises(ContractError, match=rf"^{name}\.yml.*unknown key `{key}`"):
        changed(tmp_path, name, old, new)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("school", "        classification: public\n", "", "column name: has no classification"),
        ("school", "classification: public", "classification: secret", "`secret`, not one of"),
        ("school", "logicalType: string", "logicalType: text", "logicalType is `text`"),
        ("note", "Art 9(2)(g)", "Art 6", "names no condition of Article 9"),
        ("note", "  - {property: retention, value: pastoral_note}\n", "", "`retention` is missing"),
        ("school", "domain: schools", "domain: schools\nname: other", "not that of the file"),
        ("school", "  usage:", "  usage: [", "not YAML"),
        ("school", "        description: The phase", "        examples: [] #", "`description`"),
        ("school", "primaryKeyPosition: 1", "primaryKeyPosition: 2", "must count 1, 2, 3"),
        ("work", "[[set_on, due_on]]", "[[set_on, due_at]]", "unknown column `work.due_at`"),
        ("work", "element: work.due_on", "element: work.due", "unknown column `work.due`"),
        ("work", "to: pupil.pupil_id", "to: pupil.id", "no column of an earlier table"),
        ("class", "to: school.school_id", "to: lesson.class_id", "no column of an earlier table"),
        ("attendance", "codeList, value: attendance_codes", "codeList, value: codes", "codeList"),
        ("work", "metric: invalidValues", "metric: nullValues", "a rule other than"),
        ("work", "[[set_on, due_on]]", "[[set_on]]", "not shaped as a contract"),
        (
            "school_event",
            "- {property: mayLieAhead, value: true}",
            "- {property: mayLieAhead, value: true}\n"
            "          - {property: mayLieAhead, value: false}",
            "given twice",
        ),
    ],
)
def test_a_file_that_says_too_little_or_contradicts_itself_is_refused(
    name: str, old: str, new: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(ContractError) as error:
        changed(tmp_path, name, old, new)
    assert error.value.code == "bad_contract"
    assert error.value.where.startswith(f"{name}.yml")
    assert told in str(error.value)


def test_a_missing_file_and_an_unknown_table_are_refused(tmp_path: Path) -> None:
    shutil.copytree(TABLE_FILES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "note.yml").rename(tmp_path / "notes.yml")
    with pytest.raises(ContractError, match=r"^notes\.yml.*not a table"):
        read_contract(tmp_path)
    (tmp_path / "notes.yml").unlink()
    with pytest.raises(ContractError, match=r"^note\.yml: the file is missing"):
        read_contract(tmp_path)
