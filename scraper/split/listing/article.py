"""A single article told from a list: its text stands outside of every list's entries."""

from __future__ import annotations

from collections import Counter

from scraper.errors import NoEntries
from scraper.split.listing.candidates import Candidate
from scraper.split.listing.outline import Outline
from scraper.split.listing.records import covered

# Characters of running text from which a page may be an article.
_ARTICLE = 1200
_PARAGRAPH = 80
_ARTICLE_SHARE = 0.6


def refuse_article(outline: Outline, best: Candidate, where: str | None) -> None:
    """Refuse a page whose running text stands outside of its best list.

    Raises:
        NoEntries: the page is a single article, with at most a list of others beside it.
    """
    inside = _inside(outline, best)
    prose: Counter[int] = Counter()
    for number, tag in enumerate(outline.tags):
        if tag not in {"p", "blockquote"} or outline.lengths[number] < _PARAGRAPH or inside[number]:
            continue
        if outline.linked[number] * 2 <= outline.lengths[number]:
            prose[outline.parents[number]] += outline.lengths[number]
    longest = max(prose.values(), default=0)
    listed = sum(covered(outline, record.parts) for record in best.records)
    if longest >= _ARTICLE and longest > (listed + sum(prose.values())) * _ARTICLE_SHARE:
        raise NoEntries(
            "The page is a single article, not a list",
            where=where,
            expected="a page that lists entries",
            found=f"{longest} characters of running text outside of its best list",
        )


def _inside(outline: Outline, best: Candidate) -> bytearray:
    """For each element whether it lies in a record."""
    inside = bytearray(len(outline.tags))
    for record in best.records:
        for part in record.parts:
            inside[part : outline.ends[part]] = b"\1" * (outline.ends[part] - part)
    return inside
