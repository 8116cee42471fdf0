"""RSS, Atom, RDF, JSON Feed and sitemaps to entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import feedparser

from normalize.model import Entry, Link
from scraper.errors import NoEntries, UnsupportedDocument
from scraper.split.document import Document, DocumentKind
from scraper.split.feed_teaser import teaser
from scraper.split.feed_text import feed_root, from_root, language_code, web_address
from scraper.split.json_feed import is_json_feed, json_entries, next_of_json
from scraper.split.listing.day_order import day_order
from scraper.split.markup import first_image, plain_text, unescaped
from scraper.split.sitemaps import sitemap_entries

__all__ = ["is_json_feed", "next_feed_page", "read_feed"]

# Letters below which a summary says nothing: "…", a number, a lone letter.
_SHORTEST = 4
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg")


def read_feed(document: Document) -> list[Entry]:
    """Read the entries of a feed, in its order.

    Args:
        document: RSS 0.9 to 2.0, Atom, RDF, JSON Feed, or a sitemap with or without news.

    Raises:
        NoEntries: the feed has no item, or is an index of other sitemaps.
        UnsupportedDocument: broken JSON, JSON that is no JSON Feed, XML beyond repair.
    """
    root = feed_root(document.text)
    if document.kind is DocumentKind.JSON:
        entries = json_entries(document)
    elif root == "sitemapindex":
        raise NoEntries(
            "The sitemap is an index of other sitemaps, which scrapy crawl feed reads",
            where=document.url,
            expected="urlset",
        )
    elif root == "urlset":
        entries = sitemap_entries(document)
    else:
        entries = _feed_entries(document)
    if not entries:
        raise NoEntries("The feed has no entries", where=document.url)
    return _with_day_order(entries)


def _with_day_order(entries: list[Entry]) -> list[Entry]:
    """Say how numeric dates are to be read: feeds of other makers have them, too."""
    languages = tuple(dict.fromkeys(code for entry in entries for code in entry.languages))
    dates = [entry.published for entry in entries]
    order = day_order(dates, [entry.title for entry in entries], languages)
    return entries if order is None else [attrs.evolve(e, day_first=order) for e in entries]


def next_feed_page(document: Document) -> str | None:
    """Address of the next page of a feed (RFC 5005, or ``next_url`` of JSON Feed).

    Raises:
        UnsupportedDocument: as `read_feed`.
    """
    if document.kind is DocumentKind.JSON:
        return next_of_json(document)
    if feed_root(document.text) not in ("rss", "feed", "rdf"):
        return None
    links = _parsed(document).feed.get("links", ())
    by_relation = {link.get("rel"): link["href"] for link in reversed(links) if link.get("href")}
    address = by_relation.get("next") or by_relation.get("prev-archive")
    return web_address(address, document.url or "")


def _parsed(document: Document) -> Any:  # noqa: ANN401  feedparser publishes no types
    headers = {"content-type": "application/xml; charset=utf-8"}
    if document.url:
        headers["content-location"] = document.url
    try:
        return feedparser.parse(
            from_root(document.text).encode("utf-8", "replace"),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except ValueError as error:  # namespaces that are none
        raise UnsupportedDocument(
            "The feed is too broken to be read", where=document.url, found=str(error)
        ) from error


def _feed_entries(document: Document) -> list[Entry]:
    told = _parsed(document)
    languages = language_code(told.feed.get("language"))
    base = document.url or told.feed.get("link") or ""
    # An entry of Atom without an author has the feed's (RFC 4287, 4.2.1).
    is_atom = str(told.version).startswith("atom")
    authors = tuple(_names(told.feed)) if is_atom else ()
    entries = [
        _feed_entry(item, base, languages, authors, is_atom=is_atom) for item in told.entries
    ]
    # A feed that breaks off ends in an item without anything inside.
    return [entry for entry in entries if entry.title or entry.url or entry.summary]


def _feed_entry(
    item: Mapping[str, Any],
    base: str,
    languages: tuple[str, ...],
    authors: tuple[str, ...],
    *,
    is_atom: bool,
) -> Entry:
    # feedparser's own `get` gives one date in place of the other.
    updated = dict.get(item, "updated") if isinstance(item, dict) else None
    identity = (item.get("id") or "").strip()
    title = _title(item, is_atom=is_atom)
    return Entry(
        source="feed",
        position=1,
        native_id=identity or None,
        url=web_address(item.get("feedburner_origlink") or item.get("link"), base),
        title=title,
        summary=_summary(item, title or ""),
        published=_date(dict(item).get("published")) or _date(updated),
        authors=tuple(_names(item)) or authors,
        tags=tuple(_tags(item)),
        languages=_language(item) or languages,
        metrics=_metrics(item),
        links=tuple(_links(item, base)),
        image=_image(item, base),
        raw={"updated": updated.strip()} if is_atom and updated and updated.strip() else {},
    )


def _title(item: Mapping[str, Any], *, is_atom: bool) -> str | None:
    """The title on one line, its markup off and its references resolved once."""
    title = item.get("title") or ""
    kind = (item.get("title_detail") or {}).get("type", "")
    if kind == "text/plain":
        text = title if is_atom else unescaped(title)
    else:
        text = plain_text(title) or ""
    return " ".join(text.split()) or None


def _summary(item: Mapping[str, Any], title: str) -> str | None:
    """The summary, else the whole text; the shorter where a feed gives both in other's place."""
    summary = _value(item.get("summary_detail"), title) or teaser(item.get("summary"), title)
    bodies = [text for part in item.get("content", ()) if (text := _value(part, title))]
    told = [text for text in (summary, *bodies) if text]
    return min(told, key=lambda text: (len(text) < _SHORTEST, len(text)), default=None)


