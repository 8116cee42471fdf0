"""Pages that could not be had or not be read: counted, and said in one line."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from scraper.errors import BlockedPage, LayoutChanged, NoEntries, SplitError, UnsupportedDocument
from scraper.middlewares.base import CrawlerComponent, is_of_one_entry, is_robots_request
from scraper.told import keep_first, why_unfetched

logger = logging.getLogger(__name__)

_BY_ROBOTS = "robots.txt"
"""In the message of Scrapy's own refusal."""


class SplitErrorMiddleware(CrawlerComponent):
    """A page that is not what the source is known by: one line in the log, no traceback."""

    def process_spider_exception(
        self, response: Response, exception: Exception
    ) -> Iterable[Any] | None:
        """Count and log a `SplitError`; leave everything else to Scrapy."""
        if not isinstance(exception, SplitError):
            if not isinstance(exception, HttpError):
                told = f"{response.url}: {type(exception).__name__}: {exception}"
                keep_first(self._crawler.stats, "spider_exceptions/count", told)
            return None
        kind, told = _kind(exception), _told(response.url, exception)
        self._count(f"split/{kind}", told)
        logger.error("%s: %s", kind, told)
        return ()


class HttpErrorMiddleware(CrawlerComponent):
    """Pages that the site answered with an error, after retries: counted by status."""

    def process_spider_exception(self, response: Response, exception: Exception) -> None:
        """Count and log the status; Scrapy's own middleware ends the matter."""
        if isinstance(exception, HttpError):
            told = f"{response.url} answered HTTP {response.status}"
            self._count(f"http/errors/{response.status}", told)
            logger.error("HTTP %d: %s", response.status, response.url)


class DownloadFailureMiddleware(CrawlerComponent):
    """Pages that could not be fetched at all, after retries: counted by what went wrong.

    Its place is on the engine's side of Scrapy's retry middleware, so that it sees what that
    gave up on.
    """

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count; Scrapy logs, and counts what robots.txt forbids."""
        if is_robots_request(request):
            return
        told = None if is_of_one_entry(request) else request.url
        if not isinstance(exception, IgnoreRequest):
            words = told and f"{told} could not be fetched: {why_unfetched(exception)}"
            self._count(f"http/failures/{type(exception).__name__}", words)
        elif told and _BY_ROBOTS in str(exception):
            words = f"{told} is forbidden by the site's robots.txt"
            keep_first(self._crawler.stats, "robotstxt/forbidden", words)


class CompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's, with bodies counted that unpack to too much or not at all.

    It takes its place: no other middleware sees what fails on the way back from the site, and
    Scrapy drops it unsaid.
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002  Scrapy no longer gives one
    ) -> Request | Response:
        """Unpack.

        Raises:
            IgnoreRequest: the body is larger than ``DOWNLOAD_MAXSIZE``.
        """
        try:
            unpacked = super().process_response(request, response)
        except Exception as error:
            too_large = isinstance(error, IgnoreRequest)
            kind = "BodyTooLarge" if too_large else type(error).__name__
            assert self.stats is not None  # noqa: S101  Scrapy gives them to every crawl's
            self.stats.inc_value(f"http/failures/{kind}")
            if not is_of_one_entry(request):
                told = f"{request.url} cannot be unpacked: {error}"
                keep_first(self.stats, f"http/failures/{kind}", told)
            logger.error("%s cannot be unpacked: %s", request.url, error)  # noqa: TRY400  Scrapy logs the traceback
            raise
        return unpacked


def _told(url: str, error: SplitError) -> str:
    return str(error) if error.where and url.startswith(error.where) else f"{url}: {error}"


def _kind(error: SplitError) -> str:
    match error:
        case BlockedPage():
            return "blocked"
        case UnsupportedDocument():
            return "unsupported"
        case LayoutChanged():
            return "layout_changed"
        case NoEntries():
            return "no_entries"
        case _:
            return "other"
