"""Keep what a crawl was sent (ARCHIVE_FILE), or answer it from what was kept (REPLAY_FILES)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from scraper.archive import FETCHED_AT
from scraper.archive.reader import ArchivedPage
from scraper.archive.store import NOT_MODIFIED, PageStore
from scraper.archive.writer import ArchiveWriter
from scraper.told import keep_first

logger = logging.getLogger(__name__)


class ArchiveMiddleware:
    """Writes every answer of the network into the WARC file named by ARCHIVE_FILE.

    Its place is nearest the network: it sees robots.txt, redirects, errors that are tried again and
    "not modified", all as they were sent. ``%(name)s`` and ``%(time)s`` in the setting stand for
    the spider and for the start of the crawl. An archive that cannot be written further ends, is
    told, and counts as a failure of the crawl.
    """

    def __init__(self, crawler: Crawler, path: Path) -> None:
        self._stats = crawler.stats
        self._writer: ArchiveWriter | None = ArchiveWriter(path)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware as Scrapy asks for it.

        Raises:
            NotConfigured: no archive is wanted, or the crawl is answered from one.
            OSError: the archive is there already, or cannot be made.
        """
        told = crawler.settings.get("ARCHIVE_FILE")
        if not told or crawler.settings.getlist("REPLAY_FILES"):
            raise NotConfigured
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")
        name = crawler.spidercls.name
        return cls(crawler, Path(str(told) % {"name": name, "time": now}))

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer; what is read from it is dated as the archive dates it."""
        if self._writer is not None:
            instant = datetime.now(UTC).replace(microsecond=0)
            try:
                self._writer.write(request, response, fetched_at=instant)
            except OSError as error:
                self._give_up(self._writer, error)
            else:
                self._stats.inc_value("archive/answers")
                request.meta[FETCHED_AT] = instant
        return response

    def spider_closed(self, spider: Spider) -> None:  # noqa: ARG002  Scrapy's own signature
        """Close the archive."""
        if self._writer is not None:
            self._writer.close()

    def _give_up(self, writer: ArchiveWriter, error: OSError) -> None:
        writer.close()
        self._writer = None
        told = f"The archive cannot be written further: {error.strerror or error}"
        self._stats.inc_value("archive/write_errors")
        keep_first(self._stats, "archive/write_errors", told)
        logger.error("%s", told)


class ReplayMiddleware:
    """Answers every request from the archives named by REPLAY_FILES, and none from the network.

    Its place is before anything that looks names up or connects. What the archives do not hold is
    answered with 404; their robots.txt is obeyed as the crawl that wrote them obeyed it.
    """

    def __init__(self, crawler: Crawler, store: PageStore) -> None:
        self._stats = crawler.stats
        self._store = store
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware as Scrapy asks for it.

        Raises:
            NotConfigured: nothing is to be replayed.
            OSError: an archive cannot be read.
            BrokenArchive: an archive is damaged.
        """
        paths = [Path(path) for path in crawler.settings.getlist("REPLAY_FILES")]
        if not paths:
            raise NotConfigured
        store = PageStore(paths)
        for path in store.torn:
            logger.warning("%s breaks off within its last record", path)
        return cls(crawler, store)

    def process_request(self, request: Request) -> Response:
        """Answer."""
        page = self._store.find(request.url) if request.method == "GET" else None
        if page is not None and (page.status != NOT_MODIFIED or _is_conditional(request)):
            self._stats.inc_value("replay/answers")
            if page.fetched_at is not None:
                request.meta[FETCHED_AT] = page.fetched_at
            return _response(request, page)
        if urlsplit(request.url).path != "/robots.txt":
            self._stats.inc_value("replay/missing")
            logger.error("The archive holds no answer to %s %s", request.method, request.url)
        return Response(request.url, status=404, request=request)

    def spider_closed(self, spider: Spider) -> None:  # noqa: ARG002  Scrapy's own signature
        """Let go of the archives."""
        self._store.close()


def _is_conditional(request: Request) -> bool:
    return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers


def _response(request: Request, page: ArchivedPage) -> Response:
    headers = Headers()
    for name, value in page.headers:
        headers.appendlist(name, value)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=page.body)
    return kind(request.url, status=page.status, headers=headers, body=page.body, request=request)