def _value(part: Mapping[str, Any] | None, title: str) -> str | None:
    if not part or not part.get("value"):
        return None
    text = str(part["value"])
    return text.strip() or None if part.get("type") == "text/plain" else teaser(text, title)


def _date(told: object) -> str | None:
    return told.strip() or None if isinstance(told, str) else None


def _names(item: Mapping[str, Any]) -> Iterator[str]:
    """Names of the authors, each once; an address for mail is no name."""
    told = str(item.get("author") or "")
    names = (" ".join(_name(author, told).split()) for author in item.get("authors", ()))
    yield from dict.fromkeys(unescaped(n) for n in names if n and ("@" not in n or " " in n))


def _name(author: Mapping[str, Any], told: str) -> str:
    """A name; feedparser cuts addresses for mail after four letters of their last part."""
    name = author.get("name") or ""
    end, _, rest = name.partition(" ")
    is_cut = end and f"{author.get('email')}{end}" in told
    return rest.strip("() ") if is_cut else name


def _tags(item: Mapping[str, Any]) -> Iterator[str]:
    """Categories by what people read: a label where there is one."""
    told = (tag.get("label") or tag.get("term") or "" for tag in item.get("tags", ()))
    yield from dict.fromkeys(text for tag in told if (text := unescaped(tag).strip()))


def _language(item: Mapping[str, Any]) -> tuple[str, ...]:
    details = (item.get(name) or {} for name in ("title_detail", "summary_detail"))
    told = (item.get("language"), *(detail.get("language") for detail in details))
    return next((code for language in told if (code := language_code(language))), ())


def _metrics(item: Mapping[str, Any]) -> dict[str, str]:
    counts = {
        "comments": item.get("slash_comments") or item.get("thr_total"),
        "views": (item.get("media_statistics") or {}).get("views"),
    }
    return {name: str(count).strip() for name, count in counts.items() if count}


def _links(item: Mapping[str, Any], base: str) -> Iterator[Link]:
    found = [("discussion", item.get("comments"))]
    media = (*item.get("enclosures", ()), *item.get("media_content", ()))
    found += [
        ("enclosure", part.get("href") or part.get("url"))
        for part in media
        if not _is_picture(part)
    ]
    for rel, told in dict.fromkeys(found):
        address = web_address(told, base)
        if address:
            yield Link(rel=rel, url=address)


def _image(item: Mapping[str, Any], base: str) -> str | None:
    """What the feed marks as the entry's picture, else the first in its text."""
    media = (*item.get("media_content", ()), *item.get("enclosures", ()))
    marked = [part.get("url") for part in item.get("media_thumbnail", ())]
    marked += [part.get("href") or part.get("url") for part in media if _is_picture(part)]
    marked += [(item.get("image") or {}).get("href")]
    told = (item.get("summary_detail"), *item.get("content", ()))
    shown = (first_image((part or {}).get("value")) for part in told)
    addresses = (web_address(address, base) for address in (*marked, *shown))
    return next(filter(None, addresses), None)


def _is_picture(part: Mapping[str, Any]) -> bool:
    kind, medium = str(part.get("type") or ""), str(part.get("medium") or "")
    if kind or medium:
        return kind.startswith("image/") or (medium == "image" and not kind)
    address = str(part.get("href") or part.get("url") or "")
    return address.partition("?")[0].lower().endswith(_PICTURES)
