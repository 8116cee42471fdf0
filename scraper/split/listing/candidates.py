"""A guess at the page's entries with its records, and what speaks for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import attrs

from scraper.split.listing.addresses import item_share
from scraper.split.listing.families import Family
from scraper.split.listing.outline import Outline
from scraper.split.listing.records import Record, covered, records

_ZONES = {
    "": 1.0, "furniture": 0.12, "aside": 0.3, "related": 0.35, "showcase": 0.5, "comments": 0.2,
    "ads": 0.2, "meta": 0.3, "form": 0.85,
}  # fmt: skip
_DIGITS = re.compile(r"\d+")
# Looks like a date in some calendar: a year, a numeric date, or the ideographs for month and day.
# Begins with a digit, by which `re` skips what holds none.
_DATED = re.compile(
    r"\d(?:(?<!\d\d)(?:(?<=1)[0-49]|(?<=2)[05])\d\d(?!\d)|\d?[./-]\d{1,2}(?:[./-]\d|\b)"
    r"|\s?[月월]\s?\d)"
)
_SAMPLE = 10
_RICH = 150
_GROWTH = 0.55
# What a list gains by addresses of single pages: a menu leads to sections.
_FILED = 0.2
MOST_GAIN = 2.0
"""How many times a family's own score its candidate's may be, at most: a bound, not a weight."""

# A menu: nothing beside its links, titles shorter than those of entries; and what is the main
# group where there is one.
_BARE = 0.01
_WORDY = 0.9
_DATED_SHARE = 0.8
_SEVERAL = 5
# Parts of an entry in which a date is looked for.
_MOST_PARTS = 40
_LONGEST_DATED = 5000


@attrs.frozen(kw_only=True)
class Candidate:
    """A family with its records and what speaks for it."""

    family: Family
    records: tuple[Record, ...]
    score: float
    """Comparable within a page: what the titles are worth, how many they are, what is beside
    them."""


def own_score(family: Family) -> float:
    """What speaks for a family by its marks alone."""
    marks = {mark.key: mark for mark in reversed(family.marks)}
    worth = sum(mark.worth for mark in marks.values()) / len(marks)
    growth: float = len(marks) ** _GROWTH
    filed = 1 + _FILED * item_share(marks) if family.form == "links" else 1 + _FILED / 2
    return worth * growth * _ZONES[family.zone] * _variety(family) * filed


def _variety(family: Family) -> float:
    """How different the titles are, 0 to 1; numbers alone make little difference."""
    texts = [mark.text for mark in family.marks if mark.text]
    if not texts:
        return 0.0
    if family.form == "tr":  # rows may differ in other columns than the title's
        return 0.5 + 0.5 * len(set(texts)) / len(texts)
    different = len(set(texts)) / len(texts)
    return different * different * (0.4 + 0.6 * _wordiness(texts))


def _wordiness(texts: Sequence[str]) -> float:
    """1 where half of the texts or more differ in other things than numbers, less below."""
    bare: set[str] = set()
    for text in texts:
        bare.add(_DIGITS.sub("", text))
        if len(bare) * 2 >= len(texts):
            return 1.0
    return len(bare) / len(texts) * 2


def candidate_of(outline: Outline, family: Family, score: float) -> Candidate:
    """A family with its records, by its own score."""
    made = records(outline, family)
    sample = made[:: max(1, len(made) // _SAMPLE)]
    rich = dated = 0.0
    for record in sample:
        rich += min(1.0, _beside(outline, record, family) / _RICH)
        dated += _is_dated(outline, record)
    score *= 1 + (0.5 * rich + 0.4 * dated) / len(sample)
    lists = Counter(outline.kinds[outline.parents[record.parts[0]]] for record in made)
    score *= 0.8 + 0.2 * max(lists.values()) / len(made)
    return Candidate(family=family, records=tuple(made), score=score)


def _is_dated(outline: Outline, record: Record) -> bool:
    return any(_holds_date(outline, part) for part in record.parts[:_MOST_PARTS])


def _holds_date(outline: Outline, part: int) -> bool:
    known = outline.dated.get(part)
    if known is None:
        node = outline.nodes[part]
        known = next(node.iter("time"), None) is not None or (
            outline.lengths[part] < _LONGEST_DATED
            and _DATED.search(" ".join(node.itertext())) is not None
        )
        outline.dated[part] = known
    return known


def quality_of(
    outline: Outline, group: Sequence[Record], best: Candidate
) -> tuple[float, float, float]:
    """What titles are worth, how much stands beside them, how many are dated, on average."""
    sample = group[:: max(1, len(group) // _SAMPLE)]
    worth = sum(record.mark.worth for record in sample) / len(sample)
    rich = sum(min(1.0, _beside(outline, record, best.family) / _RICH) for record in sample)
    dated = sum(_is_dated(outline, record) for record in sample)
    return worth, rich / len(sample), dated / len(sample)


def main_group(sizes: Sequence[int], quality: Sequence[tuple[float, float, float]]) -> int:
    """Which of a family's groups is its main one, by `quality_of`: what all its titles are worth.

    A menu that shares its place in the tree with dated entries, and shows nothing but links, is
    none.
    """
    weight = [size * told[0] for size, told in zip(sizes, quality, strict=True)]
    main = max(range(len(sizes)), key=lambda at: weight[at])
    if quality[main][0] > _WORDY or max(quality[main][1:]) > _BARE:
        return main
    dated = [
        at for at, told in enumerate(quality) if told[2] >= _DATED_SHARE and sizes[at] >= _SEVERAL
    ]
    return max(dated, key=lambda at: weight[at], default=main)


def _beside(outline: Outline, record: Record, family: Family) -> int:
    """Characters of a record beside its title."""
    if family.form in {"links", "headings"}:
        own = outline.lengths[record.mark.number]
        beside = covered(outline, record.parts) - min(own, len(record.mark.text) or own)
    else:
        beside = outline.lengths[record.mark.number] - len(record.mark.text)
    return max(beside, 0)
