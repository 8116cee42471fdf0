"""``Last, First, Last, First`` lists: which parts belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from normalize.name_words import name_words

_INITIALS = re.compile(r"(?:[^\W\d_]\.[\s-]*)+|[A-ZА-ЯЁ]")
_CJK = re.compile(r"[㐀-鿿豈-﫿぀-ヿ가-힯々ー]+")


@attrs.frozen(kw_only=True)
class Pairing:
    """Names of a list in display order."""

    names: tuple[str, ...]
    """One name a person or group."""

    unpaired: bool
    """Whether a part stands alone and nothing shows that it should, or which one it is."""


@attrs.frozen(kw_only=True)
class _Part:
    text: str
    suffix: str = ""


@attrs.frozen(kw_only=True)
class _Way:
    """The cheapest reading of the list from one part on."""

    alone: int = 0
    ways: int = 1
    pairs: bool = False


def pair(texts: Sequence[str]) -> Pairing:
    """Pair the parts of a list of family and given names.

    Suffixes join the name before them. Groups (``Gemini Team``) and known single names stand
    alone. No pair has initials for a family name (``M. K.``) or a given name that begins with a
    particle (``van``). Where that leaves one reading with a single odd part, it is the one;
    otherwise pairs are made from the left and the list is unpaired.
    """
    parts = _with_suffixes(texts)
    readings = _readings(parts)
    names: list[str] = []
    place = 0
    while place < len(parts):
        length = 2 if readings[place].pairs else 1
        names.append(_display(parts[place : place + length]))
        place += length
    best = readings[0]
    certain = best.alone == 0 or (best.alone == 1 and best.ways == 1)
    return Pairing(names=tuple(names), unpaired=not certain or any(map(_INITIALS.fullmatch, names)))


def is_suffix(text: str) -> bool:
    """Tell ``Jr.``, ``III`` and degrees from names."""
    words = name_words()
    return text.casefold() in words.suffixes or text.casefold() in words.degrees


def _with_suffixes(texts: Sequence[str]) -> list[_Part]:
    capitals = [text for text in texts if _may_be_initials(text)]
    uneven = sum(not is_suffix(text) or _may_be_initials(text) for text in texts) % 2 == 1
    parts: list[_Part] = []
    for text in texts:
        belongs = is_suffix(text) and (text not in capitals or uneven)
        if belongs and parts:
            parts[-1] = attrs.evolve(parts[-1], suffix=f"{parts[-1].suffix} {text}")
        else:
            parts.append(_Part(text=text))
    return parts


def _may_be_initials(text: str) -> bool:
    """Whether a degree (``MD``) is written as initials are in some lists (``Smith, MD``)."""
    return text.isupper() and text.isalpha() and text.casefold() in name_words().degrees


def _readings(parts: Sequence[_Part]) -> list[_Way]:
    """For every place the reading with the fewest odd parts, and how many such readings are."""
    found = [_Way()] * (len(parts) + 1)
    for place in reversed(range(len(parts))):
        stands_alone = _stands_alone(parts[place].text)
        after_one = found[place + 1]
        single = attrs.evolve(after_one, alone=after_one.alone + (not stands_alone), pairs=False)
        if place + 1 == len(parts) or not _can_pair(parts[place].text, parts[place + 1].text):
            found[place] = single
            continue
        double = attrs.evolve(found[place + 2], pairs=True)
        if single.alone == double.alone:
            double = attrs.evolve(double, ways=double.ways + single.ways)
        found[place] = double if double.alone <= single.alone else single
    return found


def _can_pair(family: str, given: str) -> bool:
    if _stands_alone(family) or _stands_alone(given):
        return False
    first = given.split(maxsplit=1)[0]
    return not _INITIALS.fullmatch(family) and first not in name_words().particles


def _stands_alone(text: str) -> bool:
    words = text.casefold().split()
    vocabulary = name_words()
    return text.casefold() in vocabulary.mononyms or (
        len(words) > 1 and words[-1] in vocabulary.collectives
    )


def _display(parts: Sequence[_Part]) -> str:
    texts = [part.text for part in reversed(parts)]
    if len(texts) > 1 and all(_CJK.fullmatch(text) for text in texts):
        texts = ["".join(reversed(texts))]
    return " ".join(texts) + "".join(part.suffix for part in parts)
