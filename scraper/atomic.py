"""Files that are whole or not there: written beside their place, synced, then renamed into it."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TextIO

SUFFIX = ".tmp"


class PendingFile:
    """A file that is being written beside the place where it is to stand.

    The hidden temporary is locked (``flock``) for as long as its writer lives: the kernel lifts
    the lock of a killed writer, so the next one can tell what is abandoned. A symbolic link is
    followed. A device or pipe (``/dev/null``) cannot be replaced and is written directly.

    Args:
        target: where the file is to stand; its directory must exist.

    Raises:
        OSError: the target is a directory, or its directory is missing or not writable.
    """

    def __init__(self, target: Path) -> None:
        self.file: IO[bytes]
        if is_device(target):
            self.target = self.path = target
            self.file = target.open("wb")
            return
        if target.is_dir():
            raise IsADirectoryError(f"{target} is a directory, not a file")
        self.target = target.resolve()
        _remove_abandoned(self.target)
        self.path, self.file = _create_beside(self.target)

    @property
    def direct(self) -> bool:
        """Whether the target is a device, so that what is written cannot be held back."""
        return self.path == self.target

    def publish(self, destination: Path | None = None) -> None:
        """Put the file in its place, or at ``destination`` in the same directory; durable."""
        self.file.flush()
        if not self.direct:
            os.fsync(self.file.fileno())
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(self.file.fileno(), stat.S_IMODE(self.target.stat().st_mode))
            self.path.replace(destination or self.target)
            sync_directory(self.target.parent)
        self.file.close()

    def discard(self) -> None:
        """Drop what was written; the place keeps what it had."""
        if not self.direct:
            self.path.unlink(missing_ok=True)
        # A full disk fails the last flush too; the file is gone either way.
        with contextlib.suppress(OSError):
            self.file.close()


@contextlib.contextmanager
def atomic_file(path: str | Path) -> Iterator[IO[bytes]]:
    """Open ``path`` to be written whole: it appears when the block ends, and not if it raises."""
    pending = PendingFile(Path(path))
    try:
        yield pending.file
        pending.publish()
    except BaseException:
        pending.discard()
        raise


@contextlib.contextmanager
def atomic_writer(path: str | Path) -> Iterator[TextIO]:
    r"""As `atomic_file`, for text: UTF-8 without a byte order mark, line ends ``\n``."""
    with atomic_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        try:
            yield text
        finally:
            text.detach()  # flushes, and leaves the file open for its syncing


@contextlib.contextmanager
def directory_lock(directory: Path) -> Iterator[None]:
    """Hold the kernel's lock of ``directory``: one process at a time, gone with the process."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_device(path: Path) -> bool:
    """Whether ``path`` is there and is neither a regular file nor a directory."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _create_beside(target: Path) -> tuple[Path, IO[bytes]]:
    while True:
        path = target.with_name(f".{target.name}.{secrets.token_hex(6)}{SUFFIX}")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Between its creation and its lock another writer may have taken it for abandoned.
        if os.fstat(descriptor).st_nlink:
            return path, os.fdopen(descriptor, "wb")
        os.close(descriptor)


def _remove_abandoned(target: Path) -> None:
    for path in target.parent.iterdir():
        if path.name.startswith(f".{target.name}.") and path.name.endswith(SUFFIX):
            # Gone meanwhile, or another user's: not this writer's to remove.
            with contextlib.suppress(FileNotFoundError, PermissionError):
                _remove_if_unlocked(path)


def _remove_if_unlocked(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)


def sync_directory(directory: Path) -> None:
    """Make the names in ``directory`` durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
