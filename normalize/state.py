"""What a normaliser remembers of earlier entries: their duplicates, their sources' boilerplate."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

from normalize.boilerplate import BoilerplateEvidence
from normalize.duplicates import DuplicateIndex
from normalize.identity import record_id
from normalize.model import Entry, Record
from normalize.recurrence import (
    MINIMUM,
    SHARE,
    learn,
    no_evidence,
    without_recurring,
)

# Entries of a source after which its evidence is brought up to date; learning copies the counts.
_BATCH = 50
_TABLE = "CREATE TABLE IF NOT EXISTS boilerplate (source TEXT PRIMARY KEY, evidence TEXT NOT NULL)"
_LEARNT = "CREATE TABLE IF NOT EXISTS learnt (mark BLOB PRIMARY KEY) WITHOUT ROWID"


class NormalizerState:
    """Memory of a normaliser, for one run or, with a file, for all runs.

    Records are kept in SQLite, of boilerplate 2,000 lines a source, of entries 8 bytes each.

    Args:
        path: SQLite file, made if missing; None for a private one that ends with the object.

    Raises:
        IncompatibleIndex: the file was written with other fingerprints.
        sqlite3.DatabaseError: the file is no SQLite database.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self._path = path
        self._index = DuplicateIndex(path)
        self._evidence = _load(path) if path else {}
        self._unlearnt: dict[str, list[Entry]] = {}
        self._learnt: set[bytes] = _load_learnt(path) if path else set()
        self._unsaved: set[bytes] = set()

    def clear_of_boilerplate(self, entry: Entry) -> Entry:
        """The entry without what recurs over its source, and remember the entry."""
        evidence = self._evidence.get(entry.source)
        # An entry that is seen at every run would become its own evidence.
        mark = blake2b(record_id(entry).encode(), digest_size=8).digest()
        if mark not in self._learnt:
            self._learnt.add(mark)
            self._unsaved.add(mark)
            self._await_learning(entry)
        return without_recurring(entry, evidence) if evidence else entry

    def with_duplicates(self, record: Record) -> Record:
        """The record with `duplicate_of` and `cluster_id`, and remember the record."""
        return self._index.assign(record)

    def commit(self) -> None:
        """Make what was remembered last."""
        self._index.commit()
        for source in list(self._unlearnt):
            self._learn(source)
        if self._path and self._unsaved:
            _save(self._path, self._evidence, self._unsaved)
        self._unsaved = set()

    def close(self) -> None:
        """Commit and close."""
        self.commit()
        self._index.close()

    def _await_learning(self, entry: Entry) -> None:
        waiting = self._unlearnt.setdefault(entry.source, [])
        waiting.append(entry)
        if len(waiting) >= _BATCH:
            self._learn(entry.source)

    def _learn(self, source: str) -> None:
        entries = self._unlearnt.pop(source)
        self._evidence[source] = learn(self._evidence.get(source, no_evidence()), entries)


def _load(path: str | Path) -> dict[str, BoilerplateEvidence]:
    with closing(sqlite3.connect(path)) as database:
        database.execute(_TABLE)
        rows = database.execute("SELECT source, evidence FROM boilerplate").fetchall()
    return {
        source: BoilerplateEvidence.from_dict(json.loads(text), share=SHARE, minimum=MINIMUM)
        for source, text in rows
    }


def _load_learnt(path: str | Path) -> set[bytes]:
    with closing(sqlite3.connect(path)) as database:
        database.execute(_LEARNT)
        return {mark for (mark,) in database.execute("SELECT mark FROM learnt")}


def _save(path: str | Path, evidence: dict[str, BoilerplateEvidence], learnt: set[bytes]) -> None:
    rows = [(name, json.dumps(found.to_dict())) for name, found in evidence.items()]
    with closing(sqlite3.connect(path)) as database, database:
        database.executemany("INSERT OR REPLACE INTO boilerplate VALUES (?, ?)", rows)
        database.executemany("INSERT OR IGNORE INTO learnt VALUES (?)", ((m,) for m in learnt))
