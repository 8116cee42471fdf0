"""What a translation must not touch, and how a sentence is divided around it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from normalize.spans import protected_spans
from normalize.translate.numbers import NUMBER, numbers
from normalize.vocabulary import vocabulary

# Raised whenever sentences are protected, divided or judged otherwise: part of every cache key.
PROTECTION_VERSION = "2"

_EMOJI_BASE = (
    "\u203c\u2049\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_EMOJI = (
    rf"[0-9#*]\ufe0f?\u20e3|[\U0001f1e6-\U0001f1ff]{{2}}|[{_EMOJI_BASE}][\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*"
    rf"(?:\u200d[{_EMOJI_BASE}][\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*)*"
)
# A mark that spans begin or end with: in prose it may come to mean something next to another.
_MARK = r"[$\\`@#<>\[\]{}_^&/|~*]+"
_CLAUSE_END = re.compile(r"(?:[,;:](?=\s)|[،؛，；：、—–]|\s-(?=\s))\s*")
_MARKS = re.compile(_MARK)
_HOLDS_OTHER = re.compile(rf"[<@#_\[&^{{\u20e3{_EMOJI_BASE}]")
_INNER_STOP = re.compile(r"\.[A-Za-z]")

_KNOWN_TEXTS = 4096


class Grain(StrEnum):
    """How finely a sentence is divided for the model."""

    SENTENCE = "sentence"
    """Around what is protected."""

    CLAUSE = "clause"
    """Also behind commas and the like."""

    STRICT = "strict"
    """Around what is protected, numbers and marks: what is left holds words alone."""


class PieceKind(StrEnum):
    """What becomes of part of a sentence."""

    PROSE = "prose"
    """The model translates it."""

    MARKS = "marks"
    """White space, punctuation and numbers: written as the target language writes them."""

    SPAN = "span"
    """Stays as it is."""


class Piece(NamedTuple):
    """Part of a sentence."""

    text: str
    kind: PieceKind


class Fixed(NamedTuple):
    """What must be equal before and after."""

    spans: list[str]
    numbers: list[str]


class Protection:
    """Finds what is not translated.

    Args:
        glossary: terms that stay as they are, case and all.
    """

    def __init__(self, glossary: Iterable[str] = ()) -> None:
        terms = sorted({term for term in glossary if term.strip()}, key=lambda t: (-len(t), t))
        self._terms = _terms_pattern(terms)
        digest = hashlib.blake2b("\0".join(terms).encode(), digest_size=8).hexdigest()
        self.signature = f"{PROTECTION_VERSION}:{digest}"
        # Each text is asked about several times on its way.
        self._known = lru_cache(_KNOWN_TEXTS)(self._find)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Ranges of characters that are protected, in order, without overlap."""
        return [*self._known(text)]

    def _find(self, text: str) -> tuple[tuple[int, int], ...]:
        found = [(span.start, span.end) for span in protected_spans(text)]
        if _INNER_STOP.search(text):
            found = _with_others(text, found, _names())
        if _HOLDS_OTHER.search(text):
            found = _with_others(text, found, _others())
        return tuple(_with_others(text, found, self._terms) if self._terms else found)

    def fixed(self, text: str) -> Fixed:
        """List the protected spans, and the values of the numbers outside of them."""
        spans = self.spans(text)
        prose = "\n".join(text[a:b] for a, b in _gaps(spans, len(text)))
        return Fixed(spans=[text[a:b] for a, b in spans], numbers=numbers(prose))

    def pieces(self, text: str, grain: Grain) -> list[Piece]:
        """Divide a sentence; the pieces joined give it back."""
        spans = self.spans(text)
        pieces: list[Piece] = []
        for (start, end), (_, until) in zip(
            _gaps(spans, len(text)), [*spans, (0, len(text))], strict=True
        ):
            for part in _divided(text[start:end], grain):
                pieces += _peeled(part, whole=not spans and grain is Grain.SENTENCE)
            pieces.append(Piece(text[end:until], PieceKind.SPAN))
        return [piece for piece in pieces if piece.text]

    def outside(self, text: str) -> list[str]:
        """List the parts of a text between its protected spans."""
        return [text[a:b] for a, b in _gaps(self.spans(text), len(text))]

    def holds_words_alone(self, text: str) -> bool:
        """Whether a text has neither protected spans, nor numbers, nor marks."""
        return not has_marks(text) and self.fixed(text) == ([], [])


