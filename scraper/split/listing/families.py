"""Families: links, headings or rows of one kind, each family a guess at the page's entries."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import urldefrag

import attrs

from normalize.dates import parse_date
from scraper.split.listing.link_parts import LinkPart, link_parts
from scraper.split.listing.outline import HEADINGS, Outline
from scraper.split.listing.vocabulary import (
    phrase_set,
    word_set,
    words_of,
)
from scraper.split.listing.wording import (
    entry_address,
    flat_text,
    is_count,
    is_interface,
    is_no_page,
    is_one_of,
    title_worth,
    width,
)

__all__ = ["Family", "Mark", "entry_address", "families", "held_back"]

_LONGEST_HEADING = 400
_MOST_CLASS = 100
# Characters of a day with its weekday.
_LONGEST_DAY = 36
_DIGIT = re.compile(r"\d")
_META_RELATIONS = frozenset(("tag", "author", "category"))
_MOST_INSIDE = 100
# Letters beyond which a link is around more than a title, and those that make one.
_LONGEST_TEXT = 100
_TITLE = 20
# Elements in a link between which it is looked at whether they are the parts of an entry.
_MOST_PLAIN = 3
_MOST_PARTED = 200
# Elements that their class can make a heading.
_TITLED = frozenset(("div", "span", "p", "strong", "b", "dd", "td"))
_MOST_AROUND = 3
# How often an entry may be linked on its page.
_MOST_TIMES = 4


@attrs.frozen(kw_only=True)
class Mark:
    """A place in the page that may stand for one entry."""

    number: int
    """The element's number in the outline."""
    key: str
    """What tells the entry apart: its address, else the element's number."""
    text: str
    """What it says, on one line."""
    worth: float
    """How much it is like a title, 0 to about 2."""


@attrs.frozen(kw_only=True)
class Family:
    """Marks of one kind."""

    marks: tuple[Mark, ...]
    """In page order."""
    form: str
    """``links``, ``headings``, or the element's name of repeated parts (``tr``, ``li``)."""
    zone: str
    """Kind of margin that all of them are in, ``""`` for none."""


def families(outline: Outline, page_url: str | None) -> list[Family]:
    """All guesses at the page's entries, each with at least two marks."""
    links = list(_link_marks(outline, page_url))
    headings = list(_heading_marks(outline))
    found = [*_grouped(outline, links, "links"), *_grouped(outline, headings, "headings")]
    return [family for family in found if len({mark.key for mark in family.marks}) > 1]


def held_back(outline: Outline, page_url: str | None) -> list[Mark]:
    """Links that are no guess of their own, yet may stand among entries of their kind.

    They lead to a place on the page itself, or say what interfaces call a margin ("Archive").
    """
    own = urldefrag(page_url or "").url.rstrip("/")
    minor = phrase_set("minor_labels")
    marks = []
    for number, href in zip(outline.anchors, outline.hrefs, strict=True):
        if len(href) < 2 or is_no_page(href):  # noqa: PLR2004
            continue
        text = flat_text(outline, number)
        on_page = "#" in href and href.partition("#")[0].rstrip("/") in {"", own}
        if on_page or is_one_of(text, minor):
            worth = title_worth(text)
            if worth:
                marks.append(Mark(number=number, key=href, text=text, worth=worth))
    return marks


def _link_marks(outline: Outline, page_url: str | None) -> Iterator[Mark]:
    own = urldefrag(page_url or "").url.rstrip("/")
    addresses = [entry_address(href) for href in outline.hrefs]
    told = _times_linked(outline, addresses)
    for number, address in zip(outline.anchors, addresses, strict=True):
        if not address or address.rstrip("/") == own:
            continue
        text = flat_text(outline, number)
        if is_interface(text) or is_count(text):
            continue
        if len(text) > _LONGEST_TEXT:
            text = _card_title(outline, number) or text
        worth = (
            _link_worth(outline, number, text, address) if text else _image_worth(outline, number)
        )
        if worth and 1 < told[address] <= _MOST_TIMES:
            worth += 0.25
        if text or worth:
            yield Mark(number=number, key=address, text=text, worth=worth)


def _card_title(outline: Outline, number: int) -> str | None:
    """The first part of a link around a whole entry that is long enough for a title."""
    told = (part.text for part in _parts(outline, number))
    return next((text for text in told if _TITLE < width(text) <= _LONGEST_TEXT), None)


def _parts(outline: Outline, number: int) -> list[LinkPart]:
    """The parts of a link that is as large as one entry is."""
    is_large = outline.ends[number] - number > _MOST_PARTED
    return [] if is_large else link_parts(outline.nodes[number])


def _image_worth(outline: Outline, number: int) -> float:
    """What a link without text is worth by the text that stands for its image."""
    told = (image.get("alt") or "" for image in outline.nodes[number].iter("img"))
    return 0.4 * max(map(title_worth, told), default=0.0)


