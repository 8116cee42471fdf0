"""Counts as pages write them: ``1,234``, ``10.2k``, ``1,2 тыс.``, ``3.4万``, ``٢٣٤ مشاهدة``."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache

import attrs

from normalize.vocabulary import vocabulary

MAX_DIGITS = 18
MAX_WORDS = 4

_MARKS = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = " \u00a0\u2009\u202f"
_SIGNS = str.maketrans({"٬": ",", "٫": ".", "，": ",", "．": ".", "’": "'", "＋": "+", "～": "~"})
# A digit that hangs on a letter, a sign or another number (v2, GPT-4, -5, 12:30) is no count.
_NUMBER = re.compile(
    rf"(?<![\da-zа-яё_.,:/'#$€£-])\d+(?:[.,'{_SPACES}]\d+)*(?![.,:/'-]?\d)", re.IGNORECASE
)
_GROUPED = re.compile(rf"\d{{1,3}}(?:([.,'{_SPACES}])\d{{3}})(?:\1\d{{3}})*")
_LAKH_GROUPED = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?", re.UNICODE)
_ATTACHED = re.compile(r"[a-zа-яё]", re.IGNORECASE)
_NOT_A_COUNT = re.compile(r"[%٪‰°$€£¥=<>/\\@#^*-]|\d")


@attrs.frozen(kw_only=True)
class Count:
    """A number of things."""

    value: int | None = None
    """The number; None where the text is not understood."""

    approximate: bool = False
    """Whether the page rounds it: a scale word, ``~``, ``100+``."""


@attrs.frozen(kw_only=True)
class _Words:
    scales: dict[str, int]
    scales_before: dict[str, int]
    attached: re.Pattern[str]
    about: re.Pattern[str]


@cache
def _words() -> _Words:
    data = vocabulary("counts")
    scales = _by_word(data["scales"])
    names = "|".join(sorted(map(re.escape, scales), key=len, reverse=True))
    about = "|".join(sorted(map(re.escape, data["about"]), key=len, reverse=True))
    return _Words(
        scales=scales,
        scales_before=_by_word(data["scales_before"]),
        attached=re.compile(rf"({names})(?![a-zа-яё])\.?", re.IGNORECASE),
        about=re.compile(rf"(?<!\w)(?:{about})(?!\w)|[~≈≃]|約|约|약", re.IGNORECASE),
    )


def _by_word(scales: dict[str, list[str]]) -> dict[str, int]:
    return {
        unicodedata.normalize("NFKC", word): int(scale)
        for scale, words in scales.items()
        for word in words
    }


def parse_count(text: str) -> Count:
    """Read the one count of a text.

    ``1.234`` and ``1,234`` are 1234: a count has no fraction, and the group shape fits. With a
    scale a single mark before one or two digits is the decimal mark (``10.2k``, ``1,2 тыс.``);
    before three it may be either, and nothing is guessed.

    Args:
        text: The page's own text; unit words around the number (``12 مشاهدة``) are let be.

    Returns:
        The count, or ``Count()`` where the text holds no number, more than one, or another shape.
    """
    text = _MARKS.sub("", unicodedata.normalize("NFKC", text)).translate(_SIGNS).strip()
    text = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)
    number = _NUMBER.search(text)
    if number is None or sum(map(str.isdigit, number[0])) > MAX_DIGITS:
        return Count()
    before, after = text[: number.start()], text[number.end() :]
    scale, after = _scale(after)
    last_word = before.lower().split()[-1:]
    if scale == 1 and last_word:  # Swahili: elfu 5
        scale = _words().scales_before.get(last_word[0], 1)
    if after.startswith("+"):
        rounded, after = True, after[1:]
    else:
        rounded = _words().about.search(before + " " + after) is not None
    if _ATTACHED.match(after) or not _is_unit(before) or not _is_unit(after):
        return Count()
    value = _value(number[0], scale)
    return Count() if value is None else Count(value=value, approximate=rounded or scale > 1)


def _scale(after: str) -> tuple[int, str]:
    """Split the scale off the text after a number; a letter that stands apart must be a capital."""
    rest = after.lstrip(_SPACES)
    match = _words().attached.match(rest)
    if match is None:
        return 1, after
    stands_apart = len(rest) < len(after)
    if stands_apart and len(match[1]) == 1 and match[1] in "mb":
        return 1, after
    return _words().scales[match[1].lower()], rest[match.end() :]


def _is_unit(text: str) -> bool:
    """Whether the text beside a number may be words that say what is counted."""
    words = _WORD.findall(text)
    lone = any(len(word) == 1 and word in "mbkhsd" for word in words)
    return not (lone or _NOT_A_COUNT.search(text)) and len(words) <= MAX_WORDS


def _value(number: str, scale: int) -> int | None:
    if number.isdigit():
        return int(number) * scale
    decimal = _DECIMAL.fullmatch(number)
    if scale > 1 and decimal is not None:
        value = Decimal(f"{decimal[1]}.{decimal[2]}") * scale
        return int(value) if len(decimal[2]) != 3 and value == int(value) else None  # noqa: PLR2004  a group
    grouped = _GROUPED.fullmatch(number) or _LAKH_GROUPED.fullmatch(number)
    if grouped is None or number.startswith("0"):
        return None
    return int(re.sub(r"\D", "", number)) * scale
