"""Instants that pages keep in attributes, beside what they show."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from lxml.html import HtmlElement

from scraper.split.listing.vocabulary import class_name, words_of

Place = tuple[Hashable, ...]

_DIGIT = re.compile(r"\d")
_STANDARD = ("datetime", "content", "title", "data-original-title")
_LONGEST_VALUE = 60
_MARKED_TAGS = frozenset(("time", "abbr", "relative-time", "time-ago"))
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?")
_EPOCH = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?")
_EPOCH_WORDS = frozenset(("time", "date", "stamp", "timestamp", "datetime", "utime", "created",
                          "published", "posted", "epoch", "unix", "livestamp"))  # fmt: skip
# Seconds of 1995 and of 2040: numbers outside of them are something else.
_EPOCHS = (788_918_400, 2_208_988_800)


def attribute_date(tag: str, node: HtmlElement) -> tuple[Place, str] | None:
    """The instant that an element keeps in an attribute, with its place."""
    names = node.keys()
    if not names or not _may_hold_date(tuple(names)):
        return None
    attributes = dict(node.items())
    for name in _STANDARD:
        value = attributes.get(name, "").strip()
        if not value or len(value) >= _LONGEST_VALUE or _DIGIT.search(value) is None:
            continue
        if name == "content" and tag not in _MARKED_TAGS and not attributes.get("itemprop"):
            continue
        return _place(tag, attributes, name), value
    for name, value in attributes.items():
        if name.startswith("data-") and (told := _data_date(name, value.strip())):
            return _place(tag, attributes, name), told
    return None


@lru_cache(maxsize=4096)
def _may_hold_date(names: tuple[str, ...]) -> bool:
    """Whether any attribute of these is one in which pages keep dates."""
    return any(name in _STANDARD or name.startswith("data-") for name in names)


def _place(tag: str, attributes: Mapping[str, str], name: str) -> Place:
    classes = class_name(attributes.get("class", ""))
    return ("@", name, tag, attributes.get("itemprop"), classes)


def _data_date(name: str, value: str) -> str | None:
    """An instant of a ``data-`` attribute: ISO 8601, or seconds or milliseconds since 1970."""
    if _INSTANT.fullmatch(value) and len(value) < _LONGEST_VALUE:
        return value
    match = _EPOCH.fullmatch(value)
    if match is None or not words_of(name.removeprefix("data-")) & _EPOCH_WORDS:
        return None
    seconds = int(match[1])
    if not _EPOCHS[0] <= seconds <= _EPOCHS[1]:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat()
