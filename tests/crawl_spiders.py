"""A spider for `tests/site.py`, and pipelines that fail: what the crawl tests run."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import attrs
from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from normalize.model import Entry, Record
from scraper.errors import BlockedPage, LayoutChanged, SpiderArgumentError


@attrs.frozen(kw_only=True)
class Bounds:
    min_entries: int | None = None
    max_entries: int | None = None


class DemoSpider(Spider):
    """Reads lines ``id<TAB>title``; ``fault`` names what goes wrong after them."""

    name = "demo"
    faults = ("", "raise", "layout", "blocked", "close", "exit")

    def __init__(
        self,
        base: str = "",
        path: str = "/ok",
        fault: str = "",
        minimum: str = "",
        maximum: str = "",
        **kwargs: Any,  # noqa: ANN401  Scrapy's own signature
    ) -> None:
        if fault not in self.faults:
            raise SpiderArgumentError(f"fault cannot be {fault!r}.")
        if unknown := kwargs.keys() - {"allow_empty"}:
            raise SpiderArgumentError(f"demo takes no argument {min(unknown)!r}.")
        super().__init__(**kwargs)
        self.base, self.path, self.fault = base, path, fault
        self.source = Bounds(
            min_entries=int(minimum) if minimum else None,
            max_entries=int(maximum) if maximum else None,
        )

    async def start(self) -> AsyncIterator[Request]:
        yield Request(self.base + self.path)

    def parse(self, response: Response, **_: Any) -> Iterator[Entry | Request]:  # noqa: ANN401  as above
        for position, line in enumerate(response.text.splitlines(), start=1):
            key, title = line.split("\t")
            if key == "next":
                yield response.follow(title)
            else:
                yield Entry(source="demo", position=position, native_id=key, title=title)
        match self.fault:
            case "raise":
                raise RuntimeError("a bug in the callback")
            case "layout":
                raise LayoutChanged("nothing found", expected="lines", found="none")
            case "blocked":
                raise BlockedPage("a challenge page")
            case "close":
                raise CloseSpider("had_enough")


class OtherSpider(Spider):
    """Is there to be listed."""

    name = "other"


class PlainNormalizer:
    """The least a normaliser does, so that these tests are about the crawl alone."""

    def __init__(self, *, target: str | None, reference: object, state: str | None) -> None:
        self.told = (target, reference, state)

    def normalize(self, entries: Iterable[Entry]) -> Iterator[Record]:
        for entry in entries:
            content = hashlib.blake2b((entry.title or "").encode(), digest_size=16)
            yield Record(
                id=f"{entry.source}:{entry.native_id}",
                source=entry.source,
                position=entry.position,
                title=entry.title,
                content_hash=content.hexdigest(),
            )


class RaisingPipeline:
    def process_item(self, item: Record) -> Record:
        raise RuntimeError(f"a bug in a pipeline, at {item.id}")


class SpoilingPipeline:
    def process_item(self, item: Record) -> Record:
        return attrs.evolve(item, position=0) if item.id == "demo:1" else item
