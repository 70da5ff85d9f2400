"""One file on disk: opened read-only, read once from start to end, watched for changes."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["HEAD_BYTES", "FileError", "SourceFile", "encoding_of"]

CHUNK_BYTES = 1 << 20  # small enough that one bad row sends little to the careful reader
HEAD_BYTES = 1 << 20  # the header must end within the first megabyte
CHANGED = "it changed while it was read: wait until the export has ended, then load again"
BOM = b"\xef\xbb\xbf"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")


class FileError(Exception):
    """Nothing of the file can be used: `code` is a key of types.NOTICES."""

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(f"{code}: {text}")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What tells two states of a file apart without reading it."""

    device: int
    inode: int
    size: int
    modified: int

    @classmethod
    def of(cls, found: os.stat_result) -> "_Seen":
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


class SourceFile:
    """A regular file and its first megabyte. OSError when it cannot be read."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        descriptor = self._open()
        try:
            self._seen = _Seen.of(os.fstat(descriptor))
            self.head = os.pread(descriptor, HEAD_BYTES, 0)
        finally:
            os.close(descriptor)
        self.size = self._seen.size
        self.sha256 = ""

    def chunks(self) -> Iterator[tuple[bytes, bool]]:
        """Every byte, in chunks, each with whether it is the last; fills in `sha256`.

        FileError, before the last chunk is handed out, when the file is no longer the one
        that was opened first: its size, its time, or the file the path leads to.
        """
        digest = hashlib.sha256()
        descriptor = self._open()
        try:
            self._check(descriptor)
            done = 0
            while done < self.size:
                chunk = os.pread(descriptor, CHUNK_BYTES, done)
                done += len(chunk)
                digest.update(chunk)
                if not chunk or done >= self.size:
                    self._check(descriptor)
                yield chunk, done >= self.size
            self.sha256 = digest.hexdigest()
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        # O_NONBLOCK: a named pipe must not make us wait for its writer.
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise IsADirectoryError(f"{self.name} is not a file")
        return descriptor

    def _check(self, descriptor: int) -> None:
        try:
            now = {_Seen.of(os.fstat(descriptor)), _Seen.of(os.stat(self.path))}
        except OSError as error:
            raise FileError("file_changed", CHANGED) from error
        if now != {self._seen}:
            raise FileError("file_changed", CHANGED)


def encoding_of(head: bytes, declared: str) -> tuple[str, int]:
    """The encoding to read with and the length of the byte order mark before the text.

    A byte order mark wins over what the profile declares, and so does text beyond ASCII that is
    UTF-8 throughout: Windows-1252 letters hardly ever form UTF-8 by chance. "utf-16" is only
    recognised, never read.
    """
    if head.startswith(BOM):
        return "utf-8", len(BOM)
    if head.startswith(WIDE_BOMS) or _every_other_byte_is_zero(head[:4096]):
        return "utf-16", 0
    if declared == "utf-8" or head.isascii():
        return declared, 0
    return ("utf-8" if _is_utf8(head) else declared), 0


def _every_other_byte_is_zero(head: bytes) -> bool:
    zeros = (head[0::2].count(0), head[1::2].count(0))
    return max(zeros) > len(head) * 0.3 and min(zeros) < len(head) * 0.05


def _is_utf8(head: bytes) -> bool:
    whole = head if len(head) < HEAD_BYTES else head[: head.rfind(b"\n") + 1]
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
