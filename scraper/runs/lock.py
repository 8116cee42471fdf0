"""Locks of sources: held by the kernel for a process, and gone with it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs

from scraper.runs.faults import LocksBusy

GATE = ".gate"

GATE_SECONDS = 30.0
"""How long one waits for another process that is taking locks, which takes it milliseconds."""

_MODE = 0o644
_BETWEEN_TRIES = 0.02


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
        self._unusable: dict[str, str] = {}

    @property
    def unusable(self) -> Mapping[str, str]:
        """Why the locks of some sources can neither be taken nor asked for."""
        return self._unusable

    @property
    def held(self) -> tuple[str, ...]:
        """Sources whose locks are held here."""
        return tuple(self._descriptors)

    def acquire(self, sources: Iterable[str]) -> tuple[tuple[str, ...], Mapping[str, Holder]]:
        """Take the locks that are free.

        Nobody else takes or asks for a lock meanwhile: of any number of runs that want the same
        sources at one moment, one gets all of them and the others none.

        Returns:
            The sources held, and who holds each of the others; `unusable` are in neither.

        Raises:
            LocksBusy: another process has been taking locks for too long.
            OSError: the directory cannot be used.
        """
        refused = {}
        with self._gate():
            for source in sources:
                try:
                    holder = self._take(source)
                except OSError as error:
                    self._unusable[source] = f"its lock cannot be taken: {error}"
                    continue
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
        path = self._directory / GATE
        descriptor = _open(path)
        try:
            if not wait_for(descriptor, GATE_SECONDS):
                raise LocksBusy(
                    f"another refresh has been looking for free sources for {GATE_SECONDS:g} s "
                    f"({path} is locked by {_read(descriptor)}); it hangs or is stopped: end it"
                )
            _write(descriptor, self._now)
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
        _write(descriptor, self._now)
        return None


def wait_for(descriptor: int, seconds: float) -> bool:
    """Lock a file, waiting for another process that has it; whether it was had in that time."""
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_BETWEEN_TRIES)
        else:
            return True


def _write(descriptor: int, now: datetime) -> None:
    """Say who has the lock; on a full disk nobody is told."""
    told = {"pid": os.getpid(), "since": now.isoformat(timespec="seconds")}
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, (json.dumps(told) + "\n").encode(), 0)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)


def _read(descriptor: int) -> Holder:
    try:
        told = json.loads(os.pread(descriptor, 1000, 0))
        return Holder(pid=int(told["pid"]), since=str(told["since"]))
    except (ValueError, KeyError, TypeError):
        return Holder(pid=None, since=None)
