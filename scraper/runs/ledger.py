"""Entries in the state: joining the feed, changing in it, leaving it, with a line for each.

Each step is part of the transaction of a run. The feed of a source is the lines of the table
``feed`` in the order of ``seq``; an entry that joins it comes last.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from normalize.convert import json_line
from scraper.runs.changes import Change, Kind, changed_fields
from scraper.runs.sightings import Place

_ENTRY = """
SELECT e.content_hash, e.revision, e.first_seen, e.last_seen, e.removed, f.line
FROM entries AS e LEFT JOIN feed AS f ON f.source = e.source AND f.id = e.id
WHERE e.source = ? AND e.id = ?
"""


@attrs.frozen(kw_only=True)
class Held:
    """An entry as the state holds it."""

    content_hash: str
    revision: int
    first_seen: str
    last_seen: str
    removed: bool
    """Whether the site took it down."""

    line: str | None
    """Its line in the feed; None where it left it."""


class Ledger:
    """Writes what a run changes in the feed of one source.

    Args:
        connection: in a transaction.
        source: the source's name in the refresh.
        run: the run's number.
        now: UTC; the time of the changes unless an earlier run had a later one.
        combined_only: whether the changes are to be told of the combined feed alone.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        source: str,
        run: int,
        now: datetime,
        combined_only: bool = False,
    ) -> None:
        self._db = connection
        self._source = source
        self._run = run
        self._now = now
        self._combined_only = combined_only
        self._generation: tuple[int, str] | None = None

    @property
    def generation(self) -> int | None:
        """Number of the run's changes; None where it has changed nothing."""
        return self._generation and self._generation[0]

    def held(self, entry: str) -> Held | None:
        """What is known of an entry."""
        row = self._db.execute(_ENTRY, (self._source, entry)).fetchone()
        if row is None:
            return None
        content_hash, revision, first_seen, last_seen, removed, line = row
        return Held(
            content_hash=content_hash,
            revision=revision,
            first_seen=first_seen,
            last_seen=last_seen,
            removed=bool(removed),
            line=line,
        )

    def join(self, record: Mapping[str, Any], held: Held | None, *, seen_at: str) -> Kind:
        """Put an entry at the end of the feed: a new one, or one that had left it."""
        revision = 1 if held is None else held.revision
        if held is not None and held.content_hash != record["content_hash"]:
            revision += 1
        stamped = _stamped(record, held, seen_at)
        self._remember(stamped, revision)
        self._db.execute(
            "INSERT INTO feed (source, id, run, changed_at, line) VALUES (?, ?, ?, ?, ?)",
            (self._source, stamped["id"], self._run, seen_at, json_line(stamped)),
        )
        kind = Kind.ADDED if held is None or held.removed else Kind.UPDATED
        change = Change(
            kind=kind,
            id=stamped["id"],
            source=self._source,
            revision=revision,
            returned=held is not None,
            record=stamped,
        )
        self._tell(change, combined=None if self._owner(change.id) else change)
        return kind

    def update(
        self, record: Mapping[str, Any], held: Held, before: Mapping[str, Any], *, seen_at: str
    ) -> None:
        """Write an entry's line in the feed anew; what it held before is ``before``."""
        stamped = _stamped(record, held, seen_at)
        revision = held.revision + (held.content_hash != stamped["content_hash"])
        self._remember(stamped, revision)
        self._db.execute(
            "UPDATE feed SET line = ?, changed_at = ? WHERE source = ? AND id = ?",
            (json_line(stamped), seen_at, self._source, stamped["id"]),
        )
        change = Change(
            kind=Kind.UPDATED,
            id=stamped["id"],
            source=self._source,
            revision=revision,
            changed=changed_fields(before, stamped),
            record=stamped,
        )
        self._tell(change, combined=None if self._owner(change.id) else change)

    def leave(self, entry: str, kind: Kind) -> None:
        """Move an entry from the feed to the archive."""
        held = self.held(entry)
        if held is None or held.line is None:
            return
        hidden = self._owner(entry) is not None
        self._db.execute("DELETE FROM feed WHERE source = ? AND id = ?", (self._source, entry))
        self._db.execute(
            "UPDATE entries SET removed = ? WHERE source = ? AND id = ?",
            (kind is Kind.REMOVED, self._source, entry),
        )
        if hidden and self._combined_only:
            return
        generation, _ = self._begun()
        self._db.execute(
            "INSERT INTO leaving (generation, month, line, combined) VALUES (?, ?, ?, ?)",
            (generation, held.first_seen[:7], held.line, not hidden),
        )
        change = Change(kind=kind, id=entry, source=self._source, revision=held.revision)
        self._tell(change, combined=None if hidden else self._successor(change, held.line))

    def see(self, entry: str, seen_at: str) -> None:
        """Remember that an entry was seen; one that nothing is known of is passed over."""
        self._db.execute(
            "UPDATE entries SET last_seen = max(last_seen, ?) WHERE source = ? AND id = ?",
            (seen_at, self._source, entry),
        )
        self._db.execute(
            "UPDATE feed SET misses = 0 WHERE source = ? AND id = ? AND misses > 0",
            (self._source, entry),
        )

    def stand(self, entry: str, place: Place) -> None:
        """Remember what stands around an entry."""
        self._db.execute(
            "UPDATE feed SET newer = ?, older = ? WHERE source = ? AND id = ?",
            (json.dumps(place.newer), json.dumps(place.older), self._source, entry),
        )

    def place(self, entry: str) -> tuple[Place, int] | None:
        """What stood around an entry of the feed, and how often it was missed there."""
        row = self._db.execute(
            "SELECT newer, older, misses FROM feed WHERE source = ? AND id = ?",
            (self._source, entry),
        ).fetchone()
        if row is None:
            return None
        newer, older, misses = row
        return Place(newer=tuple(json.loads(newer)), older=tuple(json.loads(older))), misses

    def missed(self) -> list[str]:
        """The entries that earlier runs missed."""
        rows = self._db.execute(
            "SELECT id FROM feed WHERE source = ? AND misses > 0 ORDER BY seq", (self._source,)
        )
        return [entry for (entry,) in rows]

    def miss(self, entry: str) -> None:
        """Count that a run has looked at an entry's place and missed it."""
        self._db.execute(
            "UPDATE feed SET misses = misses + 1 WHERE source = ? AND id = ?",
            (self._source, entry),
        )

    def _remember(self, record: Mapping[str, Any], revision: int) -> None:
        self._db.execute(
            "INSERT INTO entries (source, id, content_hash, revision, first_seen, last_seen)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, id) DO UPDATE SET"
            " content_hash = excluded.content_hash, revision = excluded.revision, removed = 0,"
            " last_seen = max(last_seen, excluded.last_seen)",
            (
                self._source,
                record["id"],
                record["content_hash"],
                revision,
                record["first_seen"],
                record["last_seen"],
            ),
        )

    def _owner(self, entry: str) -> str | None:
        """The source that the combined feed has the entry from, where it is an earlier one."""
        row = self._db.execute(
            "SELECT source FROM feed WHERE id = ? ORDER BY seq LIMIT 1", (entry,)
        ).fetchone()
        return None if row is None or row[0] == self._source else str(row[0])

    def _successor(self, change: Change, left: str) -> Change:
        """The change of the combined feed: another source may still list the entry."""
        row = self._db.execute(
            "SELECT f.source, f.line, e.revision FROM feed AS f JOIN entries AS e"
            " ON e.source = f.source AND e.id = f.id WHERE f.id = ? ORDER BY f.seq LIMIT 1",
            (change.id,),
        ).fetchone()
        if row is None:
            return change
        source, line, revision = row
        record = json.loads(line)
        return Change(
            kind=Kind.UPDATED,
            id=change.id,
            source=source,
            revision=revision,
            changed=changed_fields(json.loads(left), record),
            record=record,
        )

    def _tell(self, change: Change, *, combined: Change | None) -> None:
        """Keep the line for the source's change file, and that for the combined one's."""
        generation, at = self._begun()
        body = "" if self._combined_only else change.line(at=at, generation=generation)
        same = combined is change and not self._combined_only
        told = combined and not same and combined.line(at=at, generation=generation)
        self._db.execute(
            "INSERT INTO changes (generation, body, combined) VALUES (?, ?, ?)",
            (generation, body, None if same else told or ""),
        )

    def _begun(self) -> tuple[int, str]:
        """The run's generation: made with the first change, later than every one before."""
        if self._generation is None:
            last = self._db.execute(
                "SELECT at FROM generations"
                " WHERE generation = (SELECT max(generation) FROM generations)"
            ).fetchone()
            at = self._now
            if last is not None:
                at = max(at, datetime.fromisoformat(last[0]) + timedelta(microseconds=1))
            text = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
            cursor = self._db.execute(
                "INSERT INTO generations (source, at) VALUES (?, ?)",
                ("" if self._combined_only else self._source, text),
            )
            self._generation = (cursor.lastrowid or 0, text)
        return self._generation


def _stamped(record: Mapping[str, Any], held: Held | None, seen_at: str) -> dict[str, Any]:
    first = seen_at if held is None else held.first_seen
    last = max(first, seen_at) if held is None else max(held.last_seen, seen_at)
    return {**record, "first_seen": first, "last_seen": last}
