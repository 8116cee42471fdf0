"""The base of all spiders: fetch, hand the page to the splitter, follow."""

from __future__ import annotations

import difflib
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.http import Response

from normalize.identity import record_id
from normalize.issues import Issue
from normalize.model import Entry
from scraper.archive import FETCHED_AT
from scraper.errors import SpiderArgumentError
from scraper.headers import content_type, header
from scraper.runs.memory import RunMemory
from scraper.runs.model import Page, PageVisit, utc_text
from scraper.runs.recorder import RunRecorder
from scraper.split import split
from scraper.split.decode import decode
from scraper.split.source import Source, host_of

LISTING = "listing_page"
"""Key of a request's ``meta``: it asks for a listing page."""

REMEMBERED = "remembered_page"
"""Key of a request's ``meta``: the page as the last good run left it."""

_NOT_MODIFIED = 304
_CONTAINER = re.compile(r"<(/?)(div|main|section|article|ul|ol|table|script)\b", re.IGNORECASE)

logger = logging.getLogger(__name__)


class SourceSpider(Spider):
    """Crawls the listing pages of one source.

    A subclass declares `source`, says where the pages are (`first_urls`, `next_url`) and which
    arguments it takes. Entries carry the live site's addresses even where ``base`` names a copy.

    Args:
        base: root of a copy of the site to crawl in place of the live one.
        pages: number of listing pages to read at most.

    Raises:
        SpiderArgumentError: an argument is unknown or has a value it cannot have.
    """

    source: ClassVar[Source]
    arguments: ClassVar[frozenset[str]] = frozenset()
    default_pages: ClassVar[int] = 1

    def __init__(
        self, base: str | None = None, pages: str | int | None = None, **kwargs: str
    ) -> None:
        self._check_arguments(kwargs)
        super().__init__(**kwargs)
        self.base = web_address("base", base or self.source.home).rstrip("/") + "/"
        self.given = frozenset(v for v in (base, *kwargs.values()) if isinstance(v, str))
        """Values that a person gave: the hosts of addresses among them may be private."""
        self.pages = self.default_pages if pages is None else _whole_number("pages", pages)
        self._pages_read = 0
        self._seen: set[str] = set()

    def first_urls(self) -> Sequence[str]:
        """Addresses to start from, on `base`."""
        return [self.base]

    def next_url(self, response: Response, entries: Sequence[Entry]) -> str | None:  # noqa: ARG002  for subclasses
        """Address of the next listing page, None after the last."""
        return None

    def text_of(self, response: Response) -> str:
        """The page's text, read as the splitter reads it: headers lie about character sets."""
        read = decode(
            response.body,
            content_type=content_type(response),
            languages=self.source.languages,
            override=self.source.encoding,
        )
        return read.text

    def site_url(self, path: str) -> str:
        """Address of a path of the site, on `base`."""
        return self.base + path.lstrip("/")

    @property
    def by_date(self) -> bool:
        """Whether this listing is by date, newest first."""
        return self.source.by_date

    async def start(self) -> AsyncIterator[Request]:
        """Request the first pages."""
        for url in self.first_urls():
            yield Request(url, callback=self.parse, meta={LISTING: True})

    def parse(self, response: Response, **_: Any) -> Iterator[Entry | Request]:  # noqa: ANN401  Scrapy's own signature
        """Yield a listing page's entries, then the request for the next page.

        A page that holds nothing new ends the crawl: sites repeat their last page for ever. In a
        list by date so does a page that earlier runs have seen all entries of.
        """
        if response.status == _NOT_MODIFIED:
            yield from self._parse_unchanged(response, response.meta[REMEMBERED])
            return
        entries = split(
            response.body,
            url=self._live(response.url),
            content_type=content_type(response),
            source=self.source,
            fetched_at=fetched_at(response),
        )
        yield from entries
        self._pages_read += 1
        ids = tuple(dict.fromkeys(record_id(entry) for entry in entries))
        fresh = set(ids) - self._seen
        self._seen |= fresh
        if self._is_broken_off(response, entries):
            return
        url = self.next_url(response, entries) if fresh else None
        following = response.urljoin(url) if url else None
        self._note_visit(response, following, ids, unchanged=False)
        if following and self._goes_on(ids):
            # The body of a page may be in UTF-16, an address never is.
            own = getattr(response, "encoding", "utf-8")
            encoding = "utf-8" if own.startswith("utf-") else own
            yield self._listing_request(response, following, encoding)

    def remembered(self, url: str) -> Page | None:
        """A listing page, by its address on `base`, as the last good run left it."""
        memory = self._memory
        return memory.page(self._live(url)) if memory else None

    @property
    def _memory(self) -> RunMemory | None:
        return self.crawler.get_extension(RunMemory) if hasattr(self, "crawler") else None

    def _parse_unchanged(self, response: Response, page: Page) -> Iterator[Request]:
        """Count what the page held, and go on where it led."""
        self._pages_read += 1
        self._seen.update(page.entry_ids)
        self._count("pages/unchanged")
        self._count("entries/unchanged", len(page.entry_ids))
        following = self.on_base(page.next_url) if page.next_url else None
        self._note_visit(response, following, page.entry_ids, unchanged=True)
        if following and self._goes_on(page.entry_ids):
            yield self._listing_request(response, following, "utf-8")

    def _listing_request(self, response: Response, url: str, encoding: str) -> Request:
        return response.follow(url, callback=self.parse, encoding=encoding, meta={LISTING: True})

    def _goes_on(self, ids: Sequence[str]) -> bool:
        """Whether the next page is to be read."""
        if self._pages_read >= self.pages:
            return False
        memory = self._memory
        if memory is None or not memory.stops(by_date=self.by_date) or not memory.knows_all(ids):
            return True
        self._count("pages/stopped_at_known")
        return False

    def _is_broken_off(self, response: Response, entries: Sequence[Entry]) -> bool:
        """Whether the page ends in mid-list, as where a site announces too short a length.

        Pages may leave out closing tags at their very end, but not those of boxes. A page sent in
        chunks tells its own end.
        """
        may_be_short = "Content-Length" in response.headers or "partial" in response.flags
        if not may_be_short or not entries or Issue.PAGE_CUT_OFF not in entries[-1].issues:
            return False
        tags = Counter(m.groups() for m in _CONTAINER.finditer(self.text_of(response).lower()))
        if all(tags["", name] <= tags["/", name] for _, name in tags):
            return False
        self._count("http/broken_off")
        logger.error("%s breaks off before its end", response.url)
        return True

    def _note_visit(
        self, response: Response, following: str | None, ids: Sequence[str], *, unchanged: bool
    ) -> None:
        recorder = self.crawler.get_extension(RunRecorder) if hasattr(self, "crawler") else None
        if recorder is None:
            return
        visit = PageVisit(
            # Of the address that answered: what it redirected from may lead elsewhere next time.
            url=self._live(response.url),
            status=response.status,
            fetched_at=utc_text(fetched_at(response)),
            etag=header(response, "ETag"),
            last_modified=header(response, "Last-Modified"),
            next_url=self._live(following) if following else None,
            entry_ids=tuple(ids),
            unchanged=unchanged,
        )
        recorder.page_read(visit)

    def _count(self, name: str, count: int = 1) -> None:
        if hasattr(self, "crawler"):
            self.crawler.stats.inc_value(name, count)

    def on_base(self, url: str) -> str:
        """The copy's address of a page of the live site."""
        home = self.source.home
        return self.base + url.removeprefix(home) if home and url.startswith(home) else url

    def _live(self, url: str) -> str:
        """The live site's address of a page of the copy."""
        home = self.source.home
        return home + url.removeprefix(self.base) if home and url.startswith(self.base) else url

    def _check_arguments(self, given: dict[str, Any]) -> None:
        known = {"base", "pages", "allow_empty", *self.arguments}
        for name in given.keys() - known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise SpiderArgumentError(
                f"{self.name} takes no argument {name!r}.{hint} Known: {', '.join(sorted(known))}."
            )


def web_address(name: str, value: str) -> str:
    """The value of an argument that must be a whole address.

    Raises:
        SpiderArgumentError: it is none.
    """
    if value.startswith(("http://", "https://")) and host_of(value):
        return value
    raise SpiderArgumentError(f"{name} must be an address (http://... or https://...): {value!r}.")


def fetched_at(response: Response) -> datetime:
    """When a page was fetched: as its archive tells, else now."""
    told: datetime | None = response.request.meta.get(FETCHED_AT) if response.request else None
    return told or datetime.now(UTC)


def _whole_number(name: str, value: str | int) -> int:
    text = str(value)
    if not text.isdecimal() or int(text) < 1:
        raise SpiderArgumentError(f"{name} must be a whole number from 1, not {value!r}.")
    return int(text)
