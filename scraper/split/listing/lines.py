"""A record as lines, each with its place in the entry's own structure."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from itertools import islice
from typing import NamedTuple

import attrs
from lxml import etree
from lxml.html import HtmlElement

from scraper.split.listing.date_attributes import attribute_date
from scraper.split.listing.outline import UNSEEN, Outline, class_name
from scraper.split.listing.records import Record

Slot = tuple[Hashable, ...]
"""A place that corresponds from entry to entry: the same field stands there."""

_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "br", "center", "dd", "details", "div", "dl",
     "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
     "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "thead", "tr",
     "ul")
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_SPACE = re.compile(r"\s+")
_ODD_SPACE = re.compile(r"[^\S ]|  ")
_MOST_COLUMNS = 100
_MOST_NODES = 4000


def has_digit(text: str) -> bool:
    """Whether a text holds a digit of any script."""
    return _DIGIT.search(text) is not None


class Fragment(NamedTuple):
    """Text of one inline element."""

    text: str
    slot: Slot
    node: HtmlElement
    """The element that the text stands in."""
    link: HtmlElement | None
    """The link around the text."""


class Line(NamedTuple):
    """One line as a reader sees it."""

    text: str
    """The whole line."""
    fragments: tuple[Fragment, ...]
    slot: Slot


@attrs.frozen(kw_only=True)
class Content:
    """All of a record that fields are read from."""

    lines: tuple[Line, ...]
    dates: tuple[tuple[Slot, str], ...]
    """Values of date attributes."""
    images: tuple[HtmlElement, ...]
    links: tuple[HtmlElement, ...]


def content_of(outline: Outline, record: Record) -> Content:
    """Read a record once, from its first part to its last."""
    reader = _Reader()
    several = len(record.parts) > 1
    for part in record.parts:
        reader.read(outline.nodes[part], tail=several or outline.tags[part] not in _BLOCKS)
    return reader.content()


class _Inline(NamedTuple):
    """An element that text may stand in, with the link around it."""

    node: HtmlElement
    place: Slot
    link: HtmlElement | None


class _Reader:
    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._open: list[Fragment] = []
        self._dates: list[tuple[Slot, str]] = []
        self._images: list[HtmlElement] = []
        self._links: list[HtmlElement] = []
        self._blocks: list[Slot] = [()]
        self._inline: list[_Inline] = []
        self._nodes = 0

    def read(self, root: HtmlElement, *, tail: bool) -> None:
        self._inline.append(_inline(root, None))
        if len(root):
            self._walk(root)
        elif root.tag not in UNSEEN:
            self._start(root)
            self._end(root)
        if tail:
            self._add(root.tail)
        self._inline.pop()
        if root.tag in _BLOCKS:
            self._flush()

    def _walk(self, root: HtmlElement) -> None:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            if event == "start":
                self._nodes += 1
                if node.tag in UNSEEN or self._nodes > _MOST_NODES:
                    walk.skip_subtree()
                else:
                    self._start(node)
            else:
                if node.tag not in UNSEEN:
                    self._end(node)
                if node is not root:
                    self._add(node.tail)

    def content(self) -> Content:
        self._flush()
        return Content(
            lines=tuple(self._lines),
            dates=tuple(self._dates),
            images=tuple(self._images),
            links=tuple(self._links),
        )

    def _start(self, node: HtmlElement) -> None:
        tag = str(node.tag)
        attributes = dict(node.items())
        name = class_name(attributes.get("class", ""))
        if tag in _BLOCKS:
            self._flush()
            place = _column(node) if tag == "td" else 0
            self._blocks.append((tag, name, place))
        else:
            link = node if tag == "a" else self._inline[-1].link
            self._inline.append(_Inline(node, (tag, name), link))
            if tag == "a" and attributes.get("href"):
                self._links.append(node)
            elif tag == "img":
                self._images.append(node)
        if attributes and (told := attribute_date(tag, attributes)):
            self._dates.append(told)
        self._add(node.text)

    def _end(self, node: HtmlElement) -> None:
        if node.tag in _BLOCKS:
            self._flush()
            if len(self._blocks) > 1:
                self._blocks.pop()
        elif len(self._inline) > 1 and self._inline[-1].node is node:
            self._inline.pop()

    def _add(self, text: str | None) -> None:
        if not text:
            return
        blank = text.isspace()
        if blank and not self._open:
            return
        at = self._inline[-1]
        shown = " " if blank else text
        if not blank and _ODD_SPACE.search(text):
            shown = _SPACE.sub(" ", text)
        slot = (*self._blocks[-1], *at.place)
        self._open.append(Fragment(text=shown, slot=slot, node=at.node, link=at.link))

    def _flush(self) -> None:
        if not self._open:
            return
        text = " ".join("".join([fragment.text for fragment in self._open]).split())
        if text:
            self._lines.append(Line(text=text, fragments=tuple(self._open), slot=self._blocks[-1]))
        self._open = []


def _inline(node: HtmlElement, link: HtmlElement | None) -> _Inline:
    tag = str(node.tag)
    place = (tag, class_name(node.get("class") or ""))
    return _Inline(node, place, node if tag == "a" else link)


def _column(cell: HtmlElement) -> int:
    """How many elements stand before a cell in its row, as far as rows have columns."""
    before = islice(cell.itersiblings(preceding=True), _MOST_COLUMNS)
    return sum(1 for _ in before)


def short_texts(content: Content, longest: int) -> Iterator[tuple[Slot, str]]:
    """Whole lines and inline elements of at most so many characters, with their places."""
    for line in content.lines:
        text = line.text
        if len(text) <= longest:
            yield line.slot, text
        if len(line.fragments) > 1:
            for fragment in line.fragments:
                part = fragment.text.strip()
                if part and len(part) <= longest:
                    yield fragment.slot, part
