"""What a link around a whole entry consists of: title, summary, author and date, one by one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from scraper.split.lines import one_line
from scraper.split.listing.outline import UNSEEN
from scraper.split.listing.vocabulary import class_name
from scraper.split.listing.wording import title_worth, width

Slot = tuple[Hashable, ...]
"""A place that corresponds from link to link."""

# Elements that end a line, as far as they stand in links.
_BLOCKS = frozenset(
    ("article", "blockquote", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2",
     "h3", "h4", "h5", "h6", "header", "li", "ol", "p", "section", "table", "tbody", "td", "tr",
     "ul")
)  # fmt: skip
_LETTER = re.compile(r"[^\W\d_]")
_DEEPEST = 6
_MOST_PARTS = 12
_LONGEST = 240
_STRONG = frozenset(("strong", "b", "em", "h1", "h2", "h3", "h4", "h5", "h6"))
# What a strong part's worth gains, and the share of the best part's worth that makes a part
# before it the title: the title stands above the summary.
_STRENGTH = 0.3
_NEARLY = 0.6
# Share of the entries that must have a part for it to be their title.
_USUAL = 0.5
# Share of the titles that must be different: places and kinds are not.
_DIFFERENT = 0.6


class LinkPart(NamedTuple):
    """Text of one element of a link."""

    slot: Slot
    """Names and classes of the elements around it, and how many of its kind stand before."""
    text: str


def link_parts(node: HtmlElement) -> list[LinkPart]:
    """The parts of an element that has no text of its own; none where it is one text.

    Inline elements of one kind are parts of one text.
    """
    return list(islice(_parts(node, (), 0), _MOST_PARTS))


def _parts(node: HtmlElement, place: Slot, depth: int) -> Iterator[LinkPart]:
    told = _told(node)
    while told is not None and len(told) == 1 and depth < _DEEPEST:
        node, depth = told[0], depth + 1
        told = _told(node)
    if told is None or len(told) < 2 or depth >= _DEEPEST:  # noqa: PLR2004
        return
    names = [(str(child.tag), class_name(child.get("class") or "")) for child in told]
    inline = all(tag not in _BLOCKS for tag, _ in names)
    if inline and len(set(names)) == 1:
        return
    before: Counter[tuple[str, str]] = Counter()
    for child, name in zip(told, names, strict=True):
        slot = (*place, *name, before[name])
        before[name] += 1
        inner = list(islice(_parts(child, slot, depth + 1), _MOST_PARTS))
        yield from inner or [LinkPart(slot, one_line(child))]


def _told(node: HtmlElement) -> list[HtmlElement] | None:
    """The elements with text in an element that has no words beside them, else None.

    Words after a block are a detail.
    """
    if _LETTER.search(node.text or ""):
        return None
    told = [
        child
        for child in node
        if isinstance(child.tag, str) and child.tag not in UNSEEN and _holds_text(child)
    ]
    if all(child.tag not in _BLOCKS for child in told):
        mixed = any(_LETTER.search(child.tail or "") for child in node)
        return None if mixed else told
    return told


def _holds_text(node: HtmlElement) -> bool:
    return any(text and not text.isspace() for text in node.itertext())


def title_part(
    entries: Sequence[Sequence[LinkPart]], is_code: Callable[[str], bool]
) -> Slot | None:
    """Where the titles stand in links of several parts, None where most links have none.

    Args:
        entries: the parts of each link.
        is_code: whether a text is a number, a date or an interface's word.
    """
    texts: dict[Slot, list[str]] = defaultdict(list)
    for parts in entries:
        for slot, text in dict(reversed(parts)).items():
            texts[slot].append(text)
    scores: dict[Slot, float] = {}
    for slot, told in texts.items():
        good = [t for t in told if width(t) <= _LONGEST and not is_code(t)]
        if len(good) < len(entries) * _USUAL or len(set(good)) < len(good) * _DIFFERENT:
            continue
        strong = _STRENGTH if any(name in _STRONG for name in slot) else 0.0
        scores[slot] = sum(map(title_worth, good)) / len(entries) + strong
    if not scores:
        return None
    enough = max(scores.values()) * _NEARLY
    order = [part.slot for part in max(entries, key=len)]
    known = [slot for slot in order if slot in scores]
    first = (slot for slot in [*known, *scores] if scores[slot] >= enough)
    return next(first, None)
