"""Families: links, headings or rows of one kind, each family a guess at the page's entries."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from urllib.parse import urldefrag

import attrs

from scraper.split.listing.outline import HEADINGS, Outline
from scraper.split.listing.vocabulary import (
    boilerplate,
    named_phrases,
    phrase_set,
    word_set,
    words_of,
)
from scraper.split.phrases import phrase_key

_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]")
_LETTERS = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_COUNTED = re.compile(r"\d[\d.,]*[kKmM]?")
_NOT_PAGES = ("javascript:", "mailto:", "tel:", "data:", "sms:", "whatsapp:")
# Letters beyond which a text is no longer looked up among the phrases of interfaces.
_PHRASE = 40
_LONGEST_HEADING = 400
_MOST_CLASS = 100
_MOST_INSIDE = 100
# Elements that their class can make a heading.
_TITLED = frozenset(("div", "span", "p", "strong", "b", "dd", "td"))
# Signs and arrows that may stand as words of their own in a phrase.
_LOOSE_SIGNS = 2
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


def width(text: str) -> int:
    """Length of a text in Latin letters: an ideograph or a Hangul syllable counts double."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def flat_text(outline: Outline, number: int) -> str:
    """All text of an element on one line, blocks not told apart."""
    known = outline.texts.get(number)
    if known is None:
        node = outline.nodes[number]
        whole = " ".join(node.itertext()) if len(node) else node.text or ""
        known = outline.texts[number] = " ".join(whole.split())
    return known


def title_worth(text: str) -> float:
    """How much a text is like a title by its length alone, 0 to 1."""
    wide = width(text)
    if wide < 3 or not _LETTERS.search(text):  # noqa: PLR2004
        return 0.0
    if wide <= 30:  # noqa: PLR2004
        return wide / 30
    return 1.0 if wide <= 160 else max(0.1, 160 / wide)  # noqa: PLR2004


def is_interface(text: str) -> bool:
    """Whether a text is what interfaces say: read more, next page, share."""
    return len(text) <= _PHRASE and _may_be_phrase(text) and phrase_key(text) in boilerplate()


def _may_be_phrase(text: str) -> bool:
    """Whether a short text begins like a phrase of interfaces and is no longer than those."""
    words = text.split(None, 1)
    if not words:
        return False
    longest = _longest_phrase(words[0])
    return longest > 0 and (len(words) == 1 or words[1].count(" ") < longest + _LOOSE_SIGNS)


def is_count(text: str) -> bool:
    """Whether a text is a number with what it counts: ``12 comments``."""
    if len(text) > _PHRASE or not _DIGIT.search(text):
        return False
    label = phrase_key(_COUNTED.sub(" ", text))
    return bool(label) and label in named_phrases("metrics")


@lru_cache(maxsize=65536)
def _longest_phrase(word: str) -> int:
    """Words of the longest phrase of interfaces that begins with a word; 0 for none.

    A word without letters may stand before any.
    """
    key = phrase_key(word)
    return _first_words().get(key.split()[0], 0) if key else max(_first_words().values())


@cache
def _first_words() -> Mapping[str, int]:
    longest: dict[str, int] = {}
    for phrase in boilerplate():
        words = phrase.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest


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
    marks = []
    for number, tag in enumerate(outline.tags):
        href = (outline.nodes[number].get("href") or "").strip() if tag == "a" else ""
        if len(href) < 2 or href.lower().startswith(_NOT_PAGES):  # noqa: PLR2004
            continue
        text = flat_text(outline, number)
        on_page = "#" in href and href.partition("#")[0].rstrip("/") in {"", own}
        if on_page or (is_interface(text) and phrase_key(text) in phrase_set("minor_labels")):
            worth = title_worth(text)
            if worth:
                marks.append(Mark(number=number, key=href, text=text, worth=worth))
    return marks


def _link_marks(outline: Outline, page_url: str | None) -> Iterator[Mark]:
    own = urldefrag(page_url or "").url.rstrip("/")
    told = _addresses(outline)
    for number, tag in enumerate(outline.tags):
        if tag != "a":
            continue
        href = (outline.nodes[number].get("href") or "").strip()
        address = entry_address(href)
        if not address or address.rstrip("/") == own:
            continue
        text = flat_text(outline, number)
        if is_interface(text) or is_count(text):
            continue
        worth = (
            _link_worth(outline, number, text, address) if text else _image_worth(outline, number)
        )
        if worth and 1 < told[address] <= _MOST_TIMES:
            worth += 0.25
        if text or worth:
            yield Mark(number=number, key=address, text=text, worth=worth)


def _image_worth(outline: Outline, number: int) -> float:
    """What a link without text is worth by the text that stands for its image."""
    told = (image.get("alt") or "" for image in outline.nodes[number].iter("img"))
    return 0.4 * max(map(title_worth, told), default=0.0)


