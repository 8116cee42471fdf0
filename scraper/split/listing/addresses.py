"""The shape of addresses: entries of one list are filed alike, menus are filed otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

Shape = tuple[str, ...]

_DIGIT = re.compile(r"\d")
_USUAL = 0.8
# The end of the address of a single page: a number, a name of several words, or a file.
_NUMBER = re.compile(r"\d{3}")
_HYPHENS = 3
_FILES = (".pdf", ".doc", ".docx", ".rtf", ".odt", ".hwp", ".xls", ".xlsx")


def usual_shapes(addresses: Iterable[str]) -> frozenset[Shape]:
    """The shapes of a list's addresses, where nearly all have the commonest; else none."""
    shapes = Counter(shape for address in addresses if (shape := _shape(address)))
    if not shapes or max(shapes.values()) < sum(shapes.values()) * _USUAL:
        return frozenset()
    return frozenset(shapes)


def has_shape(addresses: Iterable[str], shapes: frozenset[Shape]) -> bool:
    """Whether any of the addresses has one of the shapes."""
    return any(_shape(address) in shapes for address in addresses)


def item_share(addresses: Iterable[str]) -> float:
    """The share of addresses that are filed by number, by a long name or as a document.

    Sections of a site have short names.
    """
    told = [_is_item(address) for address in addresses if not address.startswith("#")]
    return sum(told) / len(told) if told else 0.0


@lru_cache(maxsize=16384)
def _is_item(address: str) -> bool:
    name = address.rstrip("/").rpartition("/")[2]
    hyphens = name.count("-") + name.count("_")
    return hyphens >= _HYPHENS or _NUMBER.search(name) is not None or name.endswith(_FILES)


def is_file(address: str) -> bool:
    """Whether an address is that of a document."""
    return address.partition("?")[0].lower().endswith(_FILES)


def _shape(address: str) -> Shape | None:
    """Host, and for each part of the path whether it is a number, holds one, or is words."""
    if address.startswith("#"):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    path = (part for part in parts.path.split("/") if part)
    query = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    return (parts.netloc, *map(_kind, path), *(f"?{key}" for key in query))


def _kind(part: str) -> str:
    if part.isdigit():
        return "#"
    return "a#" if _DIGIT.search(part) else "a"
