"""A source for `tests/site.py`, declared as the modules in `spiders/` are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
from scrapy import Request
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred

from normalize.model import Entry, Record
from scraper.sources import SourceSpider
from scraper.split.document import Document, DocumentKind, parse_html
from scraper.split.paging import next_page
from scraper.split.source import Source

HOME = "http://bulletin.example/"


def read_list(document: Document) -> list[Entry] | None:
    """Items of class ``entry``; a list without items is an empty one."""
    items = document.tree.cssselect("li.entry")
    if not items and not document.tree.cssselect("ul.nothing"):
        return None
    links = (item.cssselect("a")[0] for item in items)
    return [
        Entry(
            source="bulletin",
            position=0,
            native_id=str(link.get("href")).rpartition("/")[2],
            title=link.text_content(),
        )
        for link in links
    ]


class BulletinSpider(SourceSpider):
    """Pages of `tests/site.py`, from ``path`` on."""

    name = "bulletin"
    source = Source(
        name="bulletin",
        title="النشرة",
        home=HOME,
        languages=("ar",),
        readers={DocumentKind.HTML: {"list": read_list}},
        known_by="items of class entry",
        marker=re.compile("النشرة"),
        terms="None.",
        cadence="daily",
    )
    arguments = frozenset({"path", "fault", "minimum", "dated", "hosts"})
    default_pages = 5

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  Scrapy's own signature
        super().__init__(**kwargs)
        self.path: str = kwargs.get("path", "list")
        self.fault: str = kwargs.get("fault", "")
        hosts = kwargs.get("hosts", "")
        self.source = attrs.evolve(  # type: ignore[misc]  # each run has a declaration of its own
            type(self).source,
            min_entries=int(kwargs.get("minimum", "0")) or None,
            by_date="dated" in kwargs,
            hosts=(hosts,) if hosts else (),
        )

    def first_urls(self) -> Sequence[str]:
        return [self.site_url(self.path)]

    def next_url(self, response: Response, entries: Sequence[Entry]) -> str | None:  # noqa: ARG002  as the base class
        return next_page(parse_html(self.text_of(response)), response.url)

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Entry | Request]:  # noqa: ANN401  Scrapy's own signature
        yield from super().parse(response, **kwargs)
        if self.fault:
            raise RuntimeError("a bug in the callback")


class SpoilingPipeline:
    """Makes the first record invalid and fails on the second."""

    def process_item(self, item: Record) -> Record:
        if item.id == "bulletin:2":
            raise RuntimeError(f"a bug at {item.id}")
        return attrs.evolve(item, position=0) if item.id == "bulletin:1" else item


class Resolver(CachingThreadedResolver):
    """Every name below ``bulletin.example`` stands for this machine."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802  Twisted's name
        here = name.endswith("bulletin.example")
        return super().getHostByName("127.0.0.1" if here else name, timeout)
