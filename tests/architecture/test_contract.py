"""The contract files follow the open standard and classify everything; no page omits a column."""

import copy
import importlib.resources
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator
from open_data_contract_standard.model import OpenDataContractStandard

from sightline.contract.model import TABLES, read_contract
from sightline.contract.privacy import RETENTION, privacy_register
from sightline.contract.reference import dictionary_markdown, privacy_markdown

FOLDER = Path(__file__).resolve().parents[2] / "src/sightline/contract/tables"
DOCUMENTS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yml")}
SCHEMA = importlib.resources.files("open_data_contract_standard") / "schema.json"
STANDARD = Draft201909Validator(json.loads(SCHEMA.read_text("utf-8")))
CONTRACT = read_contract()


class NoDuplicates(yaml.SafeLoader):
    """Refuses a key given twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key is given twice {node.start_mark}"
        return super().construct_mapping(node, deep)


@pytest.mark.parametrize("name", TABLES)
def test_a_contract_follows_the_open_data_contract_standard(name: str) -> None:
    assert [error.message for error in STANDARD.iter_errors(DOCUMENTS[name])] == []


@pytest.mark.parametrize("name", TABLES)
def test_the_standards_own_model_loses_nothing_of_a_contract(name: str) -> None:
    document = DOCUMENTS[name]
    read = OpenDataContractStandard(**document).model_dump(by_alias=True, exclude_unset=True)
    assert read == document


@pytest.mark.parametrize("place", ["contract", "table", "column", "retention", "property"])
def test_the_standard_refuses_a_key_it_does_not_know(place: str) -> None:
    document = copy.deepcopy(DOCUMENTS["attendance"])
    table = document["schema"][0]
    places = {
        "contract": document,
        "table": table,
        "column": table["properties"][0],
        "retention": document["slaProperties"][0],
        "property": document["customProperties"][0],
    }
    places[place]["kindness"] = 1
    assert not STANDARD.is_valid(document)


@pytest.mark.parametrize("name", TABLES)
def test_no_key_of_a_contract_is_given_twice(name: str) -> None:
    yaml.load((FOLDER / f"{name}.yml").read_text("utf-8"), Loader=NoDuplicates)


def test_every_table_has_one_file_named_after_it() -> None:
    assert DOCUMENTS.keys() == set(TABLES)
    for name, document in DOCUMENTS.items():
        (schema,) = document["schema"]
        assert document["name"] == schema["name"] == schema["physicalName"] == name
        assert document["id"] == f"sightline.{name}"


# ------------------------------------------------------------------------------- privacy register


def test_the_register_has_a_full_entry_for_every_column() -> None:
    register = privacy_register()
    columns = [(table.name, column.name) for table in CONTRACT.tables for column in table.columns]
    assert [entry[:2] for entry in register] == columns
    assert all(all(entry) for entry in register)


def test_every_retention_class_is_explained_and_used() -> None:
    assert {entry.retention for entry in privacy_register()} == RETENTION.keys()


def test_names_and_notes_go_to_the_vault_and_nothing_else_names_a_person() -> None:
    for table in CONTRACT.tables:
        for column in table.columns:
            identity = column.classification == "identity"
            assert column.vault == (identity or (table.name, column.name) == ("note", "text"))


def test_personal_data_has_a_basis_in_article_6_and_special_data_one_in_article_9() -> None:
    for entry in privacy_register():
        personal = entry.classification not in ("public", "internal")
        assert entry.lawful_basis.startswith("UK GDPR Art 6(1)") == personal, entry
        special = entry.classification == "special_category"
        assert ("Art 9(2)" in entry.lawful_basis) == special, entry


def test_what_can_tell_of_health_belief_or_origin_is_special_category() -> None:
    special = {
        f"{entry.table}.{entry.column}"
        for entry in privacy_register()
        if entry.classification == "special_category"
    }
    assert special >= {"attendance.code", "pupil.sen_status", "note.text"}


def test_characteristics_of_a_pupil_are_held_for_fairness_and_never_as_inputs() -> None:
    pupil = CONTRACT.table("pupil")
    for name in (
        *("sex", "sen_status", "eal", "disadvantaged", "prior_attainment"),
        *("disabled", "deprivation_decile", "age_band", "final_result"),
    ):
        assert "Never an input of a signal." in pupil.column(name).purpose


def test_a_copy_of_a_register_is_kept_for_this_school_year_and_two_more() -> None:
    assert CONTRACT.table("attendance").retention == (3, "y", "attendance.date")


# ---------------------------------------------------------------------------------- generated pages


@pytest.mark.parametrize("page", [dictionary_markdown, privacy_markdown])
def test_a_page_names_every_table_and_column_and_comes_out_the_same_twice(
    page: Callable[[], str],
) -> None:
    text = page()
    for table in CONTRACT.tables:
        section = text.split(f"# {table.name}\n", 1)[1].split("\n#", 1)[0]
        for column in table.columns:
            assert f"| `{column.name}`" in section
    assert page() == text


@pytest.mark.parametrize("page", [dictionary_markdown, privacy_markdown])
def test_every_row_of_a_pages_tables_has_as_many_cells_as_its_head(page: Callable[[], str]) -> None:
    for block in page().split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.count(" | ") for row in rows}) <= 1


def test_the_dictionary_lists_every_code_and_rule() -> None:
    text = dictionary_markdown()
    assert "| `\\` | Present for the afternoon session | present |" in text
    assert "`starts_at` < `ends_at`." in text
    assert "`severity` is required when `kind` is `concern`." in text
