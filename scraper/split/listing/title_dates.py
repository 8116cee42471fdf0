"""Days that titles hold, where entries show no other: minutes, editions, meetings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scraper.split.listing.groups import DAYS, Parse

_SHARE = 0.8
# A day with its year in full: in numbers, with a month's name, in East Asian units.
_DAY = re.compile(
    r"(?<!\d)(?:\d{4}[./-]\d{1,2}[./-]\d{1,2}"
    r"|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{4}"
    r"|\d{1,2}[^\d\s]{0,3}\s(?:[^\d\s]{1,3}\s)?[^\d\s]{2,14}\s(?:[^\d\s]{1,10}\s)?\d{4}"
    r"|[^\W\d]{3,12}\s\d{1,2},\s\d{4}"
    r"|(?:令和|平成)?\d{1,4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일])(?!\d)"
)


def title_days(titles: Sequence[str | None], parse: Parse) -> bool:
    """Whether nearly all titles hold one day each, and not all the same."""
    days = [day_in(title, parse) for title in titles]
    told = [day for day in days if day]
    return len(told) >= len(titles) * _SHARE and len(set(told)) * 2 > len(told)


def day_in(title: str | None, parse: Parse) -> str | None:
    """The only day that a title holds, as it writes it."""
    found = _DAY.findall(title or "")
    date = parse(found[0]) if len(found) == 1 else None
    return found[0] if date and date.precision in DAYS else None
