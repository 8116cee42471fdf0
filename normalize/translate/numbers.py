"""Numbers of a text as values, so that two languages' ways of writing them compare."""

from __future__ import annotations

import re
import unicodedata

from normalize.translate.vocabulary import model_code
from normalize.vocabulary import vocabulary

# A sign counts where nothing is before it: not in "1990-2000" nor "GPT-4".
_SIGN = r"(?:(?<![\w)\]\-−.,])[-−])?"
NUMBER = re.compile(
    rf"{_SIGN}(?<!\d)\d{{1,3}}(?: \d{{3}}(?!\d))+"
    rf"|{_SIGN}\d+(?:[.,٫٬'’\u00a0\u202f]\d+)*"
)
_SEPARATOR = re.compile(r"[.,٫٬'’ \u00a0\u202f]")
_THOUSANDS = 3


def numbers(text: str) -> list[str]:
    """Values of the numbers of a text, in order.

    Digits of all scripts are equal. Separators may change their form ("3.14", "3,14", "٣٫١٤")
    but not their place: each value is its groups of digits joined with a full stop. Only what
    cannot be a decimal ("1,000,000", "1 000") is read as groups of thousands.
    """
    return [_value(found[0]) for found in NUMBER.finditer(text)]


def _value(number: str) -> str:
    sign = "-" if number[0] in "-−" else ""
    groups = _SEPARATOR.split(number.lstrip("-−"))
    digits = ["".join(str(unicodedata.decimal(d)) for d in group) for group in groups]
    separators = set(_SEPARATOR.findall(number))
    thousands = len(digits) > 2 and len(separators) == 1 and _in_thousands(digits)  # noqa: PLR2004 - two groups may be a decimal
    return sign + ("" if thousands else ".").join(digits)


def _in_thousands(groups: list[str]) -> bool:
    return len(groups[0]) <= _THOUSANDS and all(len(group) == _THOUSANDS for group in groups[1:])


def in_digits_of(text: str, language: str) -> str:
    """Write digits and their separators as readers of the language expect them."""
    if text.isascii() or model_code(language) in vocabulary("translation")["own_digits"]:
        return text
    return "".join(_western(char) for char in text).replace("٫", ".").replace("٬", ",")


def _western(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)
