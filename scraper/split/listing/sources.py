"""What stands in for a source's declaration where there is none: any listing, any feed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scraper.split.document import Document, DocumentKind
from scraper.split.listing import read_listing
from scraper.split.listing.feeds import is_json_feed, read_feed
from scraper.split.source import Source

_NEVER = re.compile(r"(?!)")

LISTING = Source(
    name="listing",
    title="Any listing page",
    home="",
    languages=(),
    readers={
        DocumentKind.HTML: {"listing": read_listing},
        DocumentKind.TEXT: {"rhythm": read_listing},
    },
    known_by="links, headings, rows or lines that repeat",
    marker=_NEVER,
    terms="Those of the page's site.",
    cadence="Unknown.",
)
"""Pages and rendered texts of any site."""

FEED = Source(
    name="feed",
    title="Any feed",
    home="",
    languages=(),
    readers={
        DocumentKind.FEED: {"feed": read_feed},
        DocumentKind.JSON: {"feed": read_feed},
    },
    known_by="items of RSS, Atom, JSON Feed or a news sitemap",
    marker=_NEVER,
    terms="Those of the feed's site.",
    cadence="Unknown.",
)
"""RSS, Atom, JSON Feed and sitemaps of any site."""

FALLBACKS: Mapping[str, Source] = {LISTING.name: LISTING, FEED.name: FEED}


def fallback_for(document: Document) -> Source | None:
    """How to read a document of no known source; None where there is no way."""
    if document.kind is DocumentKind.FEED or is_json_feed(document):
        return FEED
    return None if document.kind is DocumentKind.JSON else LISTING
