"""Which words are commonplace among the texts seen: a source's boilerplate, a digest's topic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import log

COMMON = 0.02
"""Share of texts from which on a word counts less."""

_PRIOR_TEXTS = 100
_MOST_DISCOUNT = 0.9
_TOLD_FROM = 0.005
_MOST_COUNTED = 1 << 17


class Commonness:
    """Counts in how many texts each word is, and how much less it should count.

    A word of 2 % of the texts counts in full, one of 14 % half, one of nearly all a tenth. Few
    texts say little: a hundred more are imagined that lack the word. Words below 0.5 % may be
    forgotten, so that memory is bounded and little must be kept between runs.
    """

    def __init__(self, counts: Mapping[int, int], texts: int) -> None:
        self._counts = dict(counts)
        self._texts = texts
        self.discounts: dict[int, float] = {}
        self.refresh()

    @property
    def texts(self) -> int:
        """Number of texts counted."""
        return self._texts

    def add(self, words: Iterable[int]) -> None:
        """Count the words of one text, each once."""
        counts = self._counts
        for word in words:
            counts[word] = counts.get(word, 0) + 1
        self._texts += 1

    def refresh(self) -> None:
        """Bring `discounts`, word to what is taken off its weight of 1, up to date."""
        if len(self._counts) > _MOST_COUNTED:
            self._counts = dict(self.telling_counts())
        whole = self._texts + _PRIOR_TEXTS
        self.discounts = {
            word: min(_MOST_DISCOUNT, 1 - log(count / whole) / log(COMMON))
            for word, count in self._counts.items()
            if count > COMMON * whole
        }

    def telling_counts(self) -> Iterator[tuple[int, int]]:
        """Word and count of the words that may matter later; what to keep between runs."""
        fewest = max(2.0, _TOLD_FROM * self._texts)
        return ((word, count) for word, count in self._counts.items() if count >= fewest)
