"""Chinese or Japanese, and which way of writing Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import attrs

from normalize.language.scripts import HAN, KANA, script_of
from normalize.vocabulary import vocabulary

CHINESE, JAPANESE = "zh", "ja"
TRADITIONAL = "Hant"
_JAPANESE_SCRIPT = "Jpan"

# Running Japanese never has less kana; Chinese has at most the の of a brand name.
_KANA_OF_JAPANESE = 0.05
# Running Japanese does not go on for so many ideographs without kana; headings may.
_IDEOGRAPHS_OF_CHINESE = 12


@attrs.frozen(kw_only=True)
class HanDecision:
    """Language and script of a text in ideographs."""

    language: str
    """``zh`` or ``ja``."""

    script: str
    """``Jpan``, ``Hans``, ``Hant``, or ``Hani`` where the ideographs are in common use."""

    clear: bool
    """False where every ideograph is in use in both languages."""

    declared: bool = False
    """Whether the source's declaration decided."""


def decide_han(text: str, declared: Sequence[str]) -> HanDecision:
    """Tell Chinese from Japanese by kana and by ideographs that only one of them uses."""
    histogram = Counter(map(script_of, text))
    kana, han = histogram[KANA], histogram[HAN]
    chinese = _count("Chinese", text)
    if kana > chinese and kana >= _KANA_OF_JAPANESE * (kana + han):
        return HanDecision(language=JAPANESE, script=_JAPANESE_SCRIPT, clear=True)
    simplified, traditional = _count("Hans", text), _count(TRADITIONAL, text)
    # Japanese simplified some ideographs as the mainland did and left others: 機械学習.
    mixed = bool(simplified and traditional)
    if not chinese and (mixed or _count("Jpan", text)):
        return HanDecision(language=JAPANESE, script=_JAPANESE_SCRIPT, clear=True)
    clear = bool(chinese) or han >= _IDEOGRAPHS_OF_CHINESE
    if not clear and JAPANESE in declared and CHINESE not in declared:
        return HanDecision(language=JAPANESE, script=_JAPANESE_SCRIPT, clear=False, declared=True)
    script = (
        HAN if simplified == traditional else "Hans" if simplified > traditional else TRADITIONAL
    )
    return HanDecision(language=CHINESE, script=script, clear=clear)


def _count(name: str, text: str) -> int:
    return sum(map(_letters(name).__contains__, text))


@cache
def _letters(name: str) -> frozenset[str]:
    return frozenset(vocabulary("letters_han")[name])
