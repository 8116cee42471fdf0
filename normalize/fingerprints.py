"""What of a text tells works apart: its words, its names and numbers, and sketches of them.

A fingerprint is kept instead of the text, so that an index of many records stays small. Words are
folded (case, diacritics, Arabic spelling, endings) and kept as 32-bit hashes.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from array import array
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

import attrs
from rensa import RMinHash

SKETCH_VERSION = f"1/{RMinHash.ALGORITHM_VERSION}"
"""Fingerprints of another version cannot be compared."""

MAX_LETTERS = 1600
HEAD_WORDS = 40
ROWS = 3
OPENING_WORDS = 12
BANDS = (24, 5, 3, 4)
COMMON_CAPITALS = 0.3

_SEED = 20
_CACHE = 1 << 16
_ENGLISH_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "ly", "e", "y")
_SHORTEST_STEM = 4
_ARABIC_SPELLING = str.maketrans("أإآٱىة", "اااايه", "ـ")
_ARABIC_BEGINNING = re.compile(r"(?:وال|بال|كال|فال|لل|ال|و)(?=\w{3})")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:[.,][0-9]+)*")
# Vowel signs are no letters to \w, but stand inside words.
_WORD = re.compile(r"[^\W_][\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff\u200c]*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff㐀-鿿豈-﫿]{2,}")
_ABBREVIATED = re.compile(r"[a-z]{1,2}$")
# Digits, inner capitals, capitals only: a name wherever it stands.
_COINED = re.compile(r"\D*\d|[^\W\d_]*[a-z][^\W\d_]*[A-Z]|[A-Z]{2}[^a-z]*$")
# A capital that begins no sentence: what stands before is a word or a comma.
_CAPITAL = re.compile(r"(?<=[\w,;)’'\"] )[^\W\d_a-z][^\W_]+")


class _Word(NamedTuple):
    stems: tuple[str, ...]
    hashes: tuple[int, ...]
    is_coined: bool


@attrs.frozen(kw_only=True)
class Fingerprint:
    """A text in one language: hashes of its folded words, frequent ones left out."""

    title: frozenset[int]
    """Words of the title."""

    words: frozenset[int]
    """Words of the summary, of its first 1,600 letters."""

    names: frozenset[int]
    """Names and numbers: what is rarely said in other words."""

    bands: tuple[int, ...] = ()
    """64-bit keys; texts that share one may be alike. Empty for one that was stored."""

    def to_bytes(self) -> bytes:
        """Pack all but the bands."""
        parts = [array("I", words) for words in (self.title, self.words, self.names)]
        return array("I", map(len, parts)).tobytes() + b"".join(p.tobytes() for p in parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Fingerprint:
        """Unpack what `to_bytes` wrote on a machine of the same byte order."""
        numbers = array("I", data)
        title = 3 + numbers[0]
        words = title + numbers[1]
        return cls(
            title=frozenset(numbers[3:title]),
            words=frozenset(numbers[title:words]),
            names=frozenset(numbers[words:]),
        )


def fingerprint(title: str | None, summary: str | None) -> Fingerprint | None:
    """Take the fingerprint of a text; None where it has no telling word."""
    summary = (summary or "")[:MAX_LETTERS]
    heading, text = _read(title or ""), _read(summary)
    title_stems, stems = _stems(heading), _stems(text)
    if not title_stems and not stems:
        return None
    named = text if title and title.isupper() else [*text, *heading]
    named = [word for word in named if word.is_coined] + _capitals(summary, len(text))
    return Fingerprint(
        title=_hashes(heading),
        words=_hashes(text),
        names=_hashes(named),
        bands=_bands(title_stems, stems, sorted(_stems(named))),
    )


def title_key(title: str) -> str | None:
    """Fold a title for exact comparison; None for one that is too short to tell works apart.

    Short is less than 4 words or 25 letters; 12 letters in scripts without spaces.
    """
    words = [fold(word) for word in _words(title)]
    letters = sum(map(len, words))
    unspaced = sum(map(len, _UNSPACED.findall(title)))
    long_enough = (len(words) >= 4 and letters >= 25) or unspaced >= 12  # noqa: PLR2004  see above
    return " ".join(words) if long_enough else None


@lru_cache(maxsize=_CACHE)
def fold(word: str) -> str:
    """Fold case, diacritics, digits' script and Arabic spelling."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(
        str(unicodedata.digit(char)) if char.isdecimal() else char
        for char in plain
        if not unicodedata.combining(char) and char not in "\u200c,٬"
    )
    return plain.translate(_ARABIC_SPELLING)


