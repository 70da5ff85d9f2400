"""The school's own sign-on, as its signin.yml describes it."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from sightline.kit import SightlineError

__all__ = ["read_providers"]


def read_providers(path: Path) -> tuple[dict[str, Any], list[str]]:
    """allauth's providers from signin.yml, and the origins a sign-in form may lead to.

    The file is a list of {kind: openid, id, name, server, client_id, secret_from} (Microsoft,
    Google or any other) and {kind: saml, id, name, entity_id, metadata_url | sso_url + x509cert}.
    `secret_from` names an environment variable. Raises `bad_settings`.
    """
    if not path.exists():
        return {}, []
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        apps: dict[str, list[dict[str, Any]]] = {"openid_connect": [], "saml": []}
        for entry in entries:
            kind = {"openid": "openid_connect", "saml": "saml"}[entry["kind"]]
            apps[kind].append(_openid(entry) if kind == "openid_connect" else _saml(entry))
        origins = [_origin(entry.get("server") or entry.get("sso_url", "")) for entry in entries]
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        what = f"this cannot be used ({type(error).__name__}: {error})"
        raise SightlineError("bad_settings", str(path), what) from error
    found = {kind: {"APPS": listed} for kind, listed in apps.items() if listed}
    return found, [origin for origin in origins if origin]


def _openid(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "provider_id": entry["id"],
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": os.environ.get(entry.get("secret_from", ""), ""),
        "settings": {"server_url": entry["server"], "uid_field": "sub"},
    }


def _saml(entry: dict[str, Any]) -> dict[str, Any]:
    idp = {"entity_id": entry["entity_id"]}
    names = ("metadata_url", "sso_url", "slo_url", "x509cert")
    idp |= {name: entry[name] for name in names if name in entry}
    return {
        "provider_id": entry["entity_id"],
        "name": entry["name"],
        "client_id": entry["id"],
        "settings": {"idp": idp, "attribute_mapping": {"uid": entry.get("uid", "uid")}},
    }


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
