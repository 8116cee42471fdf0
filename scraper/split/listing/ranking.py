"""Which of a page's families are its entries: navigation, margins and tags are not."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import attrs

from scraper.split.listing.addresses import has_shape, usual_shapes
from scraper.split.listing.candidates import (
    MOST_GAIN,
    Candidate,
    candidate_of,
    main_group,
    own_score,
    quality_of,
)
from scraper.split.listing.documents import without_files
from scraper.split.listing.families import Family, Mark
from scraper.split.listing.outline import Outline
from scraper.split.listing.records import Record, box_of, records

__all__ = ["Candidate", "ranked"]

_FINALISTS = 14
# A list around another must be worth this share of it, with so many entries, to be preferred.
_OUTER_SHARE = 0.4
_LEAST_OUTER = 5
_EQUAL_SHARE = 0.8
# Lists of one kind that are compared with each other one by one.
_FEW_LISTS = 5

_Slight = tuple[float, Family]
"""A family with its own score, by which it cannot be the best, nor be put before the best but for
its place in it: its records are looked for where that is asked."""


def ranked(
    outline: Outline, families: Sequence[Family], held_back: Sequence[Mark] = ()
) -> list[Candidate]:
    """The families of a page that come near its best one, best first.

    Args:
        outline: the page.
        families: all guesses.
        held_back: links that belong to the best list if they stand among its entries.
    """
    first = sorted(((own_score(f), at) for at, f in enumerate(families)), reverse=True)
    made: list[Candidate] = []
    slight: list[_Slight] = []
    top = 0.0
    for score, at in first[:_FINALISTS]:
        if score * MOST_GAIN < top * _OUTER_SHARE or score <= 0:
            slight.append((score, families[at]))
        else:
            made.append(candidate_of(outline, families[at], score))
            top = max(top, made[-1].score)
    if not made:
        return []
    made.sort(key=lambda candidate: candidate.score, reverse=True)
    made = _undivided_first(outline, _outer_first(outline, made), slight)
    best = without_files(outline, _completed(outline, made[0], families, held_back))
    return [_pruned(outline, best), *made[1:]]


def _pruned(outline: Outline, best: Candidate) -> Candidate:
    """The candidate without lists that only share their place in the tree with its main list."""
    kinds = _by_place(best.records, lambda part: outline.kinds[outline.parents[part]])
    left = _alike(outline, best, kinds)
    for place in (lambda part: _around(outline, part), lambda part: outline.parents[part]):
        lists = _by_place(left, place)
        if len(lists) <= _FEW_LISTS:
            left = _alike(outline, best, lists)
    kept = {record.mark.number for record in left}
    return attrs.evolve(best, records=tuple(r for r in best.records if r.mark.number in kept))


def _by_place(made: Iterable[Record], place: Callable[[int], int]) -> list[list[Record]]:
    groups: dict[int, list[Record]] = defaultdict(list)
    for record in made:
        groups[place(record.parts[0])].append(record)
    return list(groups.values())


def _alike(outline: Outline, best: Candidate, groups: Sequence[list[Record]]) -> list[Record]:
    """The records of the group that is worth most, and of those that are like it."""
    if len(groups) == 1:
        return groups[0]
    quality = [quality_of(outline, group, best) for group in groups]
    main = main_group([len(group) for group in groups], quality)
    worth, rich, dated = quality[main]
    shapes = usual_shapes(_keys(groups[main]))
    around = _around(outline, groups[main][0].parts[0])
    kept: list[Record] = []
    for group, (own_worth, own_rich, own_dated) in zip(groups, quality, strict=True):
        like = own_rich >= rich * 0.3 and own_dated >= dated * 0.5
        apart = best.family.form == "links" and own_dated <= 0.5  # noqa: PLR2004
        apart = apart and _around(outline, group[0].parts[0]) != around
        if apart and shapes and not has_shape(_keys(group), shapes):
            continue
        if like and own_worth >= worth * (0.75 if apart else 0.6):
            kept += group
    return kept


def _keys(group: Sequence[Record]) -> list[str]:
    return [record.mark.key for record in group]


def _around(outline: Outline, part: int) -> int:
    """What the list of an entry stands in."""
    parent = outline.parents[part]
    return outline.parents[parent] if parent > 0 else parent


def _outer_first(outline: Outline, made: list[Candidate]) -> list[Candidate]:
    """Put the list of entries before a list that only stands inside some of its entries."""
    best = made[0]
    for at, outer in enumerate(made[1:], 1):
        if outer.score < best.score * _OUTER_SHARE or len(outer.records) < _LEAST_OUTER:
            continue
        held = _held(outline, outer, best)
        if sum(held.values()) < 0.9 * len(best.records):
            continue
        some = len(held) < 0.6 * len(outer.records)
        several = sum(held.values()) >= 2 * len(held)
        equal = outer.family.form != "tr" and outer.score > best.score * _EQUAL_SHARE
        if some and (several or equal):
            return [outer, *made[:at], *made[at + 1 :]]
    return made


def _undivided_first(
    outline: Outline, made: list[Candidate], slight: Sequence[_Slight]
) -> list[Candidate]:
    """Put a list before one that parts its entries: title and author are no two entries.

    The other list holds all of its marks, and nearly all of its further marks lie in its boxes.
    """
    best = made[0]
    numbers = _numbers(best.family)
    alike = [candidate for candidate in made[1:] if candidate.family.form == best.family.form]
    alike += [
        candidate_of(outline, family, score)
        for score, family in slight
        if score > 0 and family.form == best.family.form and _numbers(family) < numbers
    ]
    for whole in sorted(alike, key=lambda candidate: candidate.score, reverse=True):
        own = _numbers(whole.family)
        if not own < numbers:
            continue
        more = [record for record in best.records if record.mark.number not in own]
        boxes = [box_of(outline, record) for record in whole.records]
        held = _lying_in(outline, more, boxes)
        if not more or sum(held.values()) < len(more) * 0.8 or len(held) * 2 < len(boxes):
            continue
        if _worth(whole.records) > _worth(more):
            return [whole, *(candidate for candidate in made if candidate is not whole)]
    return made


def _numbers(family: Family) -> set[int]:
    return {mark.number for mark in family.marks}


def _worth(made: Sequence[Record]) -> float:
    return sum(record.mark.worth for record in made) / len(made)


def _lying_in(outline: Outline, made: Iterable[Record], boxes: list[int]) -> Counter[int]:
    """How many of the records' marks lie in each of the boxes, which are in page order."""
    held: Counter[int] = Counter()
    for record in made:
        place = bisect_right(boxes, record.mark.number) - 1
        if place >= 0 and outline.inside(record.mark.number, boxes[place]):
            held[place] += 1
    return held


