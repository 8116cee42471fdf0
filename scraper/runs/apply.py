"""Applying a good run to the state: one transaction, all of it or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from scraper.runs.changes import Kind, better_translations
from scraper.runs.faults import RunFilesError
from scraper.runs.ledger import Held, Ledger
from scraper.runs.model import RECORDS, CrawlResult, Delta, PageVisit, Policy, utc_text
from scraper.runs.sightings import Listing, chains, listings

_OK = range(200, 300)
_LONGEST = 365_000.0
"""Days that can be taken from any date of this time."""


@attrs.frozen(kw_only=True, order=True)
class _Arrival:
    """Where a record stands on the listing, and where in the run's file."""

    page: int
    page_url: str
    position: int
    id: str
    offset: int = attrs.field(order=False)


class Application:
    """Applies what a crawl left.

    Args:
        connection: in a transaction.
        ledger: of the run.
        result: of the crawl.
        now: UTC.
        policy: what stays in the feed.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        ledger: Ledger,
        result: CrawlResult,
        *,
        now: datetime,
        policy: Policy,
    ) -> None:
        self._db = connection
        self._ledger = ledger
        self._result = result
        self._now = now
        self._policy = policy
        self._visits = _visits(result)
        self._added: list[str] = []
        self._updated: list[str] = []
        self.records = 0
        """Records that were read."""
        self.seen: dict[str, str] = {}
        """Entries that were seen, and when."""

    def apply(self) -> Delta:
        """Do all of it.

        Raises:
            RunFilesError: what the crawl left cannot be read.
        """
        self.seen = {
            entry: _moment(visit.fetched_at, self._now)
            for visit in self._visits
            for entry in visit.entry_ids
        }
        arrivals = sorted(self._arrivals())
        if arrivals:
            self._join(arrivals)
        removed = self._removed()
        self._remember_pages()
        archived = self._archived()
        changed = {*self._added, *self._updated}
        return Delta(
            added=tuple(self._added),
            updated=tuple(self._updated),
            removed=tuple(removed),
            archived=tuple(archived),
            unchanged=len(self.seen.keys() - changed),
            generation=self._ledger.generation or 0,
        )

    def _arrivals(self) -> Iterator[_Arrival]:
        """Entries that are to join the feed; those that are in it are dealt with on the way."""
        ranks = {v.url: n for n, v in enumerate(v for c in chains(self._visits) for v in c)}
        done: set[str] = set()
        offset = 0
        for line in self._result.records():
            record = _record(line)
            entry = record["id"]
            if entry not in done:
                done.add(entry)
                self.records += 1
                self.seen[entry] = _moment(record.get("fetched_at"), self._now)
                if self._joins(record):
                    url = record.get("page_url") or ""
                    yield _Arrival(
                        page=ranks.get(url, len(ranks)),
                        page_url=url,
                        position=record.get("position") or 0,
                        id=entry,
                        offset=offset,
                    )
            offset += len(line)

    def _joins(self, record: dict[str, Any]) -> bool:
        held = self._ledger.held(record["id"])
        if held is not None and held.line is not None:
            self._compare(record, held, held.line)
            return False
        same = held is not None and held.content_hash == record["content_hash"]
        return held is None or held.removed or not same

    def _compare(self, record: dict[str, Any], held: Held, line: str) -> None:
        """Update an entry of the feed, if its content or its translations are new."""
        before = json.loads(line)
        if held.content_hash == record["content_hash"]:
            better = better_translations(before["translations"], record["translations"])
            if better is None:
                return
            record = {**before, "translations": better, "fetched_at": record.get("fetched_at")}
        self._ledger.update(record, held, before, seen_at=self.seen[record["id"]])
        self._updated.append(record["id"])

    def _join(self, arrivals: Iterable[_Arrival]) -> None:
        """Read the records again, now in the order of the feed: there may be too many to keep."""
        with (self._result.directory / RECORDS).open("rb") as file:
            for arrival in arrivals:
                file.seek(arrival.offset)
                record = _record(file.readline())
                held = self._ledger.held(arrival.id)
                kind = self._ledger.join(record, held, seen_at=self.seen[arrival.id])
                (self._added if kind is Kind.ADDED else self._updated).append(arrival.id)

    def _removed(self) -> list[str]:
        """Note what was seen and what was missed; take out what was missed often enough."""
        found = listings(self._visits)
        missed = self._missed(found)
        for entry, seen_at in self.seen.items():
            self._ledger.see(entry, seen_at)
        for listing in found:
            for entry, place in listing.places():
                self._ledger.stand(entry, place)
        return [entry for entry in missed if self._counts_as_removed(entry)]

    def _missed(self, found: Iterable[Listing]) -> list[str]:
        """Entries that stood where the run has looked, and that it has not seen."""
        lists = list(found)
        candidates = dict.fromkeys(self._ledger.missed())
        for entry in (entry for listing in lists for entry in listing.ids if entry in listing.read):
            known = self._ledger.place(entry)
            if known is not None:
                candidates |= dict.fromkeys((*known[0].newer, *known[0].older))
        return [entry for entry in candidates if entry not in self.seen and self._gap(entry, lists)]

    def _gap(self, entry: str, lists: Sequence[Listing]) -> bool:
        known = self._ledger.place(entry)
        return known is not None and any(listing.passes(known[0]) for listing in lists)

    def _counts_as_removed(self, entry: str) -> bool:
        known = self._ledger.place(entry)
        if known is None or not self._policy.removed_after:
            return False
        if known[1] + 1 < self._policy.removed_after:
            self._ledger.miss(entry)
            return False
        self._ledger.leave(entry, Kind.REMOVED)
        return True

    def _remember_pages(self) -> None:
        for visit in self._visits:
            if visit.unchanged or visit.status not in _OK:
                continue
            self._db.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    self._result.source,
                    visit.url,
                    visit.fetched_at,
                    visit.etag,
                    visit.last_modified,
                    visit.next_url,
                    json.dumps(visit.entry_ids),
                ),
            )

    def _archived(self) -> list[str]:
        """Move to the archive what the policy does not keep."""
        left: list[str] = []
        for chosen in (self._too_old, self._too_many):
            leaving = chosen()
            for entry in leaving:
                self._ledger.leave(entry, Kind.ARCHIVED)
            left += leaving
        return left

    def _too_old(self) -> list[str]:
        if not self._policy.max_age_days:
            return []
        oldest = utc_text(self._now - timedelta(days=min(self._policy.max_age_days, _LONGEST)))
        rows = self._db.execute(
            "SELECT id FROM feed WHERE source = ? AND changed_at < ? ORDER BY changed_at, seq",
            (self._result.source, oldest),
        )
        return [entry for (entry,) in rows]

    def _too_many(self) -> list[str]:
        """The oldest runs' entries, the last of their listing first: the newest stand above."""
        if not self._policy.max_entries:
            return []
        (count,) = self._db.execute(
            "SELECT count(*) FROM feed WHERE source = ?", (self._result.source,)
        ).fetchone()
        rows = self._db.execute(
            "SELECT id FROM feed WHERE source = ? ORDER BY run, seq DESC LIMIT ?",
            (self._result.source, max(0, count - self._policy.max_entries)),
        )
        return [entry for (entry,) in rows]


def _visits(result: CrawlResult) -> list[PageVisit]:
    try:
        return result.pages()
    except ValueError as error:
        raise RunFilesError(f"{result.directory}: pages.jsonl cannot be read: {error}") from error


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise RunFilesError(f"a line of {RECORDS} is not JSON: {error}") from error
    if not isinstance(record, dict) or not {"id", "content_hash", "translations"} <= record.keys():
        raise RunFilesError(f"a line of {RECORDS} is not a record: {line[:200]!r}")
    return record


def _moment(text: str | None, now: datetime) -> str:
    """When something was seen, to the second; ``now`` where it is not told."""
    return utc_text(now if text is None else datetime.fromisoformat(text).astimezone(UTC))
