"""The records of a made-up school as a OneRoster bundle: CSV files with their manifest."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.support.mis.oneroster_records import Records

__all__ = ["bundle_files", "manifest", "write_bundle", "zip_bundle"]

Table = list[dict[str, str]]
BASE = "sourcedId status dateLastModified "
COLUMNS = {
    "orgs": "name type identifier parentSourcedId",
    "academicSessions": "title type startDate endDate parentSourcedId schoolYear",
    "courses": "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "classes": "title grades courseSourcedId classCode classType location schoolSourcedId "
    "termSourcedIds subjects subjectCodes periods",
    "users": "enabledUser orgSourcedIds role username userIds givenName familyName middleName "
    "identifier email sms phone agentSourcedIds grades password",
    "demographics": "birthDate sex americanIndianOrAlaskaNative asian cityOfBirth",
    "enrollments": "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
    "categories": "title weight",
    "lineItems": "title description assignDate dueDate classSourcedId categorySourcedId "
    "gradingPeriodSourcedId resultValueMin resultValueMax",
    "results": "lineItemSourcedId studentSourcedId scoreStatus score scoreDate comment textScore "
    "late missing",
    "roles": "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
}
USERS_OF_1_2 = (
    "enabledUser username userIds givenName familyName middleName identifier email sms phone "
    "agentSourcedIds grades password userMasterIdentifier preferredGivenName preferredMiddleName "
    "preferredFamilyName primaryOrgSourcedId pronouns"
)


def bundle_files(
    records: Records, schools: Iterable[str] = ("ORG1",), *, delta: bool = False
) -> dict[str, str]:
    """Every file of a whole bundle, by its name; of a delta, with its dates and status."""
    tables: dict[str, Table] = {"orgs": [_flat(records.org(one) or {}) for one in schools]}
    roles: Table = []
    for kind in records.KINDS:
        name = "users" if kind in ("students", "teachers") else kind
        by_school = kind in ("classes", "students", "teachers", "enrollments")
        for school in schools if by_school else ("",):
            for record, at in records.of(kind, school):
                row = _flat(record)
                if delta:
                    row["dateLastModified"] = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
                elif row["status"] == "tobedeleted":
                    continue
                else:
                    row["status"] = ""
                tables.setdefault(name, []).append(row)
                roles += _roles(record, row)
    if records.version == "1.2":
        tables["roles"] = roles
    return {
        f"{name}.csv": _csv(_columns(name, records.version), rows) for name, rows in tables.items()
    }


def manifest(version: str, modes: Mapping[str, str]) -> str:
    """A manifest that says so of these files, and `absent` of the others."""
    said = {name: modes.get(name, "absent") for name in [*COLUMNS, "resources", "classResources"]}
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    lines += [f"file.{name},{mode}" for name, mode in said.items()]
    return "\r\n".join([*lines, "source.systemName,Made up"]) + "\r\n"


def write_bundle(folder: Path, version: str, files: Mapping[str, str], mode: str = "bulk") -> Path:
    """The files and their manifest in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    modes = {name.removesuffix(".csv"): mode for name in files}
    for name, text in {**files, "manifest.csv": manifest(version, modes)}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def zip_bundle(folder: Path, archive: Path) -> Path:
    """A folder's files in a zip."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for one in sorted(folder.iterdir()):
            made.write(one, one.name)
    return archive


def _columns(name: str, version: str) -> list[str]:
    own = USERS_OF_1_2 if (name, version) == ("users", "1.2") else COLUMNS[name]
    if (name, version) == ("results", "1.1"):
        own = own.partition(" textScore")[0]
    return (BASE + own).split()


def _flat(record: Mapping[str, object]) -> dict[str, str]:
    """A record of the server as a row of a file."""
    row: dict[str, str] = {"dateLastModified": "", "password": "secret"}
    for name, value in record.items():
        if name == "userIds" and isinstance(value, list):
            row[name] = ",".join(f"{{{one['type']}:{one['identifier']}}}" for one in value)
        elif isinstance(value, dict):
            row[f"{name}SourcedId"] = str(value["sourcedId"])
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            ids = [str(one.get("sourcedId", "")) for one in value]
            row[f"{name.removesuffix('s')}SourcedIds"] = ",".join(ids)
        elif isinstance(value, list):
            row[name] = ",".join(map(str, value))
        else:
            row[name] = "" if value is None else str(value)
    return row


def _roles(record: Mapping[str, object], user: Mapping[str, str]) -> Table:
    held = record.get("roles")
    found = []
    for one in held if isinstance(held, list) else []:
        role = {name: str(one[name]) for name in ("roleType", "role", "beginDate") if name in one}
        ids = {"sourcedId": f"RO-{user['sourcedId']}", "userSourcedId": user["sourcedId"]}
        base = {name: user[name] for name in ("status", "dateLastModified")}
        found.append(base | ids | role | {"orgSourcedId": one["org"]["sourcedId"]})
    return found


def _csv(columns: list[str], rows: Table) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
