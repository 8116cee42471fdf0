"""Sitemaps to entries, with what the extensions for news, videos and images tell."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from lxml import etree

from normalize.model import Entry
from scraper.split.document import Document
from scraper.split.feed_text import from_root, language_code, web_address


@attrs.frozen(kw_only=True)
class Sitemap:
    """A sitemap that an index names."""

    url: str
    changed: str
    """When it last changed, as the index writes it; ``""`` where it does not tell."""


def sitemap_entries(document: Document) -> list[Entry]:
    """Entries of a sitemap: one for each address.

    A page's ``lastmod`` tells when it was changed, not published: it stands in ``raw``.
    """
    nodes = _children(_root(document), "url")
    return [entry for node in nodes if (entry := _entry(node, document.url or "")) is not None]


def sitemaps_of(document: Document) -> list[Sitemap]:
    """Sitemaps that an index names: those of news first, then the last changed."""
    found = [
        Sitemap(url=address, changed=_text(node, "lastmod") or "")
        for node in _children(_root(document), "sitemap")
        if (address := web_address(_text(node, "loc"), document.url or ""))
    ]
    latest = sorted(found, key=lambda sitemap: sitemap.changed, reverse=True)
    return sorted(latest, key=lambda sitemap: "news" not in sitemap.url.lower())


def _root(document: Document) -> etree._Element | None:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=True, encoding="utf-8"
    )
    text = from_root(document.text).encode("utf-8", "replace")
    root: etree._Element | None = etree.fromstring(text, parser)
    return root


def _entry(node: etree._Element, base: str) -> Entry | None:
    address = web_address(_text(node, "loc"), base)
    if not address:
        return None
    news, video, image = (next(_children(node, name), None) for name in ("news", "video", "image"))
    publication = next(_children(news, "publication"), None)
    changed = _text(node, "lastmod")
    picture = _text(image, "loc") or _text(video, "thumbnail_loc")
    tags = (_text(news, "keywords") or "").split(",")
    return Entry(
        source="feed",
        position=1,
        url=address,
        title=_text(news, "title") or _text(video, "title"),
        summary=_text(video, "description") if news is None else None,
        published=_text(news, "publication_date") or _text(video, "publication_date"),
        tags=tuple(tag.strip() for tag in tags if tag.strip()),
        languages=language_code(_text(publication, "language") or _text(news, "language")),
        image=web_address(picture, base),
        raw={"lastmod": changed} if changed else {},
    )


def _children(node: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """Children of a name, whatever their namespace: broken sitemaps declare none."""
    for child in () if node is None else node:
        if isinstance(child.tag, str) and _local(child.tag) == name:
            yield child


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _text(node: etree._Element | None, name: str) -> str | None:
    found = next(_children(node, name), None)
    return None if found is None else " ".join("".join(found.itertext()).split()) or None
