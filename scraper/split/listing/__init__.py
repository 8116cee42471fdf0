"""Any listing page to entries, without rules for its site."""

from __future__ import annotations

import re

import attrs

from normalize.issues import Issue, issue
from normalize.model import Entry
from scraper.errors import DocumentTooLarge, NoEntries
from scraper.split.document import Document, DocumentKind
from scraper.split.listing.article import refuse_article
from scraper.split.listing.families import families, held_back
from scraper.split.listing.fields import Marks, entries_of
from scraper.split.listing.items import item_families
from scraper.split.listing.marked import marked_families
from scraper.split.listing.outline import outline
from scraper.split.listing.ranking import ranked
from scraper.split.listing.rhythm import read_rhythm
from scraper.split.listing.structured import with_structured

__all__ = ["NoEntries", "read_listing"]

_DOUBT = 0.5
# Below this score there are a few words of navigation and nothing else.
_LEAST_SCORE = 0.5
# The longest pages that are read take about five seconds: tags, where a link counts for three,
# lines of text, entries, and elements that stand beside each other as parts of entries.
_MOST_TAGS = 405_000
_LINK = re.compile(r"<a[\s>]", re.IGNORECASE)
_MOST_LINES = 150_000
_MOST_ENTRIES = 100_000
_MOST_PARTS = 160_000
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
        DocumentTooLarge: more than 405,000 tags, where a link counts for three, 150,000 lines of
            text, or 100,000 entries.
    """
    _refuse_endless(document)
    if document.kind is DocumentKind.TEXT:
        marks = _marks(_TEXT_CONFIDENCE)
        entries = read_rhythm(document)
        return [attrs.evolve(e, raw=marks.raw, issues=marks.issues) for e in entries]
    made = outline(document.tree)
    guesses = [*families(made, document.url), *item_families(made), *marked_families(made)]
    candidates = ranked(made, guesses, held_back(made, document.url))
    if not candidates or candidates[0].score < _LEAST_SCORE:
        raise NoEntries("The page has no list", where=document.url)
    best = candidates[0]
    parts = sum(len(record.parts) for record in best.records)
    if len(best.records) > _MOST_ENTRIES or parts > _MOST_PARTS:
        raise _too_large(document, f"at most {_MOST_ENTRIES} entries", len(best.records))
    refuse_article(made, best, document.url)
    confidence = min(1.0, best.score / (best.score + 2))
    entries = list(entries_of(made, best, _languages(document), _marks(confidence)))
    return with_structured(entries, document.tree)


def _refuse_endless(document: Document) -> None:
    if document.kind is DocumentKind.TEXT:
        most, found = _MOST_LINES, document.text.count("\n")
    else:
        most, found = _MOST_TAGS, document.text.count("<")
        if found * 3 > most:
            found += 2 * sum(1 for _ in _LINK.finditer(document.text))
    if found > most:
        raise _too_large(document, f"at most {most} lines, or tags with links thrice", found)


def _too_large(document: Document, expected: str, found: int) -> DocumentTooLarge:
    return DocumentTooLarge(
        "The document has more parts than a listing page",
        where=document.url,
        expected=expected,
        found=str(found),
    )


def _marks(confidence: float) -> Marks:
    doubt = (issue(Issue.LISTING_UNCERTAIN),) if confidence < _DOUBT else ()
    return Marks(raw={"confidence": f"{confidence:.2f}"}, issues=doubt)


def _languages(document: Document) -> tuple[str, ...]:
    """The language that the page declares."""
    if document.kind is not DocumentKind.HTML:
        return ()
    told = (document.tree.get("lang") or "").strip().replace("_", "-").split("-")[0].lower()
    return (told,) if told.isalpha() and len(told) in {2, 3} else ()
