"""Where in a page the entries stand that were read of it.

Readers give texts and addresses, not places: the places are found again by them, in page order.
An entry's part of the page is what lies around its title as far as no other entry's title comes
in, with the neighbours up to the next in which some of its fields stand.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
from lxml.html import HtmlElement

from normalize.model import Entry
from scraper.inspect.tree import Tree, key, tops, tree_of
from scraper.split.listing.families import entry_address

# Characters of a text by which its place is found again.
_KEY = 60
# Elements between an entry's title and its link, where they are apart.
_NEAR = 100
# Kinds of titles that are tried where a page has several.
_WAYS = 6
_SOLE = 2
# Entries on which they are tried.
_SAMPLE = 40

Pools = tuple[Sequence[int], ...]
"""Elements that may be an entry's title, by how likely they are."""


@attrs.frozen(kw_only=True, eq=False)
class Found:
    """A field where the page shows it."""

    name: str
    node: HtmlElement
    text: str
    """The field's text as it was read; ``""`` where an attribute holds it."""


@attrs.frozen(kw_only=True, eq=False)
class Place:
    """What one entry takes up in the page."""

    parts: tuple[HtmlElement, ...]
    """Elements that hold it, in page order; none where it was not found."""
    fields: tuple[Found, ...]


def locate(root: HtmlElement, entries: Sequence[Entry]) -> list[Place]:
    """Find the place of each entry, in their order.

    Args:
        root: the page's tree with absolute links.
        entries: what was read of it.
    """
    tree = tree_of(root)
    pools = _pools(tree, entries)
    kinds = Counter(tree.kinds[n] for own in pools for n in _innermost(tree, own[0]))
    ways = (None, *(kind for kind, _ in kinds.most_common(_WAYS)))
    tried = entries[:_SAMPLE]

    def worth(way: int | None) -> int:
        places = _places(tree, tried, list(_heads(tree, tried, pools[:_SAMPLE], way)))
        return sum(len(place.fields) for place in places)

    best = max(ways, key=worth) if len(ways) > _SOLE else None
    return _places(tree, entries, list(_heads(tree, entries, pools, best)))


def _innermost(tree: Tree, pool: Sequence[int]) -> Iterator[int]:
    for number, following in zip(pool, [*pool[1:], len(tree.nodes)], strict=False):
        if following >= tree.ends[number]:
            yield number


def _places(tree: Tree, entries: Sequence[Entry], heads: Sequence[int | None]) -> list[Place]:
    found = tops(tree, [head for head in heads if head is not None])
    order = sorted(found.values())
    following = dict(zip(order, [*order[1:], len(tree.nodes)], strict=False))
    preceding = dict(zip(order, [0, *(tree.ends[top] for top in order)], strict=False))
    places = []
    for entry, head in zip(entries, heads, strict=True):
        if head is None:
            places.append(Place(parts=(), fields=()))
        else:
            top = found[head]
            span = _span(tree, top, preceding[top], following[top])
            places.append(_place(tree, entry, head, top, span))
    return places


def _pools(tree: Tree, entries: Sequence[Entry]) -> list[Pools]:
    """For each entry the elements that may be its title, or its link, the likeliest first."""
    links: dict[str, list[int]] = defaultdict(list)
    texts: dict[str, list[int]] = defaultdict(list)
    for number, node in enumerate(tree.nodes):
        if tree.texts[number]:
            texts[tree.texts[number]].append(number)
        if node.tag == "a" and (address := entry_address(node.get("href") or "")):
            links[address].append(number)
    pools: list[Pools] = []
    for entry in entries:
        titled = texts.get(key(entry.title or ""), [])
        linked = links.get(entry.url or "", [])
        touching = [n for n in titled if _touches(tree, n, linked)]
        near = [n for n in titled if any(abs(n - link) < _NEAR for link in linked)]
        pools.append((touching, near, linked, [] if entry.url else titled))
    return pools


def _heads(
    tree: Tree, entries: Sequence[Entry], pools: Sequence[Pools], kind: int | None
) -> Iterator[int | None]:
    """For each entry the element of its title, or of its link.

    Where the page has titles several times (in a slider and in the list), those of one kind.
    """
    last = -1
    used: set[int] = set()
    for entry, own in zip(entries, pools, strict=True):
        alike = [[n for n in pool if tree.kinds[n] == kind] for pool in own]
        head = _first(_next(tree, pool, last, used) for pool in (*alike, *own))
        told = key(entry.title or entry.summary or "")
        if head is None and told:
            part = told[:_KEY]
            inside = (n for n in range(last + 1, len(tree.nodes)) if part in tree.texts[n])
            head = tree.deepest(inside)
        if head is not None:
            used.add(head)
            last = head
        yield head


