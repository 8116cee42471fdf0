"""Whether two texts tell of the same work or story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from types import MappingProxyType

from normalize.fingerprints import Fingerprint

# Evidence adds up; the weights are rounded from a logistic regression over made pairs
# (benchmarks/near_duplicates.py) and not sensitive: each may change by a fifth.
TITLE = 3.0
SUMMARY = 17.0
SHARED_NAME = 4.0
CONTRADICTING_NAME = -4.0
OTHER_AUTHORS = -4.0
NEEDED = 15.5
VETO = -4.0

MOST_NAMES = 2
FEWEST_WORDS = 6
FEWEST_TITLE_WORDS = 4
SAME_TITLE = 0.85
COPY = 0.95
OTHER_TEXT = 0.25
NO_TITLE = 0.5

_NONE: Mapping[int, float] = MappingProxyType({})


def may_be_same(one: Fingerprint, other: Fingerprint) -> bool:
    """Rule out quickly what `evidence` would find far too little for."""
    fewest = min(len(one.words), len(other.words))
    if fewest < FEWEST_WORDS:
        return len(one.title & other.title) >= FEWEST_TITLE_WORDS
    return len(one.words & other.words) >= OTHER_TEXT * fewest


def evidence(
    one: Fingerprint,
    other: Fingerprint,
    *,
    discounts: Mapping[int, float] = _NONE,
    other_authors: bool = False,
) -> float:
    """Weigh the evidence that two texts in one language are of the same work or story.

    For it speak words that the titles share, words of the shorter summary that the longer one
    has too, and shared names and numbers; against it names and numbers on both sides that the
    other text does not know, and authors of whom none is shared. Where a summary is missing or
    has less than six telling words, only titles of at least four words that nearly agree count.

    Args:
        one: A text.
        other: Another.
        discounts: What to take off the weight of commonplace words, see `Commonness`.
        other_authors: Whether both have authors and none in common.

    Returns:
        What there is above what is needed: the same work from 0 on.
    """
    shared, contradicting = _names(one, other, discounts)
    title = _title(one, other, discounts)
    if min(_size(one.words, discounts), _size(other.words, discounts)) < FEWEST_WORDS:
        long_enough = min(len(one.title), len(other.title)) >= FEWEST_TITLE_WORDS
        agree = long_enough and title >= SAME_TITLE and not contradicting and not other_authors
        return title if agree else -NEEDED
    return (
        TITLE * title
        + SUMMARY * containment(one.words, other.words, discounts)
        + SHARED_NAME * min(shared, MOST_NAMES)
        + CONTRADICTING_NAME * min(contradicting, MOST_NAMES)
        + OTHER_AUTHORS * other_authors
        - NEEDED
    )


def vetoes(
    one: Iterable[Fingerprint],
    other: Iterable[Fingerprint],
    *,
    discounts: Mapping[int, float] = _NONE,
) -> bool:
    """Whether some language has versions of both that are clearly of different works.

    Likeness in another language is then that of a form, as of short announcements.
    """
    return any(
        mine.language == theirs.language != 0
        and min(len(mine.words), len(theirs.words)) >= FEWEST_WORDS
        and evidence(mine, theirs, discounts=discounts) < VETO
        for mine, theirs in product(one, other)
    )


def is_other_text(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether summaries have so little in common that one is no version of the other."""
    long_enough = min(len(one.words), len(other.words)) >= FEWEST_WORDS
    return long_enough and containment(one.words, other.words) < OTHER_TEXT


def contradicts(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether texts under one title are of different works: other words, or other names."""
    long_enough = min(len(one.words), len(other.words)) >= FEWEST_WORDS
    return is_other_text(one, other) or (long_enough and _names(one, other)[1] > 0)


def is_copy(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two texts have nearly the same words, so that either can stand for both."""
    fewest = COPY * max(len(one.words), len(other.words))
    return one.title == other.title and len(one.words & other.words) >= fewest


def containment(
    one: frozenset[int], other: frozenset[int], discounts: Mapping[int, float] = _NONE
) -> float:
    """Share of the smaller set that is in the other, 0 to 1; 0 for an empty one."""
    smaller = min(_size(one, discounts), _size(other, discounts))
    return min(1.0, _size(one & other, discounts) / smaller) if smaller else 0.0


def _size(words: frozenset[int], discounts: Mapping[int, float]) -> float:
    return len(words) - sum(map(discounts.__getitem__, words & discounts.keys()))


def _title(one: Fingerprint, other: Fingerprint, discounts: Mapping[int, float]) -> float:
    """Dice coefficient of the titles; without one of them, what of the other the text holds."""
    if one.title and other.title:
        both = _size(one.title, discounts) + _size(other.title, discounts)
        return 2 * _size(one.title & other.title, discounts) / both
    title, text = (one.title, other) if one.title else (other.title, one)
    held = _size(title & text.words, discounts)
    return held / _size(title, discounts) if title else NO_TITLE


def _names(
    one: Fingerprint, other: Fingerprint, discounts: Mapping[int, float] = _NONE
) -> tuple[float, int]:
    """Weigh names that both texts know, and count those of either side unknown to the other."""
    mine, theirs = one.title | one.words, other.title | other.words
    shared = (one.names & theirs) | (other.names & mine)
    contradicting = min(len(one.names - theirs), len(other.names - mine))
    return _size(shared, discounts), contradicting
