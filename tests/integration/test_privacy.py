"""Names, UPNs, birth dates, staff names and notes are nowhere on disk but in the sealed vault."""

import csv
import json
import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sightline.kit import SightlineError
from sightline.pipeline import load, read_refused, tidy
from sightline.site import Site, make_site, open_site
from sightline.synthetic import write_schools
from tests.support.killed_load import LOAD_DAY, MOMENTS

SCHOOLS = {"schools": 2, "pupils": 40, "seed": 5}


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two made-up schools, and a week later the same with names in all the wrong places."""
    root = tmp_path_factory.mktemp("exports")
    for name in ("first", "second"):
        write_schools(root / name, **SCHOOLS)  # type: ignore[arg-type]
    for table in ("pupil", "pupil_identity", "attendance", "behaviour", "note", "class_member"):
        spoil(root / "second" / f"{table}.csv")
    headless = (root / "second" / "staff.csv").read_bytes().split(b"\n", 1)[1]
    (root / "second" / "staff.csv").write_bytes(headless)
    return root


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def spoil(path: Path) -> None:
    """Add rows that must be refused, with a name, a UPN and a note where they do not belong."""
    with path.open(encoding="utf-8", newline="") as file:
        header, first, *others = list(csv.reader(file))
    who = rows_of(path.parent / "pupil_identity.csv")[3]
    text = rows_of(path.parent / "note.csv")[0]["text"]
    secrets = [f"{who['given_name']} {who['family_name']}", who["upn"], text]
    bad = [[secrets[n % 3] for n in range(len(header))]]
    bad += [[*first[:-1], first[-1], secret] for secret in secrets]  # a cell too many
    for at, column in enumerate(header):
        if column in ("date", "session", "enrolled_on", "date_of_birth", "from_on", "upn"):
            bad += [[*first[:at], secret, *first[at + 1 :]] for secret in secrets]
        if column in ("pupil_id", "school_id", "class_id"):
            bad += [[*first[:at], f"{secret}!", *first[at + 1 :]] for secret in secrets]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *bad, first, *others])


@pytest.fixture(scope="module")
def site(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that has loaded both exports, tried a load and was compacted."""
    made = make_site(tmp_path_factory.mktemp("privacy") / "site")
    for number, name in enumerate(("first", "second")):
        at = MOMENTS[number] + timedelta(days=365)
        folder = exports / name
        load(made, "canonical", folder, recorded_at=at, load_day=at.date(), dry_run=True)
        load(made, "canonical", folder, recorded_at=at, load_day=at.date())
    tidy(made, LOAD_DAY)
    return made


# --- what must not be found ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def secrets(exports: Path) -> set[str]:
    """Everything that identifies a person, as it stands in the exports."""
    return set(identifying(exports / "first"))


def identifying(folder: Path) -> Iterator[str]:
    for row in rows_of(folder / "pupil_identity.csv"):
        given, family = row["given_name"], row["family_name"]
        if len(family) >= 5:  # any pair of names with it, and any birth date beside it, has it too
            yield family
        else:
            yield from (f"{given} {family}", f"{given},{family}", f"{family}, {given}")
            yield from (f"{family},{row['date_of_birth']}", f"{family} {row['date_of_birth']}")
        yield row["upn"]
        yield f'"date_of_birth": "{row["date_of_birth"]}"'
    for name in ("staff", "note"):
        column = {"staff": "name", "note": "text"}[name]
        yield from (row[column] for row in rows_of(folder / f"{name}.csv"))


def found_in(files: Iterable[Path], secrets: Iterable[str]) -> set[tuple[str, str]]:
    """(file, secret) for every file that shows one in its name, its bytes or its values."""
    found = set()
    forms = [(s, form) for s in secrets for form in encoded(s.lower())]
    for path in files:
        data = b"\n".join((str(path).encode(), path.read_bytes(), *values_of(path))).lower()
        found |= {(path.name, secret) for secret, form in forms if form in data}
    return found


def encoded(text: str) -> tuple[bytes, bytes, bytes]:
    return text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")


def values_of(path: Path) -> Iterator[bytes]:
    """The values in a file that stores them compressed or escaped."""
    if path.suffix == ".parquet":
        file = pq.ParquetFile(path)
        for column in file.read().columns:
            nested = pa.types.is_nested(column.type)
            yield str(column.to_pylist() if nested else column.unique().to_pylist()).encode()
        yield str(file.metadata.to_dict()).encode()
    elif path.suffix == ".json":
        text = path.read_text()
        whole = not text.startswith('{"commitInfo"') and text.count("\n{") == 0
        for part in [text] if whole else text.splitlines():
            yield "\n".join(strings_in(json.loads(part))).encode()


