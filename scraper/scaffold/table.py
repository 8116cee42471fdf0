"""What was read of a page, as a table on a terminal: a wrong guess is to show at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from normalize.model import Record

# Unicode: first strong isolate, pop directional isolate. Without them a right-to-left title
# turns the columns beside it around.
_ISOLATE, _END = "\u2068", "\u2069"
_ELLIPSIS = "…"
_GAP = "  "
_LEAST_WIDTH = 60
_NONE = "–"
_HEADS = ("title", "date", "as written", "url")
_SHARES = (0.39, 0.16, 0.17, 0.28)
_JOINERS = "\u200c\u200d"  # between letters, in Persian and in scripts of India
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co"))
_FIELDS = ("title", "published", "summary", "authors", "url", "image", "metrics")


def table(records: Sequence[Record], *, width: int) -> Iterator[str]:
    """Lines of the table: place, title, date as read and as the page has it, address.

    Args:
        records: what was read.
        width: columns of the terminal.
    """
    place = len(str(len(records)))
    left = max(width, _LEAST_WIDTH) - place - len(_GAP) * len(_HEADS)
    widths = [int(left * share) for share in _SHARES]
    yield _GAP.join((" " * place, *map(cell, _HEADS, widths)))
    for record in records:
        told = (record.title, record.published, _date_text(record))
        cells = [cell(text or _NONE, size) for text, size in zip(told, widths, strict=False)]
        address = _end_cell(record.url or _NONE, widths[-1])
        yield _GAP.join((f"{record.position:{place}}", *cells, address))


def fill_rates(records: Sequence[Record]) -> str:
    """One line: how many of the records have each field."""
    counts = {name: sum(bool(getattr(r, name)) for r in records) for name in _FIELDS}
    return ", ".join(f"{name} {count}/{len(records)}" for name, count in counts.items())


def cell(text: str, width: int) -> str:
    """A text cut or filled to a width in terminal columns, isolated from its neighbours."""
    shown = shortened(printable(text), width)
    return f"{_ISOLATE}{shown}{_END}{' ' * (width - columns(shown))}"


def _end_cell(text: str, width: int) -> str:
    """As `cell`, cut at the beginning: addresses of one site differ at their ends."""
    shown = printable(text)
    if columns(shown) > width:
        shown = _ELLIPSIS + shortened(shown[::-1], width - 1, mark="")[::-1]
    return f"{_ISOLATE}{shown}{_END}"


def shortened(text: str, width: int, *, mark: str = _ELLIPSIS) -> str:
    """The beginning of a text that fits into a width, marked where something is cut off."""
    if columns(text) <= width:
        return text
    kept, used = [], columns(mark)
    for char in text:
        used += columns(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept).rstrip() + mark


def columns(text: str) -> int:
    """Terminal columns of a text: ideographs take two, combining marks none."""
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def printable(text: str) -> str:
    """A text on one line without what a terminal obeys: controls, marks of direction."""
    joined = " ".join(text.split())
    return "".join(c for c in joined if c in _JOINERS or unicodedata.category(c) not in _UNSEEN)


def _date_text(record: Record) -> str:
    raw = record.published_raw or ""
    return f"{raw} (not understood)" if raw and record.published is None else raw
