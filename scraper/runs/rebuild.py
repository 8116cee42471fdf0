"""A state that was lost, made again from what was published.

Without it the first run after the loss would publish what its pages show and drop all the rest.
What cannot be told from published files is gone: the history of runs, what stood around each
entry, and what the pages answered, so the next run fetches all of them.
"""

from __future__ import annotations

import gzip
import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from normalize.convert import from_json_types, json_line, to_json_types
from scraper.append import open_feed
from scraper.runs.database import connect, told, writing
from scraper.runs.faults import StateError
from scraper.runs.layout import Layout
from scraper.runs.model import utc_text
from scraper.runs.publication import ChangeFile, Published, PublishedFile
from scraper.runs.state import State

logger = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class _Line:
    """A line of a source's feed, and its place in the combined one."""

    place: int
    hidden: bool
    """Whether the combined feed has the entry from another source."""

    source: str
    record: Mapping[str, Any]


def open_state(layout: Layout, *, now: datetime) -> State:
    """Open the state; where there is none, take up what has been published.

    Args:
        layout: where everything is; its directories are made.
        now: UTC.

    Raises:
        StateError: it cannot be opened, or the published feeds cannot be read.
        OSError: the directories cannot be made.
    """
    layout.make()
    sources = sorted(path.name for path in (layout.root / "sources").glob("*") if path.is_dir())
    if sources:
        _rebuild(layout, sources, now)
    return State(layout.state)


def _rebuild(layout: Layout, sources: list[str], now: datetime) -> None:
    connection = connect(layout.state)
    try:
        # One that was stopped while it was made again is there, and holds nothing.
        with told(layout.state):
            if _holds_something(connection):
                return
        with writing(connection, layout.state):
            # Another process may have been faster.
            if not _holds_something(connection):
                _fill(connection, layout, sources, now)
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise StateError(
            f"there is no state at {layout.state}, and it cannot be made again from what was "
            f"published in {layout.root}: {error}; mend or move away what is there"
        ) from error
    finally:
        connection.close()


def _holds_something(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sources").fetchone() is not None


def _fill(
    connection: sqlite3.Connection, layout: Layout, sources: list[str], now: datetime
) -> None:
    manifest = _manifest(layout)
    for source in sources:
        for record in _archived(layout, source):
            _add_entry(connection, source, record)
        connection.execute("INSERT INTO sources (source) VALUES (?)", (source,))
    lines = _lines(layout, sources)
    for number, line in enumerate(lines):
        _add_entry(connection, line.source, line.record)
        connection.execute(
            "INSERT INTO feed (source, id, run, changed_at, line) VALUES (?, ?, ?, ?, ?)",
            (
                line.source,
                line.record["id"],
                number - len(lines),
                line.record["last_seen"] or utc_text(now),
                json_line(line.record),
            ),
        )
    for source in sources:
        for change in _changes(layout, source):
            connection.execute(
                "UPDATE entries SET revision = ?, removed = ? WHERE source = ? AND id = ?",
                (change["revision"], change["change"] == "removed", source, change["id"]),
            )
        _take_up(connection, source, manifest.get("sources", {}).get(source, {}), now)
    _take_up(connection, None, manifest, now)
    logger.warning("%s was missing: %d entries taken up", layout.state, len(lines))


def _take_up(
    connection: sqlite3.Connection, source: str | None, feed: Mapping[str, Any], now: datetime
) -> None:
    """Go on counting generations where the manifest ends."""
    generation = feed.get("generation") or 0
    at = feed.get("changed") or now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    published = Published(
        generation=generation,
        files={n: from_json_types(f, PublishedFile) for n, f in feed.get("files", {}).items()},
        changes=tuple(from_json_types(one, ChangeFile) for one in feed.get("changes", ())),
    )
    connection.execute(
        "INSERT INTO published VALUES (?, ?, ?)",
        (source or "", generation, json.dumps(to_json_types(published))),
    )
    if generation:
        connection.execute(
            "INSERT OR IGNORE INTO generations VALUES (?, ?, ?)", (generation, source or "", at)
        )
        connection.execute(
            "UPDATE sources SET generation = ?, last_new_entry = ?, last_seen = ? WHERE source = ?",
            (generation, feed.get("last_new_entry"), feed.get("last_seen"), source),
        )


def _add_entry(connection: sqlite3.Connection, source: str, record: Mapping[str, Any]) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO entries (source, id, content_hash, revision, first_seen, last_seen)"
        " VALUES (?, ?, ?, 1, ?, ?)",
        (source, record["id"], record["content_hash"], record["first_seen"], record["last_seen"]),
    )


def _lines(layout: Layout, sources: list[str]) -> list[_Line]:
    """The lines of all sources in an order that makes every feed, and the combined one, again."""
    combined = {record["id"]: record for record in _records(_feed(layout, None))}
    places = {entry: place for place, entry in enumerate(combined)}
    found = []
    for source in sources:
        place = -1
        for record in _records(_feed(layout, source)):
            place = max(place, places.get(record["id"], place))
            hidden = combined.get(record["id"]) != record
            found.append(_Line(place=place, hidden=hidden, source=source, record=record))
    return sorted(found, key=lambda line: (line.place, line.hidden))


def _feed(layout: Layout, source: str | None) -> Path:
    feed = layout.feed(source)
    return feed if feed.exists() else layout.other_feed(source)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with open_feed(path) as lines:
            for line in lines:
                yield json.loads(line)


def _archived(layout: Layout, source: str) -> Iterator[dict[str, Any]]:
    for path in sorted(layout.archive(source).glob("[0-9]*.jsonl.gz")):
        with gzip.open(path) as lines:
            for line in lines:
                yield json.loads(line)


def _changes(layout: Layout, source: str) -> Iterator[dict[str, Any]]:
    for path in sorted(layout.changes(source).glob("[0-9]*.jsonl*")):
        yield from _records(path)


def _manifest(layout: Layout) -> dict[str, Any]:
    if not layout.manifest.exists():
        return {}
    manifest: dict[str, Any] = json.loads(layout.manifest.read_bytes())
    return manifest
