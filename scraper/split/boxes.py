"""Entries of an HTML page: the boxes that hold exactly one entry link each.

Which links are entry links is the source's to say; where an entry begins and ends follows from
the tree alone. A box is grown from its link as far as no other entry's link comes in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import takewhile

import attrs
from lxml.html import HtmlElement

from scraper.split.lines import one_line, text_lines

EntryKey = Callable[[HtmlElement], str | None]
"""Gives the key of the entry that a link leads to, None for any other link."""

_MANY = "\0many"
_NUMBER = re.compile(r"[\d.,\s]*[kKmM]?")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Page furniture: a box that would take one of these in has grown beyond its entry, unless the
# entry's own link lies in it.
_FURNITURE = frozenset(("nav", "form", "header", "footer", "aside", "h1", "input", "select"))
_PAGE_LEVEL = frozenset(("html", "body", "main"))
# What lists other things than the page is about.
_BESIDE = ("aside", "nav", "footer")
# Text beside its link, in characters, below which a box does not hold its entry's content.
_POOR = 20


@attrs.frozen(kw_only=True, eq=False)
class Box:
    """One entry's part of the page."""

    key: str
    """Key of the entry, as the source's entry links give it."""

    nodes: tuple[HtmlElement, ...]
    """Neighbouring elements that together hold the entry, in page order."""

    anchors: tuple[HtmlElement, ...]
    """The links to the entry inside the box."""

    @cached_property
    def title_node(self) -> HtmlElement | None:
        """The element whose text is the title: a heading's link, else the link with most text."""
        for anchor in self.anchors:
            inner = next(iter(anchor.iter(*_HEADINGS)), None)
            if inner is not None and one_line(inner):
                return inner
            if one_line(anchor) and any(True for _ in anchor.iterancestors(*_HEADINGS)):
                return anchor
        told = [(a, one_line(a)) for a in self.anchors]
        named = [(a, text) for a, text in told if not _NUMBER.fullmatch(text)]
        return max(named, key=lambda pair: len(pair[1]))[0] if named else None

    @cached_property
    def title(self) -> str | None:
        """The title on one line."""
        return None if self.title_node is None else one_line(self.title_node) or None

    @cached_property
    def url(self) -> str:
        """Address of the entry's link, without fragment."""
        node = self.title_node
        anchor = self.anchors[0]
        if node is not None:
            around = [node, *node.iterancestors("a")]
            anchor = next((a for a in around if a in self.anchors), anchor)
        return (anchor.get("href") or "").partition("#")[0]

    @cached_property
    def lines(self) -> list[str]:
        """Visible lines of the box."""
        return text_lines(*self.nodes)

    def find(self, css: str) -> Iterator[HtmlElement]:
        """Elements of the box that a CSS selector hints at, in page order."""
        for node in self.nodes:
            yield from node.cssselect(css)

    def text(self, css: str) -> str | None:
        """Text of the first element hinted at, None where there is none or it is empty."""
        found = next(self.find(css), None)
        return None if found is None else "\n".join(text_lines(found)) or None


def find_boxes(root: HtmlElement, entry_key: EntryKey) -> list[Box]:
    """Find one box for each entry key, in page order.

    Where an entry is linked from several places, the place with most text is taken; links in
    asides, navigation and footers count only where there are no others.
    """
    nodes = list(root.iter())
    keys = {node: key for node in nodes if node.tag == "a" and (key := entry_key(node))}
    keys = _main_links(keys) or keys
    if not keys:
        return []
    held = _held_keys(nodes, keys)
    runs = list(_runs(nodes, held))
    if not runs:
        return [_box(_lone_box(nodes, keys), keys)]
    order = {node: index for index, node in enumerate(nodes)}
    weight: Counter[HtmlElement | None] = Counter()
    for run in runs:
        weight[run[0].getparent()] += _length(run)
    best: dict[str, list[HtmlElement]] = {}
    for run in runs:
        key = held[run[0]]
        if key not in best or weight[run[0].getparent()] > weight[best[key][0].getparent()]:
            best[key] = run
    return [_box(run, keys) for run in sorted(best.values(), key=lambda run: order[run[0]])]


