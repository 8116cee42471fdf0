"""A page as arrays in document order: what everything else asks about its elements."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

import attrs
from lxml import etree
from lxml.html import HtmlElement

from scraper.split.listing.vocabulary import (
    may_be_phrase,
    phrase_set,
    word_set,
    words_of,
    zone_of,
    zone_roles,
    zone_tags,
)
from scraper.split.phrases import phrase_key

UNSEEN = frozenset(
    ("script", "style", "template", "noscript", "head", "svg", "math", "iframe", "object", "select",
     "option", "textarea", "video", "audio", "canvas")
)  # fmt: skip
"""Elements whose content is not read."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LABELS = HEADINGS | {"legend", "dt", "strong", "b", "summary", "caption", "th", "span", "p", "div"}
_LABEL_LENGTH = 40
# Characters beyond which a part is more than the details of an entry.
_META_LENGTH = 200
# A part that is more than this share of its parent is no detail of it.
_WHOLE = 0.9
_ITEMS = frozenset(("li", "tr", "td", "dd", "dt", "article"))
_PAGE_LEVEL = frozenset(("html", "body", "main"))
# A part that holds more than this share of the page's text is no margin, whatever it is called.
_MARGIN_SHARE = 0.4
_DIGITS = re.compile(r"\d+")


@attrs.define(kw_only=True, eq=False)
class Outline:
    """Elements by their number in document order; number 0 is the root."""

    nodes: list[HtmlElement]
    """The elements."""
    parents: list[int]
    """Number of the parent; -1 for the root."""
    depths: list[int]
    """Levels above."""
    tags: list[str]
    """Names of the elements."""
    lengths: list[int]
    """Characters of visible text inside."""
    linked: list[int]
    """Characters of visible text inside links inside."""
    ends: list[int]
    """Number after the last element inside."""
    paths: list[int]
    """Number of the path of names from the root."""
    kinds: list[int]
    """Number of the path, the element's class and its parent's class."""
    zones: list[str]
    """Kind of margin that the element is in, ``""`` for none."""
    anchors: list[int]
    """Numbers of the links."""
    texts: dict[int, str]
    """Texts on one line of the elements that were asked for."""

    def inside(self, inner: int, outer: int) -> bool:
        """Whether an element is another or lies in it."""
        return outer <= inner < self.ends[outer]


def outline(root: HtmlElement) -> Outline:
    """Number the visible elements of a page, in one pass."""
    builder = _Builder()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        tag = node.tag
        if event == "start":
            if tag in UNSEEN:
                walk.skip_subtree()
                builder.count(node.tail)
            else:
                builder.open(node, str(tag))
        elif tag not in UNSEEN:
            builder.close(node)
    made = builder.made
    made.zones = [""] * len(made.nodes)
    _mark_zones(made, builder.labels)
    return made


class _Builder:
    def __init__(self) -> None:
        self._paths: dict[tuple[int, str], int] = {}
        self._kinds: dict[tuple[int, str, str], int] = {}
        self._stack: list[int] = []
        self._links = 0
        self._classes: list[str] = []
        self.labels: list[int] = []
        self.made = Outline(
            nodes=[], parents=[], depths=[], tags=[], lengths=[], linked=[], ends=[], paths=[],
            kinds=[], zones=[], anchors=[], texts={},
        )  # fmt: skip

    def open(self, node: HtmlElement, tag: str) -> None:
        made, stack = self.made, self._stack
        number = len(made.nodes)
        attribute = node.get("class")
        name = class_name(attribute) if attribute else ""
        parent, around, above = -1, -1, ""
        if stack:
            parent = stack[-1]
            around, above = made.paths[parent], self._classes[parent]
        path = self._paths.setdefault((around, tag), len(self._paths))
        made.nodes.append(node)
        made.parents.append(parent)
        made.depths.append(len(stack))
        made.tags.append(tag)
        made.lengths.append(0)
        made.linked.append(0)
        made.ends.append(0)
        made.paths.append(path)
        made.kinds.append(self._kinds.setdefault((path, name, above), len(self._kinds)))
        self._classes.append(name)
        stack.append(number)
        if tag == "a":
            self._links += 1
            made.anchors.append(number)
        self.count(node.text)

    def close(self, node: HtmlElement) -> None:
        made = self.made
        number = self._stack.pop()
        length, tag = made.lengths[number], made.tags[number]
        made.ends[number] = len(made.nodes)
        if tag == "a":
            self._links -= 1
        if self._stack:
            parent = self._stack[-1]
            made.lengths[parent] += length
            made.linked[parent] += made.linked[number]
            self.count(node.tail)
        if 0 < length <= _LABEL_LENGTH and tag in _LABELS:
            self.labels.append(number)

    def count(self, text: str | None) -> None:
        """Add a text to the element that is open."""
        if text and self._stack and (length := len(text.strip())):
            self.made.lengths[self._stack[-1]] += length
            if self._links:
                self.made.linked[self._stack[-1]] += length


