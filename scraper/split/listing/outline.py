"""A page as arrays in document order: what everything else asks about its elements."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

import attrs
from lxml.html import HtmlElement

from scraper.split.listing.vocabulary import (
    LONGEST_CLASS,
    class_name,
    may_be_phrase,
    phrase_set,
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
KEPT = ("href", "id", "itemprop", "itemtype", "rel", "role")
"""Attributes that are read once for all, beside the class."""

_LABELS = HEADINGS | {"legend", "dt", "strong", "b", "summary", "caption", "th", "span", "p", "div"}
_LABEL_LENGTH = 40
# How often a label stands on a page that names a field of the entries.
_FIELD_TIMES = 4
_MANY_LINKS = 10
# Characters beyond which a part is more than the details of an entry.
_META_LENGTH = 200
# A part that is more than this share of its parent is no detail of it.
_WHOLE = 0.9
_ITEMS = frozenset(("li", "tr", "td", "dd", "dt", "article"))
_PAGE_LEVEL = frozenset(("html", "body", "main"))
# A part that holds more than this share of the page's text is no margin, whatever it is called.
_MARGIN_SHARE = 0.4
_TITLE_JOINTS = re.compile(r"\s*[|•·»«:]\s*|\s+[-–—]\s+")


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
    classes: list[str]
    """Their class attributes, ``""`` for none."""
    attributes: dict[str, dict[int, str]]
    """Values of the attributes in `KEPT`, by attribute and element."""
    names: list[str]
    """Their classes as `class_name` gives them."""
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
    hrefs: list[str]
    """Where the links lead, stripped; ``""`` for none."""
    loose: dict[int, list[tuple[int, str]]]
    """Texts after unseen elements, each with the number of its parent, by the number of the next
    element."""
    texts: dict[int, str]
    """Texts on one line of the elements that were asked for."""
    dated: dict[int, bool]
    """Whether they hold a date, of the elements that were asked for."""

    def inside(self, inner: int, outer: int) -> bool:
        """Whether an element is another or lies in it."""
        return outer <= inner < self.ends[outer]


def outline(root: HtmlElement) -> Outline:
    """Number the visible elements of a page, in one pass."""
    made = Outline(
        nodes=[], parents=[], depths=[], tags=[], classes=[], names=[], lengths=[], linked=[],
        ends=[], paths=[], kinds=[], zones=[], anchors=[], hrefs=[], loose={}, texts={}, dated={},
        attributes={name: {} for name in KEPT},
    )  # fmt: skip
    _number(made, root)
    _measure(made)
    _name_paths(made)
    made.zones = [""] * len(made.nodes)
    _mark_zones(made)
    return made


def _number(made: Outline, root: HtmlElement) -> None:
    """Fill in elements, parents, names, classes, and the lengths of the elements' own texts."""
    nodes, parents, tags, lengths = made.nodes, made.parents, made.tags, made.lengths
    begun: list[HtmlElement] = []
    numbers: list[int] = []  # of the begun elements, -1 for what is unseen
    last, number = root, -1
    for node in root.iter("*"):
        around = node.getparent()
        if around is last:
            begun.append(last)
            numbers.append(number)
        else:
            while begun and begun[-1] is not around:
                begun.pop()
                numbers.pop()
        last, number = node, -1
        parent = numbers[-1] if numbers else -1
        if parent < 0 and nodes:
            continue  # inside of something unseen
        tag, text = node.tag, node.tail
        if parent >= 0 and text:
            lengths[parent] += len(text.strip())
        if tag in UNSEEN:
            if text:
                made.loose.setdefault(len(nodes), []).append((parent, text))
            continue
        number = len(nodes)
        nodes.append(node)
        parents.append(parent)
        tags.append(str(tag))
        told = node.items()
        made.classes.append(_keep(made.attributes, number, told) if told else "")
        lengths.append(len(text.strip()) if (text := node.text) else 0)


def _keep(
    attributes: Mapping[str, dict[int, str]], number: int, told: Iterable[tuple[str, str]]
) -> str:
    """Keep an element's attributes by their names; return its class."""
    classes = ""
    for name, value in told:
        if name == "class":
            classes = value
        elif name in attributes:
            attributes[name][number] = value
    return classes


def _measure(made: Outline) -> None:
    """Fill in depths, ends, links, and add up the lengths from the innermost elements outwards."""
    parents, lengths = made.parents, made.lengths
    made.anchors = [number for number, tag in enumerate(made.tags) if tag == "a"]
    hrefs = made.attributes["href"]
    made.hrefs = [hrefs.get(number, "").strip() for number in made.anchors]
    made.depths = depths = [0] * len(parents)
    linking = bytearray(len(parents) + 1)  # the last stands for the root's parent, -1
    for number, parent in enumerate(parents):
        linking[number] = linking[parent] or made.tags[number] == "a"
        depths[number] = depths[parent] + 1 if number else 0
    made.linked = linked = [n if inside else 0 for n, inside in zip(lengths, linking, strict=False)]
    made.ends = ends = list(range(1, len(parents) + 1))
    for number in range(len(parents) - 1, 0, -1):
        parent = parents[number]
        lengths[parent] += lengths[number]
        linked[parent] += linked[number]
        if ends[number] > ends[parent]:  # noqa: PLR1730  max() takes twice the time
            ends[parent] = ends[number]


