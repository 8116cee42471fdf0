"""What a site's robots.txt allows where it cannot be had."""

from __future__ import annotations

import logging

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse

from scraper.middlewares.base import AddressRefused, CrawlerComponent, is_robots_request
from scraper.told import why_unfetched

logger = logging.getLogger(__name__)

UNREACHABLE = "http/robots_unreachable"
"""Counter of hosts whose robots.txt could not be had, most often as they are down."""

_UNAVAILABLE = 500
_TOO_MANY_REQUESTS = 429
_NOTHING_ALLOWED = b"User-agent: *\nDisallow: /\n"


class RobotsUnreachableMiddleware(CrawlerComponent):
    """Where robots.txt cannot be had nothing is allowed (RFC 9309, 2.3.1.4); Scrapy allows all.

    Its place is between Scrapy's robots.txt and retry middlewares.
    """

    def process_request(self, request: Request) -> None:
        """Ask for robots.txt apart from the pages: the first page need not wait after it."""
        if is_robots_request(request):
            request.meta["download_slot"] = request.url

    def process_response(self, request: Request, response: Response) -> Response:
        """Replace a server error by a robots.txt that forbids everything."""
        unavailable = response.status >= _UNAVAILABLE or response.status == _TOO_MANY_REQUESTS
        if unavailable and is_robots_request(request):
            told = (
                f"{request.url} answered HTTP {response.status}: nothing of the site may be fetched"
            )
            return self._forbid(request, told)
        return response

    def process_exception(self, request: Request, exception: Exception) -> Response | None:
        """Replace a failed download likewise."""
        dropped = isinstance(exception, IgnoreRequest) and not isinstance(exception, AddressRefused)
        if dropped or not is_robots_request(request):
            return None
        root = request.url.removesuffix("/robots.txt")
        return self._forbid(request, f"{root} cannot be reached: {why_unfetched(exception)}")

    def _forbid(self, request: Request, told: str) -> Response:
        self._count(UNREACHABLE, told)
        logger.error("%s", told)
        return TextResponse(request.url, status=200, body=_NOTHING_ALLOWED, request=request)
