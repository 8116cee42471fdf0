"""A record as lines, each with its place in the entry's own structure."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from itertools import islice
from typing import NamedTuple

import attrs
from lxml.html import HtmlElement

from scraper.split.listing.date_attributes import attribute_date
from scraper.split.listing.outline import Outline
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
_MOST_COLUMNS = 100
HIDDEN = "@hidden"
"""Part of the slot of a block that its style hides: another window size may show it."""

# Elements of one record that are read: at most, at least, and how many times the share of the page
# that each of its records has. Records that lie in each other would take the square of their depth.
_MOST_NODES = 4000
_LEAST_NODES = 200
_SHARES = 20


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


def most_nodes(outline: Outline, records: int) -> int:
    """How many elements are read of each of a page's records."""
    share = len(outline.nodes) // max(1, records)
    return min(_MOST_NODES, max(_LEAST_NODES, _SHARES * share))


def content_of(outline: Outline, record: Record, most: int) -> Content:
    """Read a record once, from its first part to its last, as far as its first elements."""
    reader = _Reader(outline, most)
    several = len(record.parts) > 1
    for part in record.parts:
        reader.read(part, tail=several or outline.tags[part] not in _BLOCKS)
    return reader.content()


class _Inline(NamedTuple):
    """An element that text may stand in, with the link around it."""

    number: int
    link: HtmlElement | None


class _Reader:
    """Reads a record by the outline; the tree is asked for texts and attributes alone."""

    def __init__(self, outline: Outline, most: int) -> None:
        self._outline = outline
        self._lines: list[Line] = []
        self._open: list[Fragment] = []
        self._dates: list[tuple[Slot, str]] = []
        self._images: list[HtmlElement] = []
        self._links: list[HtmlElement] = []
        self._blocks: list[Slot] = [()]
        self._inline: list[_Inline] = []
        self._left = most

    def read(self, part: int, *, tail: bool) -> None:
        if self._left < 1:
            return
        node, tag = self._outline.nodes[part], self._outline.tags[part]
        self._inline.append(_Inline(part, node if tag == "a" else None))
        self._walk(part)
        self._end(part)
        if tail and (text := node.tail):
            self._add(text)
        self._inline.pop()
        if tag in _BLOCKS:
            self._flush()

    def _walk(self, part: int) -> None:
        """Begin and end the elements in a part in the order of its tags; the part is left begun."""
        ends, loose = self._outline.ends, self._outline.loose
        begun: list[int] = []
        last = min(ends[part], part + self._left)
        self._left -= last - part
        for number in range(part, last):
            if number in loose and begun:
                self._add_loose(number, begun)
            while begun and ends[begun[-1]] <= number:
                self._leave(begun.pop())
            self._start(number)
            if begun and ends[number] == number + 1 and number + 1 not in loose:
                self._leave(number)  # nothing is inside
            else:
                begun.append(number)
        if last in loose and begun:
            self._add_loose(last, begun)
        while len(begun) > 1:
            self._leave(begun.pop())

    def _add_loose(self, number: int, begun: list[int]) -> None:
        """Add the texts that follow unseen elements before a number, as far as in the part."""
        for parent, text in self._outline.loose[number]:
            if parent < begun[0]:
                return
            while begun[-1] != parent:
                self._leave(begun.pop())
            self._add(text)

    def content(self) -> Content:
        self._flush()
        return Content(
            lines=tuple(self._lines),
            dates=tuple(self._dates),
            images=tuple(self._images),
            links=tuple(self._links),
        )

    def _start(self, number: int) -> None:
        node, tag = self._outline.nodes[number], self._outline.tags[number]
        if tag in _BLOCKS:
            if self._open:
                self._flush()
            place = _column(node) if tag == "td" else 0
            slot = (tag, self._outline.names[number], place)
            self._blocks.append((*slot, HIDDEN) if _is_hidden(node) else slot)
        else:
            link = node if tag == "a" else self._inline[-1].link
            self._inline.append(_Inline(number, link))
            if tag == "img":
                self._images.append(node)
            elif tag == "a" and node.get("href"):
                self._links.append(node)
        if told := attribute_date(tag, node):
            self._dates.append(told)
        if text := node.text:
            self._add(text)

    def _leave(self, number: int) -> None:
        """End an element and add what follows it."""
        self._end(number)
        if text := self._outline.nodes[number].tail:
            self._add(text)

    def _end(self, number: int) -> None:
        if self._outline.tags[number] in _BLOCKS:
            if self._open:
                self._flush()
            self._blocks.pop()
        else:
            self._inline.pop()

    def _add(self, text: str) -> None:
        blank = text.isspace()
        if blank and not self._open:
            return
        number, link = self._inline[-1]
        made = self._outline
        if blank:
            shown = " "
        elif "  " in text or not text.isprintable():
            shown = _SPACE.sub(" ", text)
        else:  # of white space, only single spaces
            shown = text
        slot = (*self._blocks[-1], made.tags[number], made.names[number])
        self._open.append(Fragment(shown, slot, made.nodes[number], link))

    def _flush(self) -> None:
        if not self._open:
            return
        text = " ".join("".join([fragment.text for fragment in self._open]).split())
        if text:
            self._lines.append(Line(text, tuple(self._open), self._blocks[-1]))
        self._open = []


def _is_hidden(node: HtmlElement) -> bool:
    style = node.get("style")
    return bool(style) and "display:none" in str(style).replace(" ", "").lower()


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
