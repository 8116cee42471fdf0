"""The quality gate: what is to be thought of a translation, from the two texts alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import attrs

from normalize.language.scripts import LATIN, script_of
from normalize.model import TranslationStatus
from normalize.translate.model import Reason, Verdict
from normalize.translate.protect import Protection, has_words
from normalize.translate.repetition import repeats
from normalize.translate.scripts import scripts_of
from normalize.translate.vocabulary import is_spaced, model_code
from normalize.vocabulary import vocabulary

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_FINAL = re.compile(r"[.!?…؟۔।॥։።។。！？｡:;؛][\s\"'”’»›)\]」』）】》〉]*$")
_CUT_OFF = re.compile(r"[,،，、(\[{«“‘–—-]\s*$")

# Weighed letters of the source, and the ratios of output to source that pass from there on.
_RATIOS = ((100, 0.5, 2.0), (50, 0.45, 2.3), (20, 0.4, 3.0), (8, 0.2, 5.0), (0, 0.0, 9.0))
_CUT_OFF_RATIO = 0.75
_FOREIGN_SHARE = 0.1
_ORDINARY_SHARE = 0.4
_COPIED_SHARE = 0.85
_ENOUGH_WORDS = 4
_LONG_RUN = 6


@attrs.frozen(kw_only=True)
class _Case:
    """A text and its translation, without what is protected in them."""

    source: str
    output: str
    source_language: str
    target_language: str


@cache
def _plain() -> Protection:
    return Protection()


def judge(
    source: str,
    output: str,
    *,
    source_language: str,
    target_language: str,
    protection: Protection | None = None,
) -> Verdict:
    """Judge a translation of a sentence or a short text.

    Args:
        source: what was translated.
        output: what came of it.
        source_language: BCP 47.
        target_language: BCP 47.
        protection: what had to stay the same; by default all but a glossary.

    Returns:
        ``failed`` for an output without words, ``suspect`` with the first reason found, or
        ``ok``.
    """
    protection = protection or _plain()
    case = _Case(
        source=" ".join(protection.outside(source)),
        output=" ".join(protection.outside(output)),
        source_language=model_code(source_language),
        target_language=model_code(target_language),
    )
    if has_words(case.source) and not has_words(case.output):
        return Verdict(status=TranslationStatus.FAILED, reason=Reason.EMPTY)
    reason = changed(source, output, protection) or next(
        (reason for reason, found in _CHECKS if found(case)), None
    )
    if reason is None:
        return Verdict()
    return Verdict(status=TranslationStatus.SUSPECT, reason=reason)


def changed(source: str, output: str, protection: Protection) -> Reason | None:
    """Say whether protected spans or numbers are others or in another order."""
    before, after = protection.fixed(source), protection.fixed(output)
    if before.spans != after.spans:
        return Reason.SPANS_CHANGED
    return Reason.NUMBERS_CHANGED if before.numbers != after.numbers else None


def _repeats(case: _Case) -> bool:
    return repeats(
        case.source,
        case.output,
        source_spaced=is_spaced(case.source_language),
        spaced=is_spaced(case.target_language),
        reduplicates=case.target_language in vocabulary("gate")["reduplicating"],
    )


def _wrong_length(case: _Case) -> bool:
    source, output = _weight(case.source), _weight(case.output)
    ratio = output / source if source else 1.0
    low, high = next((low, high) for least, low, high in _RATIOS if source >= least)
    if not low <= ratio <= high:
        return True
    if _CUT_OFF.search(case.output) and not _CUT_OFF.search(case.source):
        return True
    unfinished = bool(_FINAL.search(case.source)) and not _FINAL.search(case.output)
    return unfinished and ratio < _CUT_OFF_RATIO


def _weight(text: str) -> float:
    """How much a text says, in Latin letters."""
    weights: dict[str, float] = vocabulary("gate")["weights"]
    return sum(weights.get(script_of(char) or LATIN, 1.0) for char in text if char.isalnum())


def _wrong_script(case: _Case) -> bool:
    own = scripts_of(case.target_language)
    taken_over = {word for word in _words(case.source) if _is_name(word)}
    letters: Counter[bool] = Counter()
    for word in _words(case.output):
        scripts = [script for char in word if (script := script_of(char))]
        if word in taken_over or (len(word) == 1 and scripts != [] and scripts[0] not in own):
            continue
        letters.update(script in own for script in scripts)
    return letters[False] > _FOREIGN_SHARE * (letters[True] + letters[False])


def _is_copy(case: _Case) -> bool:
    source, output = _words(case.source), _words(case.output)
    ordinary = _ordinary(source, case)
    if [word.casefold() for word in source] == [word.casefold() for word in output]:
        return len(ordinary) > 1 and len(ordinary) >= _ORDINARY_SHARE * len(source)
    if _are_close(case.source_language, case.target_language) or len(ordinary) < _ENOUGH_WORDS:
        return False
    kept = Counter(ordinary) & Counter(word.casefold() for word in output)
    if kept.total() >= _COPIED_SHARE * len(ordinary):
        return True
    return _longest_run(source, output) >= max(_LONG_RUN, len(source) // 2)


def _ordinary(words: Sequence[str], case: _Case) -> list[str]:
    """Words that a translator would translate: no names, and all that only grammar uses."""
    common = _function_words(case.source_language) - _function_words(case.target_language)
    folded = [word.casefold() for word in words]
    found = [
        lower
        for word, lower in zip(words, folded, strict=True)
        if lower in common or (len(word) > 1 and not _is_name(word))
    ]
    # A capital at the beginning says nothing where ordinary words follow.
    begins = bool(found) and words[0].istitle() and folded[0] not in common
    return [folded[0], *found] if begins else found


def _is_name(word: str) -> bool:
    """Whether a word of letters with case looks like a name, an abbreviation or a code."""
    return any(char.isupper() or char.isdigit() for char in word)


@cache
def _function_words(language: str) -> frozenset[str]:
    found: set[str] = set()
    for script, languages in vocabulary("languages_words").items():
        if script != "//":
            found.update(languages.get(language, "").split())
    return frozenset(found)


@cache
def _are_close(source: str, target: str) -> bool:
    groups: list[str] = vocabulary("gate")["close"]
    return any({source, target} <= set(group.split()) for group in groups)


def _longest_run(source: Sequence[str], output: Sequence[str]) -> int:
    """Length of the longest run of words that both texts hold."""
    longest = 0
    row: list[int] = [0] * (len(output) + 1)
    for word in source:
        previous = 0
        for index, other in enumerate(output, 1):
            kept, row[index] = row[index], previous + 1 if word == other else 0
            previous = kept
            longest = max(longest, row[index])
    return longest


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


_CHECKS = (
    (Reason.REPETITION, _repeats),
    (Reason.UNTRANSLATED_COPY, _is_copy),
    (Reason.WRONG_SCRIPT, _wrong_script),
    (Reason.LENGTH_RATIO, _wrong_length),
)
