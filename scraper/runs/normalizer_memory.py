"""What the normaliser remembers from run to run: a copy for each run, kept if the run is applied.

A run that is withheld, fails or is killed must not leave its entries in that memory. So a run
works on a copy in its own directory. The copy takes the place of the memory once the run's
entries are in the state; if the process dies between the two, the next run makes up for it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

NAME = "normalizer.sqlite"


def lend(memory: Path, directory: Path) -> Path:
    """Copy the memory into a run directory; a file that is to be made, where there is none.

    Raises:
        OSError: it cannot be copied.
    """
    copy = directory / NAME
    if memory.exists():
        shutil.copyfile(memory, copy)
    return copy


def seal(directory: Path) -> None:
    """Make the run's copy one whole file on the disk; nothing if the run has made none.

    Raises:
        OSError: it cannot be synced.
        sqlite3.Error: it is broken.
    """
    copy = directory / NAME
    if not copy.exists():
        return
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with copy.open("rb") as file:
        os.fsync(file.fileno())


def keep(memory: Path, directory: Path) -> None:
    """Put the run's copy in the place of the memory, if that has not been done.

    Raises:
        OSError: it cannot be moved.
    """
    copy = directory / NAME
    if copy.exists():
        memory.parent.mkdir(parents=True, exist_ok=True)
        copy.replace(memory)


def forget(directory: Path) -> None:
    """Drop the copy of a run that is not applied.

    Raises:
        OSError: it cannot be removed.
    """
    for path in directory.glob(f"{NAME}*"):
        path.unlink()
