"""Chinese or Japanese, and which way of writing Chinese."""

from __future__ import annotations

from functools import cache

from normalize.language.scripts import HAN, KANA, ScriptRun
from normalize.language.vocabulary import vocabulary

JAPANESE, CHINESE = "ja", "zh"
# Share of kana that running Japanese never falls below; Chinese borrows の at most.
_KANA_OF_JAPANESE = 0.05


def decide_han(run: ScriptRun, declared: tuple[str, ...]) -> tuple[str, str]:
    """Language and script (``Jpan``, ``Hans``, ``Hant``, or ``Hani`` where both would do)."""
    kana, han = run.histogram.get(KANA, 0), run.histogram.get(HAN, 0)
    chinese = _count("not_japanese", run.text)
    if kana > chinese and kana >= _KANA_OF_JAPANESE * (kana + han):
        return JAPANESE, "Jpan"
    if kana <= chinese and not chinese and JAPANESE in declared[:1]:
        return JAPANESE, "Jpan"
    if not chinese and _count("Jpan", run.text):
        return JAPANESE, "Jpan"
    return CHINESE, _way_of_writing(run.text)


def _way_of_writing(text: str) -> str:
    simplified, traditional = _count("Hans", text), _count("Hant", text)
    if simplified == traditional:
        return HAN
    return "Hans" if simplified > traditional else "Hant"


def _count(name: str, text: str) -> int:
    letters = _letters(name)
    return sum(char in letters for char in text)


@cache
def _letters(name: str) -> frozenset[str]:
    return frozenset(vocabulary("letters_han")[name])
