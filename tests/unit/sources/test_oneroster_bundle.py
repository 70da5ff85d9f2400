"""A bundle is used whole or not at all, and nothing in a zip leads anywhere else."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.kit import SightlineError
from sightline.sources.bundle import open_bundle
from sightline.sources.bundles import find_bundles, pieces_of, unpacked

HEAD = "propertyName,value\nmanifest.version,1.0\n"
ORGS = "sourcedId,status,dateLastModified,name,type\nO1,,,Elm School,school\n"
GOOD = {"orgs.csv": ORGS, "users.csv": ORGS}


def said(version: str = "1.1", **modes: str) -> str:
    return (
        HEAD
        + f"oneroster.version,{version}\n"
        + "".join(f"file.{name},{mode}\n" for name, mode in modes.items())
    )


def in_folder(folder: Path, manifest: str | None, files: dict[str, str] = GOOD) -> Path:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    if manifest is not None:
        (folder / "manifest.csv").write_text(manifest)
    return folder


def in_zip(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return path


def refused(path: Path) -> str:
    with pytest.raises(SightlineError) as raised:
        open_bundle(path)
    assert raised.value.code == "bad_bundle"
    return raised.value.what


def tried(path: Path) -> str:
    """What became of a bundle: `read`, or the code of the error."""
    try:
        bundle = open_bundle(path)
        for name in bundle.modes:
            bundle.read(name)
    except SightlineError as error:
        return error.code
    return "read"


def test_a_bundle_that_agrees_with_itself_is_opened(tmp_path: Path) -> None:
    manifest = said("1.2", orgs="bulk", users="Delta", results="absent", resources="absent")
    bundle = open_bundle(in_folder(tmp_path / "a", manifest))
    assert (bundle.version, dict(bundle.modes)) == ("1.2", {"orgs": "bulk", "users": "delta"})
    assert bundle.read("orgs") == ORGS.encode()
    files = {f"export/{name}": text for name, text in GOOD.items()} | {
        "export/manifest.csv": manifest
    }
    zipped = open_bundle(in_zip(tmp_path / "a.zip", files | {"__MACOSX/export/x.csv": ""}))
    assert zipped.read("orgs") == ORGS.encode()


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (None, "no manifest.csv"),
        ("", "no heading propertyName"),
        ("a,b\nc", "no heading propertyName"),
        (said("1.0", orgs="bulk", users="bulk"), "1.1 or 1.2, not 1.0"),
        (HEAD + "file.orgs,bulk\n", "1.1 or 1.2, not nothing"),
        (said(orgs="bulk"), "says nothing of users, which is there"),
        (said(orgs="bulk", users="absent"), "users is absent: it is there"),
        (said(orgs="bulk", users="bulk", classes="bulk"), "bulk of classes, which is not there"),
        (said(orgs="bulk", users="bulk", classes="delta"), "delta of classes, which is not there"),
        (said(orgs="bulk", users="all"), "says all of users"),
        (said(orgs="bulk", users="bulk") + "file.users,delta\n", "two things of file.users"),
    ],
)
def test_a_manifest_that_contradicts_the_files_is_told(
    tmp_path: Path, manifest: str | None, why: str
) -> None:
    assert why in refused(in_folder(tmp_path / "a", manifest))


def test_a_delta_needs_the_columns_that_say_what_changed(tmp_path: Path) -> None:
    files = GOOD | {"users.csv": "sourcedId,givenName\nU1,Sample\n"}
    manifest = said(orgs="bulk", users="delta")
    assert "without the column status" in refused(in_folder(tmp_path / "a", manifest, files))


# ------------------------------------------------------------------------------------------ zips

MANIFEST = {"manifest.csv": said(orgs="bulk")}


@pytest.mark.parametrize(
    "name",
    ["../orgs.csv", "/tmp/orgs.csv", "a/../../orgs.csv", "a\\..\\orgs.csv", "a/b/c/orgs.csv"],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = in_zip(tmp_path / "a.zip", MANIFEST | {name: ORGS})
    assert "leads elsewhere" in refused(path)


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("manifest.csv", MANIFEST["manifest.csv"])
        link = zipfile.ZipInfo("orgs.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    assert "leads elsewhere" in refused(path)


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "a", said(orgs="bulk", users="bulk"), {"users.csv": ORGS})
    (tmp_path / "secret.csv").write_text(ORGS)
    (folder / "orgs.csv").symlink_to(tmp_path / "secret.csv")
    assert "orgs, which is not there" in refused(folder)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_that_holds_a_file_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name in ("manifest.csv", "orgs.csv", "orgs.csv"):
            made.writestr(name, MANIFEST.get(name, ORGS))
    assert "twice" in refused(path)
    path = in_zip(tmp_path / "b.zip", MANIFEST | {"orgs.csv": ORGS, "Orgs.CSV": ORGS})
    assert "Orgs twice" in refused(path)


def test_a_zip_that_unpacks_to_too_much_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = in_zip(tmp_path / "a.zip", MANIFEST | {"orgs.csv": ORGS + "x" * 5_000_000})
    monkeypatch.setattr("sightline.sources.bundle.LARGEST_BUNDLE", 1_000_000)
    assert "unpacks to more than" in refused(path)
    monkeypatch.setattr("sightline.sources.bundle.LARGEST_BUNDLE", 10_000_000)
    monkeypatch.setattr("sightline.sources.bundle.LARGEST_FILE", 1_000_000)
    with pytest.raises(SightlineError, match="is larger than"):
        open_bundle(path).read("orgs")


def test_a_zip_of_too_many_files_is_refused_by_its_list(tmp_path: Path) -> None:
    files = {f"{number}.csv": "" for number in range(200)}
    assert "more than 100 files" in refused(in_zip(tmp_path / "a.zip", MANIFEST | files))
    many = {f"{'x' * 200}{number}.csv": "" for number in range(6000)}
    assert "more than 100 files" in refused(in_zip(tmp_path / "b.zip", MANIFEST | many))


def good_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("manifest.csv", MANIFEST["manifest.csv"])
        made.writestr("orgs.csv", ORGS)
    return data.getvalue()


@given(st.data())
def test_a_damaged_zip_is_refused_or_read_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    body = bytearray(good_zip())
    for _ in range(data.draw(st.integers(1, 8))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    path = tmp_path_factory.mktemp("zip") / "a.zip"
    path.write_bytes(bytes(body[:cut] if data.draw(st.booleans()) else body))
    assert tried(path) in ("read", "bad_bundle")


@given(st.text(max_size=120))
def test_any_manifest_is_understood_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "manifest.csv").write_bytes((HEAD + text).encode("utf-8", "surrogatepass"))
    (folder / "orgs.csv").write_text(ORGS)
    assert tried(folder) in ("read", "bad_bundle")


# ---------------------------------------------------------------------------------------- several


def test_deltas_are_read_after_the_last_whole_bundle_in_order(tmp_path: Path) -> None:
    whole, change = said(orgs="bulk", users="bulk"), said(users="delta")
    only = {"users.csv": ORGS}
    in_folder(tmp_path / "roster 2026-03-01", whole)
    in_folder(tmp_path / "roster 2026-03-08", whole)
    in_zip(tmp_path / "roster 2026-03-10.zip", only | {"manifest.csv": change})
    in_folder(tmp_path / "roster 2026-03-09", change, only)
    pieces = pieces_of(find_bundles(tmp_path))
    assert [(one.bundle.name[7:17], one.name) for one in pieces] == [
        ("2026-03-08", "orgs.csv"),
        ("2026-03-08", "users.csv"),
        ("2026-03-09", "users.2.csv"),
        ("2026-03-10", "users.3.csv"),
    ]


def test_a_delta_without_the_whole_before_it_is_refused(tmp_path: Path) -> None:
    in_folder(tmp_path / "2026-03-01", said(users="delta"), {"users.csv": ORGS})
    with pytest.raises(SightlineError, match="no bundle before it"):
        pieces_of(find_bundles(tmp_path))
    in_folder(tmp_path / "2026-02-28", said(orgs="bulk", users="bulk"))
    assert [one.name for one in pieces_of(find_bundles(tmp_path))] == [
        *("orgs.csv", "users.csv", "users.2.csv")
    ]


def test_a_gradebook_by_itself_does_not_make_the_roster_forgotten(tmp_path: Path) -> None:
    in_folder(tmp_path / "2026-03-01", said(orgs="bulk", users="bulk"))
    in_folder(tmp_path / "2026-03-02", said(results="bulk"), {"results.csv": ORGS})
    assert [one.file for one in pieces_of(find_bundles(tmp_path))] == ["orgs", "users", "results"]


def test_bundles_are_unpacked_to_a_private_folder_that_goes_again(tmp_path: Path) -> None:
    files = GOOD | {"manifest.csv": said(orgs="bulk", users="bulk")}
    in_zip(tmp_path / "roster.zip", files)
    (tmp_path / "school_day.csv").write_text("school_id,date,kind\n")
    with unpacked(tmp_path) as private:
        assert private != tmp_path
        assert private.stat().st_mode & 0o077 == 0
        names = sorted(one.name for one in private.iterdir())
    assert names == ["orgs.csv", "school_day.csv", "users.csv"]
    assert not private.exists()


def test_a_folder_of_one_bundle_and_one_without_any_are_read_where_they_are(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "a", said(orgs="bulk", users="bulk"))
    plain = in_folder(tmp_path / "b", None)
    with unpacked(folder) as one, unpacked(plain) as other:
        assert (one, other) == (folder, plain)
    (folder / "users.csv").unlink()
    with pytest.raises(SightlineError, match="users, which is not there"), unpacked(folder):
        pass
