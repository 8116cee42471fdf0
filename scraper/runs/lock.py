"""Locks of sources: held by the kernel for a process, and gone with it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

GATE = ".gate"
_MODE = 0o644


@attrs.frozen(kw_only=True)
class Holder:
    """The process that holds a source's lock."""

    pid: int | None
    """None where the lock's file does not say: its holder has written nothing yet."""

    since: str | None
    """When it took the lock: UTC, RFC 3339."""

    def __str__(self) -> str:
        pid = "unknown" if self.pid is None else self.pid
        return f"process {pid}, since {self.since or 'unknown'}"


class SourceLocks:
    """The locks of some sources, taken together so that runs of the same sources never share.

    A lock is an ``flock`` on a file of its own. The kernel lifts it when its holder ends, however
    it ends; the file stays, and what it says counts only while the lock is held. Processes that
    are started meanwhile do not inherit it.

    Args:
        directory: where the files are; it must exist.
        now: what the files say of this process: when it began. Aware.
    """

    def __init__(self, directory: Path, *, now: datetime) -> None:
        self._directory = directory
        self._now = now
        self._descriptors: dict[str, int] = {}

    @property
    def held(self) -> tuple[str, ...]:
        """Sources whose locks are held here."""
        return tuple(self._descriptors)

    def acquire(self, sources: Iterable[str]) -> tuple[tuple[str, ...], Mapping[str, Holder]]:
        """Take the locks that are free.

        Nobody else takes or asks for a lock meanwhile: of any number of runs that want the same
        sources at one moment, one gets all of them and the others none.

        Returns:
            The sources held, and who holds each of the others.

        Raises:
            OSError: a file of the directory cannot be opened or written.
        """
        refused = {}
        with self._gate():
            for source in sources:
                holder = self._take(source)
                if holder is not None:
                    refused[source] = holder
        return self.held, refused

    def release(self) -> None:
        """Give the locks back."""
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    @contextlib.contextmanager
    def _gate(self) -> Iterator[None]:
        descriptor = _open(self._directory / GATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _take(self, source: str) -> Holder | None:
        """Take a lock; where another process has it, say which."""
        descriptor = _open(self._directory / f"{source}.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            try:
                return _read(descriptor)
            finally:
                os.close(descriptor)
        self._descriptors[source] = descriptor
        told = {"pid": os.getpid(), "since": self._now.isoformat(timespec="seconds")}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, (json.dumps(told) + "\n").encode(), 0)
        return None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)


def _read(descriptor: int) -> Holder:
    try:
        told = json.loads(os.pread(descriptor, 1000, 0))
        return Holder(pid=int(told["pid"]), since=str(told["since"]))
    except (ValueError, KeyError, TypeError):
        return Holder(pid=None, since=None)
