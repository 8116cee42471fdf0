"""The marks on a page: outlines of entries and fields, numbers beside the titles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import html
from lxml.html import HtmlElement

from scraper.inspect.locate import Found, Place, number_pattern
from scraper.inspect.sanitize import MARK
from scraper.inspect.tree import key

ENTRY = "entry"
NUMBER = "number"
# Characters beyond which a text is marked with all that stands in its element.
_LONGEST = 2000
_EMPTY = frozenset(("img", "br", "hr", "input", "meta", "link"))


def clear_marks(root: HtmlElement) -> None:
    """Take off what would pass for a mark: the page's own attributes of that name."""
    for node in root.iter():
        if isinstance(node.tag, str):
            node.attrib.pop(MARK, None)
            if (node.get("id") or "").startswith("khulasa"):
                del node.attrib["id"]


def mark(places: Sequence[Place]) -> None:
    """Mark the places of all entries in their tree; the first part of entry 3 is ``#khulasa-3``."""
    for number, place in enumerate(places, 1):
        for part in place.parts:
            _add(part, ENTRY)
        if place.parts:
            place.parts[0].set("id", f"khulasa-{number}")
        for field in place.fields:
            _add(_shown(field), field.name)
        if place.fields:
            _insert_number(place.fields[0].node, number)


def _add(node: HtmlElement, name: str) -> None:
    told = (node.get(MARK) or "").split()
    node.set(MARK, " ".join(dict.fromkeys((*told, name))))


def _shown(field: Found) -> HtmlElement:
    """The element that shows the field and nothing else: a new one where there is none."""
    node, text = field.node, field.text
    if not text or len(text) > _LONGEST or key("".join(node.itertext())) == key(text):
        return node
    pattern = re.compile(number_pattern(text))
    found = pattern.search(node.text or "")
    if found:
        return _split(node, None, found)
    for child in node:
        found = pattern.search(child.tail or "")
        if found:
            return _split(node, child, found)
    return node


def _split(node: HtmlElement, child: HtmlElement | None, found: re.Match[str]) -> HtmlElement:
    """Put an element around a part of a text: the node's own, or that behind a child."""
    span: HtmlElement = html.Element("span")
    span.text, span.tail = found[0], found.string[found.end() :]
    if child is None:
        node.text = found.string[: found.start()]
        node.insert(0, span)
    else:
        child.tail = found.string[: found.start()]
        node.insert(node.index(child) + 1, span)
    return span


def _insert_number(node: HtmlElement, number: int) -> None:
    badge: HtmlElement = html.Element("b")
    badge.set(MARK, NUMBER)
    badge.text = str(number)
    if node.tag in _EMPTY:
        node.addprevious(badge)
    else:
        badge.tail, node.text = node.text, None
        node.insert(0, badge)
