"""Times of day in a text, with their zone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import attrs

from normalize.dates.grammar import Grammar, compile_pattern
from normalize.dates.tokens import DIGITS, Token

TIME = "τ"
"""What stands for a time of day in shapes."""

_NUMBER = f"[{DIGITS}]"
_ZONE = (
    r"(?: ?\(?(?P<z><Z>)(?: ?(?P<zs>[+\-]) ?(?P<zh>[ny])(?::(?P<zm>n))?)?\)?"
    rf"| ?(?P<os>[+\-])(?P<oh>[ny])(?::(?P<om>n))?(?! ?[:\-/.]?{_NUMBER}))?"
)
_BEFORE = r"(?:(?!<E>)(?P<p><T>)[ .]{0,2})?"
_AFTER = r"(?: ?\(?(?P<q><T>)\)?)?"
_APART = rf"(?<![{DIGITS}./\-:])"  # the number belongs to no chain of numbers
_MINUTES = r"(?P<m>n)(?: ?(?P<i><I>)(?: ?(?P<s>n) ?<K>)?)?"
_SPACED_MINUTES = r" (?P<m2>n) ?<I>(?: ?(?P<s2>n) ?<K>)?| (?P<m3>n)(?= ?(?:$|[,)(·]))"
_HALF = r" ?(?P<half><N>)(?! ?<U>)"
_PATTERNS = {
    "colon": rf"{_BEFORE}(?<![{DIGITS}])(?<!n:)(?P<h>n) ?: ?(?P<m>n)"
    rf"(?: ?: ?(?P<s>n)(?:[.,]{_NUMBER})?)?(?!{_NUMBER}|:){_AFTER}(?: ?<H>(?!:))?{_ZONE}",
    "marked": rf"{_BEFORE}(?<![{DIGITS}:.])(?P<h>n) ?<H>(?:{_MINUTES}|{_SPACED_MINUTES}|{_HALF})?"
    rf"(?!{_NUMBER}| ?<A>){_AFTER}{_ZONE}",
    "dotted_before": rf"<C>[:.]? ?(?<!{_NUMBER})(?P<h>n)\.(?P<m>n)(?![.:/\-]?{_NUMBER}){_AFTER}"
    rf"(?: ?<H>)?{_ZONE}",
    "dotted_after": rf"{_APART}(?P<h>n)\.(?P<m>n) ?(?=<H>|<Z>)(?:<H>\.?)?{_ZONE}",
    "dotted_after_year": r"(?:(?<=y) ?[,\-·]?|(?<=y-n-n)|(?<=y\.n\.n)|(?<=y\.n\.n\.)) "
    r"(?P<h>n)\.(?P<m>n)(?:\.(?P<s>n))?(?= ?(?:$|[·()]|<Z>))" + _ZONE,
    "period_dotted": rf"{_APART}(?P<h>n)\.(?P<m>n) ?(?P<q><T>){_ZONE}",
    "period": rf"{_APART}(?P<h>n) ?(?P<q><T>){_ZONE}",
    "period_before": rf"<C>[: ]{{0,2}}(?P<h>n) ?(?P<q><T>){_ZONE}",
}
_HALF_DAY = 12
_EVENING = 6


@attrs.frozen
class Clock:
    """A time of day: 24-hour, with the offset as ISO 8601 writes it, if the text gives one."""

    hour: int
    minute: int
    second: int | None
    offset: str

    def iso(self) -> str:
        """Write it as ISO 8601 does: ``T08:30``, ``T08:30:15+03:00``."""
        seconds = "" if self.second is None else f":{self.second:02d}"
        return f"T{self.hour:02d}:{self.minute:02d}{seconds}{self.offset}"


@attrs.frozen
class Timed:
    """A text whose time of day has been read and replaced by one token, `TIME`."""

    tokens: Sequence[Token]
    shape: str
    clock: Clock | None


def offset_text(minutes: int) -> str:
    """Write an offset in minutes as ISO 8601."""
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@cache
def _patterns(rules: Grammar) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, compile_pattern(t, rules.classes)) for name, t in _PATTERNS.items())


@lru_cache(maxsize=8192)
def _locate(rules: Grammar, shape: str) -> tuple[tuple[int, int, str, Mapping[str, int]], ...]:
    """Span, pattern and groups of every time that a shape may hold, by pattern."""
    return tuple(
        (m.start(), m.end(), name, {k: m.start(k) for k in m.groupdict() if m[k]})
        for name, pattern in _patterns(rules)
        for m in pattern.finditer(shape)
    )


def take_time(tokens: Sequence[Token], shape: str, rules: Grammar) -> Timed:
    """Read the time of day of a text. Of two (a range) neither is taken."""
    clock: Clock | None = None
    taken: tuple[int, int] | None = None
    for start, end, name, at in _locate(rules, shape):
        if taken and start < taken[1] and end > taken[0]:
            continue
        group = {key: tokens[index] for key, index in at.items()}
        if name in {"period", "period_dotted"} and not _is_clear_period(group["q"]):
            continue
        read = _read(group)
        if read is None:
            continue
        if taken:
            clock = None if name == "colon" else clock
            continue
        is_certain = not _is_range(group, at, shape) and not _is_shifted(tokens, start)
        clock = read if is_certain else None
        taken = start, end
    if taken is None:
        return Timed(tokens, shape, None)
    start, end = taken
    time = Token(TIME, TIME)
    replaced = [*tokens[:start], time, *tokens[end:]]
    return Timed(replaced, shape[:start] + TIME + shape[end:], clock)


def _is_clear_period(token: Token) -> bool:
    """``3 PM`` is a time; ``3 م`` alone need not be one."""
    return len(token.text) > 2 or token.text in {"am", "pm", "a", "p"}  # noqa: PLR2004


def _is_shifted(tokens: Sequence[Token], start: int) -> bool:
    """Swahili counts the hours from six o'clock: ``saa 4`` may be ten or four."""
    return any(token.senses("SC") for token in tokens[max(start - 2, 0) : start + 1])