def _held(outline: Outline, outer: Candidate, inner: Candidate) -> Counter[int]:
    """How many marks of one candidate lie in each record of another."""
    starts = sorted((part, at) for at, record in enumerate(outer.records) for part in record.parts)
    numbers = [part for part, _ in starts]
    held: Counter[int] = Counter()
    for record in inner.records:
        place = bisect_right(numbers, record.mark.number) - 1
        if place >= 0 and outline.inside(record.mark.number, numbers[place]):
            held[starts[place][1]] += 1
    return held


def _completed(
    outline: Outline, best: Candidate, families: Sequence[Family], held_back: Sequence[Mark]
) -> Candidate:
    """The best family with the marks of its path that some zone word inside set apart.

    Single entries may be marked as hot or sponsored, or be filed under a word that elsewhere
    names a margin; they stand beside the others.
    """
    path = outline.paths[best.family.marks[0].number]
    known = {mark.number for mark in best.family.marks}
    tops = {box_of(outline, record) for record in best.records}
    beside = {(outline.parents[top], outline.paths[top]) for top in tops}
    taken = {box_of(outline, record) for record in best.records}
    more = [
        mark
        for family in families
        if family.form == best.family.form and family.zone != best.family.zone
        for mark in family.marks
        if mark.number not in known
        and outline.paths[mark.number] == path
        and _stands_beside(outline, mark.number, beside, taken)
    ]
    if best.family.form == "links":
        more += [
            mark
            for mark in held_back
            if outline.paths[mark.number] == path
            and outline.parents[mark.number] not in known
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
