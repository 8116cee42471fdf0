"""Atom (RFC 4287) and JSON Feed 1.1 of the newest records: translation first, original beside it.

Both are pure functions of the records and of the instant given: equal records, equal bytes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from scraper.runs.feed_item import Item, printable

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Ids that are URIs without owning a domain: RFC 9562, version 5, below this namespace for ever.
_NAMESPACE = uuid.UUID("5c3c2f0a-6c6d-5a0e-9a55-0e4f2f5b7c11")


def atom(
    records: Iterable[Mapping[str, Any]],
    *,
    title: str,
    self_url: str | None,
    updated: datetime,
    target: str | None,
) -> bytes:
    """The records as an Atom feed, in the order given.

    Args:
        records: records as the feed's JSON has them.
        title: name of the feed.
        self_url: where the feed will stand, if known.
        updated: when the feed last changed; aware.
        target: language to show first, BCP 47; None: originals only.

    Returns:
        UTF-8 XML. An entry has ``published`` only where the page gave a time with its offset:
        Atom cannot write a year or a day alone. The date as given is in the entry's content.
    """
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    if target:
        root.set(_LANG, target)
    _add(root, "id", self_url or entry_id(f"{title}\n{target}"))
    _add(root, "title", title)
    _add(root, "updated", _instant(updated))
    if self_url:
        _add(root, "link", rel="self", type="application/atom+xml", href=self_url)
    _add(_add(root, "author"), "name", title)
    _add(root, "generator", "khulasa")
    for record in records:
        _add_entry(root, Item.of(record, target), _instant(updated))
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8") + b"\n"


def json_feed(
    records: Iterable[Mapping[str, Any]],
    *,
    title: str,
    self_url: str | None,
    updated: datetime,
    target: str | None,
) -> bytes:
    """The records as a JSON Feed, in the order given; arguments as of `atom`.

    Returns:
        UTF-8 JSON. Each item carries its record's own values as ``_khulasa``.
    """
    fallback = _instant(updated)
    feed = {
        "version": JSON_FEED,
        "title": title,
        "feed_url": self_url,
        "language": target,
        "items": [_json_item(Item.of(record, target), fallback) for record in records],
    }
    told = {name: value for name, value in feed.items() if value is not None}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def entry_id(record_id: str) -> str:
    """The URI that stands for a record, the same for ever."""
    return uuid.uuid5(_NAMESPACE, record_id).urn


def _add_entry(feed: etree._Element, item: Item, fallback: str) -> None:
    entry = _add(feed, "entry")
    entry.set(_LANG, item.language)
    _add(entry, "id", entry_id(item.id))
    _add(entry, "title", item.title)
    _add(entry, "updated", item.updated or fallback)
    if item.published:
        _add(entry, "published", item.published)
    for name in item.authors or (item.source,):
        _add(_add(entry, "author"), "name", name)
    if item.url:
        _add(entry, "link", rel="alternate", href=item.url, hreflang=item.original_language)
    for tag in item.tags:
        _add(entry, "category", term=tag)
    _add(entry, "content", item.html, type="html")


def _json_item(item: Item, fallback: str) -> dict[str, Any]:
    found = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "image": item.image,
        "date_published": item.published,
        "date_modified": item.updated or fallback,
        "authors": [{"name": name} for name in item.authors] or None,
        "tags": list(item.tags) or None,
        "language": item.language,
    }
    told = {name: value for name, value in found.items() if value is not None}
    return told | {"_khulasa": item.own}


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> Any:  # noqa: ANN401  lxml's own element
    told = {key: printable(value) for key, value in attributes.items()}
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", told)
    if text is not None:
        element.text = printable(text)
    return element


def _instant(when: datetime) -> str:
    if when.tzinfo is None:
        raise ValueError(f"an instant needs an offset: {when}")
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
