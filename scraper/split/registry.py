"""The sources there are: every spider class of the project's spider modules declares one."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache

from scrapy import Spider
from scrapy.utils.misc import walk_modules_iter

from scraper.errors import UnknownSource
from scraper.settings import SPIDER_MODULES
from scraper.split.listing.sources import FALLBACKS
from scraper.split.source import Source


@cache
def known_sources() -> Mapping[str, Source]:
    """All declared sources by name, in order of their names."""
    return {source.name: source for source in sorted(_declared(), key=lambda s: s.name)}


def find_source(name: str) -> Source:
    """The source of that name; ``listing`` and ``feed`` use no source's rules.

    Raises:
        UnknownSource: there is none; the message lists the names that there are.
    """
    sources = {**known_sources(), **FALLBACKS}
    if name not in sources:
        begun = [known for known in sources if name and known.startswith(name)]
        close = difflib.get_close_matches(name, sources, n=1) or begun
        raise UnknownSource(name, known=tuple(sources), close=close[0] if close else None)
    return sources[name]


def _declared() -> Iterator[Source]:
    for package in SPIDER_MODULES:
        for module in walk_modules_iter(package):
            for item in vars(module).values():
                if isinstance(item, type) and issubclass(item, Spider):
                    source = vars(item).get("source")
                    if isinstance(source, Source) and item.__module__ == module.__name__:
                        yield source
