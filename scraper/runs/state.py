"""The state of all sources: one SQLite file that every published file is made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs

from scraper.outcome import Outcome
from scraper.runs import history, retirement
from scraper.runs.apply import Application
from scraper.runs.database import connect, reading, told, writing
from scraper.runs.faults import StateError
from scraper.runs.ledger import Ledger
from scraper.runs.model import (
    CrawlResult,
    Delta,
    Findings,
    Page,
    Policy,
    RunRow,
    SourceStatus,
)
from scraper.runs.publication import Publication
from scraper.runs.retirement import Retirement

_MOST_VALUES = 500


class State:
    """The state; to be closed, or used in a ``with`` block, by the thread that opened it.

    Several processes and threads may each hold one open: they read what is committed, and write
    one after the other.

    Args:
        path: the SQLite file; made where there is none, its directory must exist.
        read_only: never to write to it.

    Raises:
        StateError: it cannot be opened: also every method raises this, or a subclass that says
            more, where the file cannot be read or written.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._db = connect(path, read_only=read_only)
        self.publication = Publication(self._db, path)
        """What is to be published, and what has been."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with told(self.path):
            self._db.close()

    def reading(self) -> AbstractContextManager[None]:
        """A block in which all that is read is of one moment."""
        return reading(self._db, self.path)

    def page(self, source: str, url: str) -> Page | None:
        """A listing page as the last good run that read it found it."""
        with told(self.path):
            row = self._db.execute(
                "SELECT fetched_at, etag, last_modified, next_url, entry_ids FROM pages"
                " WHERE source = ? AND url = ?",
                (source, url),
            ).fetchone()
        if row is None:
            return None
        fetched_at, etag, last_modified, next_url, entry_ids = row
        return Page(
            url=url,
            fetched_at=fetched_at,
            etag=etag,
            last_modified=last_modified,
            next_url=next_url,
            entry_ids=tuple(json.loads(entry_ids)),
        )

    def forget_pages(self, source: str) -> None:
        """Forget the listing pages of a source: the next run fetches and reads all of them."""
        with writing(self._db, self.path):
            self._db.execute("DELETE FROM pages WHERE source = ?", (source,))

    def known(self, source: str, ids: Iterable[str]) -> dict[str, str]:
        """Content hashes of those of the entries that were ever seen, by id."""
        found: dict[str, str] = {}
        wanted = list(dict.fromkeys(ids))
        with told(self.path):
            for start in range(0, len(wanted), _MOST_VALUES):
                some = wanted[start : start + _MOST_VALUES]
                found.update(
                    self._db.execute(
                        "SELECT id, content_hash FROM entries WHERE source = ?"  # noqa: S608  only marks
                        f" AND id IN ({', '.join('?' * len(some))})",
                        (source, *some),
                    )
                )
        return found

    def feed_lines(self, source: str, ids: Iterable[str]) -> Iterator[bytes]:
        """The lines of those of the entries that are in the feed of a source."""
        for entry in ids:
            with told(self.path):
                row = self._db.execute(
                    "SELECT line FROM feed WHERE source = ? AND id = ?", (source, entry)
                ).fetchone()
            if row is not None:
                yield str(row[0]).encode("utf-8")

    def apply(
        self,
        result: CrawlResult,
        *,
        now: datetime,
        policy: Policy,
        findings: Findings | None = None,
        warnings: Sequence[str] = (),
    ) -> Delta:
        """Take a good run into the state: entries, pages, changes, history; all or nothing.

        Args:
            result: of the crawl; its outcome is one that publishes.
            now: UTC.
            policy: what stays in the feed.
            findings: what its records are like, for history.
            warnings: for history.

        Raises:
            RunFilesError: what the crawl left cannot be read.
            StateError: the state cannot be written, or the run is in it already.
        """
        if not result.outcome.publishes:
            raise ValueError(f"run {result.run_id} of {result.source} is {result.outcome}")
        with writing(self._db, self.path):
            number = self._begin(result)
            ledger = Ledger(self._db, source=result.source, run=number, now=now)
            back = retirement.bring_back(self._db, ledger, result.source)
            application = Application(self._db, ledger, result, now=now, policy=policy)
            delta = application.apply()
            delta = attrs.evolve(delta, updated=tuple(dict.fromkeys((*back, *delta.updated))))
            row = history.run_row(result, delta, findings=findings, warnings=warnings)
            row = attrs.evolve(
                row,
                outcome=Outcome.OK if delta.changed else Outcome.UNCHANGED,
                seen=len(application.seen),
                records=application.records if findings is None else findings.records,
            )
            history.add_run(self._db, number, row)
            self._settle(result.source, ledger, application, delta)
        return delta

    def record_failure(
        self,
        result: CrawlResult,
        *,
        findings: Findings | None = None,
        warnings: Sequence[str] = (),
    ) -> RunRow:
        """Take a run that is not published into history, and nothing else of it.

        Raises:
            StateError: the state cannot be written, or the run is in it already.
        """
        row = history.run_row(result, Delta(), findings=findings, warnings=warnings)
        with writing(self._db, self.path):
            history.add_run(self._db, self._begin(result), row)
        return row

    def retire(self, source: str, *, now: datetime) -> Retirement:
        """Take a source out of the combined feed and of what is published; its ids stay known.

        Raises:
            StateError: the state cannot be written.
        """
        with writing(self._db, self.path):
            return retirement.retire(self._db, source, now=now)

    def retired(self) -> list[Retirement]:
        """The sources that were retired and have not been refreshed since, by name."""
        with told(self.path):
            return retirement.retired(self._db, still=retirement.NONE_SINCE)

    def sources(self) -> list[str]:
        """All sources that were ever refreshed, by name."""
        with told(self.path):
            return [name for (name,) in self._db.execute("SELECT source FROM sources ORDER BY 1")]

    def history(self, source: str, limit: int = 20) -> list[RunRow]:
        """The last runs of a source, the latest first."""
        with told(self.path):
            return history.rows(self._db, source, limit, good=False)

    def last_good(self, source: str, limit: int = 20) -> list[RunRow]:
        """The last good runs of a source, the latest first."""
        with told(self.path):
            return history.rows(self._db, source, limit, good=True)

    def status(self, source: str) -> SourceStatus | None:
        """How a source is, also a retired one; None before the end of its first run."""
        with told(self.path):
            return history.status(self._db, source)

    def statuses(self) -> list[SourceStatus]:
        """How each source is, by name; those that were never run, or are retired, are left out."""
        out = {one.source for one in self.retired()}
        with told(self.path):
            return [one for one in history.statuses(self._db) if one.source not in out]

    def last_new_entry(self, source: str) -> str | None:
        """When an entry of a source was last added: UTC, RFC 3339."""
        with told(self.path):
            row = self._db.execute(
                "SELECT last_new_entry FROM sources WHERE source = ?", (source,)
            ).fetchone()
        return None if row is None or row[0] is None else str(row[0])

    def lines(self, source: str | None) -> Iterator[bytes]:
        """The lines of a feed in their order; with None those of all sources.

        An entry that several sources list stands in the combined feed once, as the source that
        listed it first has it.
        """
        with told(self.path):
            yield from self.publication.lines(source)

    def newest(self, source: str | None, limit: int) -> list[dict[str, Any]]:
        """The newest records of a feed, the newest first: by run, then as the listing has them."""
        with told(self.path):
            return [json.loads(line) for line in self.publication.newest(source, limit)]

    def _begin(self, result: CrawlResult) -> int:
        if history.has_run(self._db, result.source, result.run_id):
            raise StateError(f"run {result.run_id} of {result.source} is in {self.path} already")
        self._db.execute("INSERT OR IGNORE INTO sources (source) VALUES (?)", (result.source,))
        return history.next_number(self._db)

    def _settle(self, source: str, ledger: Ledger, application: Application, delta: Delta) -> None:
        """Sum up a source after a run."""
        self._db.execute(
            "UPDATE sources SET generation = coalesce(?, generation),"
            " last_new_entry = nullif(max(coalesce(last_new_entry, ''), ?), ''),"
            " last_seen = nullif(max(coalesce(last_seen, ''), ?), '') WHERE source = ?",
            (
                ledger.generation,
                max((application.seen[entry] for entry in delta.added), default=""),
                max(application.seen.values(), default=""),
                source,
            ),
        )
