"""Dates that are given relative to the page's clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

import attrs

from normalize.dates.clock import TIME, Clock
from normalize.dates.context import Context
from normalize.dates.grammar import Grammar, compile_pattern
from normalize.dates.lexicon import Sense, Span
from normalize.dates.model import Calendar, Precision
from normalize.dates.reading import Reading
from normalize.dates.tokens import DIGITS, Token
from normalize.issues import Issue

_COUNT = r"(?:(?P<n{0}>[nc]|<N>)[ \-]?(?:<P> )?)?(?P<u{0}><U>)\.?"
_MORE = r"(?: ?(?:,|<P>)? ?(?P<n2>[nc]|<N>) ?(?P<u2><U>)\.?)?"
_LEAD = r"(?:[ ~:]|<Q>|<P>)*"
_PATTERNS = {
    "before": rf"(?P<ago><A>){_LEAD}{_COUNT.format(1)}(?: (?P<after><N>|n))?{_MORE}",
    "after": rf"{_COUNT.format(1)}{_MORE}[ ,]?(?:<P> )?(?P<ago_behind><A>)",
    "number_inside": r"(?P<u1><U>) ?(?P<n1>[nc]|<N>) ?(?P<ago_behind><A>)",
    "suffixed": r"(?P<n1>[nc]|<N>) ?(?P<u1><UA>)",
    "vague": r"(?P<vague><VQ>) ?(?P<u1><U>)",
    "ahead_before": rf"(?P<ahead><FB>){_LEAD}{_COUNT.format(1)}",
    "ahead_after": rf"{_COUNT.format(1)} ?(?P<ahead_behind><F>)",
}
# Group of the word that gives the direction, its tag, and the tag where it must not stand there.
_MARKERS = (
    ("ago", "A", ""),
    ("ago_behind", "A", "AB"),
    ("ahead", "FB", ""),
    ("ahead_behind", "F", ""),
)
_AHEAD = frozenset({"ahead", "ahead_behind"})
_WORDS = r"x{L}{V}{P}{C}{W}{Q}{Y}{O}{A}{X}{RW}"
_COUNTED = rf"[{DIGITS}](?:[.,][{DIGITS}])* ?x"  # 123 points
_NEAR = {
    "left": rf"(?:.*[·|(:] ?)?(?:[ ,.\-:·()'\"]|[{_WORDS}]|{_COUNTED}){{0,12}}$",
    "right": rf"(?:[ ,.\-:·()'\"]|[{_WORDS}]){{0,12}}(?:[·|(].*)?$",
    "bounded_left": r".*<X> ?$",
    "number_left": rf".*(?:[{DIGITS}][ .,\-/]{{0,3}}|[{DIGITS}] ?x ?)$",
}
_MAX_UNKNOWN_WORDS = 4
_ALONE = r"[ ,.:\-·()'\"τ{L}{V}{W}{P}{C}{T}{Z}{Q}]*"
_DAY = rf"{_ALONE}(?P<r><R>){_ALONE}$"
_WEEKDAY = (
    r"[ ,.:\-·()'\"τ{L}{V}{P}{C}{T}{Z}]*(?P<l><LW> ?)?(?P<w><W>)\.?(?P<l2> ?<LW>)?"
    r"[ ,.:\-·()'\"τ{P}{C}{T}{Z}]*$"
)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7}


@cache
def _patterns(rules: Grammar) -> Mapping[str, re.Pattern[str]]:
    templates = {**_PATTERNS, **_NEAR, "day": _DAY, "weekday": _WEEKDAY}
    return {name: compile_pattern(t, rules.classes) for name, t in templates.items()}


@lru_cache(maxsize=4096)
def _locate(rules: Grammar, shape: str) -> tuple[tuple[int, int, Mapping[str, int]], ...]:
    """Spans and groups of every amount of time before or after now."""
    patterns = _patterns(rules)
    found = []
    for name in _PATTERNS:
        for m in patterns[name].finditer(shape):
            left, right = shape[: m.start()], shape[m.end() :]
            if patterns["number_left"].match(left):
                continue
            if not (patterns["left"].match(left) and patterns["right"].match(right)):
                continue
            if (left + right).count("x") <= _MAX_UNKNOWN_WORDS:
                groups = {k: m.start(k) for k in m.groupdict() if m[k]}
                if patterns["bounded_left"].match(left):
                    groups["bound"] = m.start() - 1
                found.append((m.start(), m.end(), groups))
    return tuple(sorted(found, key=lambda f: (not _AHEAD.isdisjoint(f[2]), f[0] - f[1], f[0])))


def read_amount(
    tokens: Sequence[Token], shape: str, rules: Grammar, context: Context
) -> Reading | None:
    """``3 hours ago``, ``منذ ساعتين``, ``in 2 days``: the longest that makes sense."""
    for _, _, at in _locate(rules, shape):
        group = {key: tokens[index] for key, index in at.items()}
        ahead = not _AHEAD.isdisjoint(group)
        if ahead and any(token.senses("A") for token in tokens):
            continue
        if "vague" in group:
            if not any(token.senses("A") for token in tokens):
                continue
            return _vague(group["u1"], context)
        amounts = [_amount(group, which, context) for which in ("1", "2") if f"u{which}" in group]
        if any(amount is None for amount in amounts):
            continue
        if "bound" in group:
            return _vague(group["u1"], context)
        sign = 1 if ahead else -1
        parts = [(unit, sign * count) for unit, count in filter(None, amounts)]
        return _resolve(parts, context)
    return None


def _vague(unit: Token, context: Context) -> Reading | None:
    """``a few days ago``, ``over a year ago``: understood, but no date."""
    name = context.choose([Sense(s.languages, s.value.unit) for s in unit.senses("U")])
    if context.reference is None:
        return _open(_precision(name or "day"))
    issues = (Issue.DATE_AMBIGUOUS,)
    return Reading(None, _precision(name or "day"), Calendar.GREGORIAN, issues)


def _amount(group: Mapping[str, Token], which: str, context: Context) -> tuple[str, float] | None:
    senses = _same_language(group, group[f"u{which}"])
    units = [Sense(s.languages, s.value.unit) for s in senses]
    unit = context.choose(units)
    number = group.get(f"n{which}") or (group.get("after") if which == "1" else None)
    if unit is None:
        return None
    spans: list[Span] = [s.value for s in senses if s.value.unit == unit]
    if number is None or (which == "1" and "after" in group):
        if "after" in group and group["after"].number > 1:
            return None
        count = next((span.count for span in spans if span.count), None)
        return (unit, count) if count else None
    if number.mark in DIGITS:
        return unit, number.number
    value = context.choose(number.senses("N"))
    if value is None or (value % 1 and unit not in {"hour", "minute"}):
        return None
    return unit, value


def _same_language(group: Mapping[str, Token], unit: Token) -> tuple[Sense, ...]:
    """Senses of a unit in the languages whose word for ``ago`` or ``from now`` stands with it."""
    senses = unit.senses("U") or unit.senses("UA")
    for name, tag, elsewhere in _MARKERS:
        if name in group:
            languages = _languages(group[name], tag) - _languages(group[name], elsewhere)
            return tuple(s for s in senses if not languages.isdisjoint(s.languages))
    return senses


def _languages(token: Token, tag: str) -> frozenset[str]:
    return frozenset().union(*(sense.languages for sense in token.senses(tag)))


def _resolve(parts: Sequence[tuple[str, float]], context: Context) -> Reading:
    """The time that lies these amounts from the clock, at the precision of the smallest unit."""
    unit = parts[-1][0]
    precision = _precision(unit)
    if context.reference is None:
        return _open(precision)
    if unit in _SECONDS:
        if not isinstance(context.reference, datetime):
            return _open(precision)
        seconds = sum(n * (_SECONDS.get(u) or 86400 * _DAYS.get(u, 0)) for u, n in parts)
        return _moment(context.reference, timedelta(seconds=seconds), precision)
    today = context.today or context.reference
    months = sum(int(n) * {"month": 1, "year": 12}.get(u, 0) for u, n in parts)
    days = sum(int(n) * _DAYS.get(u, 0) for u, n in parts)
    return _shifted(today, months, days, precision)


def _precision(unit: str) -> Precision:
    by_unit = {
        "second": Precision.SECOND,
        "minute": Precision.MINUTE,
        "hour": Precision.MINUTE,
        "month": Precision.MONTH,
        "year": Precision.YEAR,
    }
    return by_unit.get(unit, Precision.DAY)


def _open(precision: Precision) -> Reading:
    issues = (Issue.DATE_RELATIVE_WITHOUT_REFERENCE,)
    return Reading(None, precision, Calendar.GREGORIAN, issues)


def _moment(reference: datetime, shift: timedelta, precision: Precision) -> Reading:
    """A time of day in UTC; without offset where the reference has none."""
    try:
        moment = reference + shift
        zone = ""
        if moment.tzinfo is not None:
            moment, zone = moment.astimezone(UTC), "Z"
    except OverflowError:
        return _open(precision)
    clock = f"{moment:%H:%M:%S}" if precision is Precision.SECOND else f"{moment:%H:%M}"
    iso = f"{moment.date().isoformat()}T{clock}{zone}"
    return Reading(iso, precision, Calendar.GREGORIAN, (Issue.DATE_RELATIVE,))


def _shifted(today: date, months: int, days: int, precision: Precision) -> Reading:
    count = today.year * 12 + today.month - 1 + months
    year, month = divmod(count, 12)
    try:
        if precision is Precision.YEAR:
            iso = f"{date(year, 1, 1).year:04d}"
        elif precision is Precision.MONTH:
            iso = date(year, month + 1, 1).isoformat()[:7]
        elif months:  # 1 month and 3 days: months differ in length
            return Reading(None, precision, Calendar.GREGORIAN, (Issue.DATE_RELATIVE,))
        else:
            iso = (today + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return _open(precision)
    return Reading(iso, precision, Calendar.GREGORIAN, (Issue.DATE_RELATIVE,))


def read_word(
    tokens: Sequence[Token], shape: str, rules: Grammar, context: Context
) -> Reading | None:
    """``yesterday``, ``الشهر الماضي``, ``刚刚``, a weekday: where nothing else is in the text."""
    patterns = _patterns(rules)
    match = patterns["day"].match(shape)
    if match:
        value = context.choose(tokens[match.start("r")].senses("R"))
        return _read_word_value(value, context, timed=TIME in shape) if value else None
    match = patterns["weekday"].match(shape)
    if match:
        weekday = context.choose(tokens[match.start("w")].senses("W"))
        last = bool(match["l"] or match["l2"])
        return _read_weekday(weekday, context, last=last) if weekday is not None else None
    return None


def _read_word_value(value: str, context: Context, *, timed: bool) -> Reading | None:
    if value == "now":
        return _read_now(context)
    unit, _, back = value.partition("_")
    if back == "both":
        return Reading(None, Precision.DAY, Calendar.GREGORIAN, (Issue.DATE_AMBIGUOUS,))
    if unit != "day" and timed:
        return None
    if unit == "week":
        issue = Issue.DATE_RELATIVE if context.today else Issue.DATE_RELATIVE_WITHOUT_REFERENCE
        return Reading(None, Precision.DAY, Calendar.GREGORIAN, (issue,))
    return _resolve([(unit, 1 if back == "next" else -int(back))], context)


def _read_now(context: Context) -> Reading:
    if isinstance(context.reference, datetime):
        return _moment(context.reference, timedelta(0), Precision.MINUTE)
    return _resolve([("day", 0)], context)


def _read_weekday(weekday: int, context: Context, *, last: bool) -> Reading:
    """The latest such day before the page's own; on that weekday itself only with ``last``."""
    today = context.today
    if today is None:
        return _open(Precision.DAY)
    back = (today.weekday() - weekday) % 7
    if back == 0 and not last:
        return Reading(None, Precision.DAY, Calendar.GREGORIAN, (Issue.DATE_AMBIGUOUS,))
    return _resolve([("day", -(back or 7))], context)


def with_clock(reading: Reading, clock: Clock | None) -> Reading:
    """Join a time of day that stands beside the date."""
    if clock is None or reading.iso is None or reading.precision is not Precision.DAY:
        return reading
    precision = Precision.MINUTE if clock.second is None else Precision.SECOND
    iso = reading.iso + clock.iso()
    return attrs.evolve(reading, iso=iso, precision=precision)


_Reader = Callable[[Sequence[Token], str, Grammar, Context], Reading | None]
READERS: tuple[_Reader, ...] = (read_amount, read_word)
