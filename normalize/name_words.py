"""The words of bylines: labels, conjunctions, suffixes, particles, given names after ``و``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import attrs

from normalize.vocabulary import vocabulary

_COUNT = r"\d{1,6}"
"""The number of authors left out; no list of authors is longer."""

_ARABIC_FOLDS = str.maketrans("أإآٱىة", "اااايه")


@attrs.frozen(kw_only=True)
class NameWords:
    """Vocabulary of names, as patterns and case-folded sets."""

    label: re.Pattern[str]
    """A label at the beginning, with a colon or a space: ``By``, ``بقلم``, ``作者：``."""

    particle_label: re.Pattern[str]
    """A label that may be the particle of a family name: ``Von``."""

    conjunction: re.Pattern[str]
    """A word or sign that always separates names: ``and``, ``&``, ``و``."""

    weak_conjunction: re.Pattern[str]
    """A word that is also part of family names: ``y`` in ``Ortega y Gasset``."""

    truncation: re.Pattern[str]
    """``et al.`` and the like at the end."""

    counted_truncation: re.Pattern[str]
    """``and 5 others`` at the end; one of its groups is the number."""

    suffixes: frozenset[str]
    """``jr.``, ``iii``."""

    degrees: frozenset[str]
    """``phd``, ``md``."""

    particles: frozenset[str]
    """Lower-case beginnings of family names: ``van``, ``de``."""

    collectives: frozenset[str]
    """Last words of the names of groups: ``team``."""

    mononyms: frozenset[str]
    """Authors of one name: ``openai``."""

    arabic_given: frozenset[str]
    """Given names that may follow a prefixed ``و``, spelling folded by `fold_arabic`."""

    hebrew_given: frozenset[str]
    """Given names that may follow a prefixed ``ו``."""

    profession: re.Pattern[str]
    """What some languages write behind a name: ``기자``."""

    arabic_in_waw: frozenset[str]
    """Names that begin with ``و`` and would be another name without it."""


def fold_arabic(word: str) -> str:
    """Write the letters that Arabic spelling exchanges freely one way; for comparing only."""
    return word.translate(_ARABIC_FOLDS)


@cache
def name_words() -> NameWords:
    """Read the vocabulary."""
    data = vocabulary("names")
    conjunction = _any(data["conjunctions"])
    # Looked for at the start of a run only: from each of its places, a long one would take hours.
    separators = r"(?:^|(?<![\s,;،؛、(（])[\s,;،؛、(（]+)"
    opening = rf"{separators}(?:(?:{conjunction}|&)\s+|\+\s*|و\s?)?"
    return NameWords(
        label=re.compile(
            rf"\s*(?:(?:{_any(data['labels'])})(?:\s*[:：]\s*|\s+(?=\S))"
            rf"|(?:{_any(data['colon_labels'])})\s*[:：/／]\s*)",
            re.IGNORECASE,
        ),
        particle_label=re.compile(rf"\s*(?:{_any(data['particle_labels'])})\s+", re.IGNORECASE),
        conjunction=re.compile(rf"(?:^|\s)(?:{conjunction})(?=\s)|\s*[&＆]\s*"),
        weak_conjunction=re.compile(rf"\s(?:{_any(data['weak_conjunctions'])})(?=\s)"),
        truncation=re.compile(
            rf"(?:{separators}(?:{_any(data['truncations'])})|等人?|ほか|(?<!…)…|(?<!\.)\.\.\.)"
            r"[.…\s)）]*$",
            re.IGNORECASE,
        ),
        counted_truncation=re.compile(
            rf"{opening}({_COUNT})\s*(?:{_any(data['counted_truncations'])})[.…\s)）]*$"
            rf"|(?<![\s、,])[\s、,]*(?:{_any(data['counted_openings'])})\s*({_COUNT})\s*[名人명位]?\s*$",
            re.IGNORECASE,
        ),
        suffixes=_folded(data["generational_suffixes"]),
        degrees=_folded(data["degrees"]),
        particles=_folded(data["particles"]),
        collectives=_folded(data["collectives"]),
        mononyms=_folded(data["mononyms"]),
        arabic_given=frozenset(map(fold_arabic, data["arabic_given_names"])),
        hebrew_given=frozenset(data["hebrew_given_names"]),
        profession=re.compile(rf"\s+(?:{_any(data['professions'])})$"),
        arabic_in_waw=frozenset(map(fold_arabic, data["arabic_names_in_waw"])),
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)
