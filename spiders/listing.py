"""Any listing page of any site: ``scrapy crawl listing -a url=URL``."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urldefrag

import attrs
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.linkextractors import IGNORED_EXTENSIONS
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from normalize.issues import Issue, issue
from normalize.model import Entry
from scraper.errors import BlockedPage, NoEntries, SplitError, UnsupportedDocument
from scraper.headers import content_type
from scraper.monitor import flag
from scraper.split.address_shape import has_shape, learn_shapes
from scraper.split.blocked import gate_of
from scraper.split.discovery import FeedLink, feed_links
from scraper.split.document import (
    Document,
    DocumentKind,
    kind_of,
    parse_html,
    refuse_unreadable,
)
from scraper.split.entry_page import EntryBatch, page_description, read_entry_page
from scraper.split.listing import read_listing
from scraper.split.listing.sources import LISTING
from scraper.split.markup import longest_markup
from scraper.split.paging import next_page
from scraper.split.source import Reader, host_of, path_of
from scraper.unknown_site import UnknownSiteSpider

MOST_FOLLOWED = 50
"""Entries' own pages that are read for one listing page."""

# Addresses that name a file which is no page.
_FILES = tuple(f".{ending}" for ending in IGNORED_EXTENSIONS)

logger = logging.getLogger(__name__)


