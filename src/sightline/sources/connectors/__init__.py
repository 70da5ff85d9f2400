"""Connectors: how each kind of system is asked for its data, and how its answers are read.

In: a configured source and a moment. Out: bodies as they came, and from each body rows of the raw
views of a profile. The sync calls them; nothing here writes to a site.
"""

from sightline.kit import SightlineError
from sightline.sources.connectors.drop_pieces import with_stopped
from sightline.sources.connectors.edfi import EdFi
from sightline.sources.connectors.feed import Feed, Field, Resource, Setting
from sightline.sources.connectors.folder import FolderConnector
from sightline.sources.connectors.http import Http, Reach, Reply
from sightline.sources.connectors.oneroster import OneRoster
from sightline.sources.connectors.oneroster_csv import OneRosterCsv
from sightline.sources.connectors.sftp import SftpConnector
from sightline.sources.connectors.types import (
    Answer,
    Called,
    Connector,
    Part,
    Read,
    Rejected,
    Row,
    Session,
)
from sightline.sources.connectors.wonde import Wonde
from sightline.sources.connectors.xapi import Xapi

__all__ = [
    "CONNECTORS",
    "Answer",
    "Called",
    "Connector",
    "Feed",
    "Field",
    "Http",
    "Part",
    "Reach",
    "Read",
    "Rejected",
    "Reply",
    "Resource",
    "Row",
    "Session",
    "Setting",
    "connector",
    "with_stopped",
]

CONNECTORS: dict[str, Connector] = {
    "edfi": EdFi(),
    "folder": FolderConnector(),
    "oneroster": OneRoster(),
    "oneroster-csv": OneRosterCsv(),
    "sftp": SftpConnector(),
    "wonde": Wonde(),
    "xapi": Xapi(),
}


def connector(kind: str) -> Connector:
    """The connector of a kind. Raises `bad_settings` naming those there are."""
    found = CONNECTORS.get(kind)
    if found is None:
        known = ", ".join(sorted(CONNECTORS))
        raise SightlineError("bad_settings", f"kind = {kind}", f"there are: {known}")
    return found
