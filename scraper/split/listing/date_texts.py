"""Texts of an entry that may be its date, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from scraper.split.listing.lines import Content, Line, Slot, has_digit, short_texts
from scraper.split.listing.vocabulary import word_set, words_of

_LONGEST = 90
# Characters of the date with which a snippet begins, or which stands between separators.
_LONGEST_PART = 48
# Characters of one piece of a date whose day, month and year are apart.
_LONGEST_PIECE = 14
_MOST_PIECES = 3
_PIECE_LINES = 12
_SEPARATOR = re.compile(r"\s*[|·•»]\s*|\s+[-–—/]+\s+")


def date_texts(content: Content, title: str | None) -> Iterator[tuple[Slot, str]]:
    """Attributes, short texts, and what long lines begin with or hold between separators."""
    yield from content.dates
    for slot, text in short_texts(content, _LONGEST):
        if text != title and has_digit(text):
            yield slot, text
    for line in content.lines:
        if line.text == title or not has_digit(line.text):
            continue
        if len(line.fragments) == 1 and len(line.text) <= _LONGEST:
            yield line.fragments[0].slot, line.text
        yield from _parts(line)
    yield from _pieces(content.lines[:_PIECE_LINES], title)


def _parts(line: Line) -> Iterator[tuple[Slot, str]]:
    """The beginning of a snippet, and what stands between the separators of a line."""
    first, *rest = _SEPARATOR.split(line.text, maxsplit=8)
    if rest and len(first) <= _LONGEST_PART and has_digit(first):
        yield (*line.slot, "^"), first
    for part in rest:
        if len(part) <= _LONGEST_PART and has_digit(part):
            yield (*line.slot, "|"), part


def _pieces(lines: tuple[Line, ...], title: str | None) -> Iterator[tuple[Slot, str]]:
    """Day, month and year in lines of their own, as calendars show them."""
    for at, line in enumerate(lines):
        if len(line.text) > _LONGEST_PIECE:
            continue
        together = [line]
        for other in lines[at + 1 : at + _MOST_PIECES]:
            if len(other.text) > _LONGEST_PIECE or other.text == title:
                break
            together.append(other)
            text = " ".join(one.text for one in together)
            if has_digit(text):
                yield ("+", len(together), *line.slot), text


@lru_cache(maxsize=4096)
def is_named_date(slot: Slot) -> bool:
    """Whether the classes or attributes of a place say date."""
    return _says(slot, "date_words")


@lru_cache(maxsize=4096)
def is_change(slot: Slot) -> bool:
    """Whether a place says when something was changed rather than when it was published."""
    return _says(slot, "change_words") and not _says(slot, "publication_words")


def _says(slot: Slot, kind: str) -> bool:
    words = [part for part in slot if isinstance(part, str) and part]
    return any(words_of(part) & word_set(kind) for part in words)
