"""Sentences of a text in any language, without a model and without the network.

Sentencex finds the ends; rules mend what it misses: abbreviations (Arabic "د." and "ص." among
them), initials, citations, quotations that go on, and marks that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

import attrs

from normalize.vocabulary import vocabulary

_LINE = re.compile(r"[^\r\n\u0085\u2028\u2029]*[\r\n\u0085\u2028\u2029]*")
_CLOSING = "\"'”’»›)]}」』）】》〉\u200e\u200f"
_OPENING = re.compile(r"[\s\"'“‘«‹(\[{「『（【《〈¿¡\u200e\u200f]*")
_CITATION = re.compile(r"\s*\[[\d\s,;،–-]{1,40}\]\s*$")
_FINAL = ".!?…؟۔।॥։።؛;។៕။。！？｡．؞܀"
# Marks that end a sentence whatever follows, and those that need a space behind them.
_CERTAIN = re.compile(
    rf"[。！？｡។៕]+[{re.escape(_CLOSING)}]*|[!?؟۔।॥։።။]+[{re.escape(_CLOSING)}]*(?=\s)"
    r"|\.[)\]]+(?=\s)|[.!?…][ \u00a0\u202f]»(?=\s)"
)
_LAST_WORD = re.compile(r"[^\s(\[{\"'“«،,;:/]+$")
_WORD = re.compile(r"[^\W\d_]+")
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")
_ENUMERATION = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})")
_MASK = "X"
_SURROGATE = re.compile("[\ud800-\udfff]")


@attrs.frozen(kw_only=True)
class _Rules:
    never_final: frozenset[str]
    before_numbers: frozenset[str]
    openings: frozenset[str]
    unmarked: dict[str, int]


def split_sentences(
    text: str, language: str, protected: Iterable[tuple[int, int]] = ()
) -> list[str]:
    """Divide a text into sentences.

    Args:
        text: running text; a line end always ends a sentence.
        language: BCP 47.
        protected: ranges of characters that are never divided, in order.

    Returns:
        Pieces that joined give back the text; white space stays at the end of the piece before
        it. None is empty, and none but a text without words is white space alone.
    """
    masked = _masked(text, protected)
    code = language.partition("-")[0].lower() or "en"
    pieces: list[str] = []
    for line in _LINE.findall(masked):
        if line:
            pieces += _of_line(line, code)
    return _cut_alike(text, _without_blanks(pieces))


def _masked(text: str, protected: Iterable[tuple[int, int]]) -> str:
    """Write letters over protected ranges: marks inside them end nothing."""
    parts: list[str] = []
    at = 0
    for start, end in protected:
        length = end - start
        parts += [text[at:start], _MASK * length if length > 1 else text[start:end]]
        at = end
    return _SURROGATE.sub(_MASK, "".join([*parts, text[at:]]))


def _of_line(line: str, code: str) -> list[str]:
    rules = _rules()
    longest = rules.unmarked.get(code)
    if longest is not None:
        return _at_spaces(line, longest)
    found = [part for piece in _segments(line, code) for part in _at_marks(piece)]
    # Small letters tell that a sentence goes on only where the writer uses capitals at all.
    capitals = line.replace(_MASK, "") != line.replace(_MASK, "").lower()
    joined: list[str] = []
    for piece in found:
        if joined and _goes_on(joined[-1], piece, rules, capitals=capitals):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _segments(line: str, code: str) -> list[str]:
    if not any(mark in line for mark in _FINAL):
        return [line]
    # Loaded where the first sentence is split: reading a feed needs none of it.
    import sentencex  # noqa: PLC0415

    segments: list[str] = sentencex.segment(code, line)
    return segments if "".join(segments) == line else [line]


def _at_marks(piece: str) -> list[str]:
    """Divide behind marks that end a sentence for certain, with the space after them."""
    parts: list[str] = []
    at = 0
    for found in _CERTAIN.finditer(piece):
        end = found.end()
        while end < len(piece) and piece[end].isspace():
            end += 1
        if end < len(piece):
            parts.append(piece[at:end])
            at = end
    return [*parts, piece[at:]]


def _goes_on(before: str, after: str, rules: _Rules, *, capitals: bool) -> bool:
    """Whether two pieces are one sentence."""
    if before[-1] in "\r\n\u0085\u2028\u2029":
        return False
    start = _OPENING.match(after)
    next_char = after[start.end() : start.end() + 1] if start else ""
    if not next_char or (capitals and next_char.islower()) or next_char in ",;:)]}،，、":
        return True
    end = _CITATION.sub("", before.rstrip()).rstrip().rstrip(_CLOSING).rstrip()
    if not end or end[-1] not in _FINAL:
        return True
    if before.rstrip()[-1] in "」』" and next_char == "と":
        return True
    next_word = _WORD.match(after, start.end() if start else 0)
    return end[-1] == "." and _is_abbreviation(
        end[:-1], next_word[0] if next_word else next_char, rules
    )


def _is_abbreviation(before: str, next_word: str, rules: _Rules) -> bool:
    found = _LAST_WORD.search(before)
    if found is None:
        return False
    word, lead = found[0], before[: found.start()].strip()
    lower = word.lower()
    if lower in rules.never_final or (not lead and bool(_ENUMERATION.fullmatch(word))):
        return True
    if "." in word and next_word in rules.openings:  # in the U.S. It
        return False
    if next_word[0].isdigit() and lower in rules.before_numbers:
        return True
    return word != "I" and not word.islower() and bool(_INITIAL.fullmatch(word))


def _at_spaces(line: str, longest: int) -> list[str]:
    """Divide a line of a language whose sentences end with a space, near the length wanted."""
    parts = [""]
    for word in re.findall(r"\s*\S+\s*", line) or [line]:
        if len(parts[-1]) + len(word) > longest and len(parts[-1]) * 2 > longest:
            parts.append("")
        parts[-1] += word
    return parts


def _without_blanks(pieces: list[str]) -> list[str]:
    """Put white space that stands alone to the piece before it, or to the first after it."""
    kept: list[str] = []
    for piece in pieces:
        if kept and (not piece.strip() or not kept[-1].strip()):
            kept[-1] += piece
        else:
            kept.append(piece)
    return kept


def _cut_alike(text: str, pieces: Sequence[str]) -> list[str]:
    cut: list[str] = []
    at = 0
    for piece in pieces:
        cut.append(text[at : at + len(piece)])
        at += len(piece)
    return cut


@cache
def _rules() -> _Rules:
    data = vocabulary("sentences")
    return _Rules(
        never_final=_words(data["never_final"]),
        before_numbers=_words(data["before_numbers"]),
        openings=_words(data["openings"]),
        unmarked=data["unmarked"],
    )


def _words(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())
