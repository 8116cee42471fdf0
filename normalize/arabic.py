"""Match keys, of Arabic and of any other script, and digits of any script.

A key is for comparing; no record ever holds one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from normalize.characters import ARABIC_MARK, TATWEEL
from normalize.vocabulary import vocabulary

_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_DECIMAL = re.compile(r"(?<=[0-9])\u066b(?=[0-9])")
_THOUSANDS = re.compile(r"(?<=[0-9])\u066c(?=[0-9])")
_IGNORED = re.compile(
    rf"[{ARABIC_MARK}{TATWEEL}\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ufe00-\ufe0f\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_ASCII_PUNCTUATION = re.compile(r"[^a-z0-9 ]+")
_MOST_ROUNDS = 8


@cache
def _letters() -> dict[int, str]:
    return str.maketrans(
        {
            letter: target
            for target, letters in vocabulary("text_fold").items()
            for letter in letters
        }
    )


def unify_digits(text: str) -> str:
    """Write decimal digits of any script as ASCII, for values that are to be parsed.

    The Arabic decimal separator between digits becomes a point, the thousands separator a comma.
    """
    if text.isascii():
        return text
    text = _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), text)
    return _THOUSANDS.sub(",", _DECIMAL.sub(".", text))


def fold(text: str) -> str:
    """Key under which spellings of one text are equal.

    Compatibility forms (NFKC), case, digits and white space are unified. In Arabic script alef
    and hamza variants, ta marbuta and heh, alef maqsura and yeh, Persian and Urdu forms of yeh,
    kaf and heh fall together; vowel marks, tatweel and invisible characters go. The function is
    idempotent.
    """
    for _ in range(_MOST_ROUNDS):
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def fold_key(text: str) -> str:
    """Key under which lines are compared: `fold` without punctuation, dashes and symbols.

    Empty for text that holds no letter, digit or mark.
    """
    folded = fold(text)
    if folded.isascii():
        return " ".join(_ASCII_PUNCTUATION.sub(" ", folded).split())
    return " ".join("".join(map(_word_character, folded)).split())


def _fold_once(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _IGNORED.sub("", text).translate(_letters())
    return " ".join(unicodedata.normalize("NFKC", unify_digits(text)).split())


@cache
def _word_character(character: str) -> str:
    return character if unicodedata.category(character)[0] in "LMN" else " "
