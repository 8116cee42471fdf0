"""Days, months and years of other calendars in the Gregorian one."""

from __future__ import annotations

from datetime import date, timedelta

from hijridate import Hijri
from persiantools.jdatetime import JalaliDate
from pyluach.dates import HebrewDate

from normalize.dates.lexicon import read_data
from normalize.dates.model import Calendar, Precision

BUDDHIST_OFFSET = 543
_BUDDHIST_FROM = 2484  # until then the Thai year began in April
_YEARS_BACK = 10  # 29 February may be eight years away
_YEARS = {
    Calendar.GREGORIAN: range(1000, 2400),
    Calendar.HIJRI: range(1300, 1501),
    Calendar.SOLAR_HIJRI: range(1250, 1451),
    Calendar.BUDDHIST: range(_BUDDHIST_FROM, 2700),
    Calendar.HEBREW: range(5000, 6000),
}
"""Years that a text of our time may mean in each calendar."""


def is_plausible(calendar: Calendar, year: int) -> bool:
    """Whether a year number can stand for a year of that calendar."""
    return year in _YEARS[calendar]


def to_gregorian(calendar: Calendar, year: int, month: int, day: int) -> date | None:
    """The Gregorian day, or None where that calendar has no such day.

    Hijri days are those of Umm al-Qura (hijridate), known for 1343 to 1500 AH.
    """
    try:
        if calendar is Calendar.HIJRI:
            return date(*Hijri(year, month, day).to_gregorian().datetuple())
        if calendar is Calendar.SOLAR_HIJRI:
            # Its constructor is the one part of the library without types.
            jalali = JalaliDate(year, month, day)  # type: ignore[no-untyped-call]
            converted: date = jalali.to_gregorian()
            return converted
        if calendar is Calendar.HEBREW:
            hebrew: date = HebrewDate(year, month, day).to_pydate()
            return hebrew
        offset = BUDDHIST_OFFSET if calendar is Calendar.BUDDHIST else 0
        return date(year - offset, month, day)
    except (ValueError, OverflowError):
        return None


def era_year(era: str, number: int, month: int = 12, day: int = 31) -> int | None:
    """The Gregorian year of a year of a Japanese or Chinese era; None before its first day."""
    first = date(*read_data("dates.json")["year_eras"][era]["first"])
    year = first.year + number - 1
    if number < 1 or (year, month, day) < (first.year, first.month, first.day):
        return None
    return year


def era_calendar(era: str) -> Calendar:
    """The calendar that an era belongs to."""
    return Calendar(read_data("dates.json")["year_eras"][era]["calendar"])


def span(calendar: Calendar, year: int, month: int | None) -> tuple[date, date] | None:
    """First and last Gregorian day of a month or year of another calendar."""
    # The Hebrew year begins with Tishrei (7) and ends with Elul (6).
    begins = 7 if calendar is Calendar.HEBREW else 1
    first = to_gregorian(calendar, year, month or begins, 1)
    following = _following(calendar, year, month, begins)
    if first is None or following is None:
        return None
    return first, following - timedelta(days=1)


def _following(calendar: Calendar, year: int, month: int | None, begins: int) -> date | None:
    if month is None:
        return to_gregorian(calendar, year + 1, begins, 1)
    return to_gregorian(calendar, year, month + 1, 1) or _after_last(calendar, year, month)


def _after_last(calendar: Calendar, year: int, month: int) -> date | None:
    days = (to_gregorian(calendar, year, month, day) for day in (30, 29))
    last = next((day for day in days if day), None)
    return last + timedelta(days=1) if last else None


def certain(first: date, last: date) -> tuple[str, Precision] | None:
    """The finest Gregorian month or year that holds all days from first to last."""
    if (first.year, first.month) == (last.year, last.month):
        return first.isoformat()[:7], Precision.MONTH
    if first.year == last.year:
        return f"{first.year:04d}", Precision.YEAR
    return None


def complete_year(calendar: Calendar, month: int, day: int, until: date) -> date | None:
    """The latest such day that is not after `until`."""
    newest = _year_of(calendar, until) + 1
    days = (to_gregorian(calendar, newest - back, month, day) for back in range(_YEARS_BACK))
    return next((found for found in days if found and found <= until), None)


def _year_of(calendar: Calendar, day: date) -> int:
    """The year of the calendar in which the Gregorian year of `day` ends, or one near it."""
    shifts = {Calendar.HIJRI: 0, Calendar.SOLAR_HIJRI: -621, Calendar.HEBREW: 3761}
    if calendar is Calendar.HIJRI:
        return (day.year - 622) * 33 // 32 + 1
    return day.year + shifts.get(calendar, 0)
