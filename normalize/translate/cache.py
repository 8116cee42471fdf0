"""Translations kept between runs: SQLite, shared by several processes, bounded in size."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path

from normalize.model import TranslationStatus
from normalize.translate.attempts import Rendering
from normalize.translate.model import Reason

logger = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rendering (
    key BLOB PRIMARY KEY,
    text TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    used INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rendering_used ON rendering (used);
"""
_DAY = 86_400
_KEYS_A_QUERY = 500
# Some are dropped at once, so that not every addition to a full cache drops one.
_DROPPED_SHARE = 10
_BUSY_SECONDS = 60.0


class TranslationCache:
    """Renderings of sentences by all that they depend on.

    Safe under several threads and processes: each addition is one transaction, in write-ahead
    logging. A file that is no database is left alone, with one line in the log, and the cache
    is kept in memory.

    Args:
        path: file, made with its directories where it is missing; None for memory alone.
        max_entries: where there are more, those least recently used (to the day) are dropped.
    """

    def __init__(self, path: str | Path | None, *, max_entries: int = 500_000) -> None:
        self._max_entries = max_entries
        self._lock = threading.Lock()
        self._connection = _open(Path(path) if path is not None else None)
        weakref.finalize(self, self._connection.close)

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Rendering]:
        """Find what is known."""
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, Rendering] = {}
        stale: list[bytes] = []
        today = _today()
        with self._lock:
            for at in range(0, len(wanted), _KEYS_A_QUERY):
                for key, text, status, reason, used in self._rows(wanted[at : at + _KEYS_A_QUERY]):
                    found[key] = _rendering(text, status, reason)
                    if used != today:
                        stale.append(key)
            if stale:
                with self._connection as connection:
                    connection.executemany(
                        "UPDATE rendering SET used = ? WHERE key = ?",
                        [(today, key) for key in stale],
                    )
        return found

    def put(self, renderings: Mapping[bytes, Rendering]) -> None:
        """Add or replace, all or nothing."""
        today = _today()
        rows = [
            (key, item.text, item.status.value, item.reason, today)
            for key, item in renderings.items()
        ]
        with self._lock, self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO rendering VALUES (?, ?, ?, ?, ?)", rows)
            self._drop_surplus(connection)

    def __len__(self) -> int:
        """Number of renderings."""
        with self._lock:
            return _count(self._connection)

    def close(self) -> None:
        """Close the file; the cache cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    def _rows(self, keys: list[bytes]) -> list[tuple[bytes, str, str, str | None, int]]:
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, text, status, reason, used FROM rendering WHERE key IN ({marks})"  # noqa: S608 - question marks alone
        return self._connection.execute(query, keys).fetchall()

    def _drop_surplus(self, connection: sqlite3.Connection) -> None:
        count = _count(connection)
        if count <= self._max_entries:
            return
        surplus = count - self._max_entries + self._max_entries // _DROPPED_SHARE
        connection.execute(
            "DELETE FROM rendering WHERE key IN (SELECT key FROM rendering ORDER BY used LIMIT ?)",
            (surplus,),
        )


def cache_key(sentence: str, *parts: str) -> bytes:
    """Hash a sentence and what its rendering depends on: pair, models, protection."""
    joined = "\0".join((*parts, sentence)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=16).digest()


def _open(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return _connected(":memory:")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connected(path)
    except sqlite3.DatabaseError as error:
        logger.warning("translation cache %s cannot be used: %s", path, error)
        return _connected(":memory:")


def _connected(path: str | Path) -> sqlite3.Connection:
    # Transactions are begun by hand where they must not wait halfway for another process.
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _rendering(text: str, status: str, reason: str | None) -> Rendering:
    return Rendering(
        text=text,
        status=TranslationStatus(status),
        reason=Reason(reason) if reason is not None else None,
    )


def _count(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM rendering").fetchone()
    return int(count)


def _today() -> int:
    return int(time.time()) // _DAY
