"""Two-digit years of a page's dates, completed where the page shows the year in full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SHORT = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MOST_YEARS = 3


def are_short(dates: Sequence[str | None]) -> bool:
    """Whether most of the dates are numbers with a year of two digits."""
    return sum(_SHORT.search(text or "") is not None for text in dates) * 2 > len(dates)


def is_year_first(dates: Sequence[str | None]) -> bool:
    """Whether the year stands first in ``24.03.12``: what changes least is the year."""
    told = [match for text in dates if (match := _SHORT.search(text or ""))]
    first, last = {match[1] for match in told}, {match[4] for match in told}
    return len(last) > max(len(first), _MOST_YEARS)


def years_shown(texts: Iterable[str]) -> frozenset[str]:
    """Years of four digits in texts and addresses of a page."""
    return frozenset(year for text in texts for year in _YEAR.findall(text))


def with_century(text: str | None, years: frozenset[str], *, year_first: bool) -> str | None:
    """A date with its year in full, where just one year of the page ends with its digits."""
    match = _SHORT.search(text or "")
    if text is None or match is None:
        return text
    part = 1 if year_first else 4
    whole = [year for year in years if year.endswith(match[part])]
    if len(whole) != 1 or len(match[part]) < 2:  # noqa: PLR2004
        return text
    return text[: match.start(part)] + whole[0] + text[match.end(part) :]
