"""Sites that say when to come back (``Retry-After``): waited for, within bounds."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from scraper.middlewares.base import CrawlerComponent
from scraper.split.source import host_of

logger = logging.getLogger(__name__)

_STATUSES = (429, 503)
_LOOK_UP = 0.5
"""Seconds between looks at whether the crawl is being stopped."""


class RetryAfterMiddleware(CrawlerComponent):
    """Asks a host for nothing before the time that it named; Scrapy asks again at once.

    Where it names none, the pause is twice ``DOWNLOAD_DELAY``, then four times, and so on. A wait
    beyond ``RETRY_AFTER_MAX`` seconds, or beyond the end of the run, is not begun: the page counts
    as failed without another request. Its place is on the downloader's side of Scrapy's retry
    middleware, which then makes the request anew.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._longest = settings.getfloat("RETRY_AFTER_MAX")
        seconds = settings.getfloat("CLOSESPIDER_TIMEOUT")
        self._delay = settings.getfloat("DOWNLOAD_DELAY")
        self._end = monotonic() + seconds if seconds else float("inf")
        self._free_from: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:
        """Hold a request back for as long as its host has asked for.

        Raises:
            IgnoreRequest: the crawl is being stopped meanwhile.
        """
        host = host_of(request.url)
        while (left := self._free_from.get(host, 0.0) - monotonic()) > 0:
            if not self._crawler.crawling:
                raise IgnoreRequest("the crawl is being stopped")
            await asyncio.sleep(min(left, _LOOK_UP))

    def process_response(self, request: Request, response: Response) -> Response:
        """Note when the host may be asked again, or give up where that is too late."""
        if response.status not in _STATUSES:
            return response
        wait = retry_after(response)
        if wait is None:
            attempts = 1 + request.meta.get("retry_times", 0)
            wait = min(self._delay * 2.0**attempts, self._longest)
        if wait > self._longest or monotonic() + wait > self._end:
            request.meta["dont_retry"] = True
            self._count("retry_after/given_up")
            logger.error(
                "HTTP %d: %s asks to come back in %.0f s; that is too late for this run",
                response.status,
                request.url,
                wait,
            )
            return response
        host = host_of(request.url)
        self._free_from[host] = max(self._free_from.get(host, 0.0), monotonic() + wait)
        if wait:
            self._count("retry_after/waits")
            logger.warning("HTTP %d: %s: waiting %.0f s", response.status, request.url, wait)
        return response


def retry_after(response: Response) -> float | None:
    """Seconds that an answer asks to wait (RFC 9110, 10.2.3); None where it does not say.

    A date is read by the site's own clock where the answer tells it, else by this machine's.
    """
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = _date(value)
    if until is None:
        return None
    now = _date((response.headers.get("Date") or b"").decode("latin-1")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
