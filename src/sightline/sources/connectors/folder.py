"""A folder of exports on this machine or on a share, watched. It is only read, never written to,
unless the source says that files are to be moved when they have been taken."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors.drop import Entry
from sightline.sources.connectors.drop_pieces import read_piece
from sightline.sources.connectors.drop_session import DropSession, unsettled
from sightline.sources.connectors.drop_settings import FILES, SETTINGS, agreed
from sightline.sources.connectors.feed import Feed
from sightline.sources.connectors.http import Reach
from sightline.sources.connectors.types import Answer, Called, Part, Read

__all__ = ["FEED", "FolderConnector"]

FEED = Feed(
    kind="folder",
    title="A watched folder",
    about=(
        "Takes complete sets of exports from a folder on this machine or on a share. The address "
        "is the folder's full path."
    ),
    profile="",  # the setting `profile` names it
    resources=(FILES,),
    settings=SETTINGS,
)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder as a place of files."""

    path: Path

    @property
    def where(self) -> str:
        return str(self.path)

    def entries(self, within: str = "") -> list[Entry]:
        """The regular files; links are not followed out of the folder."""
        found = []
        try:
            with os.scandir(self.path / within) as listing:
                for one in listing:
                    with suppress(FileNotFoundError):  # it has just gone
                        if one.is_file(follow_symlinks=False):
                            about = one.stat(follow_symlinks=False)
                            found.append(Entry(one.name, about.st_size, about.st_mtime_ns, within))
        except OSError as error:
            if within and isinstance(error, FileNotFoundError | NotADirectoryError):
                return []  # nothing was moved yet
            raise self._closed(error) from error
        return found

    def _closed(self, error: OSError) -> SightlineError:
        if isinstance(error, FileNotFoundError):
            what = "there is no such folder; is the share connected?"
            return SightlineError("source_down", self.where, what)
        if isinstance(error, PermissionError):
            return _refused(self.where)
        return SightlineError("source_down", self.where, _why(error))

    def piece(self, entry: Entry, offset: int, size: int) -> bytes:
        """So many bytes, if the file is still the one that was listed, before and after."""
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
        where = f"{self.where}, {entry.name}"
        try:
            descriptor = os.open(self.path / entry.within / entry.name, flags)
        except PermissionError as error:
            raise _refused(where) from error
        except OSError as error:
            raise unsettled(where, "the file is gone") from error
        try:
            read = os.pread(descriptor, size, offset)
            about = os.fstat(descriptor)
        except OSError as error:
            raise SightlineError("source_down", where, _why(error)) from error
        finally:
            os.close(descriptor)
        same = (about.st_size, about.st_mtime_ns) == (entry.size, entry.modified)
        if not same or len(read) != size or not stat.S_ISREG(about.st_mode):
            raise unsettled(where, "the file changed while it was read")
        return read

    def move(self, name: str, to: str) -> bool:
        """Move a file into a folder beneath, in place of an earlier one of its name."""
        try:
            (self.path / to).mkdir(exist_ok=True)
            (self.path / name).replace(self.path / to / name)
        except OSError:
            return False
        return True


class FolderConnector:
    """Connector for `folder`."""

    feed = FEED

    def parts(self, source: Source) -> list[Part]:
        """One part: all files, as they belong together."""
        agreed(source)
        if not Path(source.address).is_absolute():
            what = "the address must be the full path of a folder, starting with /"
            raise SightlineError("bad_settings", f"source {source.name}", what)
        return [Part(FILES.name)]

    @contextmanager
    def session(
        self, source: Source, secrets: Mapping[str, str], reach: Reach
    ) -> Iterator[DropSession]:
        """Nothing stays open between pieces."""
        yield DropSession(_Folder(Path(source.address)), agreed(source), reach)

    def read(self, source: Source, part: Part, answer: Answer) -> Read:
        """A piece of a file, untouched."""
        return read_piece(answer)

    def called(self, source: Source, body: bytes) -> Called | None:
        """Nobody calls for a folder."""
        return None


def _refused(where: str) -> SightlineError:
    remedy = "Let the account that runs Sightline read it."
    return SightlineError("source_refused", where, "it may not be read", remedy)


def _why(error: OSError) -> str:
    return error.strerror or "it cannot be read"