@lru_cache(maxsize=32768)
def _class_name(attribute: str) -> str:
    words = (_DIGITS.sub("", token.lower()).strip("-_") for token in attribute.split())
    kept = [word for word in words if word and word not in word_set("state_words")]
    return " ".join(sorted(kept)[:4])


def class_name(attribute: str) -> str:
    """A class attribute without what differs from entry to entry: numbers, ``odd``, ``first``."""
    return _class_name(attribute) if len(attribute) < 200 else ""  # noqa: PLR2004


def _mark_zones(made: Outline, labels: list[int]) -> None:
    """Mark the margins, each with all that is in it."""
    limit = made.lengths[0] * _MARGIN_SHARE
    labelled = _labelled(made, labels, limit)
    inherited: dict[int, str] = defaultdict(str)
    for number, parent in enumerate(made.parents):
        zone = inherited[parent]
        if not zone and made.tags[number] not in _PAGE_LEVEL and made.lengths[number] <= limit:
            zone = labelled.get(number) or _own_zone(made, number) or ""
            if zone == "meta" and not _is_beside(made, number):
                zone = ""
        made.zones[number] = inherited[number] = zone


def _is_beside(made: Outline, number: int) -> bool:
    """Whether a part called details is short, and stands beside something longer."""
    length = made.lengths[number]
    return length <= _META_LENGTH and length < _WHOLE * made.lengths[made.parents[number]]


def _own_zone(made: Outline, number: int) -> str | None:
    node, tag = made.nodes[number], made.tags[number]
    zone = zone_tags().get(tag)
    if zone or tag == "a":
        return zone
    role = node.get("role")
    if role and role in zone_roles():
        return zone_roles()[role]
    attribute = f"{node.get('class') or ''} {node.get('id') or ''}"
    told = _told_zone(attribute) if attribute != " " else None
    # Single entries are marked as hot or recommended; margins are marked as a whole.
    return None if told == "related" and tag in _ITEMS else told


def _told_zone(attribute: str) -> str | None:
    return _cached_zone(attribute) if len(attribute) < 200 else None  # noqa: PLR2004


@lru_cache(maxsize=32768)
def _cached_zone(attribute: str) -> str | None:
    return zone_of(words_of(attribute))


def _labelled(made: Outline, labels: list[int], limit: float) -> dict[int, str]:
    """Parts that a heading calls a margin ("Most read"): the heading's nearest list of links."""
    found: dict[int, str] = {}
    minor = phrase_set("minor_labels")
    for label in labels:
        if made.tags[label] not in HEADINGS and made.linked[label]:
            continue
        text = "".join(made.nodes[label].itertext())
        if not may_be_phrase(text) or phrase_key(text) not in minor:
            continue
        part = label
        while part > 0 and made.linked[part] <= max(made.lengths[label], _LABEL_LENGTH):
            part = made.parents[part]
        if part > 0 and made.lengths[part] <= limit:
            found[part] = "related"
    return found
