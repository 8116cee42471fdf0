"""Texts of an entry that may be its date, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

import attrs

from scraper.split.listing.lines import Content, Line, Slot, has_digit, short_texts
from scraper.split.listing.title_borders import lines_beside, may_be_parted
from scraper.split.listing.vocabulary import word_set, words_of

_LONGEST = 90
# Characters of the date with which a snippet begins, or which stands between separators.
_LONGEST_PART = 48
# Characters of one piece of a date whose day, month and year are apart.
_LONGEST_PIECE = 14
_MOST_PIECES = 3
_MOST_FRAGMENTS = 6
_PIECE_LINES = 12
_SEPARATOR = re.compile(r"\s*[|·•»]\s*|\s+[-–—/]+\s+")


def date_texts(content: Content, title: str | None) -> Iterator[tuple[Slot, str]]:
    """Attributes, short texts, and what long lines begin with or hold between separators."""
    yield from content.dates
    whole = content.lines
    content = beside_title(content, title)
    for slot, text in short_texts(content, _LONGEST):
        if text != title and has_digit(text):
            yield slot, text
    for line in content.lines:
        if line.text == title or not has_digit(line.text):
            continue
        if 1 < len(line.fragments) <= _MOST_FRAGMENTS and len(line.text) <= _LONGEST_PART:
            yield from _together(line)
        if len(line.fragments) == 1 and len(line.text) <= _LONGEST:
            yield line.fragments[0].slot, line.text
        yield from _parts(line)
    kept = set(map(id, content.lines))
    yield from _pieces([line if id(line) in kept else None for line in whole[:_PIECE_LINES]], title)


def beside_title(content: Content, title: str | None) -> Content:
    """The content with its lines cut where the title begins and ends."""
    if not any(may_be_parted(line, title) for line in content.lines):
        return content
    cut = [lines_beside(line, title) for line in content.lines]
    if all(len(lines) == 1 for lines in cut):
        return content
    return attrs.evolve(content, lines=tuple(chain.from_iterable(cut)))


def parts_of(content: Content, title: str | None, text: str) -> Iterator[str]:
    """The texts of the inline elements that a line of this text consists of."""
    for line in beside_title(content, title).lines:
        if line.text != text or len(line.fragments) == 1:
            continue
        for fragment in line.fragments:
            part = " ".join(fragment.text.split())
            if len(part) < len(text) and has_digit(part):
                yield part


def _parts(line: Line) -> Iterator[tuple[Slot, str]]:
    """The beginning of a snippet, and what stands between the separators of a line."""
    first, *rest = _SEPARATOR.split(line.text, maxsplit=8)
    if rest and len(first) <= _LONGEST_PART and has_digit(first):
        yield (*line.slot, "^"), first
    for part in rest:
        if len(part) <= _LONGEST_PART and has_digit(part):
            yield (*line.slot, "|"), part


def _together(line: Line) -> Iterator[tuple[Slot, str]]:
    """Day, month and year in elements of their own on one line, with nothing between them."""
    told = [text for fragment in line.fragments if (text := fragment.text.strip())]
    if any(len(text) > _LONGEST_PIECE for text in told):
        return
    for first in range(len(told) - 1):
        for last in range(first + 2, min(first + _MOST_PIECES, len(told)) + 1):
            text = " ".join(told[first:last])
            if has_digit(text) and text != line.text:
                yield ("+", first, last, *line.slot), text


def _pieces(lines: Sequence[Line | None], title: str | None) -> Iterator[tuple[Slot, str]]:
    """Day, month and year in lines of their own, as calendars show them.

    Lines that hold a title are none of them.
    """
    pieces = [line if line and _is_piece(line, title) else None for line in lines]
    for at, first in enumerate(pieces):
        if first is None:
            continue
        together = [first]
        for other in pieces[at + 1 : at + _MOST_PIECES]:
            if other is None:
                break
            together.append(other)
            text = " ".join(one.text for one in together)
            if has_digit(text):
                yield ("+", len(together), *first.slot), text


def _is_piece(line: Line, title: str | None) -> bool:
    return len(line.text) <= _LONGEST_PIECE and line.text != title


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
