"""Dates that are already written as ISO 8601 or RFC 3339."""

from __future__ import annotations

import re
from datetime import date

from normalize.dates.clock import offset_text
from normalize.dates.model import Precision

_ISO = re.compile(
    r"\s*([0-9]{4})-([0-9]{2})(?:-([0-9]{2})"
    r"(?:(?:[Tt]|\s+)([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?)?\s*",
    re.ASCII,
)
_BASIC = re.compile(
    r"\s*((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})T?([0-9]{2})([0-9]{2})"
    r"(?:([0-9]{2})(?:[.,][0-9]+)?)?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?\s*",
    re.ASCII,
)
_MAX_OFFSET = 14 * 60


def matches(text: str) -> re.Match[str] | None:
    """Match a text that has the form of an ISO 8601 date, valid or not."""
    return _ISO.fullmatch(text) or _BASIC.fullmatch(text)


def read(match: re.Match[str]) -> tuple[str, Precision] | None:
    """Canonical form and precision; None where a part is out of its range."""
    year, month, day, hour, minute, second, offset = match.groups()
    try:
        date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
    if day is None:
        return f"{year}-{month}", Precision.MONTH
    if hour is None:
        return f"{year}-{month}-{day}", Precision.DAY
    zone = _offset(offset)
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59 or zone is None:  # noqa: PLR2004
        return None
    seconds = f":{second}" if second else ""
    precision = Precision.SECOND if second else Precision.MINUTE
    return f"{year}-{month}-{day}T{hour}:{minute}{seconds}{zone}", precision


def _offset(text: str | None) -> str | None:
    """The offset with a colon, ``Z`` as it is; None where it is out of range."""
    if text is None:
        return ""
    if text in "Zz" or text.replace(":", "") in {"-00", "-0000"}:
        return "Z"
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    if minutes > _MAX_OFFSET or int(digits[2:] or 0) > 59:  # noqa: PLR2004
        return None
    return offset_text(-minutes if text[0] == "-" else minutes)
