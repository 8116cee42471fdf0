"""What of the state is to be published, and what has been.

Every change of a feed has a generation. What belongs to generations that have not been published
yet is kept, so that whoever publishes next can do it, whatever happened in between.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from normalize.convert import from_json_types, to_json_types
from scraper.runs.database import told, writing
from scraper.runs.retirement import NO_GOOD_SINCE, Retirement, retired

_COMBINED = ""
_FIRST_OF_ITS_ID = (
    "NOT EXISTS (SELECT 1 FROM feed AS other WHERE other.id = feed.id AND other.seq < feed.seq)"
)


@attrs.frozen(kw_only=True)
class PublishedFile:
    """A file as it was published."""

    bytes: int
    """Size in bytes."""

    sha256: str
    """Of its bytes, hexadecimal."""

    lines: int | None = None
    """Lines, uncompressed; None where that says nothing."""


@attrs.frozen(kw_only=True)
class ChangeFile:
    """A change file as it was published."""

    path: str
    """Below the output directory."""

    generation: int
    at: str
    """UTC, RFC 3339 with microseconds."""

    file: PublishedFile


@attrs.frozen(kw_only=True)
class Published:
    """What was last published of a source, or of all."""

    generation: int = 0
    form: str = ""
    """The options that its files were made with."""

    files: Mapping[str, PublishedFile] = attrs.field(factory=dict)
    """Files by path below the output directory."""

    changes: tuple[ChangeFile, ...] = ()
    """The latest change files, the latest last."""


@attrs.frozen(kw_only=True)
class Generation:
    """The changes of one run."""

    number: int
    at: str
    """When: UTC, RFC 3339 with microseconds; later than that of every generation before."""


class Publication:
    """Reads what is to be published and marks what has been.

    Args:
        connection: of the state.
        path: of the state.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self._path = path

    def sources(self) -> list[str]:
        """The sources that have had a good run, and not been retired since, by name."""
        with told(self._path):
            rows = self._db.execute(
                "SELECT source FROM sources WHERE EXISTS"
                " (SELECT 1 FROM runs WHERE runs.source = sources.source AND good = 1)"
                " ORDER BY source"
            )
            out = {one.source for one in self.retired()}
            return [source for (source,) in rows if source not in out]

    def retired(self) -> list[Retirement]:
        """The sources that were retired and have had no good run since, by name."""
        with told(self._path):
            return retired(self._db, still=NO_GOOD_SINCE)

    def generation(self, source: str | None) -> int:
        """The last generation of a feed; 0 if it has none."""
        query = "SELECT generation FROM sources WHERE source = ?"
        if source is None:
            query = "SELECT max(generation) FROM generations"
        with told(self._path):
            row = self._db.execute(query, () if source is None else (source,)).fetchone()
        return int(row[0] or 0) if row else 0

    def lines(self, source: str | None) -> Iterator[bytes]:
        """The lines of a feed in their order."""
        query = "SELECT line FROM feed WHERE source = ? ORDER BY seq"
        if source is None:
            query = f"SELECT line FROM feed WHERE {_FIRST_OF_ITS_ID} ORDER BY seq"  # noqa: S608  constants
        yield from self._encoded(query, () if source is None else (source,))

    def newest(self, source: str | None, limit: int) -> Iterator[bytes]:
        """The newest lines of a feed, the newest first."""
        chosen = _FIRST_OF_ITS_ID if source is None else "source = ?"
        query = f"SELECT line FROM feed WHERE {chosen} ORDER BY run DESC, seq LIMIT ?"  # noqa: S608  constants
        yield from self._encoded(query, (limit,) if source is None else (source, limit))

    def pending(self, source: str | None) -> list[Generation]:
        """The generations of a feed that have not been published."""
        chosen = "" if source is None else " AND source = ?"
        since = self.published(source).generation
        with told(self._path):
            rows = self._db.execute(
                f"SELECT generation, at FROM generations WHERE generation > ?{chosen}"  # noqa: S608  constants
                " ORDER BY generation",
                (since,) if source is None else (since, source),
            )
            return [Generation(number=number, at=at) for number, at in rows]

    def change_lines(self, source: str | None, generation: int) -> Iterator[bytes]:
        """The lines of a generation's change file; none where the feed was not touched."""
        column = "coalesce(combined, body)" if source is None else "body"
        yield from self._encoded(
            f"SELECT {column} FROM changes WHERE generation = ? AND {column} <> '' ORDER BY number",  # noqa: S608  constants
            (generation,),
        )

    def leaving(self, source: str | None, generation: int) -> list[str]:
        """The months of whose archives a generation has lines."""
        with told(self._path):
            rows = self._db.execute(
                "SELECT DISTINCT month FROM leaving WHERE generation = ? AND combined >= ?"
                " ORDER BY month",
                (generation, source is None),
            )
            return [month for (month,) in rows]

    def leaving_lines(self, source: str | None, generation: int, month: str) -> Iterator[bytes]:
        """The lines that left a feed in a generation for the archive of a month."""
        yield from self._encoded(
            "SELECT line FROM leaving WHERE generation = ? AND combined >= ? AND month = ?"
            " ORDER BY number",
            (generation, source is None, month),
        )

    def published(self, source: str | None) -> Published:
        """What was last published of a feed."""
        with told(self._path):
            row = self._db.execute(
                "SELECT generation, files FROM published WHERE source = ?", (source or _COMBINED,)
            ).fetchone()
        return Published() if row is None else from_json_types(json.loads(row[1]), Published)

    def mark(self, source: str | None, published: Published) -> None:
        """Note that a feed has been published; what nobody needs any more is dropped."""
        with writing(self._db, self._path):
            self._db.execute(
                "INSERT OR REPLACE INTO published VALUES (?, ?, ?)",
                (
                    source or _COMBINED,
                    published.generation,
                    json.dumps(to_json_types(published)),
                ),
            )
            for table in ("changes", "leaving"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE generation IN ("  # noqa: S608  constants
                    f" SELECT DISTINCT kept.generation FROM {table} AS kept"
                    " JOIN generations AS made ON made.generation = kept.generation"
                    " JOIN published AS own ON own.source = made.source"
                    " JOIN published AS whole ON whole.source = ?"
                    " WHERE made.generation <= own.generation"
                    " AND made.generation <= whole.generation)",
                    (_COMBINED,),
                )

    def _encoded(self, query: str, values: tuple[object, ...]) -> Iterator[bytes]:
        with told(self._path):
            for (text,) in self._db.execute(query, values):
                yield text.encode("utf-8")
