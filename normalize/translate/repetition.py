"""Whether words, phrases or signs of a text repeat as no writer repeats them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_SIGNS = re.compile(r"([^\w\s])(?:\s*\1){5,}")
_LETTERS_IN_A_ROW = re.compile(r"([^\W\d_])\1{4,}|([^\W\d_]{2,4})\2{3,}")
_LONGEST_PHRASE = 10
_DOUBLED_WORD = 5
_ENOUGH_PHRASES = 10
_FEW_DISTINCT = 0.75
_FEWER_THAN_SOURCE = 0.15


def words_of(text: str, *, spaced: bool) -> list[str]:
    """Words in lower case; letters one by one where words do not stand apart."""
    return (_WORD if spaced else _LETTER).findall(text.casefold())


def repeats(
    source: str, output: str, *, source_spaced: bool, spaced: bool, reduplicates: bool
) -> bool:
    """Whether the output repeats itself and the source does not.

    Args:
        source: what was translated.
        output: the translation.
        source_spaced: whether words stand apart in the source's language.
        spaced: the same of the output's.
        reduplicates: whether a word said twice is grammar in the output's language.
    """
    before, after = words_of(source, spaced=source_spaced), words_of(output, spaced=spaced)
    looped = _loops(before, spaced=source_spaced)
    if _loops(after, spaced=spaced) and not looped:
        return True
    for pattern in (_SIGNS, _LETTERS_IN_A_ROW):
        if pattern.search(output) and not pattern.search(source):
            return True
    # "New York, New York" is one word twice where the name is one word.
    said_twice = looped or _doubled(before)
    if spaced and not reduplicates and _doubled(after) and not said_twice:
        return True
    return _repeats_itself(before, after)


def _loops(words: Sequence[str], *, spaced: bool) -> bool:
    """Whether a phrase follows upon itself."""
    for length in range(1, min(_LONGEST_PHRASE, len(words) // 2) + 1):
        needed = _needed_repeats(length, spaced=spaced)
        run = 0
        for index in range(length, len(words)):
            run = run + 1 if words[index] == words[index - length] else 0
            if run >= length * (needed - 1):
                return True
    return False


def _needed_repeats(length: int, *, spaced: bool) -> int:
    if spaced:
        return 3 if length == 1 else 2
    return {1: 4, 2: 3, 3: 3}.get(length, 2)


def _doubled(words: Sequence[str]) -> bool:
    return any(a == b and len(a) >= _DOUBLED_WORD for a, b in pairwise(words))


def _repeats_itself(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the same phrases come again and again, if not at once."""
    if len(after) < _ENOUGH_PHRASES + 2:
        return False
    share = _distinct(after)
    return share < _FEW_DISTINCT and share < _distinct(before) - _FEWER_THAN_SOURCE


def _distinct(words: Sequence[str]) -> float:
    phrases = list(zip(words, words[1:], words[2:], strict=False))
    return len(set(phrases)) / len(phrases) if phrases else 1.0
