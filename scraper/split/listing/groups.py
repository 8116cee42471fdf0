"""What stands above a group of entries: its day, or the year of the days beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from normalize.dates import PartialDate, Precision
from normalize.issues import Issue
from scraper.split.listing.outline import HEADINGS, Outline
from scraper.split.listing.records import Record, box_of, child_numbers
from scraper.split.listing.title_borders import label_text

Parse = Callable[[str], PartialDate | None]

DAYS = frozenset((Precision.DAY, Precision.MINUTE, Precision.SECOND))
"""Precisions that fix a day."""

_LABEL = 40
_MOST_LABELS = 400
_HEADS = HEADINGS | {"dt", "th", "td", "strong", "b", "caption"}
_TAGS = _HEADS | {"p", "div", "span", "time", "li"}
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"[^\w]*((?:19|20)\d\d)\s*[年년]?[^\w]*")
_ORDERS = ("{day} {year}", "{year} {day}", "{year}年{day}", "{day}{year}", "{day}.{year}")


def group_dates(outline: Outline, records: Sequence[Record], parse: Parse) -> list[str | None]:
    """For each entry the date that stands above its group, where dates head the groups.

    A single date above all is believed in a heading alone: elsewhere it is today's.
    """

    def is_day(text: str) -> bool:
        date = parse(text)
        return date is not None and date.precision in DAYS

    labels = _labels(outline, records, is_day)
    if len({text for _, text in labels}) == 1 and outline.tags[labels[0][0]] not in _HEADS:
        return [None] * len(records)
    return _above(labels, records)


def spanned_dates(outline: Outline, records: Sequence[Record], parse: Parse) -> list[str | None]:
    """For each table row the date in a cell that spans it and rows above or below."""
    told: list[str | None] = []
    text, left = None, 0
    for record in records:
        for cell in _wide_cells(outline, record.parts[0]):
            shown = label_text(outline.nodes[cell].itertext())
            date = parse(shown) if len(shown) <= _LABEL else None
            if date is not None and date.precision in DAYS:
                text, left = shown, int(outline.nodes[cell].get("rowspan") or "1")
        told.append(text if left > 0 else None)
        left -= 1
    return told


def _wide_cells(outline: Outline, row: int) -> list[int]:
    """Cells of a table row that span further rows."""
    if outline.tags[row] != "tr":
        return []
    spans = (
        (cell, outline.nodes[cell].get("rowspan") or "") for cell in child_numbers(outline, row)
    )
    return [cell for cell, span in spans if span.isdecimal() and span != "1"]


def group_years(outline: Outline, records: Sequence[Record]) -> list[str | None]:
    """For each entry the year that stands above its group."""
    labels = _labels(outline, records, lambda text: _YEAR.fullmatch(text) is not None)
    years = _above(labels, records)
    return [match[1] if text and (match := _YEAR.fullmatch(text)) else None for text in years]


def lacks_year(text: str | None, parse: Parse) -> bool:
    """Whether a text is a day without its year."""
    date = parse(text) if text else None
    return date is not None and date.iso is None and Issue.DATE_WITHOUT_YEAR in date.issues


def with_year(text: str | None, year: str | None, parse: Parse) -> str | None:
    """A day with the year of its group, as far as the text is a day without year."""
    if not text or not year or not lacks_year(text, parse):
        return text
    for order in _ORDERS:
        whole = order.format(day=text, year=year)
        date = parse(whole)
        if date and date.iso and date.precision in DAYS:
            return whole
    return text


def _labels(
    outline: Outline, records: Sequence[Record], accept: Callable[[str], bool]
) -> list[tuple[int, str]]:
    """Short texts above and between the entries that are accepted as labels of groups."""
    inside = {box_of(outline, record) for record in records}
    first, last = records[0].parts[0], box_of(outline, records[-1])
    found: list[tuple[int, str]] = []
    number, tried = _start(outline, first), 0
    while number < last and tried < _MOST_LABELS:
        if number in inside:
            number = outline.ends[number]
            continue
        if 0 < outline.lengths[number] <= _LABEL and outline.tags[number] in _TAGS:
            tried += 1
            text = label_text(outline.nodes[number].itertext())
            if _DIGIT.search(text) and accept(text):
                found.append((number, text))
                number = outline.ends[number]
                continue
        number += 1
    return found


def _start(outline: Outline, first: int) -> int:
    """Where to begin to look: the heading of the first group stands beside its container."""
    parent = outline.parents[first] if first else 0
    return max(outline.parents[parent], 0) if parent >= 0 else 0


def _above(labels: Sequence[tuple[int, str]], records: Sequence[Record]) -> list[str | None]:
    """The last label before each record; both are in page order."""
    told: list[str | None] = []
    at, text = 0, None
    for record in records:
        while at < len(labels) and labels[at][0] <= record.parts[0]:
            text = labels[at][1]
            at += 1
        told.append(text)
    return told
