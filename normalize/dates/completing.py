"""Dates whose text leaves the year, or its century, to the page's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from normalize.dates import calendars
from normalize.dates.lexicon import Sense
from normalize.dates.model import Calendar, Precision
from normalize.dates.reading import Expression, Reading, by_order, of_day, whole
from normalize.issues import Issue

_GREGORIAN = frozenset({Calendar.GREGORIAN, Calendar.BUDDHIST})
_YEAR_FIRST_LANGUAGES = ("ko", "ja", "zh", "hu", "lt")
_OLDEST = 70  # years before the reference that a two-digit year may go back
_RFC_2822_PIVOT = 50  # RFC 2822, 4.3: 00 to 49 is 2000 and later


def read_yearless(expr: Expression) -> Reading | None:
    """A day or month without year: the latest that is not after the reference."""
    group = expr.group
    day = group["d"].number if "d" in group else None
    chosen = _month_of(expr)
    if chosen is None or not _exists(*chosen, day or 1):
        return None
    calendar, month = chosen
    precision = Precision.DAY if day is not None else Precision.MONTH
    latest = expr.context.latest
    if month == 0 or latest is None:
        issue = Issue.DATE_AMBIGUOUS if month == 0 else Issue.DATE_WITHOUT_YEAR
        return Reading(None, precision, calendar, (issue,))
    found = calendars.complete_year(calendar, month, day or 1, latest)
    if found is None:
        return Reading(None, precision, calendar, (Issue.DATE_WITHOUT_YEAR,))
    if day is None and calendar is not Calendar.GREGORIAN:
        return Reading(None, precision, calendar, (Issue.DATE_CALENDAR_IMPRECISE,))
    iso = found.isoformat() if day is not None else found.isoformat()[:7]
    return Reading(iso, precision, calendar, (Issue.YEAR_FROM_REFERENCE,))


def _month_of(expr: Expression) -> tuple[Calendar, int] | None:
    """Calendar and number of the month; number 0 where its name is ambiguous."""
    if "n" in expr.group:
        return Calendar.GREGORIAN, expr.group["n"].number
    senses = expr.months()
    if not senses:
        return None
    chosen = expr.context.choose(senses)
    if chosen is None:
        return senses[0].value.calendar, 0
    return chosen.calendar, chosen.number


def _exists(calendar: Calendar, month: int, day: int) -> bool:
    """Whether any year of the calendar has such a day."""
    years = {
        Calendar.GREGORIAN: (2024,),
        Calendar.HIJRI: range(1440, 1460),
        Calendar.SOLAR_HIJRI: (1399,),
        Calendar.HEBREW: range(5780, 5790),
    }
    return month == 0 or any(
        calendars.to_gregorian(calendar, year, month, day) for year in years[calendar]
    )


def read_short(expr: Expression, *, by_rfc: bool) -> Reading | None:
    """A date whose year has two digits; `by_rfc` for the shape that RFC 2822 completes."""
    if "a" in expr.group:
        return _short_numbers(expr)
    day = expr.group["d"].number if "d" in expr.group else None
    senses = [s for s in expr.months() if s.value.calendar is Calendar.GREGORIAN]
    number = expr.group["y"].number
    precision = Precision.DAY if day is not None else Precision.MONTH
    month = expr.context.choose([Sense(s.languages, s.value.number) for s in senses])
    if month is None:
        return None
    if by_rfc:
        century = 2000 if number < _RFC_2822_PIVOT else 1900
        found = calendars.to_gregorian(Calendar.GREGORIAN, century + number, month, day or 1)
        return of_day(found, Calendar.GREGORIAN) if day else None
    if not _exists(Calendar.GREGORIAN, month, day or 1):
        return None
    thai = expr.context.speaks("th") or any("th" in s.languages for s in senses)
    years = _full_years(expr, number, thai=thai)
    if not years:
        return Reading(None, precision, Calendar.GREGORIAN, (Issue.DATE_WITHOUT_YEAR,))
    return _latest(expr, years, month, day)


def _full_years(expr: Expression, number: int, *, thai: bool) -> list[tuple[Calendar, int]]:
    """Full years that two digits may stand for, as (calendar written, Gregorian year)."""
    latest = expr.context.latest
    if latest is None:
        return []
    counted = [(Calendar.GREGORIAN, 0)]
    if thai:
        counted.append((Calendar.BUDDHIST, calendars.BUDDHIST_OFFSET))
    oldest = latest.year - _OLDEST
    return [
        (calendar, century + number - offset)
        for calendar, offset in counted
        for century in range(1900, 2700, 100)
        if oldest <= century + number - offset <= latest.year + 1
    ]


def _latest(
    expr: Expression, years: Sequence[tuple[Calendar, int]], month: int, day: int | None
) -> Reading | None:
    latest = expr.context.latest
    possible = [
        (found, calendar)
        for calendar, year in years
        if (found := calendars.to_gregorian(Calendar.GREGORIAN, year, month, day or 1))
    ]
    if not possible:
        return None
    past = [(found, calendar) for found, calendar in possible if not latest or found <= latest]
    found, calendar = max(past) if past else min(possible)
    parts = (found.month, found.day) if day else (found.month,)
    reading = whole(calendar, Calendar.GREGORIAN, found.year, *parts)
    return _completed(reading) if reading else None


def _completed(reading: Reading) -> Reading:
    issues = (*reading.issues, Issue.YEAR_FROM_REFERENCE) if reading.iso else reading.issues
    return attrs.evolve(reading, issues=issues)


def _short_numbers(expr: Expression) -> Reading | None:
    """``03.05.24``: in countries that write the year first it may also be that."""
    first, second, third = (expr.group[key].number for key in ("a", "b", "y"))
    days: list[date] = []
    for _, year in _full_years(expr, third, thai=False):
        reading = by_order(expr, Calendar.GREGORIAN, year, (first, second))
        if reading and reading.iso:
            days.append(date.fromisoformat(reading.iso))
        elif reading:
            days.extend(reading.alternatives)
    year_first = expr.context.day_first is None and (
        expr.group["s"].text != "." or expr.context.speaks(*_YEAR_FIRST_LANGUAGES)
    )
    if year_first:
        years = [year for _, year in _full_years(expr, first, thai=False)]
        found = (calendars.to_gregorian(Calendar.GREGORIAN, y, second, third) for y in years)
        days.extend(day for day in found if day)
    return _only_one(expr, days)


def _only_one(expr: Expression, days: Sequence[date]) -> Reading | None:
    latest = expr.context.latest
    if latest is None:
        orders = (expr.group["a"].number, expr.group["b"].number)
        if not any(by_order(expr, Calendar.GREGORIAN, 2024, pair) for pair in (orders,)):
            return None
        return Reading(None, Precision.DAY, Calendar.GREGORIAN, (Issue.DATE_WITHOUT_YEAR,))
    likely = {day for day in days if day <= latest} or set(days)
    if len(likely) > 1:
        issues = (Issue.DATE_AMBIGUOUS,)
        return Reading(None, Precision.DAY, Calendar.GREGORIAN, issues, tuple(sorted(likely)))
    return of_day(next(iter(likely), None), Calendar.GREGORIAN, Issue.YEAR_FROM_REFERENCE)
