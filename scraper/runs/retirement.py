"""Sources that are refreshed no more: out of the feeds, and back again if that was a mistake.

What a retired source had in its feed waits in a table of its own. Its ids, and when each was first
seen, stay where they are.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import Any

import attrs

from scraper.runs.changes import Kind
from scraper.runs.history import next_number
from scraper.runs.ledger import Ledger
from scraper.runs.model import compact_time, utc_text

_COLUMNS = "source, at, place, entries"
_LAST = "number = (SELECT max(number) FROM retirements AS r WHERE r.source = retirements.source)"
NONE_SINCE = (
    "NOT EXISTS (SELECT 1 FROM runs WHERE runs.source = retirements.source"
    " AND runs.number > retirements.number)"
)
NO_GOOD_SINCE = NONE_SINCE.replace("runs.number >", "good = 1 AND runs.number >")


@attrs.frozen(kw_only=True)
class Retirement:
    """That a source was taken out of the feeds."""

    source: str
    at: str
    """UTC, RFC 3339."""

    place: str
    """Directory below the output directory that its published files were moved to."""

    entries: int
    """Entries that left with it."""


def retire(connection: sqlite3.Connection, source: str, *, now: datetime) -> Retirement:
    """Take a source's entries out of the combined feed, and its own feed off what is published.

    Args:
        connection: in a transaction.
        source: whose lock is held, and whose changes have been published.
        now: UTC.
    """
    # No run has that number yet: those that come after it tell that the source is back.
    number = next_number(connection) - 1
    told = Retirement(
        source=source,
        at=utc_text(now),
        place=f"retired/{source}/{compact_time(now)}",
        entries=_set_aside(connection, source),
    )
    ledger = Ledger(connection, source=source, run=number, now=now, combined_only=True)
    ids = connection.execute("SELECT id FROM feed WHERE source = ? ORDER BY seq", (source,))
    for (entry,) in ids.fetchall():
        ledger.leave(entry, Kind.ARCHIVED)
    connection.execute("DELETE FROM pages WHERE source = ?", (source,))
    connection.execute("DELETE FROM published WHERE source = ?", (source,))
    connection.execute(
        "INSERT INTO retirements (source, number, at, place, entries) VALUES (?, ?, ?, ?, ?)",
        (told.source, number, told.at, told.place, told.entries),
    )
    return told


def bring_back(connection: sqlite3.Connection, ledger: Ledger, source: str) -> list[str]:
    """Put a retired source's entries at the end of the feeds, as they were; returns their ids."""
    rows = connection.execute(
        "SELECT run, changed_at, line FROM retired_feed WHERE source = ? ORDER BY seq", (source,)
    ).fetchall()
    back = []
    for run, changed_at, line in rows:
        record: dict[str, Any] = json.loads(line)
        entry = record["id"]
        held = ledger.held(entry)
        ledger.join(record, held, seen_at=record["last_seen"] if held is None else held.last_seen)
        # What is oldest is to leave first, as it would have.
        connection.execute(
            "UPDATE feed SET run = ?, changed_at = ? WHERE source = ? AND id = ?",
            (run, changed_at, source, entry),
        )
        back.append(entry)
    connection.execute("DELETE FROM retired_feed WHERE source = ?", (source,))
    return back


def retired(connection: sqlite3.Connection, *, still: str) -> list[Retirement]:
    """The last retirement of each source, by name, if ``still`` holds (constants here)."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM retirements WHERE {_LAST} AND {still} ORDER BY source"  # noqa: S608  constants
    )
    names = _COLUMNS.split(", ")
    return [Retirement(**dict(zip(names, row, strict=True))) for row in rows]


def _set_aside(connection: sqlite3.Connection, source: str) -> int:
    return connection.execute(
        "INSERT INTO retired_feed (source, run, changed_at, line)"
        " SELECT source, run, changed_at, line FROM feed WHERE source = ? ORDER BY seq",
        (source,),
    ).rowcount