@lru_cache(maxsize=_CACHE)
def _word(word: str) -> _Word:
    """Stems that are not frequent; abbreviations of two letters only where coined."""
    is_coined = _COINED.match(word) is not None
    frequent = _frequent()
    stems = (s for s in _stem(word) if s not in frequent)
    telling = tuple(s for s in stems if is_coined or not _ABBREVIATED.match(s))
    return _Word(telling, tuple(zlib.crc32(stem.encode()) for stem in telling), is_coined)


def _stem(word: str) -> tuple[str, ...]:
    """Fold a word and take off its ending; a run of an unspaced script becomes pairs of letters."""
    plain = fold(word)
    if _UNSPACED.search(plain):
        return tuple(plain[i : i + 2] for i in range(len(plain) - 1))
    if plain.isascii():
        endings = (e for e in _ENGLISH_ENDINGS if plain.endswith(e))
        longest = next((e for e in endings if len(plain) - len(e) >= _SHORTEST_STEM), "")
        return (plain.removesuffix(longest),)
    is_arabic = "\u0621" <= plain[0] <= "\u06d3"
    return (_ARABIC_BEGINNING.sub("", plain, count=1) if is_arabic else plain,)


@cache
def _frequent() -> frozenset[str]:
    text = (files("normalize") / "data" / "frequent_words.json").read_text(encoding="utf-8")
    lists: dict[str, str] = json.loads(text)
    words = (word for language, line in lists.items() if language != "//" for word in line.split())
    return frozenset(stem for word in words for stem in _stem(word))


def _words(text: str) -> list[str]:
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def _read(text: str) -> list[_Word]:
    return list(map(_word, dict.fromkeys(_words(text))))


def _stems(words: Iterable[_Word]) -> list[str]:
    """Each stem once, in order."""
    return list(dict.fromkeys(chain.from_iterable([word.stems for word in words])))


def _hashes(words: Iterable[_Word]) -> frozenset[int]:
    return frozenset(chain.from_iterable([word.hashes for word in words]))


def _capitals(summary: str, words: int) -> list[_Word]:
    capitals = set(_CAPITAL.findall(summary))
    # German capitalises its nouns, headings all their words: then a capital marks no name.
    return list(map(_word, capitals)) if len(capitals) <= COMMON_CAPITALS * words else []


def _bands(title: Sequence[str], words: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    """Keys of four views: both fields, the title, the opening that a cut text keeps, the names."""
    views = ([*title, *words[:HEAD_WORDS]], title, words[:OPENING_WORDS], names)
    return tuple(
        key
        for place, (view, bands) in enumerate(zip(views, BANDS, strict=True))
        if len(view) >= ROWS
        for key in _sketch(view, bands, place)
    )


def _sketch(stems: Sequence[str], bands: int, place: int) -> tuple[int, ...]:
    minhash = RMinHash(num_perm=bands * ROWS, seed=_SEED)
    minhash.update(stems)
    values = minhash.digest()
    return tuple(
        # Odd multipliers spread three 32-bit values over SQLite's signed 64 bits.
        (
            (values[i] * 0x9E3779B97F4A7C15)
            ^ (values[i + 1] * 0xC2B2AE3D27D4EB4F)
            ^ (values[i + 2] * 0x165667B19E3779F9)
            ^ ((place << 16 | i) * 0xD6E8FEB86659FD93)
        )
        & 0x7FFFFFFFFFFFFFFF
        for i in range(0, bands * ROWS, ROWS)
    )
