"""Writing what is published: whole files, their hashes, archives that only grow."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from scraper.atomic import PendingFile, atomic_file
from scraper.runs.faults import PublishError
from scraper.runs.publication import PublishedFile

LEVEL = 6
"""Compression: the same lines give the same bytes."""


class _Counted:
    """Passes bytes on and keeps count of them.

    Args:
        file: where the bytes go.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        """Pass on."""
        self._hash.update(data)
        self._size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Pass on."""
        self._file.flush()

    def told(self, lines: int | None) -> PublishedFile:
        """What was written."""
        return PublishedFile(bytes=self._size, sha256=self._hash.hexdigest(), lines=lines)


@contextlib.contextmanager
def publishing(path: Path) -> Iterator[None]:
    """Raise the system's errors as `PublishError`."""
    try:
        yield
    except OSError as error:
        raise PublishError(
            f"{error.filename or path} cannot be written: {error.strerror or error}; what was "
            "published before stands as it was, and the next refresh publishes what is missing"
        ) from error


def write_lines(
    path: Path, lines: Iterable[bytes], *, before: PublishedFile | None = None
) -> PublishedFile:
    """Put a file of lines in its place, compressed if its name ends in ``.gz``.

    Args:
        path: of the file; its directory is made.
        lines: with their line ends.
        before: what was last published there: a file that holds the same bytes is left alone.

    Raises:
        PublishError: it cannot be written; what was there is untouched.
    """
    with publishing(path):
        make_directory(path.parent)
        pending = PendingFile(path)
        try:
            counted = _Counted(pending.file)
            written = counted.told(_write(counted, lines, compressed=path.suffix == ".gz"))
            if written != before or not is_there(path, written):
                pending.publish()
        finally:
            pending.discard()
    return written


def write_bytes(path: Path, content: bytes) -> PublishedFile:
    """Put a file in its place, unless it holds this content already.

    Raises:
        PublishError: it cannot be written; what was there is untouched.
    """
    with publishing(path):
        make_directory(path.parent)
        if not path.is_file() or path.read_bytes() != content:
            with atomic_file(path) as file:
                file.write(content)
    return PublishedFile(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def is_there(path: Path, published: PublishedFile) -> bool:
    """Whether a file is in its place, with the size it was published with."""
    try:
        return path.stat().st_size == published.bytes
    except FileNotFoundError:
        return False


def append_members(path: Path, members: Sequence[bytes]) -> None:
    """Add gzip members to an archive, in one step; those it ends with already are not repeated.

    Whoever was stopped between writing an archive and noting it leaves an archive that ends with
    the first of the members that are to be added now.

    Raises:
        PublishError: it cannot be written; what was there is untouched.
    """
    with publishing(path):
        make_directory(path.parent)
        rest = members[_already_there(path, members) :]
        if rest:
            with atomic_file(path) as file:
                if path.exists():
                    with path.open("rb") as old:
                        shutil.copyfileobj(old, file)
                file.writelines(rest)


def gzip_member(lines: Iterable[bytes]) -> bytes:
    """Lines as a gzip member of their own."""
    member = io.BytesIO()
    with gzip.GzipFile("", "wb", LEVEL, member, mtime=0) as file:
        file.writelines(lines)
    return member.getvalue()


def make_directory(path: Path) -> None:
    """Make a directory and those above it, durable as the files that will be in it."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(exist_ok=True)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(counted: _Counted, lines: Iterable[bytes], *, compressed: bool) -> int:
    if not compressed:
        return _write_each(counted, lines)
    # Neither name nor time: equal lines, equal bytes.
    with gzip.GzipFile("", "wb", LEVEL, counted, mtime=0) as file:
        return _write_each(file, lines)


def _write_each(file: _Counted | gzip.GzipFile, lines: Iterable[bytes]) -> int:
    count = 0
    for line in lines:
        file.write(line)
        count += 1
    return count


def _already_there(path: Path, members: Sequence[bytes]) -> int:
    """Number of the first members that the file ends with."""
    if not path.exists():
        return 0
    size = path.stat().st_size
    with path.open("rb") as file:
        for count in range(len(members), 0, -1):
            tail = b"".join(members[:count])
            if len(tail) <= size:
                file.seek(size - len(tail))
                if file.read() == tail:
                    return count
    return 0