def _addresses(outline: Outline) -> Counter[str]:
    """How often each address is linked outside of the margins.

    An entry is often linked twice or thrice: by its image, its title and "Read more".
    """
    links = (n for n, tag in enumerate(outline.tags) if tag == "a" and not outline.zones[n])
    found = (entry_address(outline.nodes[n].get("href") or "") for n in links)
    return Counter(address for address in found if address)


def entry_address(href: str) -> str | None:
    """Address that a link leads to, without fragment; None for a link to no other page.

    A fragment that begins like a path (``#/``, ``#!``) is part of the address.
    """
    href = href.strip()
    if not href or href.startswith("#") or href.lower().startswith(_NOT_PAGES):
        return None
    address, _, fragment = href.partition("#")
    return href if fragment.startswith(("/", "!")) else address


def _link_worth(outline: Outline, number: int, text: str, address: str) -> float:
    node = outline.nodes[number]
    inner = next(
        (at for at in range(number + 1, outline.ends[number]) if outline.tags[at] in HEADINGS), None
    )
    if inner is not None:
        return title_worth(flat_text(outline, inner)) + 0.6
    worth = title_worth(text)
    if not worth:
        return 0.0
    rel = (node.get("rel") or "").split()
    if {"tag", "author", "category"} & set(rel) or _is_meta_path(address):
        worth *= 0.5
    if any(outline.tags[at] in HEADINGS for at in _near(outline, number)):
        worth += 0.6
    elif _is_named_title(outline, number) or "bookmark" in rel:
        worth += 0.55
    return worth


def _is_named_title(outline: Outline, number: int) -> bool:
    """Whether the class or microdata of a link, or of what is just around it, say title."""
    for at in (number, *list(_near(outline, number))[:2]):
        node = outline.nodes[at]
        if node.get("itemprop") in {"headline", "name"}:
            return True
        if at != number and outline.lengths[at] > outline.linked[number] * 1.5:
            return False
        if _says_title(node.get("class") or ""):
            return True
    return False


def _near(outline: Outline, number: int) -> Iterator[int]:
    """The three nearest ancestors."""
    for _ in range(3):
        number = outline.parents[number]
        if number < 0:
            return
        yield number


def _is_meta_path(address: str) -> bool:
    path = address.partition("://")[2].partition("?")[0].rstrip("/").lower()
    return any(part in word_set("meta_paths") for part in path.split("/")[1:][-2:])


def _heading_marks(outline: Outline) -> Iterator[Mark]:
    """Headings without a link inside; the entry's link, if any, is around or beside them.

    An element that its class calls a title is a heading.
    """
    for number, tag in enumerate(outline.tags):
        if not 0 < outline.lengths[number] < _LONGEST_HEADING or tag == "h1":
            continue
        if outline.ends[number] - number > _MOST_INSIDE:
            continue
        if outline.linked[number] * 2 > outline.lengths[number]:
            continue
        if tag not in HEADINGS and not (tag in _TITLED and _is_titled(outline, number)):
            continue
        text = flat_text(outline, number)
        worth = 0.0 if is_interface(text) else title_worth(text)
        if worth:
            worth = worth + 0.5 if tag in HEADINGS else worth * 0.6
            yield Mark(number=number, key=f"#{number}", text=text, worth=worth)


def _is_titled(outline: Outline, number: int) -> bool:
    """Whether the class of an element says title, and that of its parent does not."""
    parent = outline.nodes[outline.parents[number]].get("class") or ""
    return _says_title(outline.nodes[number].get("class") or "") and not _says_title(parent)


def _says_title(attribute: str) -> bool:
    return 0 < len(attribute) < _MOST_CLASS and bool(words_of(attribute) & word_set("title_words"))


def _grouped(outline: Outline, marks: list[Mark], form: str) -> Iterator[Family]:
    """Marks by path, by kind, and by the nearest elements, margins apart."""
    groups: dict[tuple[object, ...], list[Mark]] = defaultdict(list)
    for mark in marks:
        zone = outline.zones[mark.number]
        for name in _names(outline, mark.number):
            groups[(*name, zone)].append(mark)
    seen: set[tuple[int, ...]] = set()
    for name, group in groups.items():
        numbers = tuple(mark.number for mark in group)
        if len(group) > 1 and numbers not in seen:
            seen.add(numbers)
            yield Family(marks=tuple(group), form=form, zone=str(name[-1]))


def _names(outline: Outline, number: int) -> Iterable[tuple[object, ...]]:
    path, kind = outline.paths[number], outline.kinds[number]
    parent = outline.parents[number]
    grand = outline.parents[parent] if parent >= 0 else -1
    yield ("path", path)
    yield ("kind", kind)
    near = (outline.tags[number], outline.tags[parent], outline.tags[grand])
    yield ("near", *near, outline.nodes[number].get("class"), outline.nodes[parent].get("class"))
    if grand >= 0:
        yield ("wide", path, outline.kinds[grand])
