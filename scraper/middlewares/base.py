"""What the middlewares share."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from scraper.told import keep_first


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

    def _count(self, name: str, told: str | None = None) -> None:
        """Count; keep what is told of the first of each name."""
        self._crawler.stats.inc_value(name)
        if told:
            keep_first(self._crawler.stats, name, told)


def is_of_one_entry(request: Request | None) -> bool:
    """Whether only one entry needs the page: its failure is taken back."""
    return request is not None and "entry" in request.cb_kwargs


def is_robots_request(request: Request) -> bool:
    """Whether Scrapy itself asks for a site's robots.txt."""
    # Spiders' requests have a callback; those of Scrapy's own components have this mark.
    return request.callback is NO_CALLBACK and urlsplit(request.url).path == "/robots.txt"
