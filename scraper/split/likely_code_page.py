"""The code page of bytes of which nothing is known: that in which they are likeliest a language."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from itertools import pairwise

import attrs

from scraper.split.code_pages import (
    LATIN_1,
    language_code_pages,
    letter_counts,
    may_be_in,
    non_ascii_sample,
)

_SAMPLE = 4096
# Costs in nats, as of letters: what occurs in no word of any language.
_CONTROL = 14.0
_SYMBOL = 9.0
_BREAK = 5.0
# The code pages of a language stand in order of use: log odds of each against the one before.
_RARER = 5.0
# What browsers take where nothing is declared is the likeliest code page of few accents.
_UNUSUAL = 4.0
# A lead in nats below which the next reading may be right: odds of one to some 3,000.
_CLEAR = 8.0
# Code pages of ideographs begin with the common ones (GB 2312, Big5, JIS X 0208: level 1): name,
# first and last lead byte, number of characters.
_COMMON_IDEOGRAPHS = {
    "zh": (("gb2312", 0xB0, 0xD7, 3755), ("big5", 0xA4, 0xC6, 5401)),
    "ja": (("shift_jis", 0x88, 0x97, 2965),),
}
_COMMON_SHARE, _RARE_SHARE, _RARE_IDEOGRAPHS = 0.9, 0.02, 15_000
_LAST_LATIN = "\u024f"
# Scripts that are written without spaces, with words in Latin letters between their own.
_FIRST_EASTERN = "\u1000"
_KANA = 80
"""Letters that the profile of Japanese counts as one."""


@attrs.frozen(kw_only=True)
class LikelyCodePage:
    """A code page by which bytes make sense."""

    name: str
    """As Python knows it."""

    is_clear: bool
    """Whether no other reading of the bytes is nearly as likely."""


@attrs.frozen(order=True)
class _Reading:
    cost: float
    name: str
    text: str


def likely_code_page(body: bytes) -> LikelyCodePage | None:
    """The code page in which bytes are likeliest text of a language.

    Args:
        body: bytes that are not UTF-8, of a page that declares neither code page nor language.
    """
    sample = non_ascii_sample(body)[:_SAMPLE]
    readings = sorted(
        _reading(sample, name, language, place * _RARER + (name != LATIN_1) * _UNUSUAL)
        for language, names in language_code_pages().items()
        for place, name in enumerate(names)
        if letter_counts(language)[0] and may_be_in(name, sample)
    )
    # The sample may end inside a character.
    readings = [reading for reading in readings if "\ufffd" not in reading.text[:-1]]
    if not readings:
        return None
    best = readings[0]
    others = (reading.cost for reading in readings if reading.text != best.text)
    lead = next(others, math.inf) - best.cost
    return LikelyCodePage(name=best.name, is_clear=lead >= _CLEAR)


def _reading(sample: bytes, name: str, language: str, cost: float) -> _Reading:
    text = sample.decode(name, "replace")
    counts = Counter(letter for letter in text if not letter.isascii())
    cost += sum(_cost(letter, language) * count for letter, count in counts.items())
    breaks = sum(_is_break(*letters) for letters in pairwise(text))
    return _Reading(cost + breaks * _BREAK, name, text)


def _is_break(letter: str, following: str) -> bool:
    """Whether two letters stand together in no word: ``aB``, or two scripts."""
    if letter.isascii() and following.isascii():
        return False
    if letter.islower() and following.isupper():
        return True
    are_letters = letter.isalpha() and following.isalpha()
    one_is_latin = (letter <= _LAST_LATIN) != (following <= _LAST_LATIN)
    return are_letters and one_is_latin and max(letter, following) < _FIRST_EASTERN


def _cost(letter: str, language: str) -> float:
    """Minus log probability of a letter in a language."""
    if not letter.isalpha():
        kind = unicodedata.category(letter)
        if kind.startswith("M"):  # vowel signs are letters of their scripts
            return -math.log(_share(letter, language))
        return _CONTROL if kind.startswith("C") or letter == "\ufffd" else _SYMBOL
    if "\u4e00" <= letter <= "\u9fff":
        return -math.log(_ideograph_share(letter, language))
    return -math.log(_share(letter, language))


def _share(letter: str, language: str) -> float:
    counts, total = letter_counts(language)
    if "\u3041" <= letter <= "\u30fe":
        kind = "\u3042" if letter < "\u30a0" else "\u30a2"
        return (counts.get(kind, 0) / _KANA + 0.5) / total
    return (counts.get(letter, 0) + 0.5) / total


def _ideograph_share(letter: str, language: str) -> float:
    for name, first, last, size in _COMMON_IDEOGRAPHS.get(language, ()):
        lead = letter.encode(name, "ignore")[:1]
        if lead and first <= lead[0] <= last:
            return _COMMON_SHARE / size
    return _RARE_SHARE / _RARE_IDEOGRAPHS
