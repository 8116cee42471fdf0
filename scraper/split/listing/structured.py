"""What a page says of its entries in JSON-LD, where it agrees with what it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from lxml.html import HtmlElement

from normalize.model import Entry

_AGREEMENT = 0.6
_DEEPEST = 12


def with_structured(entries: Sequence[Entry], root: HtmlElement) -> list[Entry]:
    """Fill what the entries lack from the page's JSON-LD.

    It is believed where most of the entries' addresses occur in it; nothing that the page shows
    is replaced.
    """
    told = {item["url"]: item for item in _items(root)}
    if not told:
        return list(entries)
    known = sum(entry.url in told for entry in entries)
    if known < len(entries) * _AGREEMENT:
        return list(entries)
    return [_filled(entry, told.get(entry.url or "", {})) for entry in entries]


def _filled(entry: Entry, item: Mapping[str, Any]) -> Entry:
    authors = () if entry.authors or entry.byline else tuple(_names(item.get("author")))
    return attrs.evolve(
        entry,
        published=entry.published or _text(item.get("datePublished")),
        summary=entry.summary or _text(item.get("description")),
        authors=entry.authors or authors,
        image=entry.image or _image(item.get("image")),
    )


def _items(root: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):  # pages break their own data
            continue
        yield from _described(data, 0)


def _described(data: object, depth: int) -> Iterator[dict[str, Any]]:
    """Every object that has an address and a name."""
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for part in data:
            yield from _described(part, depth + 1)
    elif isinstance(data, dict):
        address = data.get("url") or data.get("@id")
        if isinstance(address, str) and (data.get("headline") or data.get("name")):
            yield {**data, "url": address}
        for part in data.values():
            if isinstance(part, dict | list):
                yield from _described(part, depth + 1)


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _names(value: object) -> Iterator[str]:
    for author in value if isinstance(value, list) else [value]:
        name = _text(author.get("name") if isinstance(author, dict) else author)
        if name:
            yield name


def _image(value: object) -> str | None:
    if isinstance(value, list):
        return _image(value[0]) if value else None
    address = _text(value.get("url") if isinstance(value, dict) else value)
    return address if address and address.startswith(("http:", "https:")) else None
