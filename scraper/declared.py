"""The base of spiders that are data alone: where their listings are, and that they have pages."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from normalize.issues import Issue
from normalize.model import Entry
from scraper.sources import SourceSpider
from scraper.split.document import parse_html
from scraper.split.matching import LEFT_OUT, left_out
from scraper.split.paging import next_page
from scraper.split.source import host_of
from scraper.told import keep_first, one_line

UNLIKE = "entries/unlike"
"""The stat that counts entries that came out though their addresses have another form."""

LEFT_OUT_COUNT = "entries/left_out"
"""The stat that counts parts of lists that did not come out."""

logger = logging.getLogger(__name__)


class DeclaredSpider(SourceSpider):
    """Crawls the listings that it names, and the pages that they themselves call the next."""

    listings: ClassVar[tuple[str, ...]] = ("",)
    """Paths of the listings, with their queries, below the source's home."""

    def first_urls(self) -> Sequence[str]:
        """The listings, on `base`."""
        return [self.site_url(path) for path in self.listings]

    def parse(self, response: Response, **_: Any) -> Iterator[Entry | Request]:  # noqa: ANN401  Scrapy's own signature
        """As any source; what a list holds beside entries of the declared form is told."""
        for found in super().parse(response):
            if isinstance(found, Entry):
                self._tell_unlike(found)
                self._tell_left_out(found)
            yield found

    def _tell_unlike(self, entry: Entry) -> None:
        if Issue.ADDRESS_UNLIKE in entry.issues:
            told = f"{entry.page_url}: {entry.url or entry.title} has another form than entries"
            self._tell(UNLIKE, 1, told)

    def _tell_left_out(self, entry: Entry) -> None:
        count = left_out(entry)
        if count:
            told = f"{entry.page_url}: {count} left out of the list, such as {entry.raw[LEFT_OUT]}"
            self._tell(LEFT_OUT_COUNT, count, told)

    def _tell(self, name: str, count: int, told: str) -> None:
        self._count(name, count)
        if hasattr(self, "crawler"):
            keep_first(self.crawler.stats, name, told)
        logger.warning("%s; is ENTRY too narrow?", one_line(told))

    def next_url(self, response: Response, entries: Sequence[Entry]) -> str | None:  # noqa: ARG002  the page itself tells
        """The page's own link to the next; a copy's links to the live site lead to the copy."""
        found = next_page(parse_html(self.text_of(response)), self._live(response.url))
        target = self.on_base(found) if found else None
        return target if target and host_of(target) == host_of(response.url) else None
