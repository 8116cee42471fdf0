"""What the parts of a refresh hand to each other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self

import attrs

from normalize.convert import from_json_types, json_line, to_json_types
from scraper.outcome import Outcome

RECORDS = "records.jsonl"
PAGES = "pages.jsonl"
REJECTS = "rejects.jsonl"


def utc_text(moment: datetime) -> str:
    """A moment as in a record: ``2026-11-21T06:35:00Z``; RFC 3339, UTC, seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def compact_time(moment: datetime) -> str:
    """A moment as in a file name: ``20261121T063500.123456Z``; they sort as the moments do."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


@attrs.frozen(kw_only=True)
class PageVisit:
    """One visit of a listing page in a run: a line of ``pages.jsonl``."""

    url: str
    """Of the page that answered, on the live site."""

    status: int
    """HTTP status."""

    fetched_at: str
    """UTC, RFC 3339."""

    etag: str | None = None
    """The page's ETag header."""

    last_modified: str | None = None
    """The page's Last-Modified header."""

    next_url: str | None = None
    """The page that the listing goes on at; as remembered where `unchanged`."""

    entry_ids: tuple[str, ...] = ()
    """Ids of the page's entries in their order on it; as remembered where `unchanged`."""

    unchanged: bool = False
    """Whether it was answered 304 and nothing was read."""

    @classmethod
    def from_json(cls, line: str | bytes) -> Self:
        """Read a line of ``pages.jsonl``.

        Raises:
            ValueError: it is not JSON, or (`normalize.model.InvalidEntry`) not a visit.
        """
        return from_json_types(json.loads(line), cls)

    def to_json(self) -> str:
        """One line of JSON with its line end."""
        return json_line(to_json_types(self))


@attrs.frozen(kw_only=True)
class Page:
    """What is remembered of a listing page: its last visit in a good run that read it."""

    url: str
    """As it is asked for."""

    fetched_at: str
    """UTC, RFC 3339."""

    etag: str | None
    """For ``If-None-Match``."""

    last_modified: str | None
    """For ``If-Modified-Since``."""

    next_url: str | None
    """The page that the listing goes on at."""

    entry_ids: tuple[str, ...]
    """Ids of the page's entries in their order on it."""


@attrs.frozen(kw_only=True)
class CrawlResult:
    """What the crawl of one source left."""

    source: str
    """The source's name in the refresh."""

    run_id: str
    """Name of the run directory."""

    started: datetime
    """UTC."""

    finished: datetime
    """UTC."""

    outcome: Outcome
    """The crawl's own, or what the checks made of it."""

    told: str = ""
    """Why, in a few words."""

    stats: Mapping[str, Any] = attrs.field(factory=dict)
    """Scrapy's."""

    directory: Path
    """The run directory."""

    def records(self) -> Iterator[bytes]:
        """The lines of ``records.jsonl``; none without the file, as where nothing was new."""
        path = self.directory / RECORDS
        if path.exists():
            with path.open("rb") as file:
                yield from file

    def pages(self) -> list[PageVisit]:
        """The listing pages in the order of their visits; none without the file.

        Raises:
            ValueError: a line is not a visit.
        """
        path = self.directory / PAGES
        if not path.exists():
            return []
        with path.open("rb") as file:
            return [PageVisit.from_json(line) for line in file]

    @property
    def rejects(self) -> int:
        """Number of entries that did not become records of the feed."""
        path = self.directory / REJECTS
        if not path.exists():
            return 0
        with path.open("rb") as file:
            return sum(1 for _ in file)


class Findings(Protocol):
    """What a run's records are like; the shares are 0 to 1."""

    @property
    def records(self) -> int:
        """Number of records."""

    @property
    def fill(self) -> Mapping[str, float]:
        """Share of records in which a field holds something, by field."""

    @property
    def und(self) -> float:
        """Share of records whose language is unknown."""

    @property
    def suspect(self) -> float:
        """Share of records with a translation that may be wrong."""

    @property
    def with_issues(self) -> float:
        """Share of records that have issues."""


@attrs.frozen(kw_only=True)
class RunRow:
    """A run as history tells it."""

    source: str
    run_id: str
    started: str
    """UTC, RFC 3339."""

    finished: str
    """UTC, RFC 3339."""

    outcome: Outcome
    told: str = ""
    seen: int = 0
    """Different entries on its pages."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    archived: int = 0
    """Entries that left the feed by policy."""

    records: int = 0
    """Records that the shares are of: those of all entries on its pages."""

    fill: Mapping[str, float] = attrs.field(factory=dict)
    """Share of records in which a field holds something, by field."""

    und: float = 0.0
    suspect: float = 0.0
    with_issues: float = 0.0
    warnings: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Delta:
    """What a run changed in the feed of its source; ids in the feed's order."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """Entries that the site took down, on the evidence of several runs."""

    archived: tuple[str, ...] = ()
    """Entries that left the feed by policy."""

    unchanged: int = 0
    """Entries that were seen and are as they were."""

    generation: int = 0
    """Number of the feed's changes that the run made; 0 if it made none."""

    @property
    def changed(self) -> bool:
        """Whether the feed is to be published anew."""
        return bool(self.added or self.updated or self.removed or self.archived)


@attrs.frozen(kw_only=True)
class SourceStatus:
    """How a source is; times are UTC, RFC 3339."""

    source: str
    outcome: Outcome
    """Of the last run."""

    told: str = ""
    """Of the last run."""

    warnings: tuple[str, ...] = ()
    """Of the last run."""

    since: str
    """End of the first of the runs in a row that had this outcome (all good ones count as one)."""

    checked: str
    """End of the last run."""

    last_good: str | None
    """End of the last good run."""

    last_new_entry: str | None
    """When an entry was last added."""

    stale_since: str | None
    """End of the first failed run after the last good one; None where the last one was good."""

    count: int
    """Entries in the feed."""

    generation: int
    """The last one that changed this source's feed."""

    last_seen: str | None
    """When an entry of it was last seen."""


@attrs.frozen(kw_only=True)
class Policy:
    """What stays in the feed of a source. What leaves it goes to the archive."""

    max_entries: int | None = 10_000
    """The most entries; the oldest leave first. None or 0: no limit."""

    max_age_days: float | None = None
    """Days since an entry was added or last changed. None or 0: no limit."""

    removed_after: int | None = 3
    """Good runs that must have seen the gap before an entry counts as removed. None or 0: never."""
