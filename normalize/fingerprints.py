"""What of a text tells works apart: its words, its names and numbers, and sketches of them.

A fingerprint is kept instead of the text, so that an index of many records stays small. Words are
folded (case, diacritics, Arabic spelling, endings) and kept as 32-bit hashes.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from operator import itemgetter

import attrs
from rensa import RMinHash

from normalize.vocabulary import vocabulary

SKETCH_VERSION = f"2/{RMinHash.ALGORITHM_VERSION}"
"""Fingerprints of another version cannot be compared."""

MAX_LETTERS = 1000
HEAD_WORDS = 64
OPENING_WORDS = 12
BOTH_BANDS, OPENING_BANDS, TITLE_BANDS, NAME_BANDS = 12, 3, 3, 7
COMMON_CAPITALS = 0.3
COMMON_TITLE_CAPITALS = 0.6

_SEED = 20
_ODD = 0x165667B1
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
_TITLE_CAPITAL = re.compile(r"\b[^\W\d_a-z][^\W_]+")
_CAPITAL = re.compile(r"[^\W\d_a-z](?<=[\w,;)’'\"] .)[^\W_]+")
_ASCII_CAPITAL = re.compile(r"[A-Z](?<=[\w,;)'\"] .)[^\W_]+")


# Plain tuples of what has no references: thousands are cached, and the garbage collector passes by.
_Word = tuple[tuple[str, ...], tuple[int, ...], bool]
_STEMS: Callable[[_Word], tuple[str, ...]] = itemgetter(0)
_HASHES: Callable[[_Word], tuple[int, ...]] = itemgetter(1)
_IS_COINED: Callable[[_Word], bool] = itemgetter(2)


@attrs.frozen(kw_only=True)
class Fingerprint:
    """A text in one language: hashes of its folded words, frequent ones left out."""

    language: int = 0
    """Hash of the language's code; 0 where it is unknown."""

    title: frozenset[int]
    """Words of the title."""

    words: frozenset[int]
    """Words of the summary, of its first 1,000 letters."""

    names: frozenset[int]
    """Names and numbers: what is rarely said in other words."""

    bands: tuple[int, ...] = ()
    """64-bit keys; texts that share one may be alike. Empty for one that was stored."""


def pack(texts: Iterable[Fingerprint]) -> bytes:
    """Pack all but the bands."""
    numbers = array("I")
    for text in texts:
        parts = (text.title, text.words, text.names)
        numbers.extend((text.language, *map(len, parts)))
        for part in parts:
            numbers.extend(part)
    return numbers.tobytes()


def unpack(data: bytes) -> Iterator[Fingerprint]:
    """Unpack what `pack` wrote on a machine of the same byte order."""
    numbers = array("I", data)
    start = 0
    while start < len(numbers):
        title = start + 4 + numbers[start + 1]
        words = title + numbers[start + 2]
        end = words + numbers[start + 3]
        yield Fingerprint(
            language=numbers[start],
            title=frozenset(numbers[start + 4 : title]),
            words=frozenset(numbers[title:words]),
            names=frozenset(numbers[words:end]),
        )
        start = end


def fingerprint(
    title: str | None, summary: str | None, *, language: str | None = None
) -> Fingerprint | None:
    """Take the fingerprint of a text; None where it has no telling word."""
    summary = (summary or "")[:MAX_LETTERS]
    heading, text = _read(title or ""), _read(summary)
    title_words, words = _hashes(heading), _hashes(text)
    if not title_words and not words:
        return None
    named = text if title and title.isupper() else [*text, *heading]
    named = [*filter(_IS_COINED, named), *_capitals(summary, len(text))]
    tellable = _stems([*named, *_title_capitals(title or "", len(heading))])
    return Fingerprint(
        language=zlib.crc32(language.encode()) if language else 0,
        title=title_words,
        words=words,
        names=_hashes(named),
        bands=_bands(_stems(heading), _stems(text[:HEAD_WORDS]), tellable),
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
    if word.isascii():
        return word.lower().replace(",", "")
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
    return telling, tuple(zlib.crc32(stem.encode()) for stem in telling), is_coined


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
    lists: dict[str, str] = vocabulary("frequent_words")
    words = (word for language, line in lists.items() if language != "//" for word in line.split())
    return frozenset(stem for word in words for stem in _stem(word))


def _words(text: str) -> list[str]:
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def _read(text: str) -> list[_Word]:
    return list(map(_word, dict.fromkeys(_words(text))))


def _stems(words: Iterable[_Word]) -> list[str]:
    """Each stem once, in order."""
    return list(dict.fromkeys(chain.from_iterable(map(_STEMS, words))))


def _hashes(words: Iterable[_Word]) -> frozenset[int]:
    return frozenset(chain.from_iterable(map(_HASHES, words)))


def _capitals(summary: str, words: int) -> list[_Word]:
    capitals = set((_ASCII_CAPITAL if summary.isascii() else _CAPITAL).findall(summary))
    # German capitalises its nouns, headings all their words: then a capital marks no name.
    return list(map(_word, capitals)) if len(capitals) <= COMMON_CAPITALS * words else []


def _title_capitals(title: str, words: int) -> list[_Word]:
    """Capitals of a title that is set as a sentence."""
    capitals = _TITLE_CAPITAL.findall(title)
    return list(map(_word, capitals)) if len(capitals) <= COMMON_TITLE_CAPITALS * words else []


def _bands(title: Sequence[str], words: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    """Keys of four views: title and beginning, title, the opening that a cut text keeps, names."""
    views = (
        _threes([*title, *words], BOTH_BANDS, _SEED),
        _threes(words[:OPENING_WORDS], OPENING_BANDS, _SEED + 1),
        _pairs(title, TITLE_BANDS, _SEED + 2),
        _pairs(names, NAME_BANDS, _SEED + 3),
    )
    return tuple(chain.from_iterable(views))


def _pairs(stems: Sequence[str], bands: int, seed: int) -> Sequence[int]:
    """Keys of two least hashes each: for few words of which some may differ."""
    return _joined(_sketch(stems, 2 * bands, seed)) if len(stems) > 1 else ()


def _threes(stems: Sequence[str], bands: int, seed: int) -> Sequence[int]:
    """Keys of three least hashes each: chance seldom lets texts share one."""
    if len(stems) < 3:  # noqa: PLR2004  what a key is made of
        return ()
    values = _sketch(stems, 3 * bands, seed)
    firsts, thirds = _joined(values[: 2 * bands]), values[2 * bands :]
    return [first ^ third * _ODD for first, third in zip(firsts, thirds, strict=True)]


def _sketch(stems: Sequence[str], hashes: int, seed: int) -> Sequence[int]:
    minhash = RMinHash(num_perm=hashes, seed=seed)
    minhash.update(stems)
    digest: list[int] = minhash.digest()
    return digest


def _joined(values: Sequence[int]) -> Sequence[int]:
    """Two 32-bit hashes each as one signed 64-bit number, as SQLite has them."""
    return array("q", array("I", values).tobytes())
