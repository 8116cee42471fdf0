"""What nearly all titles of a page end with: the site's name, the reporter of a law report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

Tail = tuple[str, ...]
"""Words at the end of most titles, digits masked; empty where there are none."""

_DIGITS = re.compile(r"\d+")
_LETTER = re.compile(r"[^\W\d_]")
_SEPARATORS = frozenset(",|·•»–—-:،،")
_MOST_WORDS = 10
_LEAST_TITLES = 5
_SHARE = 0.8
_AS_DIFFERENT = 0.95
_LEAST_LETTERS = 3


def common_tail(titles: Sequence[str | None]) -> Tail:
    """The words after a separator that most of the titles end with, numbers aside.

    ``SPRING v. LAWSON, 2026 NCBC 41`` and ``LUCAS v. HOPPER, 2026 NCBC 39`` end with ``# NCBC #``.
    Nothing is a tail without which the titles would be less different.
    """
    told = [title for title in titles if title]
    if len(told) < _LEAST_TITLES:
        return ()
    counts: Counter[Tail] = Counter(tail for title in told for tail in _tails(title))
    often = [tail for tail, times in counts.items() if times >= len(told) * _SHARE]
    for tail in sorted(often, key=len, reverse=True):
        rests = [without_tail(title, tail) for title in told]
        worded = {_DIGITS.sub("#", rest or "") for rest in rests}
        if len(worded) * 2 < len(set(told)):
            continue  # what is left would be a number
        if len(set(rests)) >= len(set(told)) * _AS_DIFFERENT:
            return tail
    return ()


def without_tail(title: str | None, tail: Tail) -> str | None:
    """A title without the words that most titles of its page end with."""
    if not title or not tail or tail not in _tails(title):
        return title
    words = title.split()
    return " ".join(words[: -len(tail)]).rstrip("".join(_SEPARATORS) + " ")


def _tails(title: str) -> list[Tail]:
    """The ends of a title that begin after a separator and hold letters."""
    words = title.split()
    found: list[Tail] = []
    for at in range(max(1, len(words) - _MOST_WORDS), len(words)):
        before, first = words[at - 1], words[at]
        if before[-1] not in _SEPARATORS and first not in _SEPARATORS:
            continue
        tail = tuple(_DIGITS.sub("#", word) for word in words[at:])
        rest = " ".join(words[:at])
        if _LETTER.search(" ".join(tail)) and len(_LETTER.findall(rest)) >= _LEAST_LETTERS:
            found.append(tail)
    return found
