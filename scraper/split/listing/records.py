"""Records: the part of the page that belongs to each mark of a family."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import attrs

from scraper.split.listing.families import Family, Mark
from scraper.split.listing.outline import Outline

_MANY = "\0many"
# Elements that hold a whole entry by their meaning: what follows them is not theirs.
_WHOLE = frozenset(("article", "li", "section"))
# Elements that hold an entry only together: a term and its definitions.
_PAIRED = frozenset(("dt", "dd"))
# Elements that may stand before the head of an entry and belong to it.
_LONGEST_LEAD = 12
# Characters beside the title below which a part does not hold an entry's content.
_POOR = 20


@attrs.frozen(kw_only=True, eq=False)
class Record:
    """One entry's part of the page."""

    mark: Mark
    """The mark that stands for it."""
    parts: tuple[int, ...]
    """Neighbouring elements that together hold the entry, in page order."""


def records(outline: Outline, family: Family) -> list[Record]:
    """One record for each key of a family, in page order.

    A record is grown from its mark as far as no other mark's part comes in, and no higher than
    most of the others. Where the parts hold little beside the marks, the neighbours up to the
    next mark belong to them.
    """
    first: dict[str, Mark] = {}
    for mark in family.marks:
        known = first.get(mark.key)
        if known is None or (mark.worth > known.worth and not known.text):
            first[mark.key] = mark
    marks = sorted(first.values(), key=lambda mark: mark.number)
    tops = _levelled(outline, marks, _tops(outline, marks))
    spans = _spans(outline, marks, tops)
    return [Record(mark=m, parts=spans[m.number]) for m in marks]


def _tops(outline: Outline, marks: Sequence[Mark]) -> dict[int, int]:
    """For each mark the highest element around it that holds no other mark."""
    owner: dict[int, str] = {}
    parents = outline.parents
    for mark in marks:
        at = mark.number
        while at >= 0:
            known = owner.setdefault(at, mark.key)
            if known == _MANY:
                break
            if known != mark.key:
                owner[at] = _MANY
            at = parents[at]
    tops: dict[int, int] = {}
    for mark in marks:
        at = mark.number
        while owner.get(parents[at], _MANY) != _MANY:
            at = parents[at]
        tops[mark.number] = at
    return tops


def _levelled(outline: Outline, marks: Sequence[Mark], tops: dict[int, int]) -> dict[int, int]:
    """Cut tops that stand higher above their mark than usual: they hold more than an entry."""
    heights = Counter(outline.depths[m.number] - outline.depths[tops[m.number]] for m in marks)
    most = max(heights.values())
    usual = max(height for height, times in heights.items() if times == most)
    for mark in marks:
        excess = outline.depths[mark.number] - outline.depths[tops[mark.number]] - usual
        at = mark.number
        if excess > 0:
            for _ in range(usual):
                at = outline.parents[at]
            tops[mark.number] = at
    return tops


def _spans(
    outline: Outline, marks: Sequence[Mark], tops: dict[int, int]
) -> dict[int, tuple[int, ...]]:
    """The parts of each mark: its top, and neighbours where the tops are poor."""
    spans: dict[int, tuple[int, ...]] = {mark.number: (tops[mark.number],) for mark in marks}
    poor = [m for m in marks if _is_poor(outline, m, tops[m.number])]
    if len(poor) * 2 <= len(marks):
        return spans
    by_parent: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_parent[outline.parents[tops[mark.number]]].append(mark)
    for parent, group in by_parent.items():
        if parent >= 0 and len(group) > 1:
            spans |= _spans_below(outline, parent, group, tops)
    return spans


def _is_poor(outline: Outline, mark: Mark, top: int) -> bool:
    if outline.tags[top] in _WHOLE:
        return False
    if outline.tags[top] in _PAIRED:
        return True
    return outline.lengths[top] - outline.lengths[mark.number] < _POOR


def _spans_below(
    outline: Outline, parent: int, group: Sequence[Mark], tops: dict[int, int]
) -> dict[int, tuple[int, ...]]:
    children = child_numbers(outline, parent)
    place = {child: at for at, child in enumerate(children)}
    heads = [place[tops[mark.number]] for mark in group]
    kinds = [(outline.tags[child], outline.nodes[child].get("class")) for child in children]
    gaps = [kinds[a + 1 : b] for a, b in pairwise(heads)]
    lead = _lead(kinds[: heads[0]], kinds[heads[-1] + 1 :], gaps)
    usual = max(map(len, gaps)) - lead
    spans: dict[int, tuple[int, ...]] = {}
    for at, mark in enumerate(group):
        start = heads[at] - lead if at == 0 or gaps[at - 1] else heads[at]
        start = max(start, heads[at - 1] + 1 if at else 0)
        last = at + 1 == len(group)
        end = len(children) if last else max(heads[at + 1] - lead, heads[at] + 1)
        if last:
            end = min(end, heads[at] + 1 + _tail(kinds, heads, usual))
        spans[mark.number] = tuple(children[start:end])
    return spans


def _lead(
    before: Sequence[object], after: Sequence[object], gaps: Sequence[Sequence[object]]
) -> int:
    """How many elements before its head belong to an entry.

    Where every gap is the same, the elements before the first head and after the last tell how
    it is to be cut; where nothing tells, all that follows a head is the head's.
    """
    gap = list(Counter(map(tuple, gaps)).most_common(1)[0][0])
    best = 0
    for lead in range(1, min(len(gap), _LONGEST_LEAD) + 1):
        own, rest = gap[len(gap) - lead :], gap[: len(gap) - lead]
        matches = list(before[len(before) - lead :]) == own and len(before) >= lead
        goes_on = list(after[: len(rest)]) == rest
        if matches and goes_on and list(after[: len(gap)]) != gap:
            best = lead
    return best


def _tail(kinds: Sequence[object], heads: Sequence[int], usual: int) -> int:
    """How many elements after the last head look like those after the others."""
    known = {kind for a, b in pairwise(heads) for kind in kinds[a + 1 : b]}
    count = 0
    for kind in kinds[heads[-1] + 1 : heads[-1] + 1 + max(usual, 0)]:
        if kind not in known:
            break
        count += 1
    return count


def child_numbers(outline: Outline, parent: int) -> list[int]:
    """Numbers of an element's children, in order."""
    children = []
    at = parent + 1
    while at < outline.ends[parent]:
        children.append(at)
        at = outline.ends[at]
    return children


def covered(outline: Outline, parts: Iterable[int]) -> int:
    """Characters of visible text in the parts."""
    return sum(outline.lengths[part] for part in parts)


def box_of(outline: Outline, record: Record) -> int:
    """The part of a record that its mark lies in."""
    if len(record.parts) == 1:
        return record.parts[0]
    number = record.mark.number
    return next(part for part in record.parts if outline.inside(number, part))
