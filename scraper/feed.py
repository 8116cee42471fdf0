"""Feeds: how a record becomes a line, and how lines become a feed that is never half there."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import IO, Any, Self

from itemadapter import ItemAdapter
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.exporters import BaseItemExporter
from scrapy.extensions import feedexport
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred
from w3lib.url import file_uri_to_path

from normalize.model import Entry, Record, json_line
from scraper.append import Appended, FeedError, append_bytes, append_lines, check_last_line
from scraper.atomic import PendingFile, directory_lock, is_device
from scraper.outcome import STAT, Outcome, outcome
from scraper.told import keep_first

LINE_FORMATS = ("jsonl", "jsonlines", "jl")
WITHHELD = ".withheld"
_WRITE_ERRORS = "feed/write_errors"

logger = logging.getLogger(__name__)


class LineExporter(BaseItemExporter):
    """Writes each record or entry as its own ``to_json_line``: whole, UTF-8, no BOM.

    Args:
        file: where the bytes go.
        **kwargs: Scrapy's exporter options; of them ``fields_to_export`` counts.
    """

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:  # noqa: ANN401  Scrapy's own signature
        super().__init__(dont_fail=True, **kwargs)
        self.file = file

    def export_item(self, item: Any) -> None:  # noqa: ANN401  Scrapy's own signature
        """Write one line."""
        self.file.write(self._line(item).encode("utf-8"))

    def _line(self, item: Any) -> str:  # noqa: ANN401  as above
        whole = self.fields_to_export is None
        if whole and isinstance(item, Entry | Record):
            return item.to_json_line()
        data = item.to_dict() if isinstance(item, Entry | Record) else ItemAdapter(item).asdict()
        return json_line(data if whole else dict(self.get_serialized_fields(data)))


class FileStorage:
    """A feed file that readers only ever see whole, and that only a healthy crawl replaces.

    What is collected is written beside the feed. When the crawl has ended well it takes the
    feed's place (``-O``) or is added to a copy that does (``-o``); otherwise it is kept as
    ``<feed>.withheld`` and the feed stays as it was.

    Args:
        uri: path or ``file:`` URI of the feed.
        crawler: whose outcome decides.
        feed_options: Scrapy's options of this feed.
    """

    def __init__(
        self, uri: str, *, crawler: Crawler, feed_options: dict[str, Any] | None = None
    ) -> None:
        options = feed_options or {}
        self.path = Path(file_uri_to_path(uri) if uri.startswith("file:") else uri)
        self._overwrite = bool(options.get("overwrite"))
        self._by_lines = options.get("format") in LINE_FORMATS
        self._crawler = crawler
        self._pending: PendingFile | None = None
        self.told = f"{self.path} is left as it was"
        """What became of the feed, for the summary."""

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, uri: str, *, feed_options: dict[str, Any] | None = None
    ) -> Self:
        """Build the storage as Scrapy asks for it."""
        return cls(uri, crawler=crawler, feed_options=feed_options)

    @property
    def withheld(self) -> Path:
        """Where the collected records are kept when the crawl did not end well."""
        real = self.path.resolve()
        return real.with_name(real.name + WITHHELD)

    def check(self) -> None:
        """See before the first request that the feed can be written.

        Raises:
            OSError: the place cannot be written to.
            FeedError: the feed that is there cannot be added to.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if is_device(self.path):
            return
        PendingFile(self.path).discard()
        if self._by_lines and not self._overwrite and self.path.is_file():
            check_last_line(self.path)

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002  Scrapy's own signature
        """Give the exporter the file beside the feed."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._pending = PendingFile(self.path)
        return self._pending.file

    def flush(self) -> None:
        """Write out what is in memory.

        Raises:
            OSError: the disk does not take it.
        """
        if self._pending is not None:
            self._pending.file.flush()

    def give_up(self) -> None:
        """Drop what was collected: where writing has failed, its end may be torn."""
        if self._pending is not None:
            self._pending.discard()
            self._pending = None
        self.told = f"{self.path} is left as it was, nothing of this run is kept"

    def store(self, file: IO[bytes]) -> Deferred[None]:  # noqa: ARG002  as above
        """Publish or withhold once the crawl's outcome is known.

        A batch that is full before the end waits for it.
        """
        return deferred_from_coro(self._store())

    async def _store(self) -> None:
        if STAT not in self._crawler.stats.get_stats():
            await self._crawler.signals.wait_for(signals.spider_closed)
        pending, self._pending = self._pending, None
        if pending is None:
            raise FeedError(f"{self.path} was stored before it was opened")
        try:
            if Outcome(self._crawler.stats.get_value(STAT)).publishes:
                self._publish(pending)
            else:
                self._withhold(pending)
        finally:
            pending.discard()

    def _publish(self, pending: PendingFile) -> None:
        self.told = f"published to {self.path}"
        if self._overwrite or pending.direct:
            pending.publish()
        else:
            self._append(pending)
        self.withheld.unlink(missing_ok=True)

    def _append(self, pending: PendingFile) -> None:
        pending.file.flush()
        # Two runs that add to one feed take turns: each copies what the other has published.
        with directory_lock(pending.target.parent):
            merged = PendingFile(pending.target)
            try:
                if self._merge(pending, merged):
                    merged.publish()
            finally:
                merged.discard()

    def _merge(self, pending: PendingFile, merged: PendingFile) -> bool:
        """Write the feed with what is new; return whether anything is."""
        exists = pending.target.exists()
        if not self._by_lines:
            append_bytes(pending.target, pending.path, merged.file)
            self.told = f"added to {self.path}"
            return True
        appended = append_lines(pending.target, pending.path, merged.file)
        self._crawler.stats.inc_value("feed/appended", appended.added)
        self._crawler.stats.inc_value("feed/already_there", appended.known)
        self.told = _told(appended, self.path)
        return bool(appended.added) or not exists

    def _withhold(self, pending: PendingFile) -> None:
        pending.publish(self.withheld)
        self.told = f"withheld: {self.told}, what was collected is in {self.withheld}"
        logger.error("%s (outcome %s)", self.told, self._crawler.stats.get_value(STAT))


def _told(appended: Appended, feed: Path) -> str:
    """What was added to a feed, for people."""
    if appended.added:
        known = f", which has {appended.known} others already" if appended.known else ""
        return f"added {appended.added} to {feed}{known}"
    if appended.known:
        return f"nothing new: {feed} has all of them already and is left as it was"
    return f"nothing to add to {feed}"


class FeedExporter(feedexport.FeedExporter):
    """Scrapy's feed export, with every failure of it counted and the outcome known in time."""

    def open_spider(self, spider: Spider) -> None:
        """Open the feeds; a feed that cannot be written ends the crawl before its first request.

        Raises:
            CloseSpider: a feed cannot be written; the stat ``feed/unusable`` says why.
        """
        super().open_spider(spider)
        for storage in self._storages():
            self._check(storage)

    def item_scraped(self, item: Any, spider: Spider) -> None:  # noqa: ANN401  Scrapy's own signature
        """Export an item; a failure, which Scrapy only logs, is counted and ends the crawl."""
        if self.crawler.stats.get_value(_WRITE_ERRORS):
            return
        try:
            super().item_scraped(item, spider)
        except OSError as error:
            self._give_up(error)
            self._end_crawl()
        except Exception:
            self.crawler.stats.inc_value(_WRITE_ERRORS)
            self._end_crawl()
            raise

    async def close_spider(self, spider: Spider, reason: str = "finished") -> None:
        """Settle the outcome, then store the feeds."""
        stats = self.crawler.stats
        try:
            for storage in self._storages():
                storage.flush()
        except OSError as error:
            self._give_up(error)
        verdict = outcome(stats.get_stats(), reason)
        stats.set_value(STAT, verdict.value)
        if not verdict.publishes:
            for slot in self.slots:
                self._mark_withheld(slot)
        await super().close_spider(spider)

    def _storages(self) -> list[FileStorage]:
        return [slot.storage for slot in self.slots if isinstance(slot.storage, FileStorage)]

    def _end_crawl(self) -> None:
        closing = self.crawler.engine.close_spider_async(reason="feed_unwritable")
        deferred_from_coro(closing)

    def _give_up(self, error: OSError) -> None:
        """Store nothing; say once why."""
        stats = self.crawler.stats
        stats.inc_value(_WRITE_ERRORS)
        told = f"the feed cannot be written: {error.strerror or error}"
        keep_first(stats, _WRITE_ERRORS, told)
        logger.error("%s", told)
        for slot in self.slots:
            slot.itemcount, slot.store_empty = 0, False  # so that Scrapy stores nothing
        for storage in self._storages():
            storage.give_up()

    def _check(self, storage: FileStorage) -> None:
        try:
            storage.check()
        except (OSError, FeedError) as error:
            self.crawler.stats.set_value("feed/unusable", str(error))
            raise CloseSpider("feed_unusable") from error

    @staticmethod
    def _mark_withheld(slot: feedexport.FeedSlot) -> None:
        """Let Scrapy's log name the file that is written, and write none without records."""
        if isinstance(slot.storage, FileStorage):
            slot.store_empty = False
            slot.uri = str(slot.storage.withheld)
