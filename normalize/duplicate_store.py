"""The tables of the duplicate index: records with their fingerprints, and keys to find them by."""

from __future__ import annotations

import sqlite3
import weakref
from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from operator import attrgetter
from pathlib import Path

import attrs

from normalize.commonness import Commonness
from normalize.fingerprints import SKETCH_VERSION, Fingerprint, unpack

MOST_FOUND = 16
MOST_NEAR = 8
CROWD = 24
"""Records that a key can find; with more it tells little and would cost much."""

CACHE_KIB = 32 * 1024

_VOTE = 1 << 20

FEWEST_VOTES = _VOTE // 6
"""What keys must tell of a record: each as much as there are few that share it."""

_VERSIONS = "CREATE TABLE IF NOT EXISTS versions (sketch TEXT PRIMARY KEY)"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS common_words (word INTEGER PRIMARY KEY, texts INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, input BLOB NOT NULL, duplicate_of TEXT,
    cluster_id TEXT, arxiv TEXT, doi TEXT, page_url TEXT, title TEXT, authors TEXT NOT NULL,
    texts BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
    key INTEGER, n INTEGER, PRIMARY KEY (key, n)) WITHOUT ROWID;
"""
_COLUMNS = "n, id, input, duplicate_of, cluster_id, arxiv, doi, page_url, title, authors, texts"

_FIND = f"SELECT {_COLUMNS} FROM records WHERE id = ?"  # noqa: S608  constants only, as below
_FETCH = f"SELECT {_COLUMNS} FROM records WHERE n IN ({{marks}})"  # noqa: S608
_PUT = f"INSERT OR REPLACE INTO records ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
_WITH_KEYS = "SELECT key, n FROM keys WHERE key IN ({marks})"


class IncompatibleIndex(ValueError):
    """The file holds fingerprints of another version; remove it to start anew."""


@attrs.frozen
class Known:
    """What the index keeps of a record, in the order of its columns."""

    n: int | None
    """Order of arrival; None before it is stored."""

    id: str
    input: bytes
    """Hash of what the answer rests on."""

    duplicate_of: str | None = None
    cluster_id: str | None = None
    arxiv: str | None = None
    doi: str | None = None
    page_url: str | None = None
    title: str | None = None
    authors: str = ""
    """Folded words of their names, each once, in order; only Latin script."""

    texts: bytes = b""
    """Its packed fingerprints."""

    def fingerprints(self) -> list[Fingerprint]:
        """Fingerprints of its texts, without bands."""
        return list(unpack(self.texts))


@attrs.frozen(kw_only=True)
class Found:
    """Records that share keys with another."""

    exact: list[tuple[int, Known]]
    """Exact keys shared and those that share them, first come first."""

    near: list[Known]
    """Those that share telling bands, most telling first."""

    crowded: set[int]
    """Keys that so many records share that no more need be found by them."""


class DuplicateStore:
    """SQLite behind the duplicate index.

    Keys are written in order with each commit, which is many times faster than one by one.

    Raises:
        IncompatibleIndex: if the file was written with other fingerprints.
        sqlite3.DatabaseError: if the file is no SQLite database.
    """

    def __init__(self, path: str | Path | None) -> None:
        # Tuples of numbers, unlike lists, are no work for the garbage collector.
        self._unwritten: dict[int, tuple[int, ...]] = {}
        # The empty name is a private file of SQLite's own, gone with the connection.
        # One thread at a time uses it; that which drops it may be another.
        self._database = sqlite3.connect(
            path or "", timeout=30, isolation_level=None, check_same_thread=False
        )
        weakref.finalize(self, self._database.close)
        try:
            self._prepare(path)
        except BaseException:
            self._database.close()
            raise

    def _prepare(self, path: str | Path | None) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", f"cache_size = -{CACHE_KIB}"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(_VERSIONS)
        found = self._database.execute("SELECT sketch FROM versions").fetchone()
        if found is None:
            self._database.execute("INSERT INTO versions VALUES (?)", (SKETCH_VERSION,))
        elif found[0] != SKETCH_VERSION:
            raise IncompatibleIndex(f"{path}: fingerprints {found[0]}, expected {SKETCH_VERSION}")
        self._database.executescript(_SCHEMA)

    def begin(self) -> None:
        """Open a transaction where none is open."""
        if not self._database.in_transaction:
            self._database.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make the open transaction last."""
        if self._database.in_transaction:
            unwritten = self._unwritten
            rows = ((key, n) for key in sorted(unwritten) for n in unwritten[key])
            self._database.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?)", rows)
            self._database.execute("COMMIT")
            self._unwritten.clear()

    def rollback(self) -> None:
        """Forget the open transaction."""
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")
            self._unwritten.clear()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def find(self, record_id: str) -> Known | None:
        """The record of an id."""
        row = self._database.execute(_FIND, (record_id,)).fetchone()
        return None if row is None else _known(row)

    def search(
        self, exact: Sequence[int], bands: Sequence[int], *, other_than: int | None
    ) -> Found:
        """Records that share keys; of bands, the rarer the shared ones the more telling."""
        sharing = self._sharing([*exact, *bands])
        same = {(n, key) for key in exact for n in sharing.get(key, ()) if n != other_than}
        votes: Counter[int] = Counter()
        for key in sharing.keys() & set(bands):
            for n in sharing[key]:
                votes[n] += _VOTE // len(sharing[key])
        if other_than is not None:
            votes.pop(other_than, None)
        telling = [(-count, n) for n, count in votes.items() if count >= FEWEST_VOTES]
        near = [n for _, n in nsmallest(MOST_NEAR, telling)]
        first = sorted(same)[:MOST_FOUND]
        records = self._fetch({*near, *(n for n, _ in first)})
        return Found(
            exact=[(key, records[n]) for n, key in first],
            near=[records[n] for n in near],
            crowded={key for key, numbers in sharing.items() if len(numbers) >= CROWD},
        )

    def _sharing(self, keys: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Numbers of the records that have a key, in order, for each key that has any."""
        query = _WITH_KEYS.format(marks=",".join("?" * len(keys)))
        sharing: dict[int, tuple[int, ...]] = {}
        for key, n in self._database.execute(query, keys):
            sharing[key] = (*sharing.get(key, ()), n)
        for key in filter(self._unwritten.__contains__, keys):
            numbers = (*sharing.get(key, ()), *self._unwritten[key])
            sharing[key] = tuple(dict.fromkeys(numbers))
        return sharing

    def _fetch(self, numbers: set[int]) -> dict[int, Known]:
        if not numbers:
            return {}
        query = _FETCH.format(marks=",".join("?" * len(numbers)))
        return {row[0]: _known(row) for row in self._database.execute(query, tuple(numbers))}

    def put(self, known: Known, keys: Iterable[int]) -> None:
        """Store a record, or store it anew; what it was found by it is found by still."""
        n = self._database.execute(_PUT, _row(known)).lastrowid or 0
        unwritten = self._unwritten
        for key in keys:
            unwritten[key] = (*unwritten.get(key, ()), n)

    def load_commonness(self) -> Commonness:
        """Counts of words as `save_commonness` left them; word -1 counts the texts."""
        counts = dict(self._database.execute("SELECT word, texts FROM common_words"))
        texts = counts.pop(-1, 0)
        return Commonness(counts, texts)

    def save_commonness(self, commonness: Commonness) -> None:
        """Replace the counts of words, within the open transaction."""
        self._database.execute("DELETE FROM common_words")
        rows = [*commonness.telling_counts(), (-1, commonness.texts)]
        self._database.executemany("INSERT INTO common_words VALUES (?, ?)", rows)

    def found_cluster(self, record_id: str) -> None:
        """Note that a record is no longer alone, for when it is seen again."""
        self._database.execute(
            "UPDATE records SET cluster_id = id WHERE id = ? AND cluster_id IS NULL", (record_id,)
        )


_row = attrgetter(*_COLUMNS.split(", "))


def _known(row: Sequence[object]) -> Known:
    return Known(*row)  # type: ignore[arg-type]  # as stored
