"""Rendered text of an unknown source: entries by the rhythm of its lines' shapes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from statistics import median_high

import attrs

from normalize.model import Entry
from scraper.errors import NoEntries
from scraper.split.document import Document
from scraper.split.lines import tidy_lines
from scraper.split.listing.dates import date_parser
from scraper.split.listing.groups import Parse
from scraper.split.listing.lines import has_digit
from scraper.split.listing.vocabulary import named_phrases
from scraper.split.listing.wording import is_interface, title_worth, width
from scraper.split.phrases import phrase_key
from scraper.split.segments import PARAGRAPH

_META_LENGTH = 60
_LONG_LINE = 300
_LEAST_TEXT = 300
_MOST_HEADS = 4
_MANY = 6
_FEWEST_WITHOUT_DETAILS = 3
_FEWEST_TEXTS = 5
_LEAST_ALIKE = 0.75
_DATE_LETTERS = 25
_CODE_LETTERS = 3
_TAXONOMY = re.compile(
    r"[-•*]?\s*[^.]{2,80}(?:\s[>›»/]\s[^.]{2,80})+(?:\s\(\d?[.,]\d+\))?|\(\d+ .{2,20}\)"
)
_BULLET = re.compile(r"[-•*·–—]\s*\S{1,30}(?:\s\S{1,20}){0,2}")
_SYMBOLS = re.compile(r"[\W_]+")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){0,4}")
_NAME_MARK = re.compile(r"\s*[,،、;]\s*")
# A date whose last digits may be the next text's first: `2026/5/1` before `1歳6か月児健診`, and
# `2026年5月` before `12月定例会`.
_RUN_TOGETHER = re.compile(
    r"(?:\d{4}|[RH令平]\w?\d{1,2})([/.-])(?!0)\d{1,2}\1(?!0)\d{2,}(?![Tt]\d)[^\W\d_]"
    r"|[月월]\d+(?!\s*[日号號일])[^\W\d_]"
)


class Shape(StrEnum):
    """What a line is by its look."""

    PROSE = "prose"
    DETAIL = "detail"
    SHORT = "short"


@attrs.frozen(kw_only=True)
class _Part:
    """The lines of one entry."""

    heads: tuple[str, ...]
    prose: tuple[str, ...]
    details: tuple[str, ...]


def read_rhythm(document: Document) -> list[Entry]:
    """Read the entries of rendered text.

    Every entry has the same rhythm: a short line or two, a paragraph, details such as a date or
    counts; or a line and its details; or paragraphs alone.

    Raises:
        NoEntries: the lines have no rhythm, or are the paragraphs of one text.
    """
    parse = date_parser(())
    lines = _lines(document.text)
    shapes = _without_long_titles(lines, [_shape(line, parse) for line in lines])
    with_prose = shapes.count(Shape.PROSE) > 1
    parts = _by_prose(lines, shapes) if with_prose else _by_details(lines, shapes)
    titled = sum(bool(_title_of(part)) for part in parts) * 2 > len(parts)
    if not _has_rhythm(parts, titled=titled):
        kind = "the prose of one text, such as an article" if with_prose else "no list"
        raise NoEntries(
            f"The text is {kind}: its lines have no rhythm",
            where=document.url,
            expected="titles, paragraphs and details in turn",
        )
    return [_entry(part, titled=titled, parse=parse) for part in parts]


def _lines(text: str) -> list[str]:
    """Lines without those that repeat and those of the interface."""
    lines = tidy_lines(text.splitlines())
    times = Counter(lines)
    return [
        line
        for line in lines
        if not is_interface(line)
        and (times[line] == 1 or (len(line) <= _META_LENGTH and has_digit(line)))
    ]


def _shape(line: str, parse: Parse) -> Shape:
    if PARAGRAPH.fullmatch(line) and not _is_names(line):
        return Shape.PROSE
    if _TAXONOMY.fullmatch(line) or _BULLET.fullmatch(line) or _SYMBOLS.fullmatch(line):
        return Shape.DETAIL
    if len(line) <= _META_LENGTH and has_digit(line):
        letters = sum(map(str.isalpha, line))
        dated = letters < _DATE_LETTERS and parse(line) is not None
        if dated or letters < _CODE_LETTERS or _count_name(line):
            return Shape.DETAIL
    return Shape.SHORT


def _without_long_titles(lines: Sequence[str], shapes: list[Shape]) -> list[Shape]:
    """Take a long line after details and right before a far longer one for its title."""
    for place in range(len(lines) - 1):
        pair = shapes[place : place + 2] == [Shape.PROSE, Shape.PROSE]
        opens = place == 0 or shapes[place - 1] is not Shape.SHORT
        if pair and opens and len(lines[place]) <= min(_LONG_LINE, len(lines[place + 1]) // 2):
            first = place == 0 or shapes[place - 1] is Shape.DETAIL
            shapes[place] = Shape.SHORT if first else Shape.PROSE
    return shapes


def _count_name(line: str) -> str | None:
    """What a line counts ("12 comments"), None where it is no count."""
    label = re.sub(r"[\d.,]+[kKmM]?", "", line)
    return named_phrases("metrics").get(phrase_key(label))


def _by_prose(lines: Sequence[str], shapes: Sequence[Shape]) -> list[_Part]:
    """Each paragraph with the short lines above it and the details below."""
    at = [place for place, shape in enumerate(shapes) if shape is Shape.PROSE]
    cuts = [0, *(_cut(shapes, a, b) for a, b in pairwise(at)), len(lines)]
    parts: list[_Part] = []
    for place, start, end in zip(at, cuts, cuts[1:], strict=False):
        heads = [lines[n] for n in range(start, place) if shapes[n] is Shape.SHORT]
        if start == 0:
            heads = _after_details(lines[:place], shapes[:place])
        details = [lines[n] for n in range(place + 1, end) if shapes[n] is Shape.DETAIL]
        part = _Part(heads=tuple(heads), prose=(lines[place],), details=tuple(details))
        parts.append(part)
    return _joined(parts)


def _joined(parts: list[_Part]) -> list[_Part]:
    """Parts with the paragraphs that have no head of their own, where most have one."""
    if sum(bool(part.heads) for part in parts) * 10 < len(parts) * 6:
        return parts
    joined: list[_Part] = []
    for part in parts:
        if joined and not part.heads and not joined[-1].details:
            last = joined.pop()
            prose = (*last.prose, *part.prose)
            joined.append(_Part(heads=last.heads, prose=prose, details=part.details))
        else:
            joined.append(part)
    return joined


def _cut(shapes: Sequence[Shape], before: int, after: int) -> int:
    """Where the next entry begins between two paragraphs: after the last detail."""
    for place in range(after - 1, before, -1):
        if shapes[place] is Shape.DETAIL:
            return place + 1
    return before + 1


def _after_details(lines: Sequence[str], shapes: Sequence[Shape]) -> list[str]:
    heads: list[str] = []
    for line, shape in zip(lines, shapes, strict=True):
        heads = [*heads, line] if shape is Shape.SHORT else []
    return heads


def _by_details(lines: Sequence[str], shapes: Sequence[Shape]) -> list[_Part]:
    """Short lines with the details that follow them."""
    parts: list[_Part] = []
    heads: list[str] = []
    details: list[str] = []
    for line, shape in zip(lines, shapes, strict=True):
        if shape is Shape.DETAIL:
            details.append(line)
            continue
        if details:
            parts.append(_Part(heads=tuple(heads), prose=(), details=tuple(details)))
            heads, details = [], []
        heads.append(line)
    if details:
        parts.append(_Part(heads=tuple(heads), prose=(), details=tuple(details)))
    return [part for part in parts if part.heads]


def _title_of(part: _Part) -> str | None:
    """The line above the paragraph, or above the names that stand there."""
    heads = [line for line in part.heads if title_worth(line)]
    if len(heads) > 1 and _is_names(heads[-1]):
        return heads[-2]
    return heads[-1] if heads else None


def _names_of(part: _Part) -> str | None:
    heads = [line for line in part.heads if title_worth(line)]
    return heads[-1] if len(heads) > 1 and _is_names(heads[-1]) else None


def _is_names(line: str) -> bool:
    """Whether a line is a list of names: short parts, nearly all beginning with a capital."""
    parts = [part for part in _NAME_MARK.split(line.rstrip(".… ")) if part]
    if len(parts) < 2 or not all(_NAME.fullmatch(part) for part in parts):  # noqa: PLR2004
        return False
    small = [part for part in parts if part[0].islower()]
    return len(small) * 3 <= len(parts)


def _has_rhythm(parts: Sequence[_Part], *, titled: bool) -> bool:
    """Whether the parts are entries: prose, too, has headings, paragraphs and figures.

    Most entries have details. Where they have none, they are alike: as many lines above each
    paragraph, or texts of one length.
    """
    if len(parts) < 2 or median_high(len(part.heads) for part in parts) > _MOST_HEADS:  # noqa: PLR2004
        return False
    lengths = [sum(map(width, part.prose)) for part in parts]
    if not titled and median_high(lengths) < _LEAST_TEXT:
        return False
    built = Counter((len(part.heads), len(part.prose)) for part in parts)
    alike = max(built.values()) / len(parts)
    if sum(bool(part.details) for part in parts) * 2 >= len(parts):
        return len(parts) >= _MANY or alike > 0.5  # noqa: PLR2004  most of them
    if titled:
        return len(parts) >= _FEWEST_WITHOUT_DETAILS and alike >= _LEAST_ALIKE
    return len(parts) >= _FEWEST_TEXTS and _are_of_one_length(lengths)


def _are_of_one_length(lengths: Sequence[int]) -> bool:
    """Whether no text is far shorter or longer than the others, as in no article."""
    usual = median_high(lengths)
    return min(lengths) * 3 >= usual * 2 and max(lengths) * 2 <= usual * 3


def _entry(part: _Part, *, titled: bool, parse: Parse) -> Entry:
    metrics = {name: line for line in part.details if (name := _count_name(line))}
    digits = {name: _digits(line) for name, line in metrics.items()}
    return Entry(
        source="listing",
        position=1,
        title=_title_of(part) if titled else None,
        summary="\n".join(part.prose) or None,
        byline=_names_of(part) if titled else None,
        published=_date(part, parse),
        metrics=digits,
    )


def _digits(line: str) -> str:
    match = re.search(r"\d[\d.,]*\s?[kKmM]?", line)
    return match.group().strip() if match else ""


def _date(part: _Part, parse: Parse) -> str | None:
    dated = (line for line in part.details if has_digit(line))
    sure = (line for line in dated if not _RUN_TOGETHER.search(line))
    return next((line for line in sure if not _count_name(line) and parse(line)), None)
