"""The base of spiders that are data alone: where their listings are, and that they have pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from scrapy.http import Response

from normalize.model import Entry
from scraper.sources import SourceSpider
from scraper.split.document import parse_html
from scraper.split.paging import next_page
from scraper.split.source import host_of


class DeclaredSpider(SourceSpider):
    """Crawls the listings that it names, and the pages that they themselves call the next."""

    listings: ClassVar[tuple[str, ...]] = ("",)
    """Paths of the listings, with their queries, below the source's home."""

    def first_urls(self) -> Sequence[str]:
        """The listings, on `base`."""
        return [self.site_url(path) for path in self.listings]

    def next_url(self, response: Response, entries: Sequence[Entry]) -> str | None:  # noqa: ARG002  the page itself tells
        """The page's own link to the next; a copy's links to the live site lead to the copy."""
        found = next_page(parse_html(self.text_of(response)), self._live(response.url))
        target = self.on_base(found) if found else None
        return target if target and host_of(target) == host_of(response.url) else None
