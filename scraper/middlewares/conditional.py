"""Listing pages that have not changed since the last good run are not fetched again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scrapy import Request

from scraper.middlewares.base import CrawlerComponent
from scraper.runs.model import Page
from scraper.sources import LISTING, REMEMBERED, SourceSpider

_NOT_MODIFIED = 304
_VALIDATORS = ("If-None-Match", "If-Modified-Since")


class ConditionalMiddleware(CrawlerComponent):
    """Asks for a listing page only if it is not as remembered (RFC 9110, 13).

    The memory is of the address that is asked: where a redirect leads elsewhere, its target's.
    The spider then gets the answer 304 and what is remembered of the page. After
    ``UNCHANGED_DAYS`` a page is read whatever its site says: some answer 304 for ever.
    """

    def process_request(self, request: Request) -> None:
        """Add what is remembered to a listing page's request."""
        spider = self._crawler.spider
        if not request.meta.get(LISTING) or not isinstance(spider, SourceSpider):
            return
        for name in _VALIDATORS:
            request.headers.pop(name, None)
        page = spider.remembered(request.url)
        told = self._validators(page) if page else {}
        request.headers.update(told)
        request.meta[REMEMBERED] = page
        request.meta["handle_httpstatus_list"] = [_NOT_MODIFIED] if told else []

    def _validators(self, page: Page) -> dict[str, bytes]:
        days = self._crawler.settings.getfloat("UNCHANGED_DAYS")
        age = datetime.now(UTC) - datetime.fromisoformat(page.fetched_at)
        # A time in the future is of a clock that has been set back.
        if not timedelta(0) <= age <= timedelta(days=days):
            return {}
        values = zip(_VALIDATORS, (page.etag, page.last_modified), strict=True)
        # As they came: headers are read as Latin-1.
        return {name: value.encode("latin-1", "replace") for name, value in values if value}
