"""What happens to an entry on its way to the feed; the order stands in `scraper.settings`."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import Self

import jsonschema_rs
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.misc import load_object

from normalize.model import Entry, Record
from scraper.told import keep_first
from scraper.translation import NormalizerThread, RecordNormalizer, TranslationSettings
from scraper.validation import Problem, record_problems, record_validator

logger = logging.getLogger(__name__)


def reference_date(value: str | date | None) -> date | None:
    """Read the setting ``REFERENCE_DATE``.

    Raises:
        ValueError: it is not a date such as ``2024-05-21``.
    """
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


class Rejected(DropItem):
    """An item that a pipeline here keeps out of the feed; the stats count it.

    Args:
        reason: ``duplicate``, ``invalid`` or ``failed``.
        detail: which record, and what is wrong with it.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail, log_level="DEBUG")
        self.reason = reason


class NormalizePipeline:
    """Entry to record; with translation on a thread of its own, where batches gather.

    A disk that is full, or a database on it that fails, fails every entry: the first ends the
    crawl and has the only traceback.

    Args:
        normalizer: makes the records.
        crawler: whose crawl it is.
        thread: where the records are made; None for here and now.
    """

    def __init__(
        self,
        normalizer: RecordNormalizer,
        crawler: Crawler,
        thread: NormalizerThread | None = None,
    ) -> None:
        self._normalizer = normalizer
        self._crawler = crawler
        self._thread = thread
        self._broken: OSError | sqlite3.Error | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the normaliser of the settings.

        They are ``NORMALIZER``, ``REFERENCE_DATE``, ``STATE_FILE`` and those of translation.
        """
        settings = crawler.settings
        translation = TranslationSettings.of(settings)
        normalizer = load_object(settings["NORMALIZER"])(
            **(translation.arguments() if translation else {"target": None}),
            reference=reference_date(settings.get("REFERENCE_DATE")),
            state=settings.get("STATE_FILE") or None,
        )
        if translation is None:
            return cls(normalizer, crawler)
        thread = NormalizerThread(normalizer, stats=crawler.stats, target=translation.target)
        return cls(normalizer, crawler, thread)

    @property
    def is_busy(self) -> bool:
        """Whether its thread is at work."""
        return self._thread is not None and self._thread.is_busy

    def process_item(self, item: Entry) -> Record | Awaitable[Record]:
        """Normalise one entry.

        Raises:
            TypeError: the spider yielded something else.
            Rejected: the machine has failed before.
        """
        if not isinstance(item, Entry):
            raise TypeError(f"a spider yields entries, not {type(item).__name__}")
        if self._broken is not None:
            raise Rejected("failed", f"not read after {_named(self._broken)}")
        if self._thread is not None:
            return self._on_thread(self._thread, item)
        with self._breaking_off():
            (record,) = self._normalizer.normalize([item])
        return record

    async def _on_thread(self, thread: NormalizerThread, entry: Entry) -> Record:
        with self._breaking_off():
            return await thread.normalize(entry)

    @contextmanager
    def _breaking_off(self) -> Iterator[None]:
        """End the crawl where the machine fails."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            self._break_off(error)
            raise

    def _break_off(self, error: OSError | sqlite3.Error) -> None:
        if self._broken is not None:  # entries that were under way beside the first
            return
        self._broken = error
        keep_first(self._crawler.stats, "item_errors/count", f"{_named(error)} in reading entries")
        closing = self._crawler.engine.close_spider_async(reason="entries_unreadable")
        deferred_from_coro(closing)

    def close_spider(self) -> None:
        """Let the thread end; no item is under way any more."""
        if self._thread is not None:
            self._thread.close()


class DuplicatesPipeline:
    """The first record of an id stays; later ones are dropped and counted."""

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats
        self._hashes: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline as Scrapy asks for it."""
        return cls(crawler.stats)

    def process_item(self, item: Record) -> Record:
        """Pass a record whose id is new.

        Raises:
            Rejected: the crawl has given a record of this id before.
        """
        if item.id not in self._hashes:
            self._hashes[item.id] = item.content_hash
            return item
        self._stats.inc_value("feed/duplicates")
        if self._hashes[item.id] != item.content_hash:
            self._stats.inc_value("feed/duplicates_that_differ")
        raise Rejected("duplicate", f"{item.id} was in this crawl before")


class ValidatePipeline:
    """Keeps out of the feed what its schema does not allow."""

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline as Scrapy asks for it."""
        return cls(crawler.stats)

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        # Making it takes longer than all else of a crawl that finds nothing new.
        return record_validator()

    def process_item(self, item: Record) -> Record:
        """Pass a record that validates.

        Raises:
            Rejected: it does not; its id and fields are in the log.
        """
        problems = record_problems(self._validator, item.to_dict())
        if not problems:
            return item
        self._stats.inc_value("feed/invalid")
        told = _told(problems)
        logger.error("Invalid record %s: %s", item.id, told)
        raise Rejected("invalid", f"{item.id} is invalid: {told}")


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _told(problems: Iterable[Problem]) -> str:
    return "; ".join(str(problem) for problem in problems)
