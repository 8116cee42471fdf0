"""Which script a text is written in, and the part of the text that is written in it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache

import attrs

from normalize.model import Direction
from normalize.vocabulary import vocabulary

HAN, KANA = "Hani", "Kana"
LATIN = "Latn"

# A line that mixes Latin with another script is usually a sentence of the other with Latin terms.
_PREFERENCE_FOR_OTHER_SCRIPTS = 1.5
# A Latin word with capitals or digits inside such a line is a name or a term of art.
_WEIGHT_OF_NAMES = 0.5

_URL = re.compile(r"(?:https?://|www\.)\S+|\b(?:arxiv|doi)[:.]\S+", re.IGNORECASE)
_DOI = re.compile(r"\b10\.\d{4,9}/\S+")
_MAIL_OR_HANDLE = re.compile(r"\S*@\S+")
_TEX = re.compile(r"\$[^$\n]{1,200}\$|\\[()\[\]]|\\[a-zA-Z]+(?:\{[^{}\n]*\})?")
_CODE = re.compile(r"`[^`\n]{1,200}`")
_TAG = re.compile(r"#\w+")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f][\w-]*")


@attrs.frozen(kw_only=True)
class ScriptRun:
    """The part of a text that decides its language."""

    script: str
    """ISO 15924 code; ``Hani`` also for kana, which ideographs are written with."""

    text: str
    """The lines mainly in that script, without words of others."""


def direction_of(script: str | None) -> Direction:
    """Writing direction of a script; left to right where the script is unknown."""
    right_to_left = vocabulary("scripts")["right_to_left"]
    return Direction.RTL if script in right_to_left else Direction.LTR


def without_marked_up(text: str) -> str:
    """Take out what is in no language: URLs, DOIs, addresses, handles, tags, TeX and code."""
    if "//" in text or "www." in text or ":" in text:
        text = _URL.sub(" ", text)
    if "10." in text:
        text = _DOI.sub(" ", text)
    if "@" in text:
        text = _MAIL_OR_HANDLE.sub(" ", text)
    if "$" in text or "\\" in text:
        text = _TEX.sub(" ", text)
    if "`" in text:
        text = _CODE.sub(" ", text)
    if "#" in text:
        text = _TAG.sub(" ", text)
    return text


def leading_run(text: str) -> ScriptRun | None:
    """Find the script of most lines, weighing letters by how much each says.

    Returns:
        The lines of that script, or None where the text has no letter of a known script.
    """
    first = _LETTER.search(text)
    if first is None:
        return None
    script = script_of(first[0])
    if script is not None and _foreign_letter(script).search(text) is None:
        return ScriptRun(script=HAN if script == KANA else script, text=text)
    totals: Counter[str] = Counter()
    lines: list[tuple[str, str, Counter[str]]] = []
    for line in text.splitlines():
        histogram = _histogram(line)
        if histogram:
            script, weight = _script_of_line(line, histogram)
            totals[script] += weight
            lines.append((script, line, histogram))
    if not totals:
        return None
    # Counter.most_common keeps the first of equals: the script that comes first in the text.
    script = totals.most_common(1)[0][0]
    chosen = [(line, histogram) for name, line, histogram in lines if name == script]
    return ScriptRun(
        script=script,
        text="\n".join(_only(script, line, histogram) for line, histogram in chosen),
    )


@lru_cache(maxsize=65536)
def script_of(char: str) -> str | None:
    """ISO 15924 script of a letter; None for all that is not a letter of a known script."""
    if unicodedata.category(char)[0] not in "LM":
        return None
    starts, ends, names = _ranges()
    index = bisect_right(starts, ord(char)) - 1
    return names[index] if index >= 0 and ord(char) <= ends[index] else None


@cache
def _foreign_letter(script: str) -> re.Pattern[str]:
    """Match a letter that is not of ``script``."""
    own = "".join(
        f"\\U{int(first, 16):08x}-\\U{int(last, 16):08x}"
        for first, last, name in vocabulary("scripts")["ranges"]
        if name in _written_together(script)
    )
    return re.compile(rf"[^\W\d_{own}]")


@cache
def _ranges() -> tuple[list[int], list[int], list[str]]:
    ranges = [(int(a, 16), int(b, 16), name) for a, b, name in vocabulary("scripts")["ranges"]]
    starts, ends, names = zip(*sorted(ranges), strict=True)
    return list(starts), list(ends), list(names)


def _written_together(script: str) -> frozenset[str]:
    return frozenset({HAN, KANA}) if script in {HAN, KANA} else frozenset({script})


def _histogram(line: str) -> Counter[str]:
    histogram: Counter[str] = Counter()
    for char, count in Counter(line).items():
        script = script_of(char)
        if script is not None:
            histogram[script] += count
    return histogram


def _script_of_line(line: str, histogram: Counter[str]) -> tuple[str, int]:
    weights = vocabulary("scripts")["weights"]
    weighed = {script: count * weights.get(script, 1.0) for script, count in histogram.items()}
    if HAN in weighed or KANA in weighed:
        weighed[HAN] = weighed.get(HAN, 0.0) + weighed.pop(KANA, 0.0)
    if LATIN in weighed and len(weighed) > 1:
        weighed[LATIN] = _weight_of_latin(line) / _PREFERENCE_FOR_OTHER_SCRIPTS
    script = max(weighed, key=weighed.__getitem__)
    letters = histogram[script] + (histogram[KANA] if script == HAN else 0)
    return script, round(letters * weights.get(script, 1.0))


def _weight_of_latin(line: str) -> float:
    words = _LATIN_WORD.findall(line)
    return sum(len(word) * (1.0 if word.islower() else _WEIGHT_OF_NAMES) for word in words)


def _only(script: str, line: str, histogram: Counter[str]) -> str:
    own = _written_together(script)
    if own.issuperset(histogram):
        return line
    lookalikes = vocabulary("scripts")["lookalikes"].get(script)
    if lookalikes and LATIN in histogram:
        line = _without_lookalikes(line, script, lookalikes)
    return "".join(" " if script_of(c) not in own and script_of(c) else c for c in line)


def _without_lookalikes(line: str, script: str, lookalikes: Mapping[str, str]) -> str:
    """Write words that mix Latin look-alikes into another script (``вiн``) in that script."""
    table = str.maketrans(dict(lookalikes))
    words = line.split(" ")
    return " ".join(
        word.translate(table) if any(script_of(c) == script for c in word) else word
        for word in words
    )
