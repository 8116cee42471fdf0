"""Where a redirect may lead, and how often."""

from __future__ import annotations

import logging
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from w3lib.url import safe_url_string

from scraper.middlewares.base import CrawlerComponent, is_of_one_entry, is_robots_request
from scraper.split.source import Source, host_of, is_below

logger = logging.getLogger(__name__)

_FOLLOWED = (301, 302, 303, 307, 308)
"""HTTP statuses that Scrapy takes for redirects; in other answers ``Location`` says no more."""


class RedirectLimitMiddleware(CrawlerComponent):
    """Makes an HTTP error of a redirect too many, in a circle, or to somebody else's site.

    Scrapy drops the first two unsaid and follows the third. Its place is on the downloader's
    side of Scrapy's redirect middleware.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Let a redirect that is not followed through as the answer it is."""
        if response.status not in _FOLLOWED:
            return response
        target = _target(request, response)
        if self._is_too_many(request, target):
            request.meta["dont_redirect"] = True
        elif target and self._leads_away(request, target):
            request.meta["dont_redirect"] = True
            told = f"{request.url} redirects to another site, {target}: not followed"
            self._count("http/redirect_refused", None if is_of_one_entry(request) else told)
            logger.error("%s", told)
        return response

    def _is_too_many(self, request: Request, target: str | None) -> bool:
        limit = self._crawler.settings.getint("REDIRECT_MAX_TIMES")
        passed = (request.url, *request.meta.get("redirect_urls", ()))
        return len(passed) > limit or target in passed

    def _leads_away(self, request: Request, target: str) -> bool:
        # Where robots.txt stands is up to the site (RFC 9309, 2.3.1.2).
        if is_robots_request(request) or is_below(host_of(target), host_of(request.url)):
            return False
        return not is_own(self._crawler.spider, target)


def is_own(spider: Spider | None, url: str) -> bool:
    """Whether an address is of the spider's source, or of the copy of it that is crawled."""
    source = getattr(spider, "source", None)
    if isinstance(source, Source) and source.allows(url):
        return True
    return is_below(host_of(url), host_of(getattr(spider, "base", None)))


def _target(request: Request, response: Response) -> str | None:
    """Where Scrapy would go: read in any other way, some addresses have another host."""
    location = response.headers.get("Location") or b""
    try:
        told = safe_url_string(location)
        if location.startswith(b"//"):
            told = f"{urlsplit(request.url).scheme}://{told.lstrip('/')}"
        return urljoin(request.url, told) if told else None
    except ValueError:  # brackets that hold no IPv6 address
        return None
