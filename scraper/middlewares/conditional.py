"""Listing pages that have not changed since the last good run are not fetched again."""

from __future__ import annotations

from scrapy import Request

from scraper.middlewares.base import CrawlerComponent
from scraper.sources import LISTING, REMEMBERED, SourceSpider

_NOT_MODIFIED = 304
_VALIDATORS = ("If-None-Match", "If-Modified-Since")


class ConditionalMiddleware(CrawlerComponent):
    """Asks for a listing page only if it is not as remembered (RFC 9110, 13).

    The memory is of the address that is asked: where a redirect leads elsewhere, its target's.
    The spider then gets the answer 304 and what is remembered of the page.
    """

    def process_request(self, request: Request) -> None:
        """Add what is remembered to a listing page's request."""
        spider = self._crawler.spider
        if not request.meta.get(LISTING) or not isinstance(spider, SourceSpider):
            return
        for name in _VALIDATORS:
            request.headers.pop(name, None)
        page = spider.remembered(request.url)
        values = (page.etag, page.last_modified) if page else ()
        told = {name: value for name, value in zip(_VALIDATORS, values, strict=False) if value}
        request.headers.update(told)
        request.meta[REMEMBERED] = page
        request.meta["handle_httpstatus_list"] = [_NOT_MODIFIED] if told else []
