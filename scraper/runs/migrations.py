"""The tables of the state, and the steps that bring an older state up to them.

A step is never changed once it has been released; what is new is a step more. The number of steps
that a file has had is its ``PRAGMA user_version``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

_TABLES = """
CREATE TABLE sources (
    source TEXT PRIMARY KEY,
    generation INTEGER NOT NULL DEFAULT 0,
    last_new_entry TEXT,
    last_seen TEXT
) WITHOUT ROWID;

CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    run_id TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT NOT NULL,
    outcome TEXT NOT NULL,
    good INTEGER NOT NULL,
    told TEXT NOT NULL,
    seen INTEGER NOT NULL,
    added INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    records INTEGER NOT NULL,
    fill TEXT NOT NULL,
    und REAL NOT NULL,
    suspect REAL NOT NULL,
    with_issues REAL NOT NULL,
    warnings TEXT NOT NULL,
    UNIQUE (source, run_id)
);
CREATE INDEX runs_by_source ON runs (source, number);
CREATE INDEX runs_by_good ON runs (source, good, number);

CREATE TABLE pages (
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    next_url TEXT,
    entry_ids TEXT NOT NULL,
    PRIMARY KEY (source, url)
) WITHOUT ROWID;

CREATE TABLE entries (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    revision INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, id)
) WITHOUT ROWID;

CREATE TABLE feed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    run INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    line TEXT NOT NULL,
    newer TEXT NOT NULL DEFAULT '[]',
    older TEXT NOT NULL DEFAULT '[]',
    misses INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source, id)
);
CREATE INDEX feed_by_source ON feed (source, seq);
CREATE INDEX feed_by_age ON feed (source, run, seq DESC);
CREATE INDEX feed_by_run ON feed (run, seq DESC);
CREATE INDEX feed_by_id ON feed (id, seq);
CREATE INDEX feed_by_change ON feed (source, changed_at);
CREATE INDEX feed_missing ON feed (source) WHERE misses > 0;

CREATE TABLE generations (
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX generations_by_source ON generations (source, generation);

CREATE TABLE changes (
    number INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    body TEXT NOT NULL,
    combined TEXT
);
CREATE INDEX changes_by_generation ON changes (generation, number);

CREATE TABLE leaving (
    number INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    month TEXT NOT NULL,
    line TEXT NOT NULL,
    combined INTEGER NOT NULL
);
CREATE INDEX leaving_by_generation ON leaving (generation, number);

CREATE TABLE published (
    source TEXT PRIMARY KEY,
    generation INTEGER NOT NULL,
    files TEXT NOT NULL
) WITHOUT ROWID;
"""


_RETIREMENT = """
CREATE TABLE retirements (
    source TEXT NOT NULL,
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    place TEXT NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (source, number)
) WITHOUT ROWID;

CREATE TABLE retired_feed (
    seq INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    run INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    line TEXT NOT NULL
);
CREATE INDEX retired_feed_by_source ON retired_feed (source, seq);
"""


def _make_tables(connection: sqlite3.Connection) -> None:
    _run(connection, _TABLES)


def _let_sources_retire(connection: sqlite3.Connection) -> None:
    _run(connection, _RETIREMENT)


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run statements one by one: `executescript` would end the transaction."""
    for statement in script.split(";"):
        if statement.strip():
            connection.execute(statement)


STEPS: Sequence[Callable[[sqlite3.Connection], None]] = (_make_tables, _let_sources_retire)
