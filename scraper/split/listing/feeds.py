"""RSS, Atom, RDF, JSON Feed and sitemaps to entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree, html

from normalize.model import Entry, Link
from scraper.errors import NoEntries, UnsupportedDocument
from scraper.split.document import Document, DocumentKind
from scraper.split.lines import text_lines

_JSON_FEED = "https://jsonfeed.org/version/"
_SITEMAPS = ("<urlset", "<sitemapindex")


def is_json_feed(document: Document) -> bool:
    """Whether a document is a JSON Feed, by the version that every one must state."""
    if document.kind is not DocumentKind.JSON:
        return False
    data = document.data
    version = data.get("version") if isinstance(data, dict) else None
    return isinstance(version, str) and version.startswith(_JSON_FEED)


def read_feed(document: Document) -> list[Entry]:
    """Read the entries of a feed, in its order.

    Args:
        document: RSS 0.9 to 2.0, Atom, RDF, JSON Feed, or a sitemap with or without news.

    Raises:
        NoEntries: the feed has no item, or is an index of other sitemaps.
        UnsupportedDocument: broken JSON, or JSON that is no JSON Feed.
    """
    if document.kind is DocumentKind.JSON:
        entries = _json_entries(document)
    elif any(mark in document.text[:4096] for mark in _SITEMAPS):
        entries = _sitemap_entries(document)
    else:
        entries = _feed_entries(document)
    if not entries:
        raise NoEntries("The feed has no entries", where=document.url)
    return entries


def _feed_entries(document: Document) -> list[Entry]:
    told = feedparser.parse(document.text.encode("utf-8", "replace"), resolve_relative_uris=False)
    languages = _language(told.feed.get("language"))
    base = document.url or told.feed.get("link") or ""
    entries = [_feed_entry(item, base, languages) for item in told.entries]
    # A feed that breaks off ends in an item without anything inside.
    return [entry for entry in entries if entry.title or entry.url or entry.summary]


def _feed_entry(item: Mapping[str, Any], base: str, languages: tuple[str, ...]) -> Entry:
    authors = tuple(a["name"] for a in item.get("authors", ()) if a.get("name"))
    address = item.get("link")
    identity = item.get("id")
    if not address and identity and identity.startswith("http"):
        address = identity
    return Entry(
        source="feed",
        position=1,
        native_id=identity,
        url=urljoin(base, address) if address else None,
        title=_plain(item.get("title")),
        summary=_plain(_body(item)),
        published=item.get("published") or item.get("updated"),
        authors=authors,
        tags=tuple(tag["term"] for tag in item.get("tags", ()) if tag.get("term")),
        languages=languages,
        metrics=_comments(item),
        links=_links(item, base),
        image=_feed_image(item, base),
    )


def _body(item: Mapping[str, Any]) -> str | None:
    """The summary, else the whole text."""
    if item.get("summary"):
        return str(item["summary"])
    return next((str(part["value"]) for part in item.get("content", ()) if part.get("value")), None)


def _comments(item: Mapping[str, Any]) -> dict[str, str]:
    count = item.get("slash_comments")
    return {"comments": str(count)} if count else {}


def _links(item: Mapping[str, Any], base: str) -> tuple[Link, ...]:
    discussion = item.get("comments")
    found = [("discussion", discussion)] if discussion else []
    found += [
        ("enclosure", link["href"])
        for link in item.get("enclosures", ())
        if link.get("href") and not str(link.get("type", "")).startswith("image/")
    ]
    return tuple(Link(rel=rel, url=urljoin(base, address)) for rel, address in found)


def _feed_image(item: Mapping[str, Any], base: str) -> str | None:
    media = (*item.get("media_thumbnail", ()), *item.get("media_content", ()))
    found = [m["url"] for m in media if m.get("url") and m.get("medium", "image") == "image"]
    found += [
        link["href"]
        for link in item.get("enclosures", ())
        if str(link.get("type", "")).startswith("image/") and link.get("href")
    ]
    return urljoin(base, found[0]) if found else None


def _plain(markup: str | None) -> str | None:
    """Text of a value that may be HTML, one line a block."""
    if not markup or not markup.strip():
        return None
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    try:
        return "\n".join(text_lines(html.fragment_fromstring(markup, create_parent="div"))) or None
    except etree.ParserError:
        return None


def _language(told: str | None) -> tuple[str, ...]:
    code = (told or "").replace("_", "-").split("-")[0].strip().lower()
    return (code,) if code.isalpha() and len(code) in {2, 3} else ()


def _json_entries(document: Document) -> list[Entry]:
    if not is_json_feed(document):
        raise UnsupportedDocument(
            "The JSON is no JSON Feed", where=document.url, expected=f"version: {_JSON_FEED}1"
        )
    data = document.data
    base = document.url or data.get("home_page_url") or ""
    items = data.get("items")
    languages = _language(_string(data, "language"))
    found = items if isinstance(items, list) else []
    return [_json_entry(item, base, languages) for item in found if isinstance(item, dict)]


def _json_entry(item: Mapping[str, Any], base: str, languages: tuple[str, ...]) -> Entry:
    address = _string(item, "url") or _string(item, "external_url")
    image = _string(item, "image") or _string(item, "banner_image")
    return Entry(
        source="feed",
        position=1,
        native_id=str(item["id"]) if isinstance(item.get("id"), str | int) else None,
        url=urljoin(base, address) if address else None,
        title=_string(item, "title"),
        summary=_string(item, "summary")
        or _string(item, "content_text")
        or _plain(_string(item, "content_html")),
        published=_string(item, "date_published") or _string(item, "date_modified"),
        authors=tuple(_names(item)),
        tags=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        languages=_language(_string(item, "language")) or languages,
        image=urljoin(base, image) if image else None,
    )


def _names(item: Mapping[str, Any]) -> Iterable[str]:
    """Names of the authors: a list since version 1.1, one object before."""
    for author in (*_list(item, "authors"), item.get("author")):
        name = author.get("name") if isinstance(author, dict) else None
        if isinstance(name, str) and name:
            yield name


def _string(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _sitemap_entries(document: Document) -> list[Entry]:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=True, encoding="utf-8"
    )
    root: etree._Element | None = etree.fromstring(document.text.encode("utf-8", "replace"), parser)
    if root is None:  # nothing could be recovered
        return []
    if etree.QName(root).localname == "sitemapindex":
        raise NoEntries(
            "The sitemap is an index of other sitemaps", where=document.url, expected="urlset"
        )
    return [_sitemap_entry(node) for node in root.iterfind("{*}url")]


def _sitemap_entry(node: etree._Element) -> Entry:
    language = _language(_inner(node, "language"))
    return Entry(
        source="feed",
        position=1,
        url=_inner(node, "loc"),
        title=_inner(node, "title"),
        published=_inner(node, "publication_date") or _inner(node, "lastmod"),
        tags=tuple(filter(None, map(str.strip, (_inner(node, "keywords") or "").split(",")))),
        languages=language,
    )


def _inner(node: etree._Element, name: str) -> str | None:
    found = next(node.iterfind(f".//{{*}}{name}"), None)
    return (found.text or "").strip() or None if found is not None else None