def _times_linked(outline: Outline, addresses: Sequence[str | None]) -> Counter[str]:
    """How often each address is linked outside of the margins.

    An entry is often linked twice or thrice: by its image, its title and "Read more".
    """
    found = zip(outline.anchors, addresses, strict=True)
    return Counter(address for number, address in found if address and not outline.zones[number])


def _link_worth(outline: Outline, number: int, text: str, address: str) -> float:
    if (inner := _heading_inside(outline, number)) is not None:
        return title_worth(flat_text(outline, inner)) + 0.6
    worth = title_worth(text)
    if not worth:
        return 0.0
    rel = outline.attributes["rel"].get(number, "").split()
    if (rel and not _META_RELATIONS.isdisjoint(rel)) or _is_meta_path(address):
        worth *= 0.5
    if outline.ends[number] - number > _MOST_PLAIN and _parts(outline, number):
        worth += 0.3
    near = _near(outline, number)
    if not HEADINGS.isdisjoint([outline.tags[at] for at in near]):
        worth += 0.6
    elif "bookmark" in rel or _is_named_title(outline, number, near[:2]):
        worth += 0.55
    return worth


def _heading_inside(outline: Outline, number: int) -> int | None:
    for at in range(number + 1, outline.ends[number]):
        if outline.tags[at] in HEADINGS:
            return at
    return None


def _is_named_title(outline: Outline, number: int, around: Sequence[int]) -> bool:
    """Whether the class or microdata of a link, or of what is just around it, say title."""
    for at in (number, *around):
        if outline.attributes["itemprop"].get(at) in {"headline", "name"}:
            return True
        if at != number and outline.lengths[at] > outline.linked[number] * 1.5:
            return False
        if _says_title(outline.classes[at]):
            return True
    return False


def _near(outline: Outline, number: int) -> list[int]:
    """The three nearest ancestors."""
    around: list[int] = []
    while (number := outline.parents[number]) >= 0 and len(around) < _MOST_AROUND:
        around.append(number)
    return around


def _is_meta_path(address: str) -> bool:
    path = address.partition("://")[2].partition("?")[0].partition("/")[2].rstrip("/").lower()
    return not word_set("meta_paths").isdisjoint(path.rsplit("/", 2)[-2:])


def _heading_marks(outline: Outline) -> Iterator[Mark]:
    """Headings without a link inside; the entry's link, if any, is around or beside them.

    An element that its class calls a title is a heading.
    """
    for number, tag in enumerate(outline.tags):
        if tag not in HEADINGS and not (tag in _TITLED and _is_titled(outline, number)):
            continue
        if not 0 < outline.lengths[number] < _LONGEST_HEADING or tag == "h1":
            continue
        if outline.ends[number] - number > _MOST_INSIDE:
            continue
        if outline.linked[number] * 2 > outline.lengths[number]:
            continue
        text = flat_text(outline, number)
        worth = 0.0 if is_interface(text) or _is_date(text) else title_worth(text)
        if worth:
            worth = worth + 0.5 if tag in HEADINGS else worth * 0.6
            yield Mark(number=number, key=f"#{number}", text=text, worth=worth)


def _is_date(text: str) -> bool:
    """Whether a heading says a day, and so heads a group of entries."""
    short = len(text) <= _LONGEST_DAY and _DIGIT.search(text) is not None
    return short and parse_date(text) is not None


def _is_titled(outline: Outline, number: int) -> bool:
    """Whether the class of an element says title, and that of its parent does not."""
    own, parent = outline.classes[number], outline.parents[number]
    return bool(own) and _says_title(own) and not _says_title(outline.classes[parent])


def _says_title(attribute: str) -> bool:
    return 0 < len(attribute) < _MOST_CLASS and _holds_title_word(attribute)


@lru_cache(maxsize=32768)
def _holds_title_word(attribute: str) -> bool:
    return not words_of(attribute).isdisjoint(word_set("title_words"))


def _grouped(outline: Outline, marks: list[Mark], form: str) -> Iterator[Family]:
    """Marks by path, by kind, and by the nearest elements, margins apart."""
    groups: dict[tuple[object, ...], list[Mark]] = defaultdict(list)
    for mark in marks:
        for name in _names(outline, mark.number):
            groups[name].append(mark)
    seen: set[tuple[int, ...]] = set()
    for name, group in groups.items():
        numbers = tuple(mark.number for mark in group)
        if len(group) > 1 and numbers not in seen:
            seen.add(numbers)
            yield Family(marks=tuple(group), form=form, zone=str(name[-1]))


def _names(outline: Outline, number: int) -> Iterable[tuple[object, ...]]:
    path, kind, zone = outline.paths[number], outline.kinds[number], outline.zones[number]
    parent = outline.parents[number]
    grand = outline.parents[parent] if parent >= 0 else -1
    yield ("path", path, zone)
    yield ("kind", kind, zone)
    tags, classes = outline.tags, outline.classes
    yield (tags[number], tags[parent], tags[grand], classes[number], classes[parent], zone)
    if grand >= 0:
        yield (path, outline.kinds[grand], zone)
