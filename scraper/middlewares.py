"""What went wrong between a site and its spider: said once, counted, and left to the verdict."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.http.request import NO_CALLBACK
from scrapy.spidermiddlewares.httperror import HttpError

from scraper.errors import BlockedPage, LayoutChanged, SplitError, UnsupportedDocument

logger = logging.getLogger(__name__)

_ROBOTS_UNAVAILABLE = 500
_TOO_MANY_REQUESTS = 429
_NOTHING_ALLOWED = b"User-agent: *\nDisallow: /\n"


class _CrawlerComponent:
    """A middleware that counts."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware as Scrapy asks for it."""
        return cls(crawler)

    def _count(self, name: str) -> None:
        self._crawler.stats.inc_value(name)


class SplitErrorMiddleware(_CrawlerComponent):
    """A page that is not what the source is known by: one line in the log, no traceback."""

    def process_spider_exception(
        self, response: Response, exception: Exception
    ) -> Iterable[Any] | None:
        """Count and log a `SplitError`; leave everything else to Scrapy."""
        if not isinstance(exception, SplitError):
            return None
        kind = _kind(exception)
        self._count(f"split/{kind}")
        logger.error("%s: %s: %s", kind, response.url, exception)
        return ()


class HttpErrorMiddleware(_CrawlerComponent):
    """Pages that the site answered with an error, after retries: counted by status."""

    def process_spider_exception(self, response: Response, exception: Exception) -> None:
        """Count and log the status; Scrapy's own middleware ends the matter."""
        if isinstance(exception, HttpError):
            self._count(f"http/errors/{response.status}")
            logger.error("HTTP %d: %s", response.status, response.url)


class DownloadFailureMiddleware(_CrawlerComponent):
    """Pages that could not be fetched at all, after retries: counted by what went wrong.

    Its place is on the engine's side of Scrapy's retry middleware, so that it sees what that
    gave up on.
    """

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count; Scrapy logs."""
        if not isinstance(exception, IgnoreRequest) and not _is_robots_request(request):
            self._count(f"http/failures/{type(exception).__name__}")


class RobotsUnreachableMiddleware(_CrawlerComponent):
    """Where robots.txt cannot be had nothing is allowed (RFC 9309, 2.3.1.4); Scrapy allows all.

    Its place is between Scrapy's robots.txt and retry middlewares.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Replace a server error by a robots.txt that forbids everything."""
        unavailable = (
            response.status >= _ROBOTS_UNAVAILABLE or response.status == _TOO_MANY_REQUESTS
        )
        if unavailable and _is_robots_request(request):
            return self._forbid(request, f"HTTP {response.status}")
        return response

    def process_exception(self, request: Request, exception: Exception) -> Response | None:
        """Replace a failed download likewise."""
        if isinstance(exception, IgnoreRequest) or not _is_robots_request(request):
            return None
        return self._forbid(request, type(exception).__name__)

    def _forbid(self, request: Request, why: str) -> Response:
        self._count("http/robots_unreachable")
        logger.error("%s cannot be had (%s): nothing of the site is fetched", request.url, why)
        return TextResponse(request.url, status=200, body=_NOTHING_ALLOWED, request=request)


class RedirectLimitMiddleware(_CrawlerComponent):
    """Makes an HTTP error of a redirect too many or in a circle, which Scrapy drops unsaid.

    Its place is on the downloader's side of Scrapy's redirect middleware.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the last redirect through as the answer it is."""
        limit = self._crawler.settings.getint("REDIRECT_MAX_TIMES")
        passed = (request.url, *request.meta.get("redirect_urls", ()))
        location = (response.headers.get("Location") or b"").decode("latin-1")
        if len(passed) > limit or (location and response.urljoin(location) in passed):
            request.meta["dont_redirect"] = True
        return response


def _kind(error: SplitError) -> str:
    match error:
        case BlockedPage():
            return "blocked"
        case UnsupportedDocument():
            return "unsupported"
        case LayoutChanged():
            return "layout_changed"
        case _:
            return "other"


def _is_robots_request(request: Request) -> bool:
    # Spiders' requests have a callback; those of Scrapy's own components have this mark.
    return request.callback is NO_CALLBACK and urlsplit(request.url).path == "/robots.txt"