class ListingSpider(UnknownSiteSpider):
    """Entries of a listing page without rules for its site, and of the pages that follow it.

    Args:
        follow: whether to read the entries' own pages for summaries and dates that the listing
            does not give.
    """

    name = "listing"
    kind = LISTING
    arguments = UnknownSiteSpider.arguments | {"follow"}

    def __init__(self, follow: str = "false", **kwargs: str) -> None:
        self.follow = flag("follow", follow)
        super().__init__(**kwargs)
        readers: dict[DocumentKind, dict[str, Reader]] = {
            DocumentKind.HTML: {"listing": self._read_list},
            DocumentKind.TEXT: {"rhythm": self._read_list},
            DocumentKind.JSON: {"fragment": self._read_fragment},
        }
        self.source = attrs.evolve(self.source, readers=readers)  # type: ignore[misc]  # as the base
        self._read: set[str] = set()
        self._shapes: dict[str, float] = {}

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Entry | Request]:  # noqa: ANN401  Scrapy's own signature
        """Yield a page's entries, those that lack something by way of their own pages.

        A page without a list like the first page's ends the crawl: what seemed to lead on to it
        did not.
        """
        self._read.add(self._live(response.url))
        told = super().parse(response, **kwargs)
        try:
            yield from self._completed(response, told) if self.follow else told
        except (NoEntries, UnsupportedDocument) as reason:
            if not self._pages_read or isinstance(reason, BlockedPage):
                self._advise(response)
                raise
            self._count("pages/without_entries")
            logger.warning("The list ends before %s: %s", response.url, reason)

    def next_url(self, response: Response, entries: Sequence[Entry]) -> str | None:
        """The page's own link to the next."""
        text = self._markup(response)
        if text is None:
            return None
        known = {*self._read, *(entry.url for entry in entries if entry.url)}
        found = next_page(parse_html(text), self._live(response.url), known=known)
        target = self.on_base(found) if found else None
        return target if target and host_of(target) == host_of(response.url) else None

    def _advise(self, response: Response) -> None:
        """Name the feed of a page that cannot be read: most that scripts put together have one."""
        links: Sequence[FeedLink] = ()
        with suppress(UnsupportedDocument):  # a page without an element names none
            text = self._markup(response) or ""
            links = feed_links(parse_html(text), self._live(response.url))
        feed = next((link.url for link in links if not link.of_comments), None)
        if feed:
            logger.warning(
                "The page names a feed, which may hold its entries: scrapy crawl feed -a url=%s",
                shlex.quote(feed),
            )

    def _completed(
        self, response: Response, told: Iterator[Entry | Request]
    ) -> Iterator[Entry | Request]:
        """What a page gives, with requests in place of the entries that lack something."""
        lacking: list[Entry] = []
        for item in told:
            if not isinstance(item, Entry) or not self._is_to_follow(item, response):
                yield item
            elif path_of(item.url).lower().endswith(_FILES):
                yield _unread(item, "no_page")
            elif len(lacking) == MOST_FOLLOWED:
                yield _unread(item, "limit")
            else:
                lacking.append(item)
        batch = EntryBatch(len(lacking), self._descriptions(response) if lacking else ())
        for entry in lacking:
            yield response.follow(
                self.on_base(entry.url or ""),
                callback=self.parse_entry,
                errback=partial(self.without_page, entry=entry, batch=batch),
                cb_kwargs={"entry": entry, "batch": batch},
                # Two entries may share a page; both are to come out.
                dont_filter=True,
            )

    def _is_to_follow(self, entry: Entry, response: Response) -> bool:
        """Whether an entry lacks something, and has a page of its own on the listing's host."""
        if not entry.url or (entry.summary and entry.published):
            return False
        address = urldefrag(self.on_base(entry.url)).url
        is_own = address != urldefrag(response.url).url
        return is_own and host_of(address) == host_of(response.url)

    def _descriptions(self, response: Response) -> frozenset[str]:
        text = self._markup(response)
        return page_description(parse_html(text)) if text else frozenset()

    def _markup(self, response: Response) -> str | None:
        """The HTML of a page, also of one that a script would put into another."""
        text = self.text_of(response)
        kind = kind_of(text, content_type(response))
        if kind is DocumentKind.JSON:
            return longest_markup(Document(text=text, kind=kind).data)
        return text if kind is DocumentKind.HTML else None

    def _read_fragment(self, document: Document) -> list[Entry]:
        """Read what a site sends to be put into its page: JSON that holds HTML.

        Raises:
            NoEntries: it holds none.
        """
        text = longest_markup(document.data)
        if text is None:
            raise NoEntries("The JSON holds no HTML with links", where=document.url)
        return self._read_list(Document(text=text, kind=DocumentKind.HTML, url=document.url))

    def _read_list(self, document: Document) -> list[Entry]:
        """Read a page's list.

        Raises:
            NoEntries: it has none, or one whose addresses are unlike the first page's.
        """
        entries = read_listing(document)
        addresses = [entry.url for entry in entries if entry.url]
        home = self.source.home
        if not self._shapes:
            self._shapes = learn_shapes(addresses, home)
            return entries
        alike = sum(has_shape(address, self._shapes, home) for address in addresses)
        if alike * 2 < len(entries):
            raise NoEntries(
                "The page lists other things than the first",
                where=document.url,
                expected=" or ".join(self._shapes),
                found=next(iter(addresses), "entries without addresses"),
            )
        return entries

    def parse_entry(self, response: Response, entry: Entry, batch: EntryBatch) -> list[Entry]:
        """Take what an entry's own page gives; with the last page of a listing, its entries."""
        told = content_type(response)
        try:
            refuse_unreadable(response.body, content_type=told, where=response.url)
            text = self.text_of(response)
            if kind_of(text, told) is not DocumentKind.HTML:
                return batch.add(_unread(entry, "no_page"))
            document = Document(text=text, kind=DocumentKind.HTML, url=self._live(response.url))
            found = read_entry_page(document, title=entry.title, of_site=batch.of_site)
            gate = None if found.summaries or found.published else gate_of(document)
        except SplitError:  # empty, binary, too large, or without an HTML element
            return batch.add(_unread(entry, "no_page"))
        if gate:
            return batch.add(_unread(entry, gate))
        self._count("entry_pages/read")
        return batch.add(entry, found)

    def without_page(self, failure: Failure, entry: Entry, batch: EntryBatch) -> list[Entry]:
        """Take an entry as the listing gives it, with a remark; the crawl is none the worse."""
        error: BaseException | None = failure.value
        why = type(error).__name__
        if isinstance(error, HttpError):
            why = str(error.response.status)
        elif isinstance(error, IgnoreRequest):
            why = "robots" if "robots.txt" in str(error) else "refused"
        self._forgive(error)
        self._count("entry_pages/failed")
        logger.warning("The page of an entry cannot be read (%s): %s", why, entry.url)
        return batch.add(_unread(entry, why))

    def _forgive(self, error: BaseException | None) -> None:
        """Take back what was counted against the crawl: only one entry's page has failed."""
        name = f"http/failures/{type(error).__name__}"
        if isinstance(error, HttpError):
            name = "http/redirect_refused"
        elif isinstance(error, IgnoreRequest):
            by_robots = "robots.txt" in str(error)
            name = "robotstxt/forbidden" if by_robots else "http/address_refused"
        if self.crawler.stats.get_value(name):
            self.crawler.stats.inc_value(name, -1)


def _unread(entry: Entry, why: str) -> Entry:
    return attrs.evolve(entry, issues=(*entry.issues, issue(Issue.ENTRY_PAGE_NOT_READ, why)))