def _is_range(group: Mapping[str, Token], at: Mapping[str, int], shape: str) -> bool:
    """``10:30-12:00`` is a range, ``10:30:00-05:00`` a time with its offset."""
    return (
        "om" in group
        and group["os"].text == "-"
        and "s" not in group
        and shape[at["os"] - 1] != " "
    )


def _read(group: Mapping[str, Token]) -> Clock | None:
    hour = group["h"].number
    if "m" in group and len(group["m"].text) == 1 and "i" not in group:
        return None
    minutes = group.get("m") or group.get("m2") or group.get("m3")
    minute = minutes.number if minutes else 0
    if "half" in group:
        if any(sense.value != 0.5 for sense in group["half"].senses("N")):  # noqa: PLR2004
            return None
        minute = 30
    second_token = group.get("s") or group.get("s2")
    second = second_token.number if second_token else None
    period = group.get("p") or group.get("q")
    if period:
        hour = _full_hour(hour, period.senses("T")[0].value)
    if hour > 23 or minute > 59 or (second or 0) > 59:  # noqa: PLR2004
        return None
    return Clock(hour, minute, second, _offset(group))


def _full_hour(hour: int, period: str) -> int:
    """The hour of 24; an hour that is already of 24 is kept."""
    if hour > _HALF_DAY:
        return hour
    if period == "am":
        return hour % _HALF_DAY
    if period == "pm":
        return hour % _HALF_DAY + _HALF_DAY
    if period == "noon":
        return hour if hour >= _HALF_DAY - 2 else hour + _HALF_DAY
    return hour % _HALF_DAY + (_HALF_DAY if _EVENING <= hour < _HALF_DAY else 0)


def _offset(group: Mapping[str, Token]) -> str:
    if "os" in group:
        return _numeric_offset(group["os"].text, group["oh"], group.get("om"))
    if "zs" in group:
        return _numeric_offset(group["zs"].text, group["zh"], group.get("zm"))
    if "z" not in group:
        return ""
    value = group["z"].senses("Z")[0].value
    if isinstance(value, int):
        return offset_text(value)
    return value or ""


def _numeric_offset(sign: str, hours: Token, minutes: Token | None) -> str:
    number = hours.number * 60 + (minutes.number if minutes else 0)
    if len(hours.text) == 4:  # noqa: PLR2004  +0530
        number = hours.number // 100 * 60 + hours.number % 100
    if number > 14 * 60:
        return ""
    if sign == "-" and number == 0:
        return "Z"  # RFC 3339, 4.3: the time is UTC, the local offset unknown
    return offset_text(-number if sign == "-" else number)
