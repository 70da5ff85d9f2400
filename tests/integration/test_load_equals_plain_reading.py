"""The loader and an independent reading of the dictionary agree, row for row."""

import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from sightline.contract import read_contract
from sightline.engine import Engine
from sightline.pipeline import Loaded, load
from sightline.site import Site, make_site
from sightline.warehouse import open_snapshot
from tests.support import dirty_rows, plain_contract

FIRST = datetime(2026, 2, 1, 12, tzinfo=UTC)
# Together they give every outcome and every reason that any of the first dozen seeds gives.
SEEDS = (0, 3, 5)


def comparable(account: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {**table, "by_reason": dict(sorted(table["by_reason"].items()))}
        for name, table in account.items()
    }


def refusals(loaded: Loaded) -> set[tuple[Any, ...]]:
    return {
        (row["file"], row["row"], row["table"], row["reason"]) for row in loaded.refused.to_pylist()
    }


def plain_refusals(account: plain_contract.Account) -> set[tuple[Any, ...]]:
    return {(row.file, row.row, row.table, row.reason) for row in account.quarantined}


def stored_rows(site: Site) -> dict[str, list[dict[str, Any]]]:
    """Every current row with its identity put back: what the plain store holds."""
    snapshot = site.warehouse.require()
    contract = read_contract()
    found: dict[str, list[dict[str, Any]]] = {}
    with site.vault(snapshot) as vault, Engine() as engine:
        ids = {ref: value["pupil_id"] for ref, value in vault.read("pupil").items()}
        open_snapshot(engine, site.warehouse, snapshot, contract)
        for table in contract.tables:
            sealed = vault.read(table.name)
            if table.name == "pupil_identity":
                found[table.name] = [{"pupil_id": ids[ref], **v} for ref, v in sealed.items()]
                continue
            rows = engine.rows(f'SELECT * FROM "{table.name}"')
            for row in rows:
                if "pupil_ref" in row:
                    row["pupil_id"] = ids[row["pupil_ref"]]
                row.update(sealed.get(row.get(table.key[0], ""), {}))
            names = [column.name for column in table.columns]
            found[table.name] = [{name: row[name] for name in names} for row in rows]
    return found


def as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def as_set(rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {tuple(sorted((k, repr(as_text(v))) for k, v in row.items())) for row in rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_three_dirty_loads_have_the_same_accounts_refusals_and_rows(
    seed: int, tmp_path: Path
) -> None:
    compare_three_loads(seed, tmp_path)


def test_a_load_too_large_for_memory_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["sightline.pipeline.load"], "LARGE", 0)
    monkeypatch.setattr("sightline.warehouse.store_rows.ROWS_AT_ONCE", 20)
    compare_three_loads(6, tmp_path)


def compare_three_loads(seed: int, tmp_path: Path) -> None:
    site, store = make_site(tmp_path / "site"), plain_contract.Store()
    for number, folder in enumerate(dirty_rows.dirty_sequence(seed, tmp_path / "exports")):
        recorded_at, day = FIRST + timedelta(days=number), dirty_rows.LOAD_DAY
        told = plain_contract.load(store, folder, load_day=day, recorded_at=recorded_at)
        loaded = load(site, "canonical", folder, recorded_at=recorded_at, load_day=day)
        assert refusals(loaded) == plain_refusals(told)
        assert comparable(loaded.account.as_json()) == told.counts()
        stored = stored_rows(site)
        for table in read_contract().tables:
            assert as_set(stored[table.name]) == as_set(store.rows(table.name)), table.name
