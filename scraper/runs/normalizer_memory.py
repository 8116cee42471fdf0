"""What the normaliser remembers from run to run: lent to each run, kept if the run is applied.

A run that is withheld, fails or is killed must not leave its entries in that memory; and to copy
it for each run would take longer than the run, once it has known a million entries. So a run has
the memory under a name of its own, a hard link in its run directory. SQLite writes what the run
adds to a file beside that name (the write-ahead log) and moves it into the memory only at a
checkpoint. The run's process makes none (`pin`). Once the run's entries are in the state, the
checkpoint is made here; the log of any other run is thrown away. If the process dies between the
two, the next run makes up for it.

Where there can be no link, the run works on a copy, which takes the memory's place.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

NAME = "normalizer.sqlite"

_LOG = "-wal"
_VERSIONS = slice(18, 20)
_WRITE_AHEAD = b"\x02\x02"
"""Bytes of the file's head that say that it has a write-ahead log (SQLite's file format, 1.3.3)."""


def lend(memory: Path, directory: Path) -> Path:
    """Give the memory a name in a run directory; that of a file to be made, where there is none.

    Raises:
        OSError: it can be neither linked nor copied.
    """
    lent = directory / NAME
    if memory.exists() and not _linked(memory, lent):
        shutil.copyfile(memory, lent)
    return lent


def pin(lent: Path) -> None:
    """Let this process, as long as it lives, add nothing to a memory that is lent to it.

    A reader that has begun before all else was written keeps every checkpoint away. A daemon
    thread has it: what such a thread holds is not closed at the end of the process, when SQLite
    would make one last checkpoint.

    Raises:
        sqlite3.Error: the memory cannot be read.
    """
    if not lent.exists() or lent.stat().st_nlink == 1:
        return
    tried = threading.Event()
    faults: list[sqlite3.Error] = []

    def hold() -> None:
        try:
            reader = sqlite3.connect(lent, isolation_level=None)
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.Error as error:
            faults.append(error)
        tried.set()
        threading.Event().wait()

    threading.Thread(target=hold, name="memory-pin", daemon=True).start()
    tried.wait()
    if faults:
        raise faults[0]


def seal(directory: Path) -> None:
    """Make what the run has added durable; nothing if the run has made no memory.

    Raises:
        OSError: it cannot be synced.
        sqlite3.Error: it is broken.
    """
    lent = directory / NAME
    if not lent.exists():
        return
    log = lent.with_name(NAME + _LOG)
    if lent.stat().st_nlink == 1:
        _add_log(lent)
    for path in (lent, log):
        if path.exists():
            _sync(path, os.O_RDONLY)
    _sync(directory, os.O_RDONLY | os.O_DIRECTORY)


def keep(memory: Path, directory: Path) -> None:
    """Add to the memory what the run has added, if that has not been done.

    Raises:
        OSError: it cannot be moved.
        sqlite3.Error: it cannot be written.
    """
    lent = directory / NAME
    if not lent.exists():
        return
    if memory.exists() and lent.samefile(memory):
        _add_log(lent)
        forget(directory)
        return
    memory.parent.mkdir(parents=True, exist_ok=True)
    lent.replace(memory)
    _sync(memory.parent, os.O_RDONLY | os.O_DIRECTORY)


def forget(directory: Path) -> None:
    """Take the memory back from a run; what it has added, and was not kept, is gone.

    Raises:
        OSError: a file cannot be removed.
    """
    for path in directory.glob(f"{NAME}*"):
        path.unlink()


def forget_all(runs: Path, *, but: str | None) -> None:
    """Take the memory back from runs that were killed: their logs no longer belong to it.

    Args:
        runs: directory of a source's run directories.
        but: the run whose memory is to be kept.

    Raises:
        OSError: a file cannot be removed.
    """
    for lent in list(runs.glob(f"*/{NAME}")):
        if lent.parent.name != but:
            forget(lent.parent)


def _linked(memory: Path, lent: Path) -> bool:
    with memory.open("rb") as file:
        if file.read(_VERSIONS.stop)[_VERSIONS] != _WRITE_AHEAD:
            return False
    try:
        lent.hardlink_to(memory)
    except OSError:
        # The file system has none, or too many; if the disk is full, copying will say so.
        return False
    return True


def _add_log(lent: Path) -> None:
    """Move all of the log into the file."""
    with closing(sqlite3.connect(lent)) as database:
        (busy, _, _) = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError(f"{lent} is in use by another process")


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