def _main_links(keys: dict[HtmlElement, str]) -> dict[HtmlElement, str]:
    """The entry links outside of asides, navigation and footers that no entry is part of."""
    return {anchor: key for anchor, key in keys.items() if not _is_beside(anchor)}


def _is_beside(anchor: HtmlElement) -> bool:
    around = anchor.iterancestors(*_BESIDE)
    return any(next(beside.iterancestors("article"), None) is None for beside in around)


def _held_keys(
    nodes: Sequence[HtmlElement], keys: dict[HtmlElement, str]
) -> dict[HtmlElement, str]:
    """For each node with entry links inside: their one key, or `_MANY`."""
    held: dict[HtmlElement, str] = {}
    for node in reversed(nodes):  # children stand after their parents
        if node in keys:
            held[node] = _merged(held.get(node), keys[node])
        parent = node.getparent()
        if node in held and parent is not None:
            held[parent] = _merged(held.get(parent), held[node])
    return held


def _merged(one: str | None, other: str) -> str:
    return other if one in (None, other) else _MANY


def _runs(
    nodes: Sequence[HtmlElement], held: dict[HtmlElement, str]
) -> Iterator[list[HtmlElement]]:
    """Runs of neighbouring nodes, one for each entry below each node with several entries."""
    for parent in nodes:
        if held.get(parent) == _MANY:
            yield from _runs_below(parent, held)


def _runs_below(parent: HtmlElement, held: dict[HtmlElement, str]) -> list[list[HtmlElement]]:
    runs: list[list[HtmlElement]] = []
    tails: list[list[HtmlElement]] = []  # what follows each run and holds no entry link
    open_key: str | None = None
    for child in parent:
        key = held.get(child)
        if key is None:
            if tails and open_key:
                tails[-1].append(child)
        elif key == _MANY:
            open_key = None
        elif key == open_key:
            runs[-1] += [*tails[-1], child]
            tails[-1] = []
        else:
            open_key = key
            runs.append([child])
            tails.append([])
    if runs and sum(map(_is_poor, runs)) * 2 > len(runs):
        _take_tails(runs, tails)
    return runs


def _is_poor(run: Sequence[HtmlElement]) -> bool:
    linked = sum(len(one_line(a)) for node in run for a in node.iter("a"))
    return _length(run) - linked < _POOR


def _length(run: Sequence[HtmlElement]) -> int:
    return sum(map(len, text_lines(*run)))


def _take_tails(runs: list[list[HtmlElement]], tails: list[list[HtmlElement]]) -> None:
    """Give each run what follows it, the last one only what looks like the others' tails."""
    for place, tail in enumerate(tails[:-1]):
        runs[place].extend(tail)
    known = {node.tag for tail in tails[:-1] for node in tail}
    longest = max((len(tail) for tail in tails[:-1]), default=len(tails[-1]))
    for node in tails[-1][:longest]:
        if node.tag in _FURNITURE or (known and node.tag not in known):
            break
        runs[-1].append(node)


def _lone_box(nodes: Sequence[HtmlElement], keys: dict[HtmlElement, str]) -> list[HtmlElement]:
    """The box of the only entry of a page: grown until page furniture would come in.

    An article is an entry with all that it holds.
    """
    best = max(keys, key=lambda anchor: len(one_line(anchor)))
    node = next(best.iterancestors("article"), best)
    around = {node, *node.iterancestors(), *best.iterancestors()}
    furnished: set[HtmlElement] = set()
    for furniture in nodes:
        if furniture.tag in _FURNITURE and furniture not in around:
            furnished.update(takewhile(lambda n: n not in furnished, furniture.iterancestors()))
    for parent in node.iterancestors():
        if parent.tag in _PAGE_LEVEL or parent in furnished:
            break
        node = parent
    return [node]


def _box(run: Sequence[HtmlElement], keys: dict[HtmlElement, str]) -> Box:
    anchors = tuple(a for node in run for a in node.iter("a") if a in keys)
    return Box(key=keys[anchors[0]], nodes=tuple(run), anchors=anchors)
