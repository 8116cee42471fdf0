"""Punctuation, digits and spaces between pieces of a translation."""

from __future__ import annotations

from collections.abc import Iterable

from normalize.translate.numbers import in_digits_of
from normalize.translate.protect import Piece, PieceKind
from normalize.translate.vocabulary import is_spaced, model_code
from normalize.vocabulary import vocabulary

_OPENING = frozenset("([{«“‘\"'<$\\`#@")
_CLOSING = frozenset(")]}»”’,;:.!?%>$`")


def marks_in(text: str, target: str) -> str:
    """Write punctuation and digits as the target language does; spaces stay."""
    if text.isascii():
        return text
    names = vocabulary("translation")
    code = model_code(target)
    if code not in names["own_digits"] and is_spaced(target):
        text = text.translate(str.maketrans(names["punctuation"]))
    return in_digits_of(text, target)


def join_pieces(pieces: Iterable[Piece], *, source: str, target: str) -> str:
    """Join the pieces of a sentence.

    Where the source writes no spaces between words and the target does, one is put between a
    translated piece and what stands beside it.
    """
    if is_spaced(source) or not is_spaced(target):
        return "".join(piece.text for piece in pieces)
    joined = ""
    before = PieceKind.MARKS
    for text, kind in pieces:
        if not text:
            continue
        translated = PieceKind.PROSE in {kind, before}
        if translated and joined and _needs_space(joined[-1], text[0]):
            joined += " "
        joined += text
        before = kind
    return joined


def join_sentences(sentences: Iterable[tuple[str, str]], *, source: str, target: str) -> str:
    """Join sentences with the white space that stood behind each.

    Args:
        sentences: text and white space, in order.
        source: language of the white space, BCP 47.
        target: language of the text.
    """
    spaced, unspaced = is_spaced(target), model_code(target) in {"zh", "zt", "ja"}
    joined = ""
    for text, space in sentences:
        if spaced and not is_spaced(source) and joined and not joined[-1].isspace():
            joined += " "
        joined += text
        joined += "" if unspaced and space == " " and joined[-1:] in "。！？" else space
    return joined


def _needs_space(before: str, after: str) -> bool:
    if before.isspace() or after.isspace():
        return False
    ends = before.isalnum() or before in _CLOSING
    return ends and (after.isalnum() or after in _OPENING)
