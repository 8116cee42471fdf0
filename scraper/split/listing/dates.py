"""The dates of a page's entries: one place in every entry, found by agreement."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import attrs

from normalize.dates import PartialDate, parse_date
from normalize.issues import Issue
from scraper.split.listing.date_texts import date_texts, is_change, is_named_date, parts_of
from scraper.split.listing.groups import DAYS, Parse
from scraper.split.listing.lines import HIDDEN, Content, Slot

_SHORT = 40
_FIRST_YEAR, _LAST_YEAR = "1600", "2200"
_NUMBER = re.compile(r"\d+")
# Signs for what a number may be, by the greatest of its kind: a month, a day, a minute, a year of
# two digits, none of these.
_KINDS = ((12, "\x01"), (31, "\x02"), (59, "\x03"), (99, "\x04"))
_YEARS = range(1900, 2100)
_YEAR, _COUNT = "\x05", "\x06"


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
    known: set[tuple[Slot, str]] = attrs.field(factory=set)
    """Places and forms of texts that were dates: one more of them is not read whole."""

    def read(self, content: Content, title: str | None) -> str | None:
        """The text of an entry's date, None where it has none."""
        if not self.slots:
            return None
        told: list[tuple[Slot, str]] = []
        for at, text in date_texts(content, title):
            if at == self.slots[0] and self._is_date(at, text):
                return self._alone(content, title, text)
            told.append((at, text))
        for slot in self.slots[1:]:
            for at, text in told:
                if at == slot and self._is_date(slot, text):
                    return self._alone(content, title, text)
        return self._elsewhere(told)

    def _is_date(self, slot: Slot, text: str) -> bool:
        form = (slot, _form(text))
        if form in self.known:
            return True
        if not _weight(slot, text, self.parse):
            return False
        self.known.add(form)
        return True

    def _alone(self, content: Content, title: str | None, text: str) -> str:
        """The text of the one element that says all of the date, without those beside it."""
        for part in parts_of(content, title, text):
            date, alone = self.parse(text), self.parse(part)
            if date and alone and attrs.evolve(alone, raw=date.raw) == date:
                return part
        return text

    def _elsewhere(self, told: Sequence[tuple[Slot, str]]) -> str | None:
        """The date of an entry that is built differently: a short text that is nothing else."""
        for slot, text in told:
            if len(text) <= _SHORT and is_named_date(slot) and _weight(slot, text, self.parse) >= 1:
                return text
        return None


def _form(text: str) -> str:
    """A text with signs for its numbers: texts of one form are dates, or none of them is."""
    return _NUMBER.sub(_kind_of_number, text)


def _kind_of_number(found: re.Match[str]) -> str:
    """The sign of a number, the number itself where its digits as a whole may be a date."""
    digits = found[0]
    if len(digits) == 3:  # noqa: PLR2004
        return _COUNT
    if len(digits) == 4:  # noqa: PLR2004
        return _YEAR if int(digits) in _YEARS else digits
    number = int(digits) if len(digits) < 3 else 0  # noqa: PLR2004
    return next((kind for most, kind in _KINDS if 0 < number <= most), digits)


def learn_dates(
    contents: Sequence[Content], titles: Sequence[str | None], parse: Parse
) -> DateReader:
    """Find out from a sample of entries where the dates are: in one place in most of them."""
    hits: dict[Slot, float] = defaultdict(float)
    times: Counter[Slot] = Counter()
    weights: dict[tuple[Slot, str], float] = {}
    for content, title in zip(contents, titles, strict=True):
        counted: set[Slot] = set()
        for slot, text in date_texts(content, title):
            if slot in counted:
                continue
            form = (slot, _form(text))
            if form not in weights:
                weights[form] = _weight(slot, text, parse)
            if weight := weights[form]:
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


def _is_plausible(date: PartialDate) -> bool:
    """Whether a date is of the time of listings; numbers of cases and files look like others."""
    return date.iso is None or _FIRST_YEAR <= date.iso[:4] <= _LAST_YEAR


def _weight(slot: Slot, text: str, parse: Parse) -> float:
    """How well a text is a date: exact days more than years, marked places more than others."""
    date = parse(text)
    if date is None or not _is_plausible(date):
        return 0.0
    named = is_named_date(slot)
    certain = date.iso is not None or Issue.DATE_AMBIGUOUS in date.issues
    if slot and slot[0] == "@":
        return (0.9 if is_change(slot) else 1.6) if certain and date.precision in DAYS else 0.0
    if date.precision not in DAYS and not named:
        return 0.3 if len(text) < 12 and date.iso else 0.0  # noqa: PLR2004
    weight = 1.0 if certain else 0.7
    if len(text) > 40 or slot[:1] == ("+",):  # noqa: PLR2004
        weight -= 0.2
    if is_change(slot) or HIDDEN in slot:
        weight -= 0.4
    if date.precision not in DAYS:
        weight -= 0.5
    return weight + (0.4 if named else 0.0)