def _first(found: Iterable[int | None]) -> int | None:
    return next((number for number in found if number is not None), None)


def _next(tree: Tree, pool: Sequence[int], last: int, used: set[int]) -> int | None:
    """The first of the elements behind the last one, the innermost of several in each other."""
    free = [number for number in pool if number not in used]
    behind = [number for number in free if number > last]
    best = tree.deepest(behind or free)
    if best is None or tree.texts[best]:
        return best
    # An image's link stands before the title's.
    return next((number for number in behind if tree.texts[number]), best)


def _touches(tree: Tree, number: int, links: Iterable[int]) -> bool:
    """Whether a link is in an element, or around it."""
    return any(
        number <= link < tree.ends[number] or link <= number < tree.ends[link] for link in links
    )


def _span(tree: Tree, top: int, before: int, after: int) -> Sequence[range]:
    """Where an entry's fields may stand: its top, what follows, what precedes it."""
    parent = max(tree.parents[top], 0)
    return (
        range(top, tree.ends[top]),
        range(tree.ends[top], min(after, tree.ends[parent])),
        range(max(before, parent + 1), top),
    )


def _place(tree: Tree, entry: Entry, head: int, top: int, span: Sequence[range]) -> Place:
    name = "title" if entry.title else "summary"
    fields = [Found(name=name, node=tree.nodes[head], text=entry.title or "")]
    parts = {top}
    for name, text, numbers in _searches(tree, entry, span):
        found = _first(numbers)
        if found is not None:
            fields.append(Found(name=name, node=tree.nodes[found], text=text))
            parts.add(_sibling(tree, found, top))
    # A neighbour between two that belong to the entry belongs to it too.
    siblings = range(min(parts), max(parts) + 1)
    level = (
        [n for n in siblings if tree.parents[n] == tree.parents[top]] if len(parts) > 1 else [top]
    )
    return Place(parts=tuple(tree.nodes[n] for n in level), fields=tuple(fields))


def number_pattern(text: str) -> str:
    """What finds a text, but not a number inside a longer one."""
    pattern = r"\s*".join(map(re.escape, text.split()))
    return rf"(?<!\d){pattern}(?!\d)" if text[:1].isdigit() else pattern


def _searches(
    tree: Tree, entry: Entry, span: Sequence[range]
) -> Iterator[tuple[str, str, Iterator[int | None]]]:
    """For each field of an entry: its name, its text, the elements found in each range."""
    if entry.published:
        dated = (_attributed(tree, numbers, entry.published) for numbers in span)
        shown = (_containing(tree, numbers, entry.published) for numbers in span)
        yield "date", entry.published, (n for pair in zip(shown, dated, strict=True) for n in pair)
    for text in (*entry.authors, *filter(None, (entry.byline,))):
        yield "authors", text, (_containing(tree, numbers, text) for numbers in span)
    for text in (entry.summary or "").splitlines():
        yield "summary", text, (_containing(tree, numbers, text) for numbers in span)
    for text in entry.metrics.values():
        yield "metrics", text, (_short(tree, numbers, text) for numbers in span)
    if entry.url:
        yield "url", "", (_attributed(tree, numbers, entry.url) for numbers in span)
    if entry.image:
        image = entry.image
        yield (
            "image",
            "",
            (_attributed(tree, numbers, image) for numbers in span),
        )


def _containing(tree: Tree, numbers: range, text: str) -> int | None:
    """The innermost element that shows a text, or its beginning."""
    whole = key(text)
    told = tree.deepest(n for n in numbers if tree.texts[n] == whole) if whole else None
    if told is not None or not whole:
        return told
    return tree.deepest(n for n in numbers if whole[:_KEY] in tree.texts[n])


def _short(tree: Tree, numbers: range, text: str) -> int | None:
    """The innermost element that shows a number and little else."""
    whole = re.compile(number_pattern(text))
    return tree.deepest(
        n for n in numbers if 0 < len(tree.texts[n]) < _KEY and whole.search(tree.texts[n])
    )


def _attributed(tree: Tree, numbers: range, value: str) -> int | None:
    """The first element with an attribute of that value, ``#`` parts aside."""
    for number in numbers:
        for told in map(str.strip, tree.nodes[number].attrib.values()):
            if told and value in (told, entry_address(told)):
                return number
    return None


def _sibling(tree: Tree, number: int, top: int) -> int:
    """The element itself or the one around it that stands beside the top."""
    while tree.parents[number] != tree.parents[top] and number > 0:
        number = tree.parents[number]
    return number or top


FIELDS: Mapping[str, str] = {
    "title": "title",
    "date": "published",
    "summary": "summary",
    "authors": "authors",
    "url": "url",
    "image": "image",
    "metrics": "metrics",
}
"""Fields that are marked, with the record's names for them."""
