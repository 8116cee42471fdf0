"""Entries that a page marks as such: hAtom's ``hentry``, ``h-entry``, microdata's articles."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from scraper.split.listing.families import Family, Mark
from scraper.split.listing.outline import HEADINGS, Outline
from scraper.split.listing.vocabulary import word_set
from scraper.split.listing.wording import entry_address, flat_text, title_worth

# What a title is worth more by standing in a marked entry.
_MARKED = 0.9
_LEAST = 2
_MOST_INSIDE = 400


def marked_families(outline: Outline) -> list[Family]:
    """The outermost marked entries of a page as one family, where there are several."""
    marks: list[Mark] = []
    zones: Counter[str] = Counter()
    last = 0
    for number in _marked(outline):
        if number < last:
            continue
        last = outline.ends[number]
        mark = _title_mark(outline, number)
        if mark:
            marks.append(mark)
            zones[outline.zones[number]] += 1
    if len({mark.key for mark in marks}) < _LEAST:
        return []
    linked = sum(outline.tags[mark.number] == "a" for mark in marks) * 2 > len(marks)
    kept = [mark for mark in marks if (outline.tags[mark.number] == "a") == linked]
    zone = zones.most_common(1)[0][0]
    return [Family(marks=tuple(kept), form="links" if linked else "headings", zone=zone)]


def _marked(outline: Outline) -> list[int]:
    """Numbers of the elements that are marked as entries: few pages have any."""
    classes = {told for told in set(outline.classes) if _says(told, "entry_classes")}
    kinds = outline.attributes["itemtype"].items()
    typed = {number for number, kind in kinds if _says(kind.rpartition("/")[2], "entry_types")}
    if not classes:
        return sorted(typed)
    return [n for n, told in enumerate(outline.classes) if told in classes or n in typed]


@lru_cache(maxsize=4096)
def _says(attribute: str, kind: str) -> bool:
    return not word_set(kind).isdisjoint(attribute.split())


def _title_mark(outline: Outline, entry: int) -> Mark | None:
    """The title of an entry: what is named so, else its first heading; its link, if it has one."""
    inside = range(entry + 1, min(outline.ends[entry], entry + _MOST_INSIDE))
    named = (at for at in inside if _is_named(outline, at) and outline.lengths[at])
    headed = (at for at in inside if outline.tags[at] in HEADINGS and outline.lengths[at])
    title = next(named, None) or next(headed, None)
    if title is None:
        return None
    text = flat_text(outline, title)
    worth = title_worth(text)
    if not worth:
        return None
    link = _link_of(outline, title, entry)
    address = entry_address(outline.nodes[link].get("href") or "") if link else None
    number = link if link and address else title
    return Mark(number=number, key=address or f"#{title}", text=text, worth=worth + _MARKED)


def _is_named(outline: Outline, number: int) -> bool:
    attribute = outline.classes[number]
    if attribute and _says(attribute, "entry_title_classes"):
        return True
    return outline.attributes["itemprop"].get(number) == "headline"


def _link_of(outline: Outline, title: int, entry: int) -> int | None:
    """The link inside a title, that the title is, or around it."""
    for at in range(title, outline.ends[title]):
        if outline.tags[at] == "a":
            return at
    at = outline.parents[title]
    while at > entry:
        if outline.tags[at] == "a":
            return at
        at = outline.parents[at]
    return None
