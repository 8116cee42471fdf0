"""What letters and function words say about the language of a text, in nats."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cache

import attrs

from normalize.language.vocabulary import penalties, vocabulary

NATS_OF_LETTER = 2.5
"""Evidence of one letter for the languages that write it, against those that do not."""

NATS_OF_WORD = 4.0
"""Evidence of a function word that one language alone has; shared ones say less."""

_PUNCTUATION = ".,;:!?…\"'“”„‘’«»()[]{}<>¿¡،؛؟۔।॥-–—*/|"
_APOSTROPHES = str.maketrans({"’": "'", "`": "'"})


@attrs.frozen(kw_only=True)
class Evidence:
    """Nats by language, and the letters behind them."""

    nats: dict[str, float]
    """Language to nats; languages without evidence are left out."""

    decided_by_letters: str | None
    """The only language whose alphabet holds every telling letter of the text, if there is one."""


def evidence(script: str, text: str) -> Evidence:
    """Weigh the letters and function words of ``text``, which is in ``script``."""
    text = text.lower()
    nats: defaultdict[str, float] = defaultdict(float)
    holders = _letter_holders(script)
    sets = [holders[letter] for letter in set(text) if letter in holders]
    for languages in sets:
        for language in languages:
            nats[language] += NATS_OF_LETTER
    words = _word_holders(script)
    for word in {word.strip(_PUNCTUATION) for word in text.translate(_APOSTROPHES).split()}:
        holders_of_word = words.get(word, ())
        for language in holders_of_word:
            nats[language] += NATS_OF_WORD / math.sqrt(len(holders_of_word))
    common = frozenset.intersection(*sets) if sets else frozenset()
    return Evidence(nats=dict(nats), decided_by_letters=min(common) if len(common) == 1 else None)


def own_letters(script: str, text: str) -> str | None:
    """The less usual language of a script that its own letters in ``text`` name, if any."""
    for language, letters in vocabulary("letters")["own"].get(script, {}).items():
        if any(letter in text for letter in letters):
            return str(language)
    return None


@cache
def _letter_holders(script: str) -> dict[str, frozenset[str]]:
    """Letters that some but not all languages of the script write, with those languages."""
    alphabets = vocabulary("letters")["alphabets"].get(script, {})
    candidates = frozenset(penalties(script))
    # A language whose alphabet is not listed is neither helped nor hurt against the others.
    unlisted = candidates.difference(alphabets)
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for language, letters in alphabets.items():
        for letter in letters:
            holders[letter].update(unlisted, {language})
    return {
        letter: frozenset(languages)
        for letter, languages in holders.items()
        if not languages >= candidates
    }


@cache
def _word_holders(script: str) -> dict[str, tuple[str, ...]]:
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for language, words in vocabulary("languages_words").get(script, {}).items():
        for word in sorted(set(words.split())):
            holders[word].append(language)
    return {word: tuple(languages) for word, languages in holders.items()}