def strings_in(value: Any) -> Iterator[str]:
    """Every string in a JSON value; a string that holds JSON is looked into."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for one in value:
            yield from strings_in(one)
    elif isinstance(value, str):
        yield value
        if value.startswith("{"):
            yield from strings_in(json.loads(value))


def files_below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


# --- claims --------------------------------------------------------------------------------------


def test_the_search_finds_a_planted_name_wherever_it_is(tmp_path: Path) -> None:
    name = "Zoë Quartermain"
    (tmp_path / "a.bin").write_bytes(b"\0" + name.encode() + b"\0")
    (tmp_path / "b.bin").write_bytes(b"\0\0" + name.encode("utf-16-le"))
    (tmp_path / "c.bin").write_bytes(b"\0" + name.replace("Q", "q").encode("utf-16-be"))
    (tmp_path / "d.json").write_text(json.dumps({"add": {"stats": json.dumps({"min": name})}}))
    (tmp_path / "e.json").write_text(json.dumps({"text": name}))
    rows = pa.table({"x": ["other", name], "y": [1, 2]})
    pq.write_table(rows, tmp_path / "f.parquet", compression="zstd")
    (tmp_path / name).write_bytes(b"")
    (tmp_path / "h.bin").write_bytes(b"Zoe Quarter main")
    files = {file for file, _ in found_in(files_below(tmp_path), [name])}
    assert files == {"a.bin", "b.bin", "c.bin", "d.json", "e.json", "f.parquet", name}


def test_the_secrets_are_those_of_the_exports(secrets: set[str], exports: Path) -> None:
    files = [exports / "first" / f"{name}.csv" for name in ("pupil_identity", "staff", "note")]
    assert len(secrets) > 150
    assert {name for name, _ in found_in(files, secrets)} == {path.name for path in files}


def test_no_file_of_the_site_shows_a_person(site: Site, secrets: set[str]) -> None:
    files = files_below(site.folder)
    assert {".parquet", ".json", ".sqlite", ".bin", ".key"} <= {path.suffix for path in files}
    assert found_in(files, secrets) == set()


def test_names_were_there_to_be_refused_and_the_refusals_show_them(
    site: Site, secrets: set[str]
) -> None:
    rows = read_refused(site.warehouse, site.warehouse.require(), site.keys)
    values = {str(value) for value in rows.column("value").to_pylist()}
    assert values & secrets
    assert {"not_a_date", "ragged", "unknown_pupil"} <= set(rows.column("reason").to_pylist())


def test_what_a_load_says_holds_no_value_of_a_row(
    exports: Path, secrets: set[str], tmp_path: Path
) -> None:
    made, said = make_site(tmp_path / "site"), list[str]()
    at = MOMENTS[0] + timedelta(days=365)
    done = load(
        made,
        "canonical",
        exports / "second",
        recorded_at=at,
        load_day=at.date(),
        progress=said.append,
    )
    # These tell the loader which headings were found; of a file without a header that is a row.
    notices = [n for n in done.notices if n["code"] != "missing_column"]
    text = json.dumps([said, notices, done.account.as_json()], ensure_ascii=False)
    assert not [secret for secret in secrets if secret in text]


def test_only_the_owner_may_read_the_key_and_the_vault(site: Site) -> None:
    assert mode(site.folder) == 0o700
    assert mode(site.folder / "secret.key") == 0o600
    assert mode(site.folder / "vault.sqlite") == 0o600


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_vault_gives_back_what_was_sealed(site: Site, exports: Path) -> None:
    given = {row["pupil_id"]: row for row in rows_of(exports / "first" / "pupil_identity.csv")}
    (ref,) = site.keys.pupil_refs([next(iter(given))])
    with site.vault(site.warehouse.require()) as vault:
        told = vault.read("pupil_identity", [ref])[ref]
        pupil_id = vault.read("pupil", [ref])[ref]["pupil_id"]
    expected: Mapping[str, Any] = given[str(pupil_id)]
    assert told == {name: expected[name] or None for name in told}
    assert set(told) == {"given_name", "family_name", "upn", "date_of_birth"}


def test_another_key_opens_nothing_and_says_so(site: Site, tmp_path: Path) -> None:
    other = make_site(tmp_path / "other")
    snapshot = site.warehouse.require()
    forged = Site(site.folder, site.settings, other.keys)
    with forged.vault(snapshot) as vault, pytest.raises(SightlineError, match="secret key") as told:
        vault.read("pupil_identity")
    assert told.value.code == "missing_key"
    with pytest.raises(SightlineError) as told:
        read_refused(site.warehouse, snapshot, other.keys)
    assert told.value.code == "missing_key"


def test_a_site_with_another_key_does_not_open(site: Site, tmp_path: Path) -> None:
    key = site.folder / "secret.key"
    kept = key.read_bytes()
    try:
        key.write_bytes((make_site(tmp_path / "other").folder / "secret.key").read_bytes())
        with pytest.raises(SightlineError, match="not the key") as told:
            open_site(site.folder)
        assert told.value.code == "missing_key"
    finally:
        key.write_bytes(kept)
    assert open_site(site.folder).keys == site.keys
