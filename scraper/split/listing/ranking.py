"""Which of a page's families are its entries: navigation, margins and tags are not."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from scraper.split.listing.families import Family
from scraper.split.listing.outline import Outline
from scraper.split.listing.records import Record, covered, records

_ZONES = {
    "": 1.0, "furniture": 0.12, "aside": 0.3, "related": 0.35, "comments": 0.2, "ads": 0.2,
    "meta": 0.3, "form": 0.7,
}  # fmt: skip
_DIGITS = re.compile(r"\d+")
# Looks like a date in some calendar: a year, a numeric date, or the ideographs for month and day.
_DATED = re.compile(
    r"(?<!\d)(?:1[0-4]\d\d|19\d\d|20\d\d|25\d\d)(?!\d)|\d{1,2}[./-]\d{1,2}(?:[./-]\d|\b)"
    r"|\d\s?[月월]\s?\d"
)
_SAMPLE = 10
_FINALISTS = 14
_RICH = 150
_GROWTH = 0.55


@attrs.frozen(kw_only=True)
class Candidate:
    """A family with its records and what speaks for it."""

    family: Family
    records: tuple[Record, ...]
    score: float
    """Comparable within a page: what the titles are worth, how many they are, what is beside
    them."""


def ranked(outline: Outline, families: Sequence[Family]) -> list[Candidate]:
    """The likely families of a page, best first."""
    first = sorted(((_own_score(f), at) for at, f in enumerate(families)), reverse=True)
    finalists = [(score, families[at]) for score, at in first[:_FINALISTS] if score > 0]
    made = [_candidate(outline, family, score) for score, family in finalists]
    made.sort(key=lambda candidate: candidate.score, reverse=True)
    return [_completed(outline, made[0], families), *made[1:]] if made else []


def _completed(outline: Outline, best: Candidate, families: Sequence[Family]) -> Candidate:
    """The best family with the marks of its path that some zone word inside set apart.

    Single entries may be marked as hot or sponsored, or be filed under a word that elsewhere
    names a margin; they stand beside the others.
    """
    path = outline.paths[best.family.marks[0].number]
    known = {mark.number for mark in best.family.marks}
    tops = {record.parts[0] for record in best.records}
    beside = {(outline.parents[top], outline.paths[top]) for top in tops}
    taken = set().union(*(record.parts for record in best.records))
    more = [
        mark
        for family in families
        if family.form == best.family.form and family.zone != best.family.zone
        for mark in family.marks
        if mark.number not in known and outline.paths[mark.number] == path
        and _stands_beside(outline, mark.number, beside, taken)
    ]
    if not more:
        return best
    unique = {mark.number: mark for mark in (*best.family.marks, *more)}
    marks = tuple(unique[number] for number in sorted(unique))
    family = attrs.evolve(best.family, marks=marks)
    return attrs.evolve(best, family=family, records=tuple(records(outline, family)))


def _stands_beside(
    outline: Outline, number: int, beside: set[tuple[int, int]], taken: set[int]
) -> bool:
    """Whether an element lies in a neighbour of the records that is no record yet."""
    while number >= 0 and number not in taken:
        if (outline.parents[number], outline.paths[number]) in beside:
            return True
        number = outline.parents[number]
    return False


def _own_score(family: Family) -> float:
    marks = {mark.key: mark for mark in reversed(family.marks)}
    worth = sum(mark.worth for mark in marks.values()) / len(marks)
    return worth * len(marks) ** _GROWTH * _ZONES[family.zone] * _variety(family)


def _variety(family: Family) -> float:
    """How different the titles are, 0 to 1; numbers alone make little difference."""
    texts = [mark.text for mark in family.marks if mark.text]
    if not texts:
        return 0.0
    if family.form == "tr":  # rows may differ in other columns than the title's
        return 0.5 + 0.5 * len(set(texts)) / len(texts)
    different = len(set(texts)) / len(texts)
    wordy = len({_DIGITS.sub("", text) for text in texts}) / len(texts)
    return different**2 * (0.4 + 0.6 * min(1.0, wordy * 2))


def _candidate(outline: Outline, family: Family, score: float) -> Candidate:
    made = records(outline, family)
    sample = made[:: max(1, len(made) // _SAMPLE)]
    rich = dated = 0.0
    for record in sample:
        beside = covered(outline, record.parts) - outline.lengths[record.mark.number]
        if family.form not in {"links", "headings"}:
            beside = outline.lengths[record.mark.number] - len(record.mark.text)
        rich += min(1.0, max(beside, 0) / _RICH)
        dated += _is_dated(outline, record)
    score *= 1 + (0.5 * rich + 0.4 * dated) / len(sample)
    return Candidate(family=family, records=tuple(made), score=score)


def _is_dated(outline: Outline, record: Record) -> bool:
    for part in record.parts:
        node = outline.nodes[part]
        if next(node.iter("time"), None) is not None:
            return True
        if outline.lengths[part] < 5000 and _DATED.search(" ".join(node.itertext())):  # noqa: PLR2004
            return True
    return False
