"""The tables of the duplicate index: records, exact keys, fingerprints and their bands."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from pathlib import Path

import attrs

from normalize.commonness import Commonness
from normalize.fingerprints import SKETCH_VERSION, Fingerprint
from normalize.similarity import may_be_same

MOST_FOUND = 16
MOST_NEAR = 20
MOST_BY_CHANCE = 5
CACHE_KIB = 32 * 1024

_SCHEMA = """
CREATE TABLE IF NOT EXISTS versions (sketch TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS common_words (word INTEGER PRIMARY KEY, texts INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, input BLOB NOT NULL, duplicate_of TEXT,
    cluster_id TEXT, arxiv TEXT, doi TEXT, page_url TEXT, title TEXT, authors TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
    key INTEGER, n INTEGER, kind TEXT, PRIMARY KEY (key, n)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (t INTEGER PRIMARY KEY, n INTEGER NOT NULL, print BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS texts_of_record ON texts (n);
CREATE TABLE IF NOT EXISTS bands (
    band INTEGER, t INTEGER, PRIMARY KEY (band, t)) WITHOUT ROWID;
"""
_COLUMNS = "n, id, input, duplicate_of, cluster_id, arxiv, doi, page_url, title, authors"

_FIND = f"SELECT {_COLUMNS} FROM records WHERE id = ?"  # noqa: S608  constants only, as below
_PUT = f"INSERT OR REPLACE INTO records ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)"  # noqa: S608
_WITH_KEYS = f"""
SELECT kind, {_COLUMNS} FROM keys JOIN records USING (n)
WHERE key IN ({{marks}}) AND id != ? ORDER BY n LIMIT {MOST_FOUND}
"""  # noqa: S608
_TEXTS = f"""
SELECT t, print, {_COLUMNS} FROM texts JOIN records USING (n) WHERE t IN ({{marks}}) AND id != ?
"""  # noqa: S608


class IncompatibleIndex(ValueError):
    """The file holds fingerprints of another version; remove it to start anew."""


@attrs.frozen(kw_only=True)
class Known:
    """What the index keeps of a record."""

    n: int | None = None
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


class DuplicateStore:
    """SQLite behind the duplicate index.

    Raises:
        IncompatibleIndex: if the file was written with other fingerprints.
        sqlite3.DatabaseError: if the file is no SQLite database.
    """

    def __init__(self, path: str | Path | None) -> None:
        # The empty name is a private file of SQLite's own, gone with the connection.
        self._database = sqlite3.connect(path or "", timeout=30, isolation_level=None)
        try:
            self._prepare(path)
        except BaseException:
            self._database.close()
            raise

    def _prepare(self, path: str | Path | None) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", f"cache_size = -{CACHE_KIB}"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(_SCHEMA)
        found = self._database.execute("SELECT sketch FROM versions").fetchone()
        if found is None:
            self._database.execute("INSERT INTO versions VALUES (?)", (SKETCH_VERSION,))
        elif found[0] != SKETCH_VERSION:
            raise IncompatibleIndex(f"{path}: fingerprints {found[0]}, expected {SKETCH_VERSION}")

    def begin(self) -> None:
        """Open a transaction where none is open."""
        if not self._database.in_transaction:
            self._database.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make the open transaction last."""
        if self._database.in_transaction:
            self._database.execute("COMMIT")

    def rollback(self) -> None:
        """Forget the open transaction."""
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def find(self, record_id: str) -> Known | None:
        """The record of an id."""
        row = self._database.execute(_FIND, (record_id,)).fetchone()
        return None if row is None else _known(row)

    def with_keys(self, keys: Iterable[int], *, other_than: str) -> list[tuple[str, Known]]:
        """Kind of key and record for records that share exact keys, first come first."""
        values = (*keys, other_than)
        rows = self._database.execute(_with_marks(_WITH_KEYS, len(values) - 1), values)
        return [(kind, _known(row)) for kind, *row in rows]

    def near(self, text: Fingerprint, *, other_than: str) -> list[tuple[Fingerprint, Known]]:
        """Texts that share bands and may be alike, those that share most first."""
        query = _with_marks("SELECT t FROM bands WHERE band IN ({marks})", len(text.bands))
        counts = Counter(t for (t,) in self._database.execute(query, text.bands))
        best = nsmallest(MOST_NEAR, counts.items(), key=lambda item: (-item[1], item[0]))
        shared = dict(
            best[:MOST_BY_CHANCE] + [item for item in best[MOST_BY_CHANCE:] if item[1] > 1]
        )
        if not shared:
            return []
        query = _with_marks(_TEXTS, len(shared))
        rows = self._database.execute(query, (*shared, other_than)).fetchall()
        rows.sort(key=lambda row: (-shared[row[0]], row[0]))
        found = ((Fingerprint.from_bytes(data), row) for _, data, *row in rows)
        return [(other, _known(row)) for other, row in found if may_be_same(text, other)]

    def texts(self, known: Known) -> list[Fingerprint]:
        """Fingerprints of a record's texts, without bands."""
        rows = self._database.execute("SELECT print FROM texts WHERE n = ? ORDER BY t", (known.n,))
        return [Fingerprint.from_bytes(row[0]) for row in rows]

    def put(self, known: Known, keys: Mapping[int, str], texts: Iterable[Fingerprint]) -> None:
        """Store a record, or store it anew: keys add up, texts are replaced."""
        n = self._database.execute(_PUT, attrs.astuple(known)).lastrowid
        self._database.executemany(
            "INSERT OR IGNORE INTO keys VALUES (?, ?, ?)",
            [(key, n, kind) for key, kind in keys.items()],
        )
        if known.n is not None:
            self._database.execute(
                "DELETE FROM bands WHERE t IN (SELECT t FROM texts WHERE n = ?)", (n,)
            )
            self._database.execute("DELETE FROM texts WHERE n = ?", (n,))
        for text in texts:
            row = (n, text.to_bytes())
            t = self._database.execute("INSERT INTO texts (n, print) VALUES (?, ?)", row).lastrowid
            bands = [(band, t) for band in text.bands]
            self._database.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", bands)

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


def _with_marks(query: str, count: int) -> str:
    return query.format(marks=",".join("?" * count))


def _known(row: Sequence[object]) -> Known:
    return Known(**dict(zip(_COLUMNS.split(", "), row, strict=True)))  # type: ignore[arg-type]  # as stored
