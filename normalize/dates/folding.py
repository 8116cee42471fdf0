"""Folding of text for matching: one form for the spellings of one letter, digit or sign."""

from __future__ import annotations

import unicodedata
from functools import cache

# Marks that spellings add or leave out; vowel signs of Indic and Thai script are letters.
_OPTIONAL_MARKS = (
    (0x0300, 0x036F),
    (0x0483, 0x0487),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x08CA, 0x08FF),
    (0x093C, 0x093C),
    (0x09BC, 0x09BC),
    (0xFE00, 0xFE0F),
)
_LETTERS = {
    **dict.fromkeys("ىیېۍێ", "ي"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("ةۃہھەۀۂ", "ه"),
    **dict.fromkeys("ۆۇ", "و"),
    "ٱ": "ا",
    "ګ": "گ",
    "ڕ": "ر",
    "ڵ": "ل",
    "ء": "",
    "ـ": "",
    "ł": "l",
    "đ": "d",
    "ø": "o",
    "ı": "i",
    "°": "o",
}
_SIGNS = {
    **dict.fromkeys("،、", ","),
    **dict.fromkeys("。॰।۔", "."),
    **dict.fromkeys("−∼〜~", "-"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("׳’‘ʼ`´ʻʿʾ′", "'"),
    **dict.fromkeys("״“”„«»″", '"'),
    **dict.fromkeys("№©=≈≠≤≥", "#"),
}
_KEPT = frozenset(".,/-:'\"()+$%#&@")
_MAX_WRITTEN_LENGTH = 18  # U+FDFA, the longest compatibility decomposition


class _Table(dict[int, str]):
    """Code points to folded text, filled as code points are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


@cache
def _table() -> _Table:
    return _Table()


def fold(text: str) -> str:
    """Fold a text for matching, character by character.

    Digits of every script become ASCII, letters lose case and optional marks, spaces become
    U+0020, and signs become one of ``. , / - : ' " ( ) + $ % # & @`` or ``·`` for all others.
    """
    return text.translate(_table())


def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character in "\n\r\v\f\x85\u2028\u2029":
        return "·"
    if category in {"Zs", "Cc"}:
        return " "
    if category == "Cf" or _is_optional_mark(character):
        return ""
    if character in _SIGNS or character in _LETTERS:
        return _SIGNS.get(character, _LETTERS.get(character, ""))
    return _fold_sign(character, category) or _fold_letters(character)


def _fold_sign(character: str, category: str) -> str | None:
    """Signs have no case or marks; None for what is, or decomposes to, letters."""
    plain = unicodedata.normalize("NFKD", character)
    if category == "No" or category[0] in "CPS":
        if plain in _KEPT or plain in _SIGNS:
            return _SIGNS.get(plain, plain)
        if category == "So" and len(plain) > 1:  # squared words such as U+32FF
            return None
        by_category = {"Pd": "-", "Ps": "(", "Pe": ")", "Sc": "$"}
        return by_category.get(category, "·")
    return None


def _fold_letters(character: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    folded = "".join(_LETTERS.get(c, c) for c in plain if not _is_optional_mark(c))
    return unicodedata.normalize("NFC", folded)[:_MAX_WRITTEN_LENGTH]


def _is_optional_mark(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _OPTIONAL_MARKS)
