"""From a pattern found in a text to the day, month or year that it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from normalize.dates import calendars
from normalize.dates.context import Context
from normalize.dates.grammar import Found
from normalize.dates.lexicon import Sense
from normalize.dates.model import Calendar, Precision
from normalize.dates.tokens import Token
from normalize.issues import Issue

_COMPACT_YEARS = range(1900, 2100)
_LONE_YEARS = range(1800, 2200)
_BUDDHIST_YEARS = range(2484, 2700)
_SOLAR_LANGUAGES = ("fa", "ps")
_WEAK_TIERS = frozenset({"short", "days"})


@attrs.frozen
class Reading:
    """What a date expression means; `iso` is None where it stays open."""

    iso: str | None
    precision: Precision
    calendar: Calendar
    issues: tuple[Issue, ...] = ()
    alternatives: tuple[date, ...] = ()
    """The days between which an ambiguous text leaves the choice."""


@attrs.frozen
class Expression:
    """A found pattern with its tokens."""

    found: Found
    group: Mapping[str, Token]
    context: Context
    particles: Sequence[frozenset[str]] = ()
    """Languages of each small word inside the expression (``de``, ``of``)."""

    def era(self) -> Calendar | None:
        """The calendar that the expression's own mark names; single letters may be wrong."""
        token = self.group.get("e") or self.group.get("e2")
        if token is None:
            return None
        calendar: Calendar = token.senses("E")[0].value
        year = self.group["y"].number
        if not calendars.is_plausible(calendar, year) and token.text in {"h", "sh", "be", "ap"}:
            return None
        return calendar

    def months(self) -> tuple[Sense, ...]:
        """Senses of the month's name; of a double name (آذار/مارس) those that both share."""
        senses = self.group["m"].senses("M") or self.group["m"].senses("RM")
        if self.found.tier in _WEAK_TIERS:  # "out of 10" is no "out. de 10"
            senses = tuple(s for s in senses if self._fits_particles(s.languages))
        if "m2" not in self.group:
            return senses
        others = {sense.value for sense in self.group["m2"].senses("M")}
        return tuple(sense for sense in senses if sense.value in others)

    def _fits_particles(self, languages: frozenset[str]) -> bool:
        return "" in languages or not any(map(languages.isdisjoint, self.particles))


def expression(found: Found, tokens: Sequence[Token], context: Context) -> Expression:
    """Join a found pattern with the tokens it stands on."""
    particles: list[frozenset[str]] = []
    if found.tier in _WEAK_TIERS:
        inside = [tokens[i] for i in range(found.start, found.end) if i not in found.at.values()]
        spoken = [token.senses("P") for token in inside]
        particles = [
            frozenset().union(*(s.languages for s in senses)) for senses in spoken if senses
        ]
    return Expression(found, {k: tokens[i] for k, i in found.at.items()}, context, particles)


def read(expr: Expression) -> Reading | None:
    """The meaning of an expression; None where it cannot be a date."""
    readers: dict[str, Callable[[Expression], Reading | None]] = {
        "j": _read_era,
        "a": _read_numbers,
        "m": _read_named,
        "n": _read_numbered,
        "y": _read_lone_year,
    }
    if expr.found.pattern == "two_years":
        return _read_two_years(expr)
    if expr.found.pattern == "compact":
        return _read_compact(expr.group["b"].text)
    return next(reader(expr) for group, reader in readers.items() if group in expr.group)


def of_day(day: date | None, calendar: Calendar, *issues: Issue) -> Reading | None:
    """A reading of one Gregorian day."""
    if day is None:
        return None
    return Reading(day.isoformat(), Precision.DAY, calendar, issues)


def _read_compact(digits: str) -> Reading | None:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    if year not in _COMPACT_YEARS:
        return None
    return of_day(calendars.to_gregorian(Calendar.GREGORIAN, year, month, day), Calendar.GREGORIAN)


def _read_two_years(expr: Expression) -> Reading | None:
    """``2024年（令和6年）5月3日``: the Gregorian year counts, wherever it stands."""
    group = expr.group
    year, era = (group["y2"], group.get("j")) if "j" in group else (group["y"], group.get("j2"))
    if era is None or not calendars.is_plausible(Calendar.GREGORIAN, year.number):
        return None
    day = calendars.to_gregorian(
        Calendar.GREGORIAN, year.number, group["n"].number, group["d"].number
    )
    return of_day(day, Calendar.GREGORIAN)


def _read_era(expr: Expression) -> Reading | None:
    group, number = expr.group, expr.group["y"].number
    era = group["j"].senses("J")[0].value
    month = group["n"].number if "n" in group else 12
    day = group["d"].number if "d" in group else 31
    year = calendars.era_year(era, number, month, day)
    if year is None:
        return None
    parts = [group[key].number for key in ("n", "d") if key in group]
    return whole(calendars.era_calendar(era), Calendar.GREGORIAN, year, *parts)


def whole(written: Calendar, counted: Calendar, year: int, *parts: int) -> Reading | None:
    """A year, month or day; `written` is reported, `counted` has the year's number."""
    month, day = (*parts, None, None)[:2]
    if month is not None and day is not None:
        return of_day(calendars.to_gregorian(counted, year, month, day), written)
    precision = Precision.MONTH if month is not None else Precision.YEAR
    solar = {Calendar.GREGORIAN: 0, Calendar.BUDDHIST: calendars.BUDDHIST_OFFSET}
    if counted in solar:
        if calendars.to_gregorian(counted, year, month or 1, 1) is None:
            return None
        iso = f"{year - solar[counted]:04d}" + (f"-{month:02d}" if month is not None else "")
        return Reading(iso, precision, written)
    bounds = calendars.span(counted, year, month)
    if bounds is None:
        return None
    held = calendars.certain(*bounds)
    iso_part, precision = held or (None, precision)
    return Reading(iso_part, precision, written, (Issue.DATE_CALENDAR_IMPRECISE,))