def has_words(text: str) -> bool:
    """Whether there is a letter."""
    return any(char.isalpha() for char in text)


def has_marks(text: str) -> bool:
    """Whether there is a sign that protected spans begin or end with."""
    return bool(_MARKS.search(text))


def _gaps(spans: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    starts = [0, *(end for _, end in spans)]
    return list(zip(starts, [*(start for start, _ in spans), length], strict=True))


def _with_others(
    text: str, spans: list[tuple[int, int]], pattern: re.Pattern[str]
) -> list[tuple[int, int]]:
    """Add the pattern's matches in what the spans leave."""
    found: list[tuple[int, int]] = []
    for (start, end), after in zip(_gaps(spans, len(text)), [*spans, None], strict=True):
        found += [m.span() for m in pattern.finditer(text, start, end) if m.end() > m.start()]
        if after is not None:
            found.append(after)
    return found


def _divided(text: str, grain: Grain) -> list[str]:
    if grain is Grain.SENTENCE:
        return [text]
    pattern = _CLAUSE_END if grain is Grain.CLAUSE else _strict()
    parts: list[str] = []
    at = 0
    for found in pattern.finditer(text):
        if grain is Grain.CLAUSE:
            parts.append(text[at : found.end()])
        else:
            parts += [text[at : found.start()], found[0]]
        at = found.end()
    return [part for part in [*parts, text[at:]] if part]


_LEADING = re.compile(r"[\W_]*")
_BULLET = re.compile(r"\s*(?:[•▪‣–—*·-]\s+)?")
_TRAILING = re.compile(r"[\s(\[{«“‘\"']*\Z")


def _peeled(text: str, *, whole: bool) -> list[Piece]:
    """Set apart the white space and the marks around the words."""
    if not has_words(text):
        return [Piece(text, PieceKind.MARKS)]
    lead = (_BULLET if whole else _LEADING).match(text)
    start = lead.end() if lead else 0
    rest = text[start:]
    end = len(rest.rstrip()) if whole else _trailing_start(rest)
    return [
        Piece(text[:start], PieceKind.MARKS),
        Piece(rest[:end], PieceKind.PROSE),
        Piece(rest[end:], PieceKind.MARKS),
    ]


def _trailing_start(text: str) -> int:
    found = _TRAILING.search(text)
    return found.start() if found else len(text)


@cache
def _strict() -> re.Pattern[str]:
    return re.compile(rf"{NUMBER.pattern}|{_MARK}|\d+")


def _terms_pattern(terms: list[str]) -> re.Pattern[str] | None:
    if not terms:
        return None
    return re.compile("|".join(rf"(?<!\w){re.escape(term)}(?!\w)" for term in terms))


@cache
def _names() -> re.Pattern[str]:
    """Names of files, with their path, and addresses without a scheme."""
    endings = "|".join(vocabulary("translation")["file_extensions"].split())
    domains = "|".join(vocabulary("translation")["domains"].split())
    return re.compile(
        rf"(?<![A-Za-z0-9_.@/~-])(?:[A-Za-z0-9_-]{{1,63}}\.){{1,6}}(?:{domains})"
        rf"(?![A-Za-z0-9_-])(?:/[A-Za-z0-9_.~%/?=&+-]{{0,200}}[A-Za-z0-9_/=-])?"
        rf"|(?<![\w./~-])[\w./~-]{{1,120}}\.(?:{endings})(?!\w)"
    )


@cache
def _others() -> re.Pattern[str]:
    """Tags, handles, hashtags, citations, entities, identifiers, bared TeX and emoji."""
    return re.compile(
        r"<[A-Za-z/!?][^<>\n]{0,300}>"
        r"|(?<![\w@./+-])@\w(?:[\w.-]{0,60}\w)?"
        r"|(?<![\w&#/])#\w{1,100}"
        r"|\[\s?\d{1,4}(?:\s?[,;،–—-]\s?\d{1,4}){0,30}\s?\]"
        r"|&(?:[A-Za-z]{2,12}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});"
        r"|(?<![A-Za-z0-9_])[A-Za-z0-9]{0,60}_\w{1,60}"
        r"|(?<!\w)\w{1,40}(?:[_^]?\{[^{}\n]{1,100}\})+"
        r"|(?<!\w)\w{1,20}\^\w{1,20}"
        rf"|{_EMOJI}"
    )
