"""What the verdict on a crawl needs and Scrapy does not count."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Self

from itemadapter import ItemAdapter, is_item
from scrapy import Spider, logformatter, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatterResult
from twisted.python.failure import Failure

from scraper.errors import SpiderArgumentError

logger = logging.getLogger(__name__)

_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def flag(name: str, value: object) -> bool:
    """Read a yes-or-no spider argument.

    Raises:
        SpiderArgumentError: the value is neither.
    """
    known = _FLAGS.get(str(value).lower())
    if known is None:
        raise SpiderArgumentError(f"{name} must be true or false, not {value!r}.")
    return known


class SourceMonitor:
    """Writes what the source declares into the stats, and counts items a pipeline failed on."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the crawl."""
        monitor = cls(crawler)
        crawler.signals.connect(monitor.spider_opened, signals.spider_opened)
        crawler.signals.connect(monitor.item_error, signals.item_error)
        crawler.signals.connect(monitor.spider_closed, signals.spider_closed)
        return monitor

    def spider_opened(self, spider: Spider) -> None:
        """Note the bounds, and whether an empty listing is one."""
        source = getattr(spider, "source", None)
        for bound in ("min_entries", "max_entries"):
            self._stats.set_value(f"source/{bound}", getattr(source, bound, None))
        allowed = flag("allow_empty", getattr(spider, "allow_empty", False))
        self._stats.set_value("source/allow_empty", allowed)

    def item_error(self) -> None:
        """Count: Scrapy logs a pipeline's exception and goes on."""
        self._stats.inc_value("item_errors/count")

    def spider_closed(self, spider: Spider) -> None:
        """Warn of more entries than the source declares; they are published all the same."""
        records = self._stats.get_value("item_scraped_count", 0)
        records += self._stats.get_value("entries/unchanged", 0)
        maximum = self._stats.get_value("source/max_entries")
        if maximum is not None and records > maximum:
            logger.warning(
                "%s gave %d records, more than its maximum of %d: somebody should look",
                spider.name,
                records,
                maximum,
            )


class ShortLogFormatter(logformatter.LogFormatter):
    """Names the item that a pipeline failed on, where Scrapy writes it out in full."""

    def item_error(
        self,
        item: Any,  # noqa: ANN401  Scrapy's own signature
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        """Log the item's name only."""
        return super().item_error(item_name(item), exception, response, spider)


def item_name(item: object) -> str:
    """What a person can find an item by."""
    data: Mapping[str, Any] = ItemAdapter(item) if is_item(item) else {}
    fields = ("id", "url", "native_id", "title")
    return next((f"{name} {data[name]}" for name in fields if data.get(name)), "an item")