def _name_paths(made: Outline) -> None:
    """Fill in paths and kinds."""
    paths: dict[tuple[int, str], int] = {}
    kinds: dict[tuple[int, str, str], int] = {}
    made.names = names = [class_name(one) if one else "" for one in made.classes]
    known: dict[tuple[int, str, str], tuple[int, int]] = {}  # by the parent's kind, which is finer
    for parent, tag, name in zip(made.parents, made.tags, names, strict=True):
        key = (made.kinds[parent] if parent >= 0 else -1, tag, name)
        told = known.get(key)
        if told is None:
            around, above = (made.paths[parent], names[parent]) if parent >= 0 else (-1, "")
            path = paths.setdefault((around, tag), len(paths))
            told = known[key] = path, kinds.setdefault((path, name, above), len(kinds))
        made.paths.append(told[0])
        made.kinds.append(told[1])


def _mark_zones(made: Outline) -> None:
    """Mark the margins, each with all that is in it."""
    lengths, tags, zones = made.lengths, made.tags, made.zones
    limit = lengths[0] * _MARGIN_SHARE
    labelled = _labelled(made, limit)
    for number, parent in enumerate(made.parents):
        zone = zones[parent]
        if not zone and lengths[number] <= limit and tags[number] not in _PAGE_LEVEL:
            zone = labelled.get(number) or _own_zone(made, number) or ""
            if zone == "meta" and not _is_beside(made, number):
                zone = ""
        zones[number] = zone


def _is_beside(made: Outline, number: int) -> bool:
    """Whether a part called details is short, stands beside something longer, and is no item."""
    length = made.lengths[number]
    if length > _META_LENGTH or length >= _WHOLE * made.lengths[made.parents[number]]:
        return False
    return made.tags[number] not in _ITEMS or not _has_like(made.nodes[number])


def _has_like(node: HtmlElement) -> bool:
    """Whether an element of the same name and class stands right before or after."""
    beside = (node.getprevious(), node.getnext())
    known = (node.tag, class_name(node.get("class") or ""))
    return any(
        other is not None and (other.tag, class_name(other.get("class") or "")) == known
        for other in beside
    )


def _own_zone(made: Outline, number: int) -> str | None:
    tag = made.tags[number]
    zone = zone_tags().get(tag)
    if zone or tag == "a":
        return zone
    role = made.attributes["role"].get(number)
    if role and role in zone_roles():
        return zone_roles()[role]
    attribute = f"{made.classes[number]} {made.attributes['id'].get(number, '')}"
    told = _cached_zone(attribute) if 1 < len(attribute) < LONGEST_CLASS else None
    if told == "ads" and _holds_entries(made, number):
        return None
    # Single entries are marked as hot or recommended; margins are marked as a whole.
    return None if told == "related" and tag in _ITEMS else told


def _holds_entries(made: Outline, number: int) -> bool:
    """Whether what is called an advertisement is one of many, or a list: classified ads are.

    Advertising is a link or two.
    """
    if _has_like(made.nodes[number]):
        return True
    links = bisect_left(made.anchors, made.ends[number]) - bisect_left(made.anchors, number)
    return links >= _MANY_LINKS


@lru_cache(maxsize=32768)
def _cached_zone(attribute: str) -> str | None:
    return zone_of(words_of(attribute))


def _page_title(made: Outline) -> set[str]:
    """What the parts of the page's title say, as keys of phrases."""
    told = made.nodes[0].findtext(".//title") or ""
    return {phrase_key(part) for part in _TITLE_JOINTS.split(told)}


def _labelled(made: Outline, limit: float) -> dict[int, str]:
    """Parts that a heading calls a margin ("Most read"): the heading's nearest list of links.

    A label that is repeated names a field of the entries ("Category"), one that the page's title
    says names the page's own list ("Archive").
    """
    found: dict[int, str] = {}
    parts: dict[str, list[int]] = defaultdict(list)
    minor = phrase_set("minor_labels") - _page_title(made)
    for label, tag in enumerate(made.tags):
        if tag not in _LABELS or not 0 < made.lengths[label] <= _LABEL_LENGTH:
            continue
        if made.linked[label] and tag not in HEADINGS:
            continue
        node = made.nodes[label]
        text = "".join(node.itertext()) if len(node) else node.text or ""
        if not may_be_phrase(text) or (key := phrase_key(text)) not in minor:
            continue
        part = label
        while part > 0 and made.linked[part] <= max(made.lengths[label], _LABEL_LENGTH):
            part = made.parents[part]
        if part > 0 and made.lengths[part] <= limit:
            parts[key].append(part)
    for told in parts.values():
        if len(told) < _FIELD_TIMES:
            found |= dict.fromkeys(told, "related")
    return found
