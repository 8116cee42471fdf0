"""The page that a person points to: a saved file, or fetched as a crawl would fetch it."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import attrs
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from scraper.commands import open_input
from scraper.commands.crawl import check_values
from scraper.commands.split import read_document
from scraper.headers import content_type
from scraper.middlewares.robots import UNREACHABLE
from scraper.outcome import FAULT

# Nothing is published, and one page is no crawl to be judged.
_OFF = {"scraper.feed.FeedExporter": None, "scraper.monitor.SourceMonitor": None}


@attrs.frozen(kw_only=True)
class Page:
    """A page as it came."""

    body: bytes
    url: str | None
    """Its address after redirects; None for a file of unknown origin."""
    content_type: str | None
    fetched_at: str | None
    """When it was fetched, RFC 3339; None where nobody knows."""


class PageUnavailable(Exception):
    """The page could not be had; the message says why."""


def is_address(text: str) -> bool:
    """Whether an argument is an address rather than a file."""
    return text.lower().startswith(("http://", "https://"))


def read_page(name: str, *, url: str | None, fetched_at: str | None) -> Page:
    """Read a saved page; gzip is unpacked.

    Raises:
        UsageError: there is no such file, or it cannot be read.
        UnsupportedDocument: it is too large, or its gzip stream is broken.
    """
    with open_input(name) as file:
        body = read_document(file)
    guessed = mimetypes.guess_type(name.removesuffix(".gz"))[0]
    return Page(body=body, url=url, content_type=guessed, fetched_at=fetched_at)


def fetch_page(url: str, settings: Settings) -> Page:
    """Fetch one page by the project's own rules: robots.txt, agent, limits, retries.

    Raises:
        PageUnavailable: it could not be had, or was answered with an HTTP error.
        UsageError: a setting has a value that it cannot have.
    """
    check_values(settings)
    settings = settings.copy()
    settings.setdict(
        {
            "ITEM_PIPELINES": {},
            "SPIDER_MIDDLEWARES": {},
            "FEEDS": {},
            "LOG_LEVEL": "ERROR",
            "LOG_ENABLED": False,
            "EXTENSIONS": settings.getdict("EXTENSIONS") | _OFF,
        },
        priority="cmdline",
    )
    found: list[Page | str] = []
    process = AsyncCrawlerProcess(settings)
    process.crawl(_PageSpider, url=url, found=found)
    process.start()
    if not found:
        raise PageUnavailable(f"{url} could not be fetched: the crawl could not begin")
    if isinstance(found[0], str):
        raise PageUnavailable(f"{url} could not be fetched: {found[0]}")
    return found[0]


class _PageSpider(Spider):
    """Fetches one page and keeps it."""

    name = "page"

    def __init__(self, *, url: str, found: list[Page | str]) -> None:
        super().__init__()
        self._url = url
        self._found = found

    async def start(self) -> AsyncIterator[Request]:
        """Request the page."""
        yield Request(self._url, callback=self._keep, errback=self._explain)

    def _keep(self, response: Response) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        page = Page(
            body=response.body,
            url=response.url,
            content_type=content_type(response),
            fetched_at=now,
        )
        self._found.append(page)

    def _explain(self, failure: Failure) -> None:
        error = failure.value
        if isinstance(error, HttpError):
            self._found.append(f"HTTP {error.response.status}")
        else:
            # Where the site is down its robots.txt is what could not be had.
            unreachable = self.crawler.stats.get_value(FAULT + UNREACHABLE)
            self._found.append(unreachable or str(error) or type(error).__name__)
