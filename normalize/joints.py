"""Whether a space inside a text is the text's own, or was put there where two halves were joined.

Sites show the first so many characters of a text and hide the rest; a text dump joins the two
with a space. The letters around it tell a cut word from two words: langdetect's letter profiles
hold how often letters follow each other inside words and at their edges.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping
from functools import cache

import attrs

from normalize.letters import letter_profile

_LETTERS_BEFORE = re.compile(r"[^\W\d_]*$")
_LETTERS_AFTER = re.compile(r"[^\W\d_]*")
_NEVER_AFTER_SPACE = frozenset(".,;:!?)]}%،؛؟»”’")
_NEVER_BEFORE_SPACE = frozenset("([{-«“‘\\_^")
# Log odds on either side of zero within which the answer is right in about three of four cases.
_SURE = 4.0


@attrs.frozen(kw_only=True)
class Joint:
    """A verdict about one space."""

    inserted: bool
    """Whether the space is not the text's own."""

    certain: bool
    """Whether the evidence is clear."""


def judge_space(
    before: str, after: str, *, language: str = "en", vocabulary: Container[str] = frozenset()
) -> Joint:
    """Judge the space between ``before`` and ``after``.

    Args:
        before: the text up to the space; a few words are enough, maths needs the whole.
        after: the text from the character after the space.
        language: BCP 47 language of the text; English letters stand in for unknown ones.
        vocabulary: words, in lower case, that are known to occur whole in the same source.
    """
    if not before or not after:
        return Joint(inserted=False, certain=True)
    if after[0] in _NEVER_AFTER_SPACE or before[-1] in _NEVER_BEFORE_SPACE:
        return Joint(inserted=True, certain=True)
    if before.count("$") % 2:
        return Joint(inserted=True, certain=False)
    left = _found(_LETTERS_BEFORE, before)
    right = _found(_LETTERS_AFTER, after)
    if not left or not right:
        return Joint(inserted=before[-1].isdigit() and after[0].isdigit(), certain=False)
    return _judge_words(left, right, language, vocabulary)


def _judge_words(left: str, right: str, language: str, vocabulary: Container[str]) -> Joint:
    both = left in vocabulary and right in vocabulary
    joined = left + right in vocabulary
    if both != joined:
        return Joint(inserted=joined, certain=True)
    score = _log_odds(left, right, _profile(language))
    return Joint(inserted=score > 0, certain=abs(score) > _SURE)


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text[-64:] if pattern is _LETTERS_BEFORE else text[:64])
    return match.group().lower() if match else ""


def _log_odds(left: str, right: str, counts: Mapping[str, float]) -> float:
    """Log odds that the letters stand inside one word rather than at the edges of two.

    Either way is a walk over runs of three letters, a word's edge counting as a space: the two
    walks differ only around the joint.
    """
    start, end = (" " + left)[-2:], (right + " ")[:2]
    together = _step(start + end[0], counts) + _step(start[1] + end, counts)
    apart = _step(start + " ", counts) + _step(" " + end[0], counts) + _step(" " + end, counts)
    return together - apart


def _step(letters: str, counts: Mapping[str, float]) -> float:
    """Log probability of the last letter after those before it; unseen runs count for a third."""
    before = counts[" "] if letters[:-1] == " " else counts.get(letters[:-1], 0) + 3
    return math.log((counts.get(letters, 0) + 0.3) / before)


@cache
def _profile(language: str) -> Mapping[str, float]:
    """How often runs of one to three letters occur in a language, and words under a space."""
    counts = letter_profile(language) or letter_profile("en")
    words = sum(n for run, n in counts.items() if len(run) == len(" x") and run[0] == " ")
    return {**counts, " ": words}
