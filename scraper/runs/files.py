"""Writing what is published: whole files, their hashes, archives that only grow."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from scraper.atomic import PendingFile, atomic_file, sync_directory
from scraper.runs.faults import PublishError
from scraper.runs.publication import PublishedFile

LEVEL = 6
"""Compression: the same lines give the same bytes."""

_PART = 2**20


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


def append_members(path: Path, members: Iterable[Iterable[bytes]]) -> None:
    """Add lines to an archive as gzip members, in one step; none that it ends with already.

    Whoever was stopped between writing an archive and noting it leaves an archive that ends with
    the first of the members that are to be added now. Members are written to a file without a
    name first: a run that moves all of a large feed has more of them than memory may hold.

    Args:
        path: of the archive; its directory is made.
        members: the lines of each, with their line ends.

    Raises:
        PublishError: it cannot be written; what was there is untouched.
    """
    with publishing(path):
        make_directory(path.parent)
        with tempfile.TemporaryFile(dir=path.parent) as new:
            ends = [_add_member(new, lines) for lines in members]
            there = _already_there(path, new, ends)
            if there == ends[-1:]:
                return
            with atomic_file(path) as file:
                if path.exists():
                    with path.open("rb") as old:
                        shutil.copyfileobj(old, file)
                new.seek(there[0] if there else 0)
                shutil.copyfileobj(new, file)


def put_away(folder: Path, place: Path) -> None:
    """Move a directory to its place in one step, unless that has been done.

    Raises:
        PublishError: it cannot be moved.
    """
    with publishing(folder):
        if folder.is_dir():
            make_directory(place.parent)
            folder.rename(place)
            sync_directory(folder.parent)
            sync_directory(place.parent)


def make_directory(path: Path) -> None:
    """Make a directory and those above it, durable as the files that will be in it."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(exist_ok=True)
    sync_directory(path.parent)


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


def _add_member(file: IO[bytes], lines: Iterable[bytes]) -> int:
    """Write lines as a gzip member of its own; where it ends."""
    # Neither name nor time: equal lines, equal bytes.
    with gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as member:
        member.writelines(lines)
    return file.tell()


def _already_there(path: Path, new: IO[bytes], ends: Sequence[int]) -> list[int]:
    """Where the last of the first members ends that the archive ends with; empty if none."""
    if not path.exists():
        return []
    size = path.stat().st_size
    with path.open("rb") as old:
        for end in reversed(ends):
            if end <= size:
                old.seek(size - end)
                new.seek(0)
                if _are_equal(old, new, end):
                    return [end]
    return []


def _are_equal(one: IO[bytes], other: IO[bytes], count: int) -> bool:
    """Whether so many bytes are the same in two files, from where each stands."""
    while count:
        part = one.read(min(count, _PART))
        if not part or part != other.read(len(part)):
            return False
        count -= len(part)
    return True
