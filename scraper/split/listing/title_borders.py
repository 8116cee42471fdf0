"""Lines cut where an entry's title begins and ends: a date takes no characters from a title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from scraper.split.listing.lines import Fragment, Line, has_digit

# Fragments of a line among which the title's beginning is looked for.
_MOST_FRAGMENTS = 60
_JOINTS = " \t-–—|·•:,/»、，،"
# Years and months of East Asian dates, and what goes on with them.
_UNITS = ("年", "月", "년", "월")
_GOES_ON = re.compile(r"\d{1,2}\s*(?:[月日號号월일]|\Z)")
_LETTER = re.compile(r"[^\W\d_]")


def may_be_parted(line: Line, title: str | None) -> bool:
    """Whether a line holds a number and something beside the title."""
    return len(line.fragments) > 1 and line.text != title and has_digit(line.text)


def lines_beside(line: Line, title: str | None) -> tuple[Line, ...]:
    """A line as the parts before, in and after the title, and parted where numbers meet.

    Pages in scripts without spaces show ``2026/5/1`` and ``3歳児健診`` as two elements with
    nothing between them.

    Returns:
        The line itself where it shows nothing but the title, or nothing of it.
    """
    fragments = line.fragments
    if not may_be_parted(line, title):
        return (line,)
    first, last = _span(fragments, title) if title else (0, 0)
    if first == last and not _meet_anywhere(fragments):
        return (line,)
    outside = (*_parted(fragments[:first], line), *_parted(fragments[last:], line))
    told = _joined(fragments[first:last])
    inside = Line(text=told, fragments=fragments[first:last], slot=line.slot)
    return (*outside, inside) if told else outside


def beside_title(line: Line, title: str | None) -> Line:
    """A line without the elements that are the title; the line itself where none is."""
    if title is None or len(line.fragments) == 1 or line.text == title:
        return line
    first, last = _span(line.fragments, title)
    if first == last:
        return line
    kept = (*line.fragments[:first], *line.fragments[last:])
    return line._replace(text=_joined(kept).strip(_JOINTS), fragments=kept)


def label_text(pieces: Iterable[str]) -> str:
    """Texts of inline elements on one line, with a space where their numbers would run together."""
    told = ""
    last = ""
    for piece in pieces:
        told += f" {piece}" if _texts_meet(last, piece) else piece
        last = piece or last
    return " ".join(told.split())


def _span(fragments: Sequence[Fragment], title: str) -> tuple[int, int]:
    """The fragments that are the title, else those of the link that says it or most of it."""
    for at, fragment in enumerate(fragments[:_MOST_FRAGMENTS]):
        head = fragment.text.strip()
        if head and title.startswith(head) and (end := _end(fragments, at, title)):
            return at, end
    return _linked(fragments, title)


def _end(fragments: Sequence[Fragment], first: int, title: str) -> int | None:
    """Where the title ends that begins with a fragment, None where it is another text."""
    told = ""
    for at in range(first, min(len(fragments), first + _MOST_FRAGMENTS)):
        told += fragments[at].text
        shown = " ".join(told.split())
        if shown == title:
            return at + 1
        if not title.startswith(shown):
            return None
    return None


def _linked(fragments: Sequence[Fragment], title: str) -> tuple[int, int]:
    first = 0
    while first < min(len(fragments), _MOST_FRAGMENTS):
        link, last = fragments[first].link, first + 1
        while last < len(fragments) and fragments[last].link is link:
            last += 1
        told = _joined(fragments[first:last]) if link is not None else ""
        if _LETTER.search(told) and (told in title or title in told):
            return first, last
        first = last
    return 0, 0


def _meet_anywhere(fragments: Sequence[Fragment]) -> bool:
    return any(_meet(before, after) for before, after in pairwise(fragments))


def _meet(before: Fragment, after: Fragment) -> bool:
    return _texts_meet(before.text, after.text)


def _texts_meet(before: str, after: str) -> bool:
    """Whether a number ends and another begins at a border, unless both are nothing else.

    A number after a year's or a month's unit is part of the date with its own unit alone.
    """
    if not after[:1].isdecimal():
        return False
    if before.endswith(_UNITS):
        return _GOES_ON.match(after) is None
    both = before.strip().isdecimal() and after.strip().isdecimal()
    return before[-1:].isdecimal() and not both


def _parted(fragments: tuple[Fragment, ...], line: Line) -> tuple[Line, ...]:
    """Lines of fragments, a new one where numbers meet."""
    cuts = [at for at, (a, b) in enumerate(pairwise(fragments), start=1) if _meet(a, b)]
    parts = [fragments[a:b] for a, b in pairwise((0, *cuts, len(fragments)))]
    made = ((_joined(part).strip(_JOINTS), part) for part in parts)
    return tuple(
        Line(text=text, fragments=tuple(f for f in part if not f.text.isspace()), slot=line.slot)
        for text, part in made
        if text
    )


def _joined(fragments: Sequence[Fragment]) -> str:
    return " ".join("".join(fragment.text for fragment in fragments).split())
