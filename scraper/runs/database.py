"""The state's SQLite file: opening it, transactions, and errors that say what to do."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from scraper.runs.faults import StateBusy, StateDamaged, StateError, StateTooNew
from scraper.runs.migrations import STEPS

BUSY_SECONDS = 60.0
"""How long one waits for another process that is writing."""

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_PRIMARY_CODE = 0xFF
_BETWEEN_TRIES = 0.02


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a state file, make it where there is none, and bring it to the newest version.

    Raises:
        StateError: it cannot be opened; its subclasses say more.
    """
    if read_only and not path.exists():
        raise StateError(f"there is no state at {path}: nothing has been refreshed there yet")
    with told(path):
        mode = "ro" if read_only else "rwc"
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
        )
        try:
            _prepare(connection, path, read_only=read_only)
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Raise SQLite's errors as those of `scraper.runs.faults`."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _fault(error, path) from error


@contextlib.contextmanager
def writing(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """One transaction that writes: all of it is durable at the end of the block, or nothing."""
    with told(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        finally:
            # A full disk may have rolled it back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")


@contextlib.contextmanager
def reading(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """One transaction that reads: all that is read in the block is of one moment."""
    with told(path):
        connection.execute("BEGIN")
        try:
            yield
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    version = _version(connection)
    if version > len(STEPS):
        raise StateTooNew(
            f"{path} has version {version}, this program knows up to {len(STEPS)}: it was written "
            "by a newer khulasa; use that one, or another output directory"
        )
    if read_only:
        if version < len(STEPS):
            raise StateError(f"{path} has version {version}: `scrapy refresh` brings it up to date")
        return
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    if version < len(STEPS):
        with writing(connection, path):
            # Another process may have been faster.
            for number in range(_version(connection), len(STEPS)):
                STEPS[number](connection)
                connection.execute(f"PRAGMA user_version = {number + 1}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn on WAL. While several begin a new file, SQLite refuses this without any wait."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE not in _BUSY or time.monotonic() > end:
                raise
            time.sleep(_BETWEEN_TRIES)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _fault(error: sqlite3.DatabaseError, path: Path) -> StateError:
    # Errors of the sqlite3 module itself have no code.
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code in _DAMAGED:
        return StateDamaged(
            f"{path} is damaged or no state file ({error}). What was published is untouched. "
            f"Put back a copy of it; or save what can be read with `sqlite3 {path} .recover | "
            f"sqlite3 recovered.sqlite`; or move it away with the -wal and -shm files beside it: "
            "the next refresh takes up the published feeds"
        )
    if code in _BUSY:
        return StateBusy(f"{path} has been locked by another process for {BUSY_SECONDS:.0f} s")
    return StateError(f"{path} cannot be used: {error}")
