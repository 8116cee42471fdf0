"""An output file that is collected beside its place, and can be gone on with after any end."""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import os
import shutil
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import IO, Any, Self

import attrs

from normalize.model import json_line
from scraper.atomic import sync_directory
from scraper.bulk.checkpoint import Checkpoint
from scraper.bulk.lines import Batch
from scraper.bulk.sinks import Tally, close
from scraper.bulk.work import Result

SECONDS_BETWEEN_CHECKPOINTS = 0.25
"""At least; on a slow disk more, see the next."""
_SHARE_OF_TIME = 0.05
"""Of the time that checkpoints may take."""


class Locked(Exception):
    """Another process is writing the output."""


class ResumableOutput:
    """Collects records in ``.OUT.partial/`` beside OUT, with their rejects and a checkpoint.

    Records and rejects are appended and, now and then, synced before a checkpoint notes how
    long they are; a successor cuts them to that length and goes on from there. The directory is
    locked (``flock``) for as long as its writer lives.

    Args:
        target: OUT; rejects go to ``OUT.rejects.jsonl``, which is there only if there are any.
        identity: of the run (see `scraper.bulk.checkpoint.identity`); None if its input can be
            read only once.
        tell: takes messages.
        before_checkpoint: makes durable what must not lack of what a checkpoint calls written.
    """

    def __init__(
        self,
        target: Path,
        identity: Mapping[str, Any] | None,
        tell: Callable[[str], None],
        before_checkpoint: Callable[[], None] = lambda: None,
    ) -> None:
        self.target = target.resolve()
        self.compress = target.suffix == ".gz"
        self.rejects = self.target.with_name(f"{self.target.name}.rejects.jsonl")
        self.directory = self.target.with_name(f".{self.target.name}.partial")
        self._identity = identity
        self._tell = tell
        self._before_checkpoint = before_checkpoint
        self._tally = Tally()
        self._complete = False
        self._due = 0.0
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Keep other processes out.

        Raises:
            Locked: one is at it already.
            OSError: nothing can be written there.
        """
        if self.target.is_dir():
            raise IsADirectoryError(f"{self.target} is a directory, not a file")
        self._open.callback(os.close, _lock(self.directory))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def begin(self) -> Tally:
        """Find what an earlier run left; go on from there if it was the same run."""
        left = Checkpoint.load(self._checkpoint)
        if left is None:
            left = Checkpoint()
        elif self._fits(left):
            self._tell(f"going on after {left.tally.records:,} records of a run that was stopped")
        else:
            self._tell("a run with other input or options was stopped here: starting anew")
            self._checkpoint.unlink()
            left = Checkpoint()
        self._tally, self._complete = left.tally, left.complete
        if not self._complete:
            self._records = self._append(self._partial, left.records_size)
            self._rejected = self._append(self._partial_rejects, left.rejects_size)
        return self._tally

    def write(self, batch: Batch, result: Result, tally: Tally) -> None:
        """Append whole lines; now and then make them durable."""
        self._records.write(result.records)
        for reject in result.rejects:
            line = json_line({"file": batch.file, **attrs.asdict(reject)})
            self._rejected.write(line.encode())
        self._tally = tally
        if monotonic() >= self._due:
            self._save()

    def finish(self, tally: Tally) -> None:
        """Put records and rejects in their places."""
        self._tally = tally
        if not self._complete:
            if self.compress and not self._records.tell():
                self._records.write(gzip.compress(b"", mtime=0))
            self._save(complete=True)
        if not tally.rejects:
            self.rejects.unlink(missing_ok=True)
        # An earlier run may have come this far and moved one or both.
        elif self._partial_rejects.exists():
            _move(self._partial_rejects, self.rejects)
        if self._partial.exists():
            _move(self._partial, self.target)
        sync_directory(self.target.parent)
        shutil.rmtree(self.directory)

    def suspend(self) -> str:
        """Keep what is written, where a second run can go on from it."""
        if self._identity is None:
            shutil.rmtree(self.directory)
            return "standard input and pipes cannot be read again: nothing is kept"
        if not self._complete:
            self._save()
        return (
            f"{self._tally.records:,} records are kept in {self.directory.name}; "
            "the same command goes on from there"
        )

    @property
    def _partial(self) -> Path:
        return self.directory / "records"

    @property
    def _partial_rejects(self) -> Path:
        return self.directory / "rejects"

    @property
    def _checkpoint(self) -> Path:
        return self.directory / "checkpoint.json"

    def _fits(self, left: Checkpoint) -> bool:
        if self._identity is None or left.identity != self._identity:
            return False
        if left.complete:  # and perhaps moved already
            return left.records_size in (_size(self._partial), _size(self.target))
        return (
            _size(self._partial) >= left.records_size
            and _size(self._partial_rejects) >= left.rejects_size
        )

    def _append(self, path: Path, size: int) -> IO[bytes]:
        file = path.open("ab")
        self._open.callback(close, file)
        file.truncate(size)
        file.seek(size)
        return file

    def _save(self, *, complete: bool = False) -> None:
        begun = monotonic()
        self._before_checkpoint()
        for file in (self._records, self._rejected):
            file.flush()
            os.fsync(file.fileno())
        if self._identity is not None:
            Checkpoint(
                identity=self._identity,
                tally=self._tally,
                records_size=self._records.tell(),
                rejects_size=self._rejected.tell(),
                complete=complete,
            ).save(self._checkpoint)
        ended = monotonic()
        self._due = ended + max(SECONDS_BETWEEN_CHECKPOINTS, (ended - begun) / _SHARE_OF_TIME)


def _lock(directory: Path) -> int:
    """Lock a directory, made if need be, and return its descriptor."""
    while True:
        directory.mkdir(exist_ok=True)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise Locked(f"another process is writing into {directory}") from error
        # Before it was locked, its last owner may have finished and removed it.
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)


def _move(source: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        source.chmod(stat.S_IMODE(target.stat().st_mode))
    source.replace(target)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1
