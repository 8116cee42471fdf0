"""Two-digit years of a page's dates, completed where the page shows the year in full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SHORT = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MOST_YEARS = 3


def are_short(dates: Sequence[str | None]) -> bool:
    """Whether most of the dates are numbers that end with a year of two digits."""
    told = [match for text in dates if (match := _SHORT.search(text or ""))]
    return len(told) * 2 > len(dates) and not is_year_first([m[0] for m in told])


def is_year_first(dates: Sequence[str]) -> bool:
    """Whether the year stands first in ``24.03.12``: what changes least is the year."""
    told = [match for text in dates if (match := _SHORT.search(text))]
    first, last = {match[1] for match in told}, {match[4] for match in told}
    return len(last) > max(len(first), _MOST_YEARS)


def years_shown(texts: Iterable[str]) -> frozenset[str]:
    """Years of four digits in texts and addresses of a page."""
    return frozenset(year for text in texts for year in _YEAR.findall(text))


def with_century(text: str | None, years: frozenset[str]) -> str | None:
    """A date with its year in full, where just one year of the page ends with its digits."""
    match = _SHORT.search(text or "")
    if text is None or match is None:
        return text
    whole = [year for year in years if year.endswith(match[4])]
    return text[: match.start(4)] + whole[0] + text[match.end(4) :] if len(whole) == 1 else text
