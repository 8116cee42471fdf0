"""What a crawl leaves in its run directory, for whoever started it to check and to apply.

``entries.jsonl``, ``rejects.jsonl`` and ``pages.jsonl`` grow line by line; ``stats.json`` is
written last, whole: where it is missing the crawl did not come to its end.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from itemadapter import ItemAdapter, is_item
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem, NotConfigured
from scrapy.http import Response
from scrapy.spidermiddlewares.base import BaseSpiderMiddleware
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from normalize.identity import record_id
from normalize.model import Entry, json_line
from scraper.atomic import atomic_file
from scraper.pipelines import Rejected
from scraper.runs.model import PAGES, REJECTS, PageVisit

logger = logging.getLogger(__name__)

ENTRIES = "entries.jsonl"
STATS = "stats.json"


class LineFile:
    """A file of whole lines: what a full disk takes in part is taken back.

    Args:
        path: the file; what it held is lost.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._length = 0

    def write(self, line: str) -> None:
        """Add one line, which ends with its line end.

        Raises:
            OSError: the line did not fit; the file is as it was before.
        """
        data = line.encode("utf-8", "surrogatepass")
        written = self._file.write(data)
        if written != len(data):
            self._file.truncate(self._length)
            self._file.seek(self._length)
            raise OSError(f"no space for more than {self._length} bytes")
        self._length += len(data)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class RunRecorder:
    """Writes down what a crawl collects, rejects and reads (setting ``RUN_DIR``)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._directory = Path(crawler.settings["RUN_DIR"])
        self._files: dict[str, LineFile] = {}
        self._failed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the crawl.

        Raises:
            NotConfigured: no run directory is set.
        """
        if not crawler.settings.get("RUN_DIR"):
            raise NotConfigured
        recorder = cls(crawler)
        connect = crawler.signals.connect
        connect(recorder.open, signals.spider_opened)
        connect(recorder.item_dropped, signals.item_dropped)
        connect(recorder.item_error, signals.item_error)
        connect(recorder.close, signals.spider_closed)
        return recorder

    def open(self) -> None:
        """Open the files.

        Raises:
            CloseSpider: they cannot be written; the stat ``run/unusable`` says why.
        """
        try:
            for name in (ENTRIES, REJECTS, PAGES):
                self._files[name] = LineFile(self._directory / name)
        except OSError as error:
            self._crawler.stats.set_value("run/unusable", str(error))
            raise CloseSpider("run_directory_unusable") from error

    def entry(self, entry: Entry) -> None:
        """Note an entry as the spider gave it."""
        self._write(ENTRIES, entry.to_json_line())

    def item_dropped(self, item: object, exception: DropItem) -> None:
        """Note what a pipeline refused."""
        reason = exception.reason if isinstance(exception, Rejected) else "dropped"
        self._reject(item, reason, str(exception))

    def item_error(self, item: object, failure: Failure) -> None:
        """Note what a pipeline failed on."""
        self._reject(item, "failed", f"{type(failure.value).__name__}: {failure.value}")

    def page_read(self, visit: PageVisit) -> None:
        """Note a listing page that was read, or that is unchanged."""
        self._write(PAGES, visit.to_json())

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def _reject(self, item: object, reason: str, detail: str) -> None:
        data: Mapping[str, Any] = ItemAdapter(item) if is_item(item) else {}
        known = record_id(item) if isinstance(item, Entry) else data.get("id")
        named = {"id": known, "url": data.get("url"), "title": data.get("title")}
        self._write(REJECTS, json_line({"reason": reason, **named, "detail": detail}))

    def _write(self, name: str, line: str) -> None:
        """Write a line; the first that cannot be written ends the crawl."""
        if self._failed:
            return
        try:
            self._files[name].write(line)
        except OSError as error:
            self._failed = True
            self._crawler.stats.inc_value("run/write_errors")
            logger.error("%s cannot be written: %s", self._directory / name, error)  # noqa: TRY400  the message says it all
            closing = self._crawler.engine.close_spider_async(reason="run_unwritable")
            deferred_from_coro(closing)


class EntryRecorder(BaseSpiderMiddleware):
    """Hands what the spider yields to the recorder."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware.

        Raises:
            NotConfigured: no run directory is set.
        """
        if not crawler.settings.get("RUN_DIR"):
            raise NotConfigured
        return cls(crawler)

    def get_processed_item(self, item: Any, response: Response | None) -> Any:  # noqa: ANN401, ARG002  Scrapy's own signature
        """Note an entry, and pass it."""
        recorder = self.crawler.get_extension(RunRecorder)
        if recorder is not None and isinstance(item, Entry):
            recorder.entry(item)
        return item


def write_stats(directory: Path, stats: Mapping[str, Any], *, outcome: str, told: str) -> None:
    """Write ``stats.json``: the crawl's stats with ``outcome`` and ``told``.

    Args:
        directory: the run directory.
        stats: Scrapy's; what JSON does not know is written as text, times as ISO 8601.
        outcome: how the crawl ended.
        told: why, in a few words.

    Raises:
        OSError: it cannot be written.
    """
    data = {**stats, "outcome": outcome, "told": told}
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=_text)
    with atomic_file(directory / STATS) as file:
        file.write(f"{text}\n".encode("utf-8", "surrogatepass"))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
