"""JSON Feed to entries: https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from normalize.model import Entry, Link
from scraper.errors import UnsupportedDocument
from scraper.split.document import Document, DocumentKind
from scraper.split.feed_teaser import teaser
from scraper.split.feed_text import language_code, web_address

_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/\d")


def is_json_feed(document: Document) -> bool:
    """Whether a document is a JSON Feed, by the version that every one must state."""
    if document.kind is not DocumentKind.JSON:
        return False
    data = document.data
    version = data.get("version") if isinstance(data, dict) else None
    return isinstance(version, str) and _VERSION.match(version) is not None


def json_entries(document: Document) -> list[Entry]:
    """Entries of a JSON Feed.

    Raises:
        UnsupportedDocument: it is none.
    """
    if not is_json_feed(document):
        raise UnsupportedDocument(
            "The JSON is no JSON Feed",
            where=document.url,
            expected="version: https://jsonfeed.org/version/1",
        )
    data = document.data
    base = document.url or _string(data, "feed_url") or _string(data, "home_page_url") or ""
    languages = language_code(data.get("language"))
    authors = tuple(_names(data))
    return [
        _entry(item, base, languages, authors)
        for item in _list(data, "items")
        if isinstance(item, dict)
    ]


def next_of_json(document: Document) -> str | None:
    """Address of the feed's next page, by its ``next_url``."""
    address = _string(document.data, "next_url") if is_json_feed(document) else None
    return web_address(address, document.url or "")


def _entry(
    item: Mapping[str, Any], base: str, languages: tuple[str, ...], authors: tuple[str, ...]
) -> Entry:
    address = _string(item, "url")
    external = _string(item, "external_url")
    image = _string(item, "image") or _string(item, "banner_image") or _picture(item)
    links = [("external", external)] if external and address else []
    links += [("enclosure", url) for url, kind in _attachments(item) if not _is_picture(kind)]
    whole = [(rel, web_address(url, base)) for rel, url in links]
    changed = _string(item, "date_modified")
    return Entry(
        source="feed",
        position=1,
        native_id=_identity(item.get("id")),
        url=web_address(address, base) or web_address(external, base),
        title=_string(item, "title"),
        summary=_string(item, "summary")
        or teaser(_string(item, "content_html"), _string(item, "title") or "")
        or _string(item, "content_text"),
        published=_string(item, "date_published") or changed,
        authors=tuple(dict.fromkeys(_names(item))) or authors,
        tags=tuple(tag.strip() for tag in _list(item, "tags") if isinstance(tag, str)),
        languages=language_code(item.get("language")) or languages,
        links=tuple(Link(rel=rel, url=url) for rel, url in whole if url),
        image=web_address(image, base),
        raw={"updated": changed} if changed else {},
    )


def _identity(value: object) -> str | None:
    """An id is text; feeds of other makers write numbers."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value).strip() or None if is_number or isinstance(value, str) else None


def _attachments(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part in _list(item, "attachments"):
        url = _string(part, "url") if isinstance(part, dict) else None
        if url:
            yield url, _string(part, "mime_type") or ""


def _picture(item: Mapping[str, Any]) -> str | None:
    return next((url for url, kind in _attachments(item) if _is_picture(kind)), None)


def _is_picture(kind: str) -> bool:
    return kind.startswith("image/")


def _names(item: Mapping[str, Any]) -> Iterable[str]:
    """Names of the authors: a list since version 1.1, one object before."""
    for author in (*_list(item, "authors"), item.get("author")):
        name = _string(author, "name") if isinstance(author, dict) else None
        if name:
            yield name


def _string(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []
