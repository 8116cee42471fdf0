"""The dates of a page's entries: one place in every entry, found by agreement."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import attrs

from normalize.dates import PartialDate, Precision, parse_date
from normalize.issues import Issue
from scraper.split.listing.date_texts import date_texts, is_change, is_named_date
from scraper.split.listing.lines import Content, Slot, has_digit
from scraper.split.listing.outline import HEADINGS, Outline
from scraper.split.listing.records import Record, box_of

Parse = Callable[[str], PartialDate | None]

_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](?:\d{4}|\d{2})(?!\d)")
_SHORT = 40
_GROUP_LABEL = 40
_MOST_GROUPS = 400
_GROUP_TAGS = HEADINGS | {"dt", "th", "td", "strong", "b", "p", "div", "span", "time", "li"}
_DAYS = frozenset((Precision.DAY, Precision.MINUTE, Precision.SECOND))


def date_parser(languages: Sequence[str]) -> Parse:
    """A reader of dates that remembers the texts of this page."""
    known: dict[str, PartialDate | None] = {}

    def parse(text: str) -> PartialDate | None:
        if text not in known:
            known[text] = parse_date(text, languages=tuple(languages))
        return known[text]

    return parse


@attrs.frozen(kw_only=True)
class DateReader:
    """Where the dates of one page's entries stand."""

    slots: tuple[Slot, ...]
    """Best first; none where the entries have no dates."""
    parse: Parse
    coverage: float = 0.0
    """Share of the sample in which the best of them holds a date."""

    def read(self, content: Content, title: str | None) -> str | None:
        """The text of an entry's date, None where it has none."""
        if not self.slots:
            return None
        told = list(date_texts(content, title))
        for slot in self.slots:
            for at, text in told:
                if at == slot and _weight(slot, text, self.parse):
                    return text
        return self._elsewhere(told)

    def _elsewhere(self, told: Sequence[tuple[Slot, str]]) -> str | None:
        """The date of an entry that is built differently: a short text that is nothing else."""
        for slot, text in told:
            if len(text) <= _SHORT and is_named_date(slot) and _weight(slot, text, self.parse) >= 1:
                return text
        return None


def learn_dates(
    contents: Sequence[Content], titles: Sequence[str | None], parse: Parse
) -> DateReader:
    """Find out from a sample of entries where the dates are: in one place in most of them."""
    hits: dict[Slot, float] = defaultdict(float)
    times: Counter[Slot] = Counter()
    for content, title in zip(contents, titles, strict=True):
        counted: set[Slot] = set()
        for slot, text in date_texts(content, title):
            weight = 0.0 if slot in counted else _weight(slot, text, parse)
            if weight:
                counted.add(slot)
                times[slot] += 1
                hits[slot] += weight
    least = max(1.0, len(contents) * 0.25) if len(contents) > 1 else 0.5
    least = max(least, 0.5 * max(hits.values(), default=0.0))
    good = [(weight, slot) for slot, weight in hits.items() if weight >= least]
    order = {slot: at for at, slot in enumerate(hits)}
    best = sorted(good, key=lambda pair: (-pair[0], order[pair[1]]))
    coverage = times[best[0][1]] / len(contents) if best else 0.0
    return DateReader(slots=tuple(slot for _, slot in best), parse=parse, coverage=coverage)


def _weight(slot: Slot, text: str, parse: Parse) -> float:
    """How well a text is a date: exact days more than years, marked places more than others."""
    date = parse(text)
    if date is None:
        return 0.0
    named = is_named_date(slot)
    certain = date.iso is not None or Issue.DATE_AMBIGUOUS in date.issues
    if slot and slot[0] == "@":
        return (0.9 if is_change(slot) else 1.6) if date.iso and date.precision in _DAYS else 0.0
    if date.precision not in _DAYS and not named:
        return 0.3 if len(text) < 12 and date.iso else 0.0  # noqa: PLR2004
    weight = 1.0 if certain else 0.7
    if len(text) > 40 or slot[:1] == ("+",):  # noqa: PLR2004
        weight -= 0.2
    if is_change(slot):
        weight -= 0.4
    return weight + (0.4 if named else 0.0)


def group_dates(outline: Outline, records: Sequence[Record], parse: Parse) -> list[str | None]:
    """For each entry the date that stands above its group, where dates head the groups."""
    inside = {box_of(outline, record) for record in records}
    first, last = records[0].parts[0], records[-1].parts[0]
    start = outline.parents[first] if first else 0
    labels: list[tuple[int, str]] = []
    number, tried = _before(outline, start), 0
    while number < last and tried < _MOST_GROUPS:
        if number in inside:
            number = outline.ends[number]
            continue
        if 0 < outline.lengths[number] <= _GROUP_LABEL and outline.tags[number] in _GROUP_TAGS:
            tried += 1
            text = " ".join("".join(outline.nodes[number].itertext()).split())
            date = parse(text) if has_digit(text) else None
            if date and (date.precision in _DAYS):
                labels.append((number, text))
                number = outline.ends[number]
                continue
        number += 1
    if not labels:
        return [None] * len(records)
    return [_last_before(labels, record.parts[0]) for record in records]


def _before(outline: Outline, start: int) -> int:
    """Where to begin to look: the heading of the first group stands beside its container."""
    return max(outline.parents[start], 0) if start >= 0 else 0


def _last_before(labels: Sequence[tuple[int, str]], number: int) -> str | None:
    told = None
    for place, text in labels:
        if place > number:
            break
        told = text
    return told


def day_order(dates: Sequence[str | None]) -> bool | None:
    """Whether ``06/05/2024`` is 6 May on this page; None where no date of it shows."""
    first = second = False
    for text in dates:
        match = _NUMERIC.search(text or "")
        if match:
            first = first or int(match[1]) > 12  # noqa: PLR2004
            second = second or int(match[2]) > 12  # noqa: PLR2004
    return first if first != second else None
