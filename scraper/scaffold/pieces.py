"""What may stand for one part of an address that differs from entry to entry."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

_YEAR = re.compile(r"(?:19|20)\d\d")
_PREFIX = re.compile(r"([A-Za-z_.-]+)\d+")
# What ends where a new word begins; digits may be those of one page's entries.
_BEGINNING = re.compile(r"[^\W\d_]+[._-]")
_INITIAL = re.compile(r"[A-Z][._-]")
_HEX = r"[0-9a-f-]{8,}"
_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
FILE_ENDING = re.compile(r"\.[A-Za-z]{2,5}")
"""The ending of a file's name."""
# Where one document is filed others may be, of another kind.
_DOCUMENTS = frozenset((".pdf", ".doc", ".docx", ".rtf", ".odt", ".hwp", ".xls", ".xlsx"))
_ANY_DOCUMENT = r"\.[A-Za-z]{3,4}"


@attrs.frozen(kw_only=True)
class Piece:
    """One path segment or query value of a pattern."""

    regex: str
    word: str
    """The same in words, for people: ``<number>``."""
    fixed: bool = False
    """Whether it is the same in every entry."""
    number: str = ""
    """The part of `regex` that is a number, where there is one."""
    dated: bool = False
    hyphened: bool = False
    """Whether it tells names of several words from one word."""
    is_file: bool = False
    """Whether it ends as the name of a file does."""


def escaped(text: str) -> str:
    """The expression that matches a text alone; `re.escape` writes more than needs be."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def ladder(values: Sequence[str]) -> list[Piece]:
    """What may stand for a path segment, the most general first."""
    if len(set(values)) == 1 and not values[0].isdecimal() and not _YEAR.search(values[0]):
        return [Piece(regex=escaped(values[0]), word=values[0], fixed=True)]
    endings = {match[0] for value in values if (match := FILE_ENDING.search(value[-6:]))}
    ending = endings.pop() if len(endings) == 1 else ""
    if not all(value.endswith(ending) and value != ending for value in values):
        ending = ""
    cores = [value.removesuffix(ending) for value in values]
    is_document = ending.lower() in _DOCUMENTS
    tail = _ANY_DOCUMENT if is_document else escaped(ending)
    word = ".<document>" if is_document else ending
    return [
        attrs.evolve(piece, regex=piece.regex + tail, word=piece.word + word, is_file=bool(ending))
        for piece in _classes(cores)
    ]


def _classes(values: Sequence[str]) -> list[Piece]:
    """What may stand for a text that differs from entry to entry, the most general first."""
    if _all_are(r"\d+", values):
        return [_number(values)]
    told = _coded(values)
    return [told] if told else _slugs(values)


def _coded(values: Sequence[str]) -> Piece | None:
    """Texts of which a part is a number, a date or a hash."""
    prefixes = {match[1] for value in values if (match := _PREFIX.fullmatch(value))}
    if (
        len(prefixes) == 1
        and _all_are(_PREFIX.pattern, values)
        and not _all_are(rf".*\D{_YEAR.pattern}", values)
    ):
        (prefix,) = prefixes
        return Piece(regex=escaped(prefix) + r"\d+", word=f"{prefix}<number>", number=r"\d+")
    made = (
        Piece(regex=r"\d{4}-\d{1,2}-\d{1,2}", word="<date>", dated=True),
        Piece(regex=_HEX, word="<hex>", number=_HEX),
        *(Piece(regex=rf"\d+{s}[^/?#]+", word=f"<number>{s}<text>", number=r"\d+") for s in "-_"),
        *(
            Piece(regex=rf"[^/?#]+{s}\d{{4,}}", word=f"<text>{s}<number>", number=r"\d{4,}")
            for s in "-_"
        ),
    )
    fitting = (piece for piece in made if _all_are(piece.regex, values))
    return next((p for p in fitting if not _is_chance(p, values)), None)


def _is_chance(piece: Piece, values: Sequence[str]) -> bool:
    """Whether a class fits by chance: hashes without a digit, numbers that are years."""
    if piece.regex == _HEX:
        return not any(any(map(str.isdigit, value)) for value in values)
    return _all_are(rf"{_YEAR.pattern}[-_].+", values) and bool(piece.number)


def _slugs(values: Sequence[str]) -> list[Piece]:
    """Free texts: any, with as many hyphens as all have, with what all begin with."""
    text = [Piece(regex=r"[^/?#]+", word="<text>")]
    for least in (1, 2):
        if all(value.count("-") >= least for value in values):
            regex = r"[^/?#-]+" + r"-[^/?#-]*" * (least - 1) + r"-[^/?#]*"
            word = "<text" + "-text" * least + ">"
            text.append(Piece(regex=regex, word=word, hyphened=True))
    begun = [_BEGINNING.match(value) for value in values]
    words = {found[0] if found else "" for found in begun}
    if len(words) == 1 and "" not in words and len(values) > 1:
        (word,) = words
        # One letter is a kind of entry, beside which there may be others.
        begin = r"[A-Z]" + escaped(word[1:]) if _INITIAL.fullmatch(word) else escaped(word)
        text.append(Piece(regex=begin + r"[^/?#]+", word=f"{word}<text>"))
    return text


def _all_are(regex: str, values: Sequence[str]) -> bool:
    return all(re.fullmatch(regex, value) for value in values)


def _number(values: Sequence[str]) -> Piece:
    if all(re.fullmatch(_YEAR, value) for value in values):
        return Piece(regex=r"\d{4}", word="<year>", dated=True)
    if all(len(value) == 2 and int(value) <= 31 for value in values):  # noqa: PLR2004  days
        return Piece(regex=r"\d{2}", word="<number>", number=r"\d{2}", dated=True)
    return Piece(regex=r"\d+", word="<number>", number=r"\d+")
