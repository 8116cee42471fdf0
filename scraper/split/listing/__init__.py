"""Any listing page to entries, without rules for its site."""

from __future__ import annotations

import attrs

from normalize.issues import Issue, issue
from normalize.model import Entry
from scraper.errors import NoEntries
from scraper.split.document import Document, DocumentKind
from scraper.split.listing.families import families
from scraper.split.listing.fields import entries_of
from scraper.split.listing.items import item_families
from scraper.split.listing.outline import outline
from scraper.split.listing.ranking import ranked
from scraper.split.listing.rhythm import read_rhythm

__all__ = ["NoEntries", "read_listing"]

_DOUBT = 0.5
# The rhythm of lines tells less than a tree does.
_TEXT_CONFIDENCE = 0.5


def read_listing(document: Document) -> list[Entry]:
    """Read the entries of a listing page of any site.

    Args:
        document: an HTML page, or text as a browser renders it.

    Returns:
        At least one entry, in page order, each with ``raw["confidence"]``: 0 to 1, how clearly
        the list stands out among the page's other lists; below 0.5 with the remark
        `Issue.LISTING_UNCERTAIN`.

    Raises:
        NoEntries: the page has no list, or is a single article.
    """
    if document.kind is DocumentKind.TEXT:
        return _with_confidence(read_rhythm(document), _TEXT_CONFIDENCE)
    made = outline(document.tree)
    candidates = ranked(made, [*families(made, document.url), *item_families(made)])
    if not candidates:
        raise NoEntries("The page has no list", where=document.url)
    best = candidates[0]
    confidence = min(1.0, best.score / (best.score + 2))
    return _with_confidence(entries_of(made, best, _languages(document)), confidence)


def _with_confidence(entries: list[Entry], confidence: float) -> list[Entry]:
    doubt = (issue(Issue.LISTING_UNCERTAIN),) if confidence < _DOUBT else ()
    return [
        attrs.evolve(
            entry,
            raw={**entry.raw, "confidence": f"{confidence:.2f}"},
            issues=(*entry.issues, *doubt),
        )
        for entry in entries
    ]


def _languages(document: Document) -> tuple[str, ...]:
    """The language that the page declares."""
    if document.kind is not DocumentKind.HTML:
        return ()
    told = (document.tree.get("lang") or "").strip().replace("_", "-").split("-")[0].lower()
    return (told,) if told.isalpha() and len(told) in {2, 3} else ()
