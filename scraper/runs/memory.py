"""What earlier runs of a source left: read while it is crawled, never written."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from scraper.runs.faults import StateError
from scraper.runs.model import Page
from scraper.runs.state import State

logger = logging.getLogger(__name__)


class RunMemory:
    """The state of earlier runs (settings ``RUN_STATE`` and ``RUN_SOURCE``), of one source.

    A state that cannot be read is none: the crawl then fetches everything.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        self._path = Path(crawler.settings["RUN_STATE"])
        settings = crawler.settings
        is_set = settings.get("STOP_AT_KNOWN") not in (None, "")
        self._stop_at_known = settings.getbool("STOP_AT_KNOWN") if is_set else None
        self._source: str | None = crawler.settings.get("RUN_SOURCE") or None
        self._state: State | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the crawl.

        Raises:
            NotConfigured: no state is set.
        """
        if not crawler.settings.get("RUN_STATE"):
            raise NotConfigured
        memory = cls(crawler)
        crawler.signals.connect(memory.open, signals.spider_opened)
        crawler.signals.connect(memory.close, signals.spider_closed)
        return memory

    def open(self, spider: Spider) -> None:
        """Open the state, if there is one."""
        self._source = self._source or spider.name
        if not self._path.exists():
            return
        try:
            self._state = State(self._path, read_only=True)
        except StateError as error:
            self._forget(error)

    def close(self) -> None:
        """Close the state."""
        if self._state is not None:
            self._state.close()
            self._state = None

    def page(self, url: str) -> Page | None:
        """A listing page as the last good run left it, by its address on the live site."""
        if self._state is None or self._source is None:
            return None
        try:
            return self._state.page(self._source, url)
        except StateError as error:
            self._forget(error)
            return None

    def stops(self, *, by_date: bool) -> bool:
        """Whether a page of known entries ends the crawl: ``STOP_AT_KNOWN``, else `by_date`."""
        return by_date if self._stop_at_known is None else self._stop_at_known

    def knows_all(self, ids: Collection[str]) -> bool:
        """Whether good runs have given every one of these entries."""
        if self._state is None or self._source is None:
            return False
        try:
            return set(self._state.known(self._source, ids)) >= set(ids)
        except StateError as error:
            self._forget(error)
            return False

    def _forget(self, error: StateError) -> None:
        self._stats.inc_value("run/memory_errors")
        logger.warning("%s cannot be read (%s): everything is fetched", self._path, error)
        self._state = None
