"""Is everything in order? Each check says what it found and, when it is not fine, what to do."""

import platform
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version

from sightline.kit import SightlineError
from sightline.pipeline import freshness, library_of, read_refused
from sightline.pipeline.backup import LATE, last_verified
from sightline.signals import values_of
from sightline.site import Site

__all__ = ["check_site"]

Check = dict[str, str]
LOW_DISK = 2 * 1024**3


def check_site(find: Callable[[], Site]) -> list[Check]:
    """Checks of the machine, then of the site if one was named. States: ok, warning, wrong."""
    checks = [_check("Python", "ok", platform.python_version())]
    checks += [_check(name, "ok", version(name)) for name in ("duckdb", "deltalake", "pyarrow")]
    try:
        site = find()
    except SightlineError as error:
        state = "warning" if error.where == "--site" else "wrong"
        return [*checks, _check("site", state, str(error))]
    checks.append(_check("site", "ok", str(site.folder)))
    checks += [_disk(site), _key(site), _thresholds(site), *_parameters(site), _data(site)]
    checks.append(_backup(site))
    return checks + _fresh(site)


def _check(name: str, state: str, detail: str) -> Check:
    return {"check": name, "state": state, "detail": detail}


def _disk(site: Site) -> Check:
    free = shutil.disk_usage(site.folder).free
    state = "ok" if free > LOW_DISK else "warning"
    return _check("disk", state, f"{free / 1024**3:.1f} GB free")


def _key(site: Site) -> Check:
    mode = stat.S_IMODE((site.folder / "secret.key").stat().st_mode)
    if mode & 0o077:
        return _check("secret.key", "wrong", f"others can read it: run chmod 600 (now {mode:o})")
    return _check("secret.key", "ok", "only its owner can read it")


def _thresholds(site: Site) -> Check:
    try:
        values_of(library_of(site), site.thresholds(), "thresholds.yml")
    except SightlineError as error:
        return _check("thresholds.yml", "wrong", str(error))
    return _check("thresholds.yml", "ok", f"{len(site.thresholds())} changed")


def _parameters(site: Site) -> list[Check]:
    found = []
    try:
        values = values_of(library_of(site), site.thresholds(), "thresholds.yml")
    except SightlineError:
        return []
    for signal in library_of(site).values():
        for one in signal.parameters:
            name = f"{signal.name}.{one.name}"
            span = "" if one.minimum is None else f", allowed {one.minimum:g} to {one.maximum:g}"
            detail = f"{values[name]} {one.unit}{span}"
            found.append(_check(name, "ok", detail))
    return found


def _data(site: Site) -> Check:
    snapshot = site.warehouse.current()
    if snapshot is None:
        return _check("data", "warning", "nothing has been loaded yet")
    refused = read_refused(site.warehouse, snapshot, site.keys).num_rows
    detail = f"snapshot {snapshot.id} of {snapshot.recorded_at:%Y-%m-%d %H:%M} UTC"
    if refused:
        return _check("data", "warning", f"{detail}; {refused:,} rows are refused")
    return _check("data", "ok", detail)


def _backup(site: Site) -> Check:
    """A backup counts once it has been restored for a moment and compared."""
    good = last_verified(site.folder)
    state = "ok"
    if site.settings["demo"] != "yes":
        late = good is None or datetime.now(UTC) - good.at > LATE
        state = "warning" if late else "ok"
    if good is None:
        return _check("backup", state, "none has been verified: run sightline backup FOLDER")
    size = f"{good.size / 1024**2:,.1f} MB in {good.seconds:.1f} s"
    detail = f"snapshot {good.snapshot:06d}, {good.at:%Y-%m-%d %H:%M} UTC, {size}, verified"
    return _check("backup", state, detail if state == "ok" else f"{detail}: make another one")


def _fresh(site: Site) -> list[Check]:
    if site.warehouse.current() is None:
        return []
    found = []
    for row in freshness(site, datetime.now().astimezone().date()):
        detail = f"{row['rows']:,} rows to {row['latest'] or 'none'}"
        if "share_missing" in row:
            detail += f", {row['share_missing']:.1%} of expected marks missing"
        if row.get("days_without_any"):
            detail += f", {row['days_without_any']} open days without any"
        state = "warning" if row.get("days_without_any") else "ok"
        found.append(_check(f"{row['table']} of {row['school_id']}", state, detail))
    return found
