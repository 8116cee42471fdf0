"""AITopics result pages: https://aitopics.org/search.

Known for certain (five independent readers, 2019 to 2025): the offset ``start`` in steps of ten,
``h3.searchtitle > a`` with the title, ``div.summary-content > p``, ``a > time[datetime]``, the
``/doc/<collection>:<8 hex>`` addresses. Containers, authors and the markup of the taxonomy are
not known: they are read from the tree's shape and from the lines' own shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from lxml.html import HtmlElement
from scrapy.http import Response

from normalize.model import Entry
from scraper.sources import SourceSpider
from scraper.split.blocked import gate_of
from scraper.split.boxes import Box, EntryKey, find_boxes
from scraper.split.document import Document, DocumentKind
from scraper.split.lines import text_lines, tidy_lines
from scraper.split.segments import PARAGRAPH, SENTENCE, LineRules, Segment, segments
from scraper.split.source import Source, entry_links

NAME = "aitopics"
HOME = "https://aitopics.org/"
PAGE_SIZE = 10
DOC = re.compile(r"/doc/(?P<id>[a-z]+:[0-9A-F]{8})/?")
TAXONOMY = r"[^>\n]+(?: > [^>\n]+)* \([01]\.\d\d\)|\(\d+ more\.\.\.\)"
LINES = LineRules(
    fields={
        "taxonomy": re.compile(rf"(?:[-•] ?)?(?P<taxonomy>{TAXONOMY})"),
        "published": re.compile(
            r"(?P<published>[A-Z][a-z]{2}-\d{1,2}-\d{4}(?:, \d\d:\d\d(?::\d\d)?(?: GMT)?)?)"
        ),
    },
    inner=frozenset({"published"}),
    paragraph=PARAGRAPH,
)
PARTICLES = frozenset(
    [
        "al",
        "bin",
        "da",
        "das",
        "de",
        "del",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "e",
        "el",
        "ibn",
        "la",
        "le",
        "of",
        "ter",
        "the",
        "van",
        "von",
        "y",
        "zu",
    ]
)


def read_results(document: Document) -> list[Entry] | None:
    """Read the results by their title links, or by their ``/doc/`` links."""
    doc_key = entry_links(DOC, document, HOME)
    titles = set(document.tree.cssselect(".searchtitle a[href]"))
    ways: tuple[Callable[[HtmlElement], str | None], ...] = (
        lambda anchor: anchor.get("href") if anchor in titles else None,
        doc_key,
    )
    boxes = next((found for way in ways if (found := find_boxes(document.tree, way))), [])
    if boxes:
        return [_result(box, doc_key) for box in boxes]
    return [] if _is_beyond_last(document) else None


def read_text(document: Document) -> list[Entry] | None:
    """Read a text dump: an abstract, a date or taxonomy lines make lines an entry."""
    lines = tidy_lines(document.text.splitlines())
    found = [s for s in segments(lines, LINES) if s.fields or _has_paragraph(s.texts)]
    return [_entry(segment) for segment in found] or None


def _result(box: Box, doc_key: EntryKey) -> Entry:
    summary = next(box.find(".summary-content"), None)
    hinted = text_lines(summary) if summary is not None else []
    told = segments([line for line in box.lines if line not in hinted], LINES)
    fields: dict[str, tuple[str, ...]] = {}
    for segment in told:
        for name, values in segment.fields.items():
            fields[name] = (*fields.get(name, ()), *values)
    texts = [text for segment in told for text in segment.texts if text != box.title]
    prose = hinted or [text for text in texts if SENTENCE.fullmatch(text)]
    byline = next((text for text in texts if text not in prose and _is_byline(text)), None)
    other = [text for text in texts if text not in (*prose, byline)]
    instant = next((t.get("datetime") for t in box.find("time[datetime]")), None)
    return Entry(
        source=NAME,
        position=0,
        native_id=next((key for a in box.find("a[href]") if (key := doc_key(a))), None),
        url=box.url,
        title=box.title,
        summary="\n".join(prose) or None,
        byline=byline,
        family_first=True,
        published=instant or next(iter(fields.get("published", ())), None),
        taxonomy=fields.get("taxonomy", ()),
        raw={"other": "\n".join(other)} if other else {},
    )


def _entry(segment: Segment) -> Entry:
    paragraphs = [text for text in segment.texts[1:] if PARAGRAPH.fullmatch(text)]
    heads = [text for text in segment.texts if text not in paragraphs]
    has_byline = len(heads) > 1 and _is_byline(heads[-1])
    return Entry(
        source=NAME,
        position=0,
        title=heads[-2] if has_byline else heads[-1] if heads else None,
        summary="\n".join(paragraphs) or None,
        byline=heads[-1] if has_byline else None,
        family_first=True,
        published=segment.first("published"),
        taxonomy=segment.fields.get("taxonomy", ()),
    )


def _is_byline(line: str) -> bool:
    """Whether a line is a list of names: parts between commas, words in capitals or particles."""
    parts = line.split(", ")
    words = [word for part in parts for word in part.split()]
    return (
        len(parts) > 1
        and all(0 < len(part.split()) <= 5 for part in parts)  # noqa: PLR2004  words of a name
        and not any(word[0].islower() and word not in PARTICLES for word in words)
    )


def _has_paragraph(texts: Sequence[str]) -> bool:
    return any(PARAGRAPH.fullmatch(text) for text in texts)


def _is_beyond_last(document: Document) -> bool:
    """Whether the address asks for results after the first ten: there, none is an answer.

    A gate is no answer: the site shuts readers out in mid-list.
    """
    is_whole = bool(document.tree.cssselect("form, nav, footer")) and not document.is_cut_off
    return _start(document.url or "") > 0 and is_whole and gate_of(document) is None


def _start(url: str) -> int:
    value = re.search(r"[?&]start=(\d{1,9})(?:[&#]|$)", url)
    return int(value[1]) if value else 0


class AITopicsSpider(SourceSpider):
    """Results of a search, newest first without a query."""

    name = NAME
    source = Source(
        name=NAME,
        title="AITopics",
        home=HOME,
        languages=("en",),
        readers={
            DocumentKind.HTML: {"results": read_results},
            DocumentKind.TEXT: {"text": read_text},
        },
        known_by=(
            "titles in h3.searchtitle, links to /doc/<collection>:<id>, or in text lines such as "
            "'Europe > Austria > Vienna (0.14)'"
        ),
        marker=re.compile(rf"^[ \t]*[-•] ?(?:{TAXONOMY})[ \t]*$|class=\"searchtitle", re.MULTILINE),
        terms="An older robots.txt asks for 10 s between requests; today's could not be checked.",
        cadence="daily",
        min_entries=1,
        by_date=True,
    )
    arguments = frozenset({"q", "filters"})
    default_pages = 10
    # Faster readers were cut off; see https://aitopics.org/robots.txt of 2015.
    custom_settings = {"DOWNLOAD_DELAY": 10}  # noqa: RUF012  Scrapy reads a plain dict

    @property
    def by_date(self) -> bool:
        """A query sorts its results by how well they match."""
        return not getattr(self, "q", None)

    def first_urls(self) -> Sequence[str]:
        """The first ten results."""
        return [self._results(0)]

    def next_url(self, response: Response, entries: Sequence[Entry]) -> str | None:
        """The next ten results, as long as there are entries."""
        return self._results(_start(response.url) + PAGE_SIZE) if entries else None

    def _results(self, start: int) -> str:
        asked = {name: getattr(self, name, None) for name in ("q", "filters")}
        given = {name: value for name, value in asked.items() if value}
        return self.site_url(f"search?{urlencode(given | {'start': str(start)})}")
