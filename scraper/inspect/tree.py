"""A page's elements by number, with the text of each for finding it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
from lxml.html import HtmlElement

from scraper.split.listing.outline import UNSEEN

_PAGE_LEVEL = frozenset(("html", "body", "main"))
# Characters beyond which an element is no field.
_MOST_TEXT = 5000


@attrs.frozen(kw_only=True, eq=False)
class Tree:
    """Elements in document order; number 0 is the root."""

    nodes: list[HtmlElement]
    parents: list[int]
    """Number of the parent; -1 for the root."""
    depths: list[int]
    kinds: list[int]
    """Number of the path of names from the root."""
    ends: list[int]
    """Number after the last element inside."""
    texts: list[str]
    """Text without any white space, as `key` writes it; ``""`` for what is unseen or too long."""

    def deepest(self, found: Iterable[int]) -> int | None:
        """The first of the numbers, or the innermost of those inside it."""
        best: int | None = None
        for number in found:
            if best is not None and number >= self.ends[best]:
                break
            best = number
        return best


def key(text: str) -> str:
    """A text without white space: readers and pages differ in it."""
    return "".join(text.split())


def tree_of(root: HtmlElement) -> Tree:
    """Number the elements of a page."""
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    numbers = {node: number for number, node in enumerate(nodes)}
    parents = [_number(numbers, node.getparent()) for node in nodes]
    parents[0] = -1
    depths, kinds = [0] * len(nodes), [0] * len(nodes)
    known: dict[tuple[int, str], int] = {}
    for number, parent in enumerate(parents[1:], 1):
        depths[number] = depths[parent] + 1
        kind = (kinds[parent], str(nodes[number].tag))
        kinds[number] = known.setdefault(kind, len(known) + 1)
    ends, lengths = _extents(nodes, parents)
    unseen = _unseen(nodes, ends)
    texts = [
        "" if unseen[number] or lengths[number] > _MOST_TEXT else key("".join(node.itertext()))
        for number, node in enumerate(nodes)
    ]
    return Tree(
        nodes=nodes,
        parents=parents,
        depths=depths,
        kinds=kinds,
        ends=ends,
        texts=texts,
    )


def tops(tree: Tree, heads: Sequence[int]) -> dict[int, int]:
    """For each head the highest element around it that holds no other head.

    One that stands higher above its head than is usual on the page is cut to the usual height:
    it holds more than an entry.
    """
    many = -1
    owner: dict[int, int] = {}
    for head in heads:
        at = head
        while at >= 0 and owner.get(at, head) != many:
            owner[at] = head if owner.get(at, head) == head else many
            at = tree.parents[at]
    found: dict[int, int] = {}
    for head in heads:
        at = head
        while _is_own(tree, owner, tree.parents[at]):
            at = tree.parents[at]
        found[head] = at
    heights = sorted(tree.depths[head] - tree.depths[top] for head, top in found.items())
    usual = heights[len(heights) // 2] if heights else 0
    return {head: _cut(tree, head, top, usual) for head, top in found.items()}


def _cut(tree: Tree, head: int, top: int, usual: int) -> int:
    if tree.depths[head] - tree.depths[top] <= usual:
        return top
    for _ in range(usual):
        head = tree.parents[head]
    return head


def _is_own(tree: Tree, owner: dict[int, int], number: int) -> bool:
    return number >= 0 and owner.get(number, -1) >= 0 and tree.nodes[number].tag not in _PAGE_LEVEL


def _number(numbers: dict[HtmlElement, int], node: HtmlElement | None) -> int:
    return -1 if node is None else numbers.get(node, -1)


def _extents(nodes: Sequence[HtmlElement], parents: Sequence[int]) -> tuple[list[int], list[int]]:
    """For each element the number after its last, and the characters of its text."""
    ends = list(range(1, len(nodes) + 1))
    lengths = [len(node.text or "") for node in nodes]
    for number in range(len(nodes) - 1, 0, -1):
        above = parents[number]
        ends[above] = max(ends[above], ends[number])
        lengths[above] += lengths[number] + len(nodes[number].tail or "")
    return ends, lengths


def _unseen(nodes: Sequence[HtmlElement], ends: Sequence[int]) -> bytearray:
    unseen = bytearray(len(nodes))
    for number, node in enumerate(nodes):
        if node.tag in UNSEEN:
            unseen[number : ends[number]] = b"\1" * (ends[number] - number)
    return unseen
