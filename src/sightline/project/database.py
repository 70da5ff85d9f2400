"""Which database holds people and decisions: SQLite in the site's folder, or PostgreSQL."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from sightline.kit import SightlineError
from sightline.site import Site

__all__ = ["database", "described"]

SQLITE_START = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"


def database(site: Site) -> dict[str, Any]:
    """Django's description of the database. Raises `bad_settings` for an address of another kind.

    The address is SIGHTLINE_DATABASE_URL or the setting `database`, as
    postgresql://user:password@host:port/name; empty is SQLite.
    """
    address = os.environ.get("SIGHTLINE_DATABASE_URL") or site.settings["database"]
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": site.folder / "decisions.sqlite",
            "OPTIONS": {
                # A transaction that will write waits its turn instead of failing half-way.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": SQLITE_START,
            },
        }
    return described(address)


def described(address: str) -> dict[str, Any]:
    """Django's description of a PostgreSQL database. Raises `bad_settings` for another kind."""
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        what = "`database` must look like postgresql://user:password@host:5432/name"
        raise SightlineError("bad_settings", "settings.toml", what)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
