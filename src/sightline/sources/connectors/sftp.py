"""An SFTP server onto which exports are written. Its host key must be the one the source names,
before a name or a password is sent; an unknown one is never accepted."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.drop_pieces import read_piece
from sightline.sources.connectors.drop_session import DropSession
from sightline.sources.connectors.drop_settings import FILES, SETTINGS, agreed
from sightline.sources.connectors.feed import Feed, Setting
from sightline.sources.connectors.http import Reach
from sightline.sources.connectors.types import Answer, Called, Part, Read

__all__ = ["FEED", "SftpConnector"]

FEED = Feed(
    kind="sftp",
    title="Files on an SFTP server",
    about=(
        "Takes complete sets of exports from a folder on an SFTP server. The address is "
        "sftp://server/folder; the server must show the key whose fingerprint you were given."
    ),
    profile="",  # the setting `profile` names it
    resources=(FILES,),
    settings={
        "user": Setting("the account on the server", "sightline"),
        "host_key": Setting("the fingerprint of the server's key", "SHA256:...", required=False),
        **SETTINGS,
    },
    secrets={
        "password": Setting("the account's password; empty when there is a key", required=False),
        "private_key": Setting(
            "the private key, its file in base64; empty with a password", required=False
        ),
        "passphrase": Setting("the private key's passphrase, if it has one", required=False),
    },
)


class SftpConnector:
    """Connector for `sftp`."""

    feed = FEED

    def parts(self, source: Source) -> list[Part]:
        """One part: all files, as they belong together."""
        agreed(source)
        _address(source)
        if not source.settings.get("user"):
            raise _bad(source, "the setting `user` must name the account on the server")
        return [Part(FILES.name)]

    @contextmanager
    def session(
        self, source: Source, secrets: Mapping[str, str], reach: Reach
    ) -> Iterator[DropSession]:
        """Connects when first used, and again when the connection is cut."""
        # Loading an SSH library takes as long as many commands do: only who syncs pays.
        from sightline.sources.connectors.sftp_place import Account, SftpPlace

        host, port, folder = _address(source)
        account = Account(
            source.settings["user"],
            frozenset(source.settings.get("host_key", "").replace(",", " ").split()),
            secrets,
        )
        with SftpPlace(host, port, folder, account, reach) as place:
            yield DropSession(place, agreed(source), reach)

    def read(self, source: Source, part: Part, answer: Answer) -> Read:
        """A piece of a file, untouched."""
        return read_piece(answer)

    def called(self, source: Source, body: bytes) -> Called | None:
        """Nobody calls for a folder."""
        return None


def _address(source: Source) -> tuple[str, int, str]:
    """Server, port and folder of an address."""
    parts = urlsplit(source.address)
    if parts.scheme != "sftp" or not parts.hostname:
        raise _bad(source, "the address must be sftp://server/folder")
    if parts.username or parts.password:
        raise _bad(source, "the account goes into the setting `user`, not into the address")
    try:
        port = parts.port or 22
    except ValueError as error:
        raise _bad(source, "the port in the address is no number from 1 to 65535") from error
    return parts.hostname, port, unquote(parts.path) or "/"


def _bad(source: Source, what: str) -> SightlineError:
    return SightlineError("bad_settings", f"source {source.name}", what)
