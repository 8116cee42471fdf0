"""What happens to an entry on its way to the feed; the order stands in `scraper.settings`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol, Self

import jsonschema_rs
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector
from scrapy.utils.misc import load_object

from normalize.model import Entry, Record
from scraper.validation import Problem, record_problems, record_validator

logger = logging.getLogger(__name__)


def reference_date(value: str | date | None) -> date | None:
    """Read the setting ``REFERENCE_DATE``.

    Raises:
        ValueError: it is not a date such as ``2024-05-21``.
    """
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


class RecordNormalizer(Protocol):
    """What `NormalizePipeline` needs of a normaliser."""

    def normalize(self, entries: Iterable[Entry]) -> Iterator[Record]:
        """Make a record of each entry."""


class NormalizePipeline:
    """Entry to record."""

    def __init__(self, normalizer: RecordNormalizer) -> None:
        self._normalizer = normalizer

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the normaliser of the settings.

        They are ``NORMALIZER``, ``TRANSLATE_TO``, ``REFERENCE_DATE`` and ``STATE_FILE``.
        """
        settings = crawler.settings
        normalizer = load_object(settings["NORMALIZER"])
        return cls(
            normalizer(
                target=settings.get("TRANSLATE_TO") or None,
                reference=reference_date(settings.get("REFERENCE_DATE")),
                state=settings.get("STATE_FILE") or None,
            )
        )

    def process_item(self, item: Entry) -> Record:
        """Normalise one entry.

        Raises:
            TypeError: the spider yielded something else.
        """
        if not isinstance(item, Entry):
            raise TypeError(f"a spider yields entries, not {type(item).__name__}")
        (record,) = self._normalizer.normalize([item])
        return record


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
            DropItem: the crawl has given a record of this id before.
        """
        if item.id not in self._hashes:
            self._hashes[item.id] = item.content_hash
            return item
        self._stats.inc_value("feed/duplicates")
        if self._hashes[item.id] != item.content_hash:
            self._stats.inc_value("feed/duplicates_that_differ")
        raise DropItem(f"{item.id} was in this crawl before", log_level="DEBUG")


class ValidatePipeline:
    """Keeps out of the feed what its schema does not allow."""

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats
        self._validator: jsonschema_rs.Draft202012Validator = record_validator()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline as Scrapy asks for it."""
        return cls(crawler.stats)

    def process_item(self, item: Record) -> Record:
        """Pass a record that validates.

        Raises:
            DropItem: it does not; its id and fields are in the log.
        """
        problems = record_problems(self._validator, item.to_dict())
        if not problems:
            return item
        self._stats.inc_value("feed/invalid")
        logger.error("Invalid record %s: %s", item.id, _told(problems))
        raise DropItem(f"{item.id} is invalid", log_level="DEBUG")


def _told(problems: Iterable[Problem]) -> str:
    return "; ".join(str(problem) for problem in problems)