def _read_numbered(expr: Expression) -> Reading | None:
    """Year and month number (and day) whose roles are marked."""
    group = expr.group
    calendar = year_calendar(expr)
    if calendar is None:
        return None
    parts = [group[key].number for key in ("n", "d") if key in group]
    return whole(calendar, calendar, group["y"].number, *parts)


def _read_lone_year(expr: Expression) -> Reading | None:
    year = expr.group["y"].number
    calendar = year_calendar(expr)
    if calendar is None or (calendar is Calendar.GREGORIAN and year not in _LONE_YEARS):
        return None
    return whole(calendar, calendar, year)


def year_calendar(expr: Expression) -> Calendar | None:
    """The calendar of a year beside numbers: by its mark, its size, language and digits."""
    year = expr.group["y"].number
    marked = expr.era()
    if marked is not None:
        return marked if calendars.is_plausible(marked, year) else None
    possible = list(_possible_calendars(year, expr.context))
    return possible[0] if len(possible) == 1 else None


def _possible_calendars(year: int, context: Context) -> Iterator[Calendar]:
    if year in range(1600, 2400):
        yield Calendar.GREGORIAN
    if calendars.is_plausible(Calendar.BUDDHIST, year) and (
        context.speaks("th") or context.numerals == "thai"
    ):
        yield Calendar.BUDDHIST
    solar = context.speaks(*_SOLAR_LANGUAGES) or context.numerals == "persian"
    if solar and year in range(1300, 1440):
        yield Calendar.SOLAR_HIJRI
    elif year in range(1343, 1501) and (
        solar or context.speaks("ar", "ur") or context.numerals == "arabic"
    ):
        yield Calendar.HIJRI


def _read_numbers(expr: Expression) -> Reading | None:
    """Three numbers; which is day and which month only order, size or weekday can say."""
    group, year = expr.group, expr.group["y"].number
    calendar = year_calendar(expr)
    if calendar is None and year in _BUDDHIST_YEARS:  # no other calendar in use has them
        calendar = Calendar.BUDDHIST
    if calendar is None:
        return _unknown_calendar(year)
    first, second = group["a"].number, group["b"].number
    if expr.found.pattern == "numbers_first":
        return of_day(calendars.to_gregorian(calendar, year, first, second), calendar)
    return by_order(expr, calendar, year, (first, second))


def _unknown_calendar(year: int) -> Reading | None:
    """1403/05/12 without language: a solar or a lunar year."""
    if year in range(1300, 1501):
        return Reading(None, Precision.DAY, Calendar.HIJRI, (Issue.DATE_AMBIGUOUS,))
    return None


def by_order(
    expr: Expression, calendar: Calendar, year: int, numbers: tuple[int, int]
) -> Reading | None:
    """Day and month of ``06/05`` in the declared order, else if only one order is possible.

    Dots are written day first everywhere, and so are calendars other than the Gregorian where the
    year stands last; other signs are in use for both orders.
    """
    first, second = numbers
    day_first = expr.context.day_first
    settled = expr.group["s"].text == "." or calendar is not Calendar.GREGORIAN
    if day_first is None and settled:
        day_first = True
    by_day = calendars.to_gregorian(calendar, year, second, first)
    by_month = calendars.to_gregorian(calendar, year, first, second)
    if by_day is None or by_month is None or by_day == by_month:
        return of_day(by_day or by_month, calendar)
    if day_first is None:
        issues = (Issue.DATE_AMBIGUOUS,)
        return Reading(None, Precision.DAY, calendar, issues, (by_day, by_month))
    return of_day(by_day if day_first else by_month, calendar)


def _read_named(expr: Expression) -> Reading | None:
    """A month's name with its year (and day)."""
    group = expr.group
    year = group["y"].number
    readings = [
        Sense(sense.languages, (calendar, counted_year, sense.value.number))
        for sense in expr.months()
        for calendar, counted_year in _named_calendars(expr, sense, year)
    ]
    if not readings:
        return None
    chosen = expr.context.choose(readings)
    precision = Precision.DAY if "d" in group else Precision.MONTH
    if chosen is None:
        return Reading(None, precision, readings[0].value[0], (Issue.DATE_AMBIGUOUS,))
    calendar, year, month = chosen
    return whole(calendar, calendar, year, month, *([group["d"].number] if "d" in group else []))


def _named_calendars(expr: Expression, sense: Sense, year: int) -> Iterator[tuple[Calendar, int]]:
    """Calendars in which the named month can have this year, with the year's full number."""
    calendar: Calendar = sense.value.calendar
    if calendar is Calendar.HEBREW and expr.group["y"].mark == "g":
        year = year if year >= 5000 else year + 5000  # noqa: PLR2004  thousands are left out
    era = expr.era()
    thai = "th" in sense.languages or expr.context.speaks("th") or era is Calendar.BUDDHIST
    if thai and (calendar, year in _BUDDHIST_YEARS) == (Calendar.GREGORIAN, True):
        calendar = Calendar.BUDDHIST
    if era not in {None, calendar} or not calendars.is_plausible(calendar, year):
        return
    yield calendar, year
