"""The decision: script, letters and words, declared languages, statistics, second opinion."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from operator import add
from types import ModuleType

import attrs

from normalize.language.evidence import Evidence, candidates, own_letters, weigh
from normalize.language.han import CHINESE, TRADITIONAL, HanDecision, decide_han
from normalize.language.scripts import (
    HAN,
    LATIN,
    ScriptRun,
    direction_of,
    leading_run,
    without_marked_up,
)
from normalize.language.vocabulary import default_language
from normalize.model import Direction
from normalize.vocabulary import vocabulary

UNDETERMINED = "und"
CHARACTERS = 1000
"""Characters of a text that are looked at."""

# Statistics look at the head first and at more only where the head leaves doubt.
_HEAD = {LATIN: 120}
_HEAD_OF_OTHERS = 64
_BODY = 480
_SURE = 15.0
_DECISIVE = 5.0
"""Lead in nats of letters and words alone that makes statistics superfluous."""
_CASED = frozenset({LATIN, "Cyrl"})
_SMALL_WORDS_OF_SENTENCE = 4
_ENDS = (".", "!", "?", "…", "؟", "۔", "।")
_END_OF_LATIN = "\u0250"
_ASK = 4.0
"""Lead in nats below which langdetect is asked."""
_DOUBT = 3.0
"""Lead in nats below which the answer is uncertain whatever langdetect says, which then only
decides whether a thin text is answered at all."""
_SLIGHT = 1.5
"""Lead in nats below which a thin text on which the engines disagree stays undetermined."""
_THIN = 14
"""Characters up to which a text is thin."""
_CONFIDENCE_SCALE = 3.0
"""Nats. Measured on short sentences: leads below 1 are right in 54 %, below 3 in 70 %, below 4 in
94 %, which this scale follows from below."""
_WRITES_HEADLINES, _HEADLINE = "en", 2.5
"""The language whose headlines have capitals throughout, and what such a headline says for it."""
_DECLARED = 4.0
"""Nats of the first declared language; each further one counts for one less, at least one."""
_CLEAR = 0.99
"""Confidence of a script that has one language."""
_OPEN = 0.5
"""Confidence of a guess that the evidence neither confirms nor denies."""


class Method(StrEnum):
    """What decided."""

    SCRIPT = "script"
    LETTERS = "letters"
    STATISTICS = "statistics"
    DECLARED = "declared"
    NONE = "none"


@attrs.frozen(kw_only=True)
class Detection:
    """Language of a text, and how far to trust it."""

    language: str
    """BCP 47 code; ``und`` where the text does not carry a decision."""

    script: str | None
    """ISO 15924 code (``Arab``, ``Latn``, ``Hans``, ``Hant``, ``Jpan``); None without letters."""

    direction: Direction
    """Writing direction of the script."""

    confidence: float
    """0 to 1."""

    method: Method
    """What decided."""

    certain: bool
    """False where the evidence is weak or the engines disagree: `Issue.LANGUAGE_UNCERTAIN`."""

    @property
    def tag(self) -> str:
        """The language as records have it: ``zh-Hant`` for Chinese in traditional ideographs."""
        traditional = self.language == CHINESE and self.script == TRADITIONAL
        return f"{CHINESE}-{TRADITIONAL}" if traditional else self.language


def detect(text: str, *, declared: str | Sequence[str] | None = None) -> Detection:
    """Identify the language of a text.

    The answer depends on the arguments alone: not on earlier calls, threads or chance.

    Args:
        text: Any string; its first 1,000 characters count.
        declared: BCP 47 codes that the source declares, the likeliest first: they tip the
            balance where the text leaves doubt, and never against clear evidence.

    Returns:
        The language, ``und`` where the text has no letters or too few to tell.
    """
    text = text.lstrip()[:CHARACTERS]
    if not declared:
        return _detect(text, ())
    codes = (declared,) if isinstance(declared, str) else declared
    return _detect(text, tuple(map(_primary, codes)))


def _primary(code: str) -> str:
    """Primary language subtag of a BCP 47 code, deprecated ones replaced."""
    primary = code.strip().replace("_", "-").split("-")[0].lower()
    replacement: str = vocabulary("languages")["replaced"].get(primary, primary)
    return replacement


@lru_cache(maxsize=8192)
def _detect(text: str, declared: tuple[str, ...]) -> Detection:
    run = leading_run(without_marked_up(text))
    if run is None:
        return _detection(UNDETERMINED, None, Method.NONE, 0.0)
    if run.script == HAN:
        return _han_detection(decide_han(run.text, declared))
    default = default_language(run.script)
    if default is None:
        return _decide_within_script(run, declared)
    named = own_letters(run.script, run.text)
    script = vocabulary("scripts")["reported_as"].get(run.script, run.script)
    method = Method.LETTERS if named else Method.SCRIPT
    return _detection(named or default, script, method, _CLEAR)


def _han_detection(decision: HanDecision) -> Detection:
    method = Method.DECLARED if decision.declared else Method.SCRIPT
    confidence = _CLEAR if decision.clear else _OPEN
    return _detection(
        decision.language, decision.script, method, confidence, certain=decision.clear
    )


def _decide_within_script(run: ScriptRun, declared: tuple[str, ...]) -> Detection:
    text, headline = _running_text(run.text) if run.script in _CASED else (run.text, False)
    prior = _prior(run.script, declared, headline)
    best, lead, found = _lead(run.script, text, prior)
    language = candidates(run.script).languages[best]
    thin = lead < _ASK and len("".join(run.text.split())) <= _THIN
    unsupported = found.nats[best] == prior[best]
    bare = unsupported and headline and lead < _SURE and language != _WRITES_HEADLINES
    agreed = True
    if bare or (thin and (unsupported or lead < _DOUBT)) or _DOUBT <= lead < _ASK:
        agreed = _engines().second_opinion(run.script, run.text) == language
    needed = 0.0
    if not agreed and (bare or thin):
        name = unsupported and not _is_sentence(run.text)
        needed = _SURE if bare else _DOUBT if name else _SLIGHT
    if lead == 0 or lead < needed:
        return _undecided(run, declared)
    confidence = _confidence(lead)
    if thin and unsupported and not agreed:
        confidence = min(confidence, _OPEN)
    by_declaration = language in declared and lead <= prior[best]
    if by_declaration:
        method = Method.DECLARED
    elif found.alphabet() == best:
        method = Method.LETTERS
    else:
        method = Method.STATISTICS
    certain = agreed and lead >= _DOUBT and not (thin and by_declaration)
    return _detection(language, run.script, method, confidence, certain=certain)


def _is_sentence(text: str) -> bool:
    return text.rstrip().endswith(_ENDS)


def _lead(script: str, text: str, prior: tuple[float, ...]) -> tuple[int, float, Evidence]:
    """Place of the likeliest language, its lead over the next in nats, and the evidence."""
    known = candidates(script)
    found = weigh(script, text[:_BODY], prior)
    best, lead = _top(found.nats)
    supported = found.nats[best] > prior[best]
    if supported and lead >= _DECISIVE + known.handicaps[best] - known.advances[best]:
        return best, lead, found
    scores = _engines().scores
    head = _HEAD.get(script, _HEAD_OF_OTHERS)
    best, lead = _top(map(add, scores(script, text[:head]), found.nats))
    if len(text) > head and lead < _SURE:
        best, lead = _top(map(add, scores(script, text[:_BODY]), found.nats))
    return best, lead, found


def _top(nats: Iterable[float]) -> tuple[int, float]:
    """Place of the highest, the first of equals, and its lead over the next."""
    values = list(nats)
    highest = max(values)
    place = values.index(highest)
    del values[place]
    return place, highest - max(values)


@cache
def _engines() -> ModuleType:
    from normalize.language import engines  # noqa: PLC0415  loads numpy, which scripts do not need

    return engines


@lru_cache(maxsize=256)
def _prior(script: str, declared: tuple[str, ...], headline: bool) -> tuple[float, ...]:  # noqa: FBT001  a key of the memo
    """Nats before the text is read; a declared language loses the handicap of rarity."""
    known = candidates(script)
    nats = {_WRITES_HEADLINES: _HEADLINE} if headline else {}
    for place, language in enumerate(dict.fromkeys(declared)):
        nats[language] = nats.get(language, 0.0) + max(_DECLARED - place, 1.0)
    return tuple(
        nats.get(language, 0.0) + (handicap if language in declared else 0.0) - advance
        for language, handicap, advance in zip(
            known.languages, known.handicaps, known.advances, strict=True
        )
    )


def _running_text(text: str) -> tuple[str, bool]:
    """Make a headline or a sentence with names read like the running text that models know.

    A headline (``Cyclical Curriculum Learning``) is lowered. Inside a sentence, words with
    capitals beside each other are names (``Wisława Szymborska``), in no language or another.

    Returns:
        The text, and whether it is a headline of several words that all have capitals.
    """
    words = text.split()
    first_letters = [word[0] for word in words]
    capital = list(map(str.isupper, first_letters))
    small = sum(map(str.islower, first_letters))
    if not small:
        return text.lower(), sum(capital) > 1 and not _is_sentence(text)
    if small < _SMALL_WORDS_OF_SENTENCE or True not in capital[1:]:
        return text, False
    kept = (word for i, word in enumerate(words) if not _is_name(words, capital, i))
    return " ".join(kept), False


def _is_name(words: list[str], capital: list[bool], i: int) -> bool:
    if i == 0 or not capital[i]:
        return False
    beside = (i > 1 and capital[i - 1]) or any(capital[i + 1 : i + 2])
    # A lone Kórnik is left out of Latin text too: its letters are not the sentence's.
    return beside or (words[i][0] < _END_OF_LATIN and not words[i].isascii())


def _undecided(run: ScriptRun, declared: tuple[str, ...]) -> Detection:
    for code in declared:
        if code in candidates(run.script).languages:
            return _detection(code, run.script, Method.DECLARED, _OPEN, certain=False)
    return _detection(UNDETERMINED, run.script, Method.NONE, 0.0)


def _confidence(lead: float) -> float:
    return round(1.0 - 0.5 * math.exp(-((lead / _CONFIDENCE_SCALE) ** 2)), 3)


@lru_cache(maxsize=4096)
def _detection(
    language: str, script: str | None, method: Method, confidence: float, *, certain: bool = True
) -> Detection:
    return Detection(
        language=language,
        script=script,
        direction=direction_of(script),
        confidence=confidence,
        method=method,
        certain=certain and language != UNDETERMINED,
    )
