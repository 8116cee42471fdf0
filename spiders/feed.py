"""Any feed, or the feed of any page: ``scrapy crawl feed -a url=URL``."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.utils.gz import gunzip, gzip_magic_number

from normalize.model import Entry
from scraper.errors import BlockedPage, NoEntries, UnsupportedDocument
from scraper.headers import content_type
from scraper.middlewares.redirects import is_own
from scraper.sources import LISTING
from scraper.split.blocked import gate_of
from scraper.split.discovery import feed_links
from scraper.split.document import MAX_BYTES, Document, DocumentKind
from scraper.split.feed_text import feed_root, true_kind
from scraper.split.listing.feeds import next_feed_page
from scraper.split.listing.sources import FEED
from scraper.split.sitemaps import sitemaps_of
from scraper.split.source import host_of, is_below
from scraper.unknown_site import UnknownSiteSpider

MOST_DETOURS = 5
"""Pages and indexes that are read on the way to feeds."""

logger = logging.getLogger(__name__)


class FeedSpider(UnknownSiteSpider):
    """Entries of RSS, Atom, RDF, JSON Feed or a sitemap, found from a page where need be."""

    name = "feed"
    kind = FEED

    def __init__(self, **kwargs: str) -> None:
        super().__init__(**kwargs)
        self._read: set[str] = set()
        self._sitemaps: list[str] = []
        self._detours = 0

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Entry | Request]:  # noqa: ANN401  Scrapy's own signature
        """Yield a feed's entries; of a page or an index the request for what it names.

        Raises:
            NoEntries: the page names no feed.
            BlockedPage: it is a login, consent or challenge page.
        """
        self._read.add(self._live(response.url))
        response = _unpacked(response)
        document = self._document(response)
        if document.kind is DocumentKind.HTML:
            yield from self._follow_one(response, self._feeds(document))
        elif document.kind is DocumentKind.FEED and feed_root(document.text) == "sitemapindex":
            named = [sitemap.url for sitemap in sitemaps_of(document)]
            self._sitemaps += [url for url in named if self._is_of_site(url, response)]
            yield from self._follow_one(response, self._unread())
        else:
            yield from self._entries(response, **kwargs)

    def next_url(self, response: Response, entries: Sequence[Entry]) -> str | None:  # noqa: ARG002  the feed itself tells
        """The next sitemap of an index, else what the feed itself calls its next page."""
        waiting = next(iter(self._unread()), None)
        if waiting:
            return self.on_base(waiting)
        found = next_feed_page(self._document(response))
        if not found or found in self._read or not self._is_of_site(found, response):
            return None
        return self.on_base(found)

    def _is_of_site(self, url: str, response: Response) -> bool:
        """Whether an address that a feed or an index names is of its site; told where it is not."""
        if is_below(host_of(self.on_base(url)), host_of(response.url)) or is_own(self, url):
            return True
        self._count("pages/elsewhere")
        logger.warning("%s goes on at another site, %s: not read", response.url, url)
        return False

    def _entries(self, response: Response, **kwargs: Any) -> Iterator[Entry | Request]:  # noqa: ANN401  as above
        try:
            yield from super().parse(response, **kwargs)
        except NoEntries as reason:
            # A feed may be empty; whether this one may is the verdict's question.
            self._count("pages/without_entries")
            logger.warning("No entries in %s: %s", response.url, reason)
            self._pages_read += 1
            following = self._unread()[:1] if self._pages_read < self.pages else []
            for url in following:
                yield self._request(response, url)

    def _document(self, response: Response) -> Document:
        text = self.text_of(response)
        kind = true_kind(text, content_type(response))
        return Document(text=text, kind=kind, url=self._live(response.url))

    def _unread(self) -> list[str]:
        return [url for url in self._sitemaps if url not in self._read]

    def _feeds(self, document: Document) -> list[str]:
        """Addresses of the feeds of a page's entries, best first."""
        links = feed_links(document.tree, document.url or "")
        for link in links:
            logger.info("The page names %s (%s)", link.url, link.title or "without a title")
        found = [link.url for link in links if not link.of_comments and link.url not in self._read]
        gate = None if found else gate_of(document)
        if gate:
            raise BlockedPage(
                f"The site sent a {gate} page in place of the feed",
                source=self.label,
                where=document.url,
            )
        return found

    def _follow_one(self, response: Response, urls: Sequence[str]) -> Iterator[Request]:
        self._detours += 1
        if not urls or self._detours > MOST_DETOURS:
            raise NoEntries(
                "The page names no feed" if not urls else "The feed is too many links away",
                source=self.label,
                where=response.url,
                expected="RSS, Atom, JSON Feed, a sitemap, or a page that names one",
            )
        yield self._request(response, urls[0])

    def _request(self, response: Response, url: str) -> Request:
        return response.follow(self.on_base(url), callback=self.parse, meta={LISTING: True})


def _unpacked(response: Response) -> Response:
    """A response as it is; sitemaps are sent as files of gzip.

    Raises:
        UnsupportedDocument: it is broken, or too large.
    """
    if not gzip_magic_number(response):
        return response
    try:
        return response.replace(body=gunzip(response.body, max_size=MAX_BYTES))
    except (OSError, EOFError, ValueError) as error:
        raise UnsupportedDocument(
            "The file cannot be unpacked", where=response.url, found=str(error)
        ) from error
