"""What letters and function words say about the language of a text, in nats."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import attrs

from normalize.language.vocabulary import penalties
from normalize.vocabulary import vocabulary

NATS_OF_LETTER = 2.5
"""Evidence of one letter for the languages that write it, against those that do not."""

NATS_OF_WORD = 4.0
"""Evidence of a function word that one language alone has; shared ones say less."""

ADVANCE = 2.5
"""Most nats by which a common language is ahead of a rarer one before statistics are asked."""

_PUNCTUATION = ".,;:!?…\"'“”„‘’«»()[]{}<>¿¡،؛؟۔।॥-–—*/|"


@attrs.frozen(kw_only=True)
class Candidates:
    """Languages told apart within a script; the other fields name them by their place."""

    languages: tuple[str, ...]
    """In a fixed order."""

    handicaps: tuple[float, ...]
    """Nats that each language must bring beforehand."""

    advances: tuple[float, ...]
    """The part of them that letters and words alone have to bring."""

    letters: Mapping[str, frozenset[int]]
    """Letters that some but not all of them write."""

    words: Mapping[str, tuple[float, tuple[int, ...]]]
    """Frequent words with the nats that each says for its languages."""


@attrs.frozen(kw_only=True)
class Evidence:
    """What the letters and words of a text say."""

    nats: list[float]
    """By place of the language in `Candidates.languages`."""

    writers: list[frozenset[int]]
    """Of each telling letter in the text, the languages that write it."""

    def alphabet(self) -> int | None:
        """The only language that writes every telling letter of the text, if there is one."""
        common = frozenset.intersection(*self.writers) if self.writers else frozenset()
        return min(common) if len(common) == 1 else None


@cache
def candidates(script: str) -> Candidates:
    """The languages of ``script`` and what tells them apart."""
    handicaps = penalties(script)
    places = {language: place for place, language in enumerate(handicaps)}
    return Candidates(
        languages=tuple(handicaps),
        handicaps=tuple(handicaps.values()),
        advances=tuple(min(handicap, ADVANCE) for handicap in handicaps.values()),
        letters=_letters(script, places),
        words=_words(script, places),
    )


def weigh(script: str, text: str, start: Sequence[float]) -> Evidence:
    """Add to ``start`` what the letters and words of ``text``, which is in ``script``, say."""
    known = candidates(script)
    nats = list(start)
    text = text.lower().replace("’", "'")
    letters = known.letters
    writers = [letters[letter] for letter in letters.keys() & set(text)]
    for places in writers:
        for place in places:
            nats[place] += NATS_OF_LETTER
    words = known.words
    for word in set(text.split()):
        found = words.get(word) or words.get(word.strip(_PUNCTUATION))
        if found is not None:
            weight, places_of_word = found
            for place in places_of_word:
                nats[place] += weight
    return Evidence(nats=nats, writers=writers)


def own_letters(script: str, text: str) -> str | None:
    """The less usual language of a script that its own letters in ``text`` name, if any."""
    for language, letters in vocabulary("letters")["own"].get(script, {}).items():
        if any(letter in text for letter in letters):
            return str(language)
    return None


def _letters(script: str, places: Mapping[str, int]) -> dict[str, frozenset[int]]:
    alphabets = vocabulary("letters")["alphabets"].get(script, {})
    # A language whose alphabet is not listed is neither helped nor hurt against the others.
    unlisted = {place for language, place in places.items() if language not in alphabets}
    writers: defaultdict[str, set[int]] = defaultdict(lambda: set(unlisted))
    for language, letters in alphabets.items():
        for letter in letters:
            writers[letter].add(places[language])
    return {
        letter: frozenset(found) for letter, found in writers.items() if len(found) < len(places)
    }


def _words(script: str, places: Mapping[str, int]) -> dict[str, tuple[float, tuple[int, ...]]]:
    holders: defaultdict[str, set[int]] = defaultdict(set)
    for language, words in vocabulary("languages_words").get(script, {}).items():
        for word in words.split():
            holders[word].add(places[language])
    return {word: _weighed(tuple(sorted(found))) for word, found in holders.items()}


@cache
def _weighed(places: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
    """What a word of these languages says for them: one object for all such words."""
    # Multiples of 1/1024 add up to the same sum in any order.
    return round(NATS_OF_WORD / math.sqrt(len(places)) * 1024) / 1024, places
