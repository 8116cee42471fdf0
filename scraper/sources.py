"""The base of all spiders: fetch, hand the page to the splitter, follow."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.http import Response

from normalize.model import Entry
from scraper.errors import SpiderArgumentError
from scraper.split import split
from scraper.split.decode import decode
from scraper.split.source import Source, host_of


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
            content_type=_content_type(response),
            languages=self.source.languages,
            override=self.source.encoding,
        )
        return read.text

    def site_url(self, path: str) -> str:
        """Address of a path of the site, on `base`."""
        return self.base + path.lstrip("/")

    async def start(self) -> AsyncIterator[Request]:
        """Request the first pages."""
        for url in self.first_urls():
            yield Request(url, callback=self.parse)

    def parse(self, response: Response, **_: Any) -> Iterator[Entry | Request]:  # noqa: ANN401  Scrapy's own signature
        """Yield a listing page's entries, then the request for the next page.

        A page that holds nothing new ends the crawl: sites repeat their last page for ever.
        """
        entries = split(
            response.body,
            url=self._live(response.url),
            content_type=_content_type(response),
            source=self.source,
            fetched_at=datetime.now(UTC),
        )
        yield from entries
        self._pages_read += 1
        fresh = {_mark(entry) for entry in entries} - self._seen
        self._seen |= fresh
        if fresh and self._pages_read < self.pages:
            url = self.next_url(response, entries)
            if url:
                # The body of a page may be in UTF-16, an address never is.
                own = getattr(response, "encoding", "utf-8")
                encoding = "utf-8" if own.startswith("utf-") else own
                yield response.follow(url, callback=self.parse, encoding=encoding)

    def on_base(self, url: str) -> str:
        """The copy's address of a page of the live site."""
        home = self.source.home
        return self.base + url.removeprefix(home) if url.startswith(home) else url

    def _live(self, url: str) -> str:
        """The live site's address of a page of the copy."""
        return self.source.home + url.removeprefix(self.base) if url.startswith(self.base) else url

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


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")


def _mark(entry: Entry) -> str:
    return entry.native_id or entry.url or f"{entry.title}\n{entry.summary}"


def _whole_number(name: str, value: str | int) -> int:
    text = str(value)
    if not text.isdecimal() or int(text) < 1:
        raise SpiderArgumentError(f"{name} must be a whole number from 1, not {value!r}.")
    return int(text)
