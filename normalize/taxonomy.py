"""Taxonomy lines: ``North America > United States > Massachusetts (0.14)``, ``(4 more...)``.

The shape is that of AITopics' result list: a path from the root to a node, joined by ``>``, with
the classifier's confidence at the end. The page folds long lists and says how many it left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import attrs

from normalize.issues import Issue, issue
from normalize.model import TaxonomyPath
from normalize.vocabulary import vocabulary

MAX_NAME_LETTERS = 80
MAX_NAME_WORDS = 10

_MARKS = "\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_BULLET = re.compile(rf"^[\s{_MARKS}]*(?P<bullet>[-–—−•*·‣▪◦●]\s+|[•‣▪◦●])?[\s{_MARKS}]*")
_CONFIDENCE = re.compile(r"\s*\((?P<value>\d+\.\d+)\)$")
_SEPARATOR = re.compile(r"(?:^|\s+)[>›»＞](?=\s|$)|\|")
_WORD = re.compile(r"\w[\w'’.-]*")


@attrs.frozen(kw_only=True)
class Taxonomy:
    """The paths of one entry, and what was folded away or not understood."""

    topics: tuple[TaxonomyPath, ...] = ()
    """Paths whose root is not a place."""

    places: tuple[TaxonomyPath, ...] = ()
    """Paths whose root is a continent, an ocean or a label such as ``Country``."""

    issues: tuple[str, ...] = ()
    """``folded_taxonomy:<number>`` and ``taxonomy_not_understood``, one a line of the page."""


@attrs.frozen(kw_only=True)
class _Words:
    roots: frozenset[str]
    small: frozenset[str]
    folded: re.Pattern[str]


@attrs.frozen(kw_only=True)
class _Line:
    names: tuple[str, ...]
    confidence: float | None
    bullet: bool


@cache
def _words() -> _Words:
    """Read the vocabulary; names compare case-folded."""
    data = vocabulary("places")
    words = "|".join(re.escape(word) for word in sorted(data["fold_words"], key=len, reverse=True))
    folded = rf"[(（]?\+?\s*(\d{{1,6}})\s*(?:{words})\s*(?:\.{{2,}}|…)?\s*[)）]?"
    return _Words(
        roots=frozenset(name.casefold() for name in data["roots"]),
        small=frozenset(word.casefold() for word in data["small_words"]),
        folded=re.compile(folded, re.IGNORECASE),
    )


def parse_taxonomy(lines: Iterable[str]) -> Taxonomy:
    """Sort an entry's taxonomy lines into topics and places.

    Args:
        lines: Lines that the source files under taxonomy; blank ones are nothing.

    Returns:
        The paths in page order, each once. A line that is neither a path nor a fold leaves
        ``taxonomy_not_understood``; a single name is a path only with a confidence or as the name
        of a continent or ocean.
    """
    topics: dict[TaxonomyPath, None] = {}
    places: dict[TaxonomyPath, None] = {}
    issues: list[str] = []
    for line in (line for text in lines for line in text.splitlines() if line.strip()):
        folded = folded_count(line)
        found = _read(line)
        if folded is not None:
            issues.append(issue(Issue.FOLDED_TAXONOMY, folded))
        elif found is None or not _is_path(found):
            issues.append(issue(Issue.TAXONOMY_NOT_UNDERSTOOD))
        else:
            path = TaxonomyPath(path=found.names, confidence=found.confidence)
            (places if _is_place(found) else topics)[path] = None
    return Taxonomy(topics=tuple(topics), places=tuple(places), issues=tuple(issues))


def is_taxonomy_line(line: str) -> bool:
    """Tell a taxonomy line from prose, for text whose lines carry no mark-up.

    A line is one where it is a fold, or a path of names that each hold a letter and are at most
    10 words and 80 characters long, whose root is written as a heading (no longer word in lower
    case, no sentence mark at its end), and that has a confidence of 0 to 1 with a decimal point,
    a bullet before a ``>``, or the name of a continent or ocean at its root before a ``>``.
    So ``accuracy rises > 5 (0.14)`` is prose: its root is in lower case and ``5`` is no name.
    """
    if folded_count(line) is not None:
        return True
    found = _read(line)
    if found is None or not _is_path(found) or not _is_heading(found.names[0]):
        return False
    if found.confidence is not None:
        return True
    return len(found.names) > 1 and (found.bullet or _is_place(found))


def folded_count(line: str) -> int | None:
    """Read how many lines the page folded away: 4 for ``- (4 more...)``; None for other lines."""
    match = _words().folded.fullmatch(_BULLET.sub("", line).strip())
    if match is None or not re.search(r"[(（…]|\.\.", line):
        return None
    return int(match[1])


def _read(line: str) -> _Line | None:
    """Take a line apart; None where a name or the confidence cannot be one."""
    bullet = _BULLET.match(line)
    text = line[bullet.end() :].strip() if bullet else line.strip()
    tail = _CONFIDENCE.search(text)
    confidence = float(tail["value"]) if tail else None
    if confidence is not None and confidence > 1:
        return None
    names = tuple(
        " ".join(name.split()) for name in _SEPARATOR.split(text[: tail.start()] if tail else text)
    )
    if not all(_is_name(name) for name in names):
        return None
    return _Line(names=names, confidence=confidence, bullet=bool(bullet and bullet["bullet"]))


def _is_name(name: str) -> bool:
    return (
        0 < len(name) <= MAX_NAME_LETTERS
        and any(map(str.isalpha, name))
        and len(name.split()) <= MAX_NAME_WORDS
    )


def _is_path(line: _Line) -> bool:
    return line.confidence is not None or len(line.names) > 1 or _is_place(line)


def _is_place(line: _Line) -> bool:
    return line.names[0].casefold() in _words().roots


def _is_heading(name: str) -> bool:
    """Whether every longer word begins in upper case or in a script without case."""
    if name.endswith((",", ";", ":", "!", "?", "؟", "،", "。")):
        return False
    words = [word for word in _WORD.findall(name) if word.casefold() not in _words().small]
    return bool(words) and not any(word[0].islower() for word in words)
