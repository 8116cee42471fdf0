"""An entry's own page: its summary and its date, where the listing does not give them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

import attrs
from lxml.html import HtmlElement

from normalize.dates import parse_date
from normalize.model import Entry
from scraper.split.document import Document
from scraper.split.lines import one_line
from scraper.split.phrases import phrase_key

_ARTICLES = re.compile(r"(?:[A-Za-z]*Article|BlogPosting|Report|WebPage|CreativeWork|Book)")
_DATE_NAMES = frozenset(
    ("article:published_time", "og:article:published_time", "og:published_time", "datepublished",
     "dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued", "dcterms.created",
     "citation_publication_date", "citation_date", "citation_online_date", "parsely-pub-date",
     "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "published",
     "article.published", "date_published", "cxenseparse:recs:publishtime")
)  # fmt: skip
_TEXT_NAMES = (
    "citation_abstract", "dc.description", "dcterms.abstract", "og:description", "description",
    "twitter:description", "dcterms.description",
)  # fmt: skip
# What of a page is not its article.
_BESIDE = frozenset(
    ("aside", "nav", "footer", "form", "figure", "figcaption", "header", "blockquote", "li",
     "table")
)  # fmt: skip
_COMMENTS = re.compile(r"comment|reply|related|recommend|sidebar|widget|footer|cookie|consent")
_CHANGED = re.compile(r"updat|modif|edited")
# Letters that make a paragraph, and the article that it opens.
_PARAGRAPH = 40
_ARTICLE = 200
# Scripts of words without spaces say the same with a third of the letters.
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_DENSE_WORTH = 3
_DEEPEST = 8
# Levels above a paragraph that tell what it is part of.
_UP = 30


@attrs.frozen(kw_only=True)
class EntryPage:
    """What an entry's own page says of it."""

    summaries: tuple[str, ...] = ()
    """What may be its summary, best first: the descriptions that the page gives of itself, the
    article's first paragraph. One that other entries' pages give too is the site's."""

    published: str | None = None
    """The date of publication, as the page writes it; None where it gives none."""


class EntryBatch:
    """The entries of one listing page whose own pages are being read.

    They come out together, when the last page was read: only then can a description that a site
    repeats on all its pages be told from one that an entry has of its own.

    Args:
        size: how many entries there are.
        of_site: what the site says of itself on the listing page.
    """

    def __init__(self, size: int, of_site: Collection[str] = ()) -> None:
        self.of_site = frozenset(of_site)
        self._waiting = size
        self._read: list[tuple[Entry, EntryPage]] = []

    def add(self, entry: Entry, page: EntryPage | None = None) -> list[Entry]:
        """Note an entry and what its page says; all entries in page order with the last."""
        self._read.append((entry, page or EntryPage()))
        self._waiting -= 1
        if self._waiting:
            return []
        told = Counter(phrase_key(text) for _, found in self._read for text in found.summaries)
        self._read.sort(key=lambda pair: pair[0].position)
        return [_completed(entry, page, told) for entry, page in self._read]


def _completed(entry: Entry, page: EntryPage, told: Mapping[str, int]) -> Entry:
    """The entry with what it lacked; which fields that are stands in ``raw``."""
    own = next((text for text in page.summaries if told[phrase_key(text)] == 1), None)
    filled = attrs.evolve(
        entry, published=entry.published or page.published, summary=entry.summary or own
    )
    names = ("published", "summary")
    taken = [name for name in names if getattr(filled, name) != getattr(entry, name)]
    raw = {**entry.raw, "entry_page": ",".join(taken)} if taken else entry.raw
    return attrs.evolve(filled, raw=raw)


def read_entry_page(
    document: Document, *, title: str | None = None, of_site: frozenset[str] = frozenset()
) -> EntryPage:
    """Read an entry's own page.

    JSON-LD and microdata come first, then ``<meta>``, then the article itself. A date counts
    only if it can be read, and dates of changes are none of publication.

    Args:
        document: an HTML page.
        title: the entry's title, which is no summary of it.
        of_site: descriptions by which the site describes itself, as `page_description` gives
            them: pages repeat them where they have none of their own.
    """
    root = document.tree
    data = list(_structured(root))
    unfit = {phrase_key(text) for text in (title or "", *of_site) if text}
    told = [text for text in _summaries(root, data) if text and phrase_key(text) not in unfit]
    dates = (text for text in _dates(root, data) if text and _is_date(text))
    return EntryPage(summaries=tuple(dict.fromkeys(told)), published=next(dates, None))


def page_description(root: HtmlElement) -> frozenset[str]:
    """What a page says of itself in its ``<meta>`` descriptions."""
    return frozenset(filter(None, (_meta(root).get(name) for name in _TEXT_NAMES)))


