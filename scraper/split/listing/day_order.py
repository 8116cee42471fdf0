"""Whether ``06/05/2024`` is 6 May on a page: what its dates show, then what its language writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from scraper.split.listing.centuries import is_year_first
from scraper.split.listing.vocabulary import word_set

_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2})(?!\d)")
# Hebrew, Arabic, Greek, Cyrillic, the scripts of India, Thai, Georgian, Armenian: no country
# that writes them writes the month first.
_DAY_FIRST_SCRIPT = re.compile(r"[\u0370-\u07bf\u0900-\u0dff\u0e00-\u0eff\u10a0-\u10ff]")
_LETTER = re.compile(r"[^\W\d_]")
_MONTHS = 12
_LEAST_DAYS = 3
_LEAST_IN_ORDER = 4
_SCRIPT_SHARE = 0.5

_Numbers = tuple[int, int, int]


def day_order(
    dates: Sequence[str | None], titles: Sequence[str | None], languages: Sequence[str]
) -> bool | None:
    """Whether the day stands first in the page's numeric dates; None where nothing tells.

    A number above twelve is a day. Of several days in one month the month stays the same. A list
    is in order in one reading, and in the other is not. Where no date shows it, a slash is read
    as all countries of the page's language read it.

    Args:
        dates: dates of the entries, in page order.
        titles: their titles, which tell the page's script.
        languages: what the page declares.
    """
    told = [match for text in dates if (match := _NUMERIC.search(text or ""))]
    if is_year_first([match[0] for match in told]):
        return None
    numbers = [(int(m[1]), int(m[3]), int(m[4])) for m in told]
    if not numbers:
        return None
    first = any(one > _MONTHS for one, _, _ in numbers)
    second = any(other > _MONTHS for _, other, _ in numbers)
    if first or second:
        return first if first != second else None
    shown = _shown_by_months(numbers)
    if shown is None:
        shown = _shown_by_order(numbers)
    slashed = all(match[2] == "/" for match in told)
    return True if shown is None and slashed and _writes_days_first(titles, languages) else shown


def _shown_by_months(numbers: Sequence[_Numbers]) -> bool | None:
    ones, others = {one for one, _, _ in numbers}, {other for _, other, _ in numbers}
    if len(others) == 1 and len(ones) >= _LEAST_DAYS:
        return True
    if len(ones) == 1 and len(others) >= _LEAST_DAYS:
        return False
    return None


def _shown_by_order(numbers: Sequence[_Numbers]) -> bool | None:
    if len(set(numbers)) < _LEAST_IN_ORDER:
        return None
    by_day = _is_ordered([(year, other, one) for one, other, year in numbers])
    by_month = _is_ordered([(year, one, other) for one, other, year in numbers])
    return by_day if by_day != by_month else None


def _is_ordered(days: Sequence[_Numbers]) -> bool:
    return all(a <= b for a, b in pairwise(days)) or all(a >= b for a, b in pairwise(days))


def _writes_days_first(titles: Sequence[str | None], languages: Sequence[str]) -> bool:
    if set(languages) & word_set("day_first_languages"):
        return True
    letters = list(_letters(titles))
    scripted = sum(_DAY_FIRST_SCRIPT.match(letter) is not None for letter in letters)
    return scripted > len(letters) * _SCRIPT_SHARE


def _letters(titles: Sequence[str | None]) -> Iterator[str]:
    for title in titles:
        yield from _LETTER.findall(title or "")
