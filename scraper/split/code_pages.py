"""Which of several code pages the bytes are in: the one that gives the language's letters."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from langdetect.utils.ngram import NGram
from w3lib.encoding import resolve_encoding

from normalize.letters import letter_profile

LATIN_1 = "cp1252"
"""What servers and editors declare without being asked, in the name by which Python knows it."""

_NON_ASCII = re.compile(rb"[\x80-\xff]")
# No language that Latin-1 can write has four letters beyond ASCII in a row.
_RUN = re.compile(rb"[\x80-\xff]{4,}")
_OF_LATIN_SCRIPT = frozenset(("cp1250", "iso8859-2", "cp1254", "cp1257", "cp1258"))
_OF_TWO_BYTES = frozenset(("cp932", "euc_jp", "cp949", "gb18030", "big5hkscs"))
# Bytes beyond ASCII below which short words may be all that there is.
_FEW = 12
_SAMPLE = 2**16
# The code pages of a language stand in order of use: log odds of each against the one before.
_RARER = 5.0


def fitting_code_pages(body: bytes, languages: Sequence[str], *, rival: str | None) -> list[str]:
    """The legacy code pages of the languages, the best fit of each language first.

    Args:
        body: bytes that are not UTF-8.
        languages: primary subtags, most probable first.
        rival: a code page to weigh against those of the first language, such as a doubtful
            declaration; it stands first where it fits as well.

    Returns:
        Names as Python knows them.
    """
    table = language_code_pages()
    sample = non_ascii_sample(body)
    found: list[str] = []
    for language in languages:
        known = table.get(language, ())
        names = [n for n in known if _may_be(n, sample, is_rivalled=rival is not None)]
        weighed = [*([rival] if rival and names and not found else []), *names]
        costs = {
            name: _unfitness(sample, name, language) + place * _RARER
            for place, name in enumerate(weighed)
        }
        found += sorted(weighed, key=costs.__getitem__)
    return list(dict.fromkeys(found))


def is_in_runs(body: bytes) -> bool:
    """Whether bytes beyond ASCII stand mostly beside each other, as in no Latin script."""
    sample = non_ascii_sample(body)
    in_runs = sum(len(run) for run in _RUN.findall(sample))
    return in_runs * 2 > len(_NON_ASCII.findall(sample))


def _may_be(name: str, sample: bytes, *, is_rivalled: bool) -> bool:
    """Whether a code page's script is not ruled out by how bytes beyond ASCII are spread."""
    if is_in_runs(sample):
        return name != LATIN_1
    if name == LATIN_1 or name in _OF_LATIN_SCRIPT:
        return True
    is_short = len(_NON_ASCII.findall(sample)) < _FEW
    return not is_rivalled and (is_short or name in _OF_TWO_BYTES)


def may_be_in(name: str, sample: bytes) -> bool:
    """Whether bytes of an unknown language may be in a code page, by how those beyond ASCII lie."""
    is_latin = name == LATIN_1 or name in _OF_LATIN_SCRIPT
    if is_in_runs(sample):
        return name != LATIN_1
    return is_latin or name in _OF_TWO_BYTES


def non_ascii_sample(body: bytes) -> bytes:
    """The bytes that tell: from the first beyond ASCII on, 64 KiB at most."""
    first = _NON_ASCII.search(body)
    return body[first.start() : first.start() + _SAMPLE] if first else b""


def _unfitness(sample: bytes, encoding: str, language: str) -> float:
    """How improbable the sample is as that language in that code page: minus log probability."""
    profile, total = letter_counts(language)
    text = sample.decode(encoding, "replace")
    counts = (profile.get(NGram.normalize(letter), 0) for letter in text if not letter.isascii())
    return -sum(math.log((count + 0.5) / total) for count in counts)


@cache
def letter_counts(language: str) -> tuple[Mapping[str, float], float]:
    """How often a language's letters occur, and all of them together."""
    names = ("zh-cn", "zh-tw") if language == "zh" else (language,)
    letters: dict[str, float] = {}
    for name in names:
        for run, count in letter_profile(name).items():
            if len(run) == 1:
                letters[run] = letters.get(run, 0) + count
    return letters, sum(letters.values()) + 1


@cache
def language_code_pages() -> Mapping[str, Sequence[str]]:
    """The legacy code pages of each language, the most used first."""
    text = resources.files("scraper").joinpath("data/encodings.json").read_text(encoding="utf-8")
    table = {lang: names for lang, names in json.loads(text).items() if lang != "_source"}
    return {lang: [resolve_encoding(name) or name for name in table[lang]] for lang in table}
