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
from normalize.vocabulary import vocabulary as read_vocabulary

_LETTERS_BEFORE = re.compile(r"[^\W\d_]*$")
_LETTERS_AFTER = re.compile(r"[^\W\d_]*")
_NEVER_AFTER_SPACE = frozenset(".,;:!?)]}%،؛؟»”’")
_NEVER_BEFORE_SPACE = frozenset("([{-«“‘\\_^")
# Log odds on either side of zero beyond which 98 of 100 answers are right.
_SURE = 3.0
# Log odds for the text's own space that a frequent word brings, before it and after it: words begin
# with the letters of a frequent word (free-zing, the-reby) more often than they end with them.
_FREQUENT_BEFORE = 0.75
_FREQUENT_AFTER = 2.5
# A profile leaves rare runs out: how often all that begin alike are thought to occur together,
# in units of the rarest run that it lists.
_UNLISTED = 10.0


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
        return Joint(inserted=True, certain=before[-1] != "-")  # "pre- and postwar"
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
    frequent = _frequent_words(language.partition("-")[0])
    score = _log_odds(left, right, _letters(language))
    score -= (left in frequent) * _FREQUENT_BEFORE + (right in frequent) * _FREQUENT_AFTER
    return Joint(inserted=score > 0, certain=abs(score) > _SURE)


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text[-64:] if pattern is _LETTERS_BEFORE else text[:64])
    return match.group().lower() if match else ""


@attrs.frozen(kw_only=True, eq=False)
class _Letters:
    """Letters of a language: how often runs of one to three occur, a word's edge being a space."""

    counts: Mapping[str, float]
    words: float
    total: float
    rarest: float

    def step(self, before: str, letter: str) -> float:
        """Log probability of a letter after one or two others."""
        return math.log(self._share(before, letter))

    def _share(self, before: str, letter: str) -> float:
        if not before:
            return (self.counts.get(letter, 0) + self.rarest) / self.total
        unlisted = self.rarest * _UNLISTED
        rest = unlisted * self._share(before[1:], letter)
        seen = self.words if before == " " else self.counts.get(before, 0)
        return (self.counts.get(before + letter, 0) + rest) / (seen + unlisted)


def _log_odds(left: str, right: str, letters: _Letters) -> float:
    """Log odds that the letters stand inside one word rather than at the edges of two.

    Either way is a walk over runs of three letters: the two walks differ only around the joint.
    """
    start, end = (" " + left)[-2:], (right + " ")[:2]
    together = letters.step(start, end[0]) + letters.step(start[1] + end[0], end[1])
    apart = (
        letters.step(start, " ") + letters.step(" ", end[0]) + letters.step(" " + end[0], end[1])
    )
    return together - apart


@cache
def _letters(language: str) -> _Letters:
    counts = letter_profile(language) or letter_profile("en")
    singles = sum(count for run, count in counts.items() if len(run) == 1)
    edges = sum(count for run, count in counts.items() if len(run) == len(" x") and run[0] == " ")
    return _Letters(counts=counts, words=edges, total=singles + edges, rarest=min(counts.values()))


@cache
def _frequent_words(language: str) -> frozenset[str]:
    by_script = read_vocabulary("languages_words").values()
    words = (t[language] for t in by_script if isinstance(t, dict) and language in t)
    return frozenset(word for told in words for word in told.split())
