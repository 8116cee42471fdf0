"""What the middlewares share."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK


class AddressRefused(IgnoreRequest):
    """A request to an address that the source has no business with; nothing was sent."""


class CrawlerComponent:
    """A middleware that counts."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware as Scrapy asks for it."""
        return cls(crawler)

    def _count(self, name: str) -> None:
        self._crawler.stats.inc_value(name)


def is_robots_request(request: Request) -> bool:
    """Whether Scrapy itself asks for a site's robots.txt."""
    # Spiders' requests have a callback; those of Scrapy's own components have this mark.
    return request.callback is NO_CALLBACK and urlsplit(request.url).path == "/robots.txt"
