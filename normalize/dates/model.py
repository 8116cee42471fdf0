"""What a date text says, at the precision it says it."""

from __future__ import annotations

from enum import StrEnum

import attrs


class Precision(StrEnum):
    """The finest part of a date that its text gives."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


class Calendar(StrEnum):
    """The calendar that a date is written in."""

    GREGORIAN = "gregorian"
    HIJRI = "hijri"
    """Islamic lunar calendar, read as Umm al-Qura."""
    SOLAR_HIJRI = "solar_hijri"
    """Calendar of Iran and Afghanistan."""
    BUDDHIST = "buddhist"
    """Thai solar calendar: Gregorian days and months, years from 543 BC."""
    JAPANESE = "japanese"
    """Gregorian days and months, years of an era."""
    MINGUO = "minguo"
    """Gregorian days and months, years from 1912."""
    HEBREW = "hebrew"


@attrs.frozen(kw_only=True)
class PartialDate:
    """A date text as understood, at the precision it gives."""

    iso: str | None
    """ISO 8601 in the Gregorian calendar; None where the text does not fix a date by itself.

    ``2024``, ``2024-05``, ``2024-05-21``, ``2024-05-21T08:30+03:00``, with seconds where the text
    has them and an offset only where the text (or the clock of a relative time) has one.
    """

    precision: Precision
    """Precision of `iso`; of the text where `iso` is None."""

    calendar: Calendar
    """The calendar of the text; of its Gregorian half where it gives one day in two calendars."""

    raw: str
    """The text."""

    issues: tuple[str, ...] = ()
    """Codes of `normalize.issues`: what was completed, or why it could not be."""