def _summaries(root: HtmlElement, data: list[Mapping[str, Any]]) -> Iterator[str | None]:
    for item in data:
        yield _text(item.get("description")) or _text(item.get("abstract"))
    meta = _meta(root)
    for name in _TEXT_NAMES:
        yield meta.get(name)
    for node in root.xpath("//*[@itemprop='description' or @itemprop='abstract']"):
        yield _text(node.get("content")) or _text(one_line(node))
    yield _first_paragraph(root)


def _dates(root: HtmlElement, data: list[Mapping[str, Any]]) -> Iterator[str | None]:
    for item in data:
        yield _text(item.get("datePublished"))
    meta = _meta(root)
    yield from (value for name, value in meta.items() if name in _DATE_NAMES)
    for node in root.xpath("//*[@itemprop='datePublished']"):
        yield node.get("content") or node.get("datetime") or _text(one_line(node))
    yield from _times(root)


def _times(root: HtmlElement) -> Iterator[str | None]:
    """Times of the article: those in the part with the page's heading, else a lone one."""
    scope = _article(root)
    parts = (node for node in (root if scope is None else scope).iter("time"))
    times = [node for node in parts if not _is_changed(node)]
    if scope is not None:
        times = [n for n in times if next(n.iterancestors("article", "main"), None) is scope]
    told = list(dict.fromkeys(node.get("datetime") or _text(one_line(node)) for node in times))
    yield from told[:1] if scope is not None or len(told) == 1 else ()


def _article(root: HtmlElement) -> HtmlElement | None:
    heading = next(root.iter("h1"), None)
    around = None if heading is None else next(heading.iterancestors("article", "main"), None)
    articles = list(islice(root.iter("article"), 2))
    return articles[0] if around is None and len(articles) == 1 else around


def _is_changed(node: HtmlElement) -> bool:
    named = f"{node.get('class') or ''} {node.get('itemprop') or ''}".lower()
    return bool(_CHANGED.search(named))


def _is_date(text: str) -> bool:
    parsed = parse_date(text)
    return parsed is not None and parsed.iso is not None


def _meta(root: HtmlElement) -> dict[str, str]:
    """The contents of ``<meta>`` by their names in lower case, the first of each."""
    found: dict[str, str] = {}
    for node in root.iter("meta"):
        name = (node.get("property") or node.get("name") or node.get("itemprop") or "").lower()
        text = _text(node.get("content"))
        if name and text:
            found.setdefault(name, text)
    return found


def _structured(root: HtmlElement) -> Iterator[Mapping[str, Any]]:
    """JSON-LD objects that describe an article, where there is only one of them."""
    found: list[Mapping[str, Any]] = []
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            try:
                found += _articles(json.loads(script.text or ""), 0)
            except (ValueError, RecursionError):  # pages break their own data
                continue
    articles = [item for item in found if "WebPage" not in _types(item)]
    # Several are a list of others: none is known to be this one.
    yield from articles if len(articles) == 1 else ()
    if not articles and len(found) == 1:
        yield from found


def _articles(data: object, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for part in data:
            yield from _articles(part, depth + 1)
    elif isinstance(data, dict):
        if any(_ARTICLES.fullmatch(name) for name in _types(data)):
            yield data
        for name in ("@graph", "mainEntity"):
            yield from _articles(data.get(name), depth + 1)


def _types(item: Mapping[str, Any]) -> list[str]:
    told = item.get("@type")
    return [name for name in (told if isinstance(told, list) else [told]) if isinstance(name, str)]


def _first_paragraph(root: HtmlElement) -> str | None:
    """The first paragraph of the element that holds most running text."""
    texts: dict[HtmlElement, list[str]] = {}
    for node in root.iter("p"):
        parent = node.getparent()
        text = one_line(node)
        linked = sum(len(one_line(a)) for a in node.iter("a"))
        if parent is None or _worth(text) < _PARAGRAPH or linked * 2 >= len(text):
            continue
        if parent in texts or not _is_beside(node):
            texts.setdefault(parent, []).append(text)
    best = max(texts.values(), key=lambda found: sum(map(_worth, found)), default=[])
    return best[0] if sum(map(_worth, best)) >= _ARTICLE else None


def _worth(text: str) -> int:
    return len(text) + len(_DENSE.findall(text)) * (_DENSE_WORTH - 1)


def _is_beside(node: HtmlElement) -> bool:
    for part in islice(node.iterancestors(), _UP):
        if part.tag in ("body", "html"):
            return False
        named = f"{part.get('class') or ''} {part.get('id') or ''}".lower()
        if part.tag in _BESIDE or _COMMENTS.search(named):
            return True
    return False


def _text(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None
