"""What the spiders for any site share: the address, the label, the declaration made of them."""

from __future__ import annotations

import re
from typing import ClassVar
from urllib.parse import urlsplit

import attrs

from scraper.errors import SpiderArgumentError
from scraper.sources import SourceSpider, web_address
from scraper.split.listing.sources import FALLBACKS
from scraper.split.registry import known_sources
from scraper.split.source import Source

_LABEL = re.compile(r"[a-z][a-z0-9_-]{0,62}")


class UnknownSiteSpider(SourceSpider):
    """Reads pages of a site that no module declares.

    Args:
        url: the page to begin with.
        label: what entries carry as their source, and ids begin with; the spider's own name
            where none is given. Listings that stand together in one feed need one each.

    Raises:
        SpiderArgumentError: as `SourceSpider`; there is no ``url``; ``label`` has a form that
            names of sources do not have, or is the name of one.
    """

    kind: ClassVar[Source]
    """How pages are read; its name is the spider's."""

    arguments = frozenset({"url", "label"})

    def __init__(
        self,
        base: str | None = None,
        pages: str | int | None = None,
        url: str | None = None,
        label: str | None = None,
        **kwargs: str,
    ) -> None:
        self._check_arguments(kwargs)
        if not url:
            raise SpiderArgumentError(f"{self.name} needs the address of a page: -a url=URL.")
        self.url = web_address("url", url)
        self.label = _label(label, self.name) if label is not None else self.name
        root = urlsplit(self.url)
        self.source = attrs.evolve(  # type: ignore[misc]  # each run has a declaration of its own
            self.kind, name=self.label, home=f"{root.scheme}://{root.netloc}/"
        )
        super().__init__(base=base, pages=pages, **kwargs)
        self.given |= {self.url}

    def first_urls(self) -> list[str]:
        """The page of ``url``."""
        return [self.on_base(self.url)]


def _label(label: str, own: str) -> str:
    if not _LABEL.fullmatch(label):
        raise SpiderArgumentError(
            "label begins with a small letter and holds small letters, digits, - and _ only, "
            f"not {label!r}."
        )
    if label in known_sources() or (label in FALLBACKS and label != own):
        raise SpiderArgumentError(f"label {label!r} is the name of a source: its ids are its own.")
    return label
