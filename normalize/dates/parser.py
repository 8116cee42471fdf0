"""Reading of date texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from normalize.dates import iso, relative
from normalize.dates.clock import Clock, take_time
from normalize.dates.completing import read_short, read_yearless
from normalize.dates.context import Context, base_languages, numerals_of
from normalize.dates.folding import fold
from normalize.dates.grammar import Found, Grammar, find, grammar
from normalize.dates.lexicon import lexicon
from normalize.dates.model import Calendar, PartialDate, Precision
from normalize.dates.reading import Expression, Reading, expression, read
from normalize.dates.tokens import Token, tokenize
from normalize.issues import Issue

_MAX_LENGTH = 400
_CLEAR_LENGTH = 5
_NUMERIC = frozenset({"numbers", "numbers_first", "number_year", "year_number", "compact"})
_GREGORIAN_YEARS = range(1600, 10_000)  # earlier numbers may be years of other calendars
_BARE = frozenset({"years", "bare_months"})


@attrs.frozen
class _Text:
    """A text cut into tokens, its time of day already taken out."""

    tokens: Sequence[Token]
    shape: str
    clock: Clock | None
    rules: Grammar
    context: Context


def parse_date(
    text: str,
    *,
    languages: Sequence[str] = (),
    reference: date | None = None,
    day_first: bool | None = None,
) -> PartialDate | None:
    """Read the date that a text gives, at the precision it gives and no finer.

    Args:
        text: The text of a date, as pages print it: with or without label, weekday, time.
        languages: BCP 47 codes of the source, most likely first; a prior among the readings of
            a word. They never decide the order of ``06/05/2024``.
        reference: The page's clock (a `datetime` or `date`): completes dates without year and
            relative dates. Nothing else does.
        day_first: The order of ``06/05/2024`` that the source declares.

    Returns:
        The date; with ``iso`` None and an issue where the text is understood but does not fix a
        date; None where it is not a date.
    """
    match = iso.matches(text)
    if match and int(match[1]) in _GREGORIAN_YEARS:
        found = iso.read(match)
        return _result(text, Reading(*found, Calendar.GREGORIAN)) if found else None
    folded = fold(text).strip()
    if not folded or len(folded) > _MAX_LENGTH or "://" in folded or "@" in folded:
        return None
    bases, gates = base_languages(tuple(languages))
    context = Context(bases, reference, day_first, numerals_of(text))
    reading = _read(folded, gates, context)
    return _result(text, reading) if reading else None


def _result(text: str, reading: Reading) -> PartialDate:
    return PartialDate(
        iso=reading.iso,
        precision=reading.precision,
        calendar=reading.calendar,
        raw=text,
        issues=tuple(issue.value for issue in reading.issues),
    )


def _read(folded: str, gates: frozenset[str], context: Context) -> Reading | None:
    tokens = tokenize(folded, lexicon(gates))
    shape = "".join([token.mark for token in tokens])
    rules = grammar(gates)
    timed = take_time(tokens, shape, rules)
    hints = _weekday_languages(tokens)
    context = attrs.evolve(context, hints=hints) if hints else context
    text = _Text(timed.tokens, timed.shape, timed.clock, rules, context)
    found = [f for f in find(rules, "full", text.shape) if not _is_numbered(f, text)]
    if found:
        return _read_full(found, text)
    reading = relative.read_amount(tokens, shape, rules, context)
    if reading:
        return reading
    return _read_partial(text)


def _weekday_languages(tokens: Sequence[Token]) -> frozenset[str]:
    clear = [token for token in tokens if token.word and _is_clear_weekday(token)]
    return frozenset().union(*(s.languages for token in clear for s in token.senses("W")))


def _read_full(found: Sequence[Found], text: _Text) -> Reading | None:
    """Complete dates: words may surround them, numbers may not touch them."""
    ends = [0, *(f.end for f in found)]
    starts = [*(f.start for f in found[1:]), len(text.shape)]
    read_dates = [
        (f, _read_found(f, text, text.shape[before : f.start], text.shape[f.end : after]))
        for f, before, after in zip(found, ends, starts, strict=False)
    ]
    dates = [(f, reading) for f, reading in read_dates if reading]
    if len(dates) > 1:
        return _choose(dates, text)
    if not dates:
        return None
    return _finish(dates[0][1], text, dates[0][0])


def _is_numbered(found: Found, text: _Text) -> bool:
    """``No. 3, May 2024``: the number is the issue's, not the day."""
    after_day = text.shape[found.at["d"] + 1 :].lstrip() if "d" in found.at else ""
    is_first = found.at.get("d") == found.start
    left = text.shape[: found.start]
    return is_first and after_day[:1] == "," and text.rules.is_around("counted_left", left)


def _choose(dates: Sequence[tuple[Found, Reading]], text: _Text) -> Reading | None:
    """One day in two calendars, or publication beside update; anything else is no one date."""
    gregorian = [(f, r) for f, r in dates if r.calendar is Calendar.GREGORIAN]
    if 0 < len(gregorian) < len(dates):
        return _choose(gregorian, text) if len(gregorian) > 1 else _finish_pair(gregorian[0], text)
    if len({reading.iso for _, reading in dates}) == 1:
        return _finish(dates[0][1], text, dates[0][0])
    rules, shape = text.rules, text.shape
    original = [d for d in dates if not rules.is_around("updated", shape[: d[0].start])]
    if len(original) == 1:
        return original[0][1]
    published = [d for d in original if rules.is_around("published", shape[: d[0].start])]
    return published[0][1] if len(published) == 1 and len(original) < len(dates) else None


def _finish_pair(found: tuple[Found, Reading], text: _Text) -> Reading:
    return _finish(found[1], text, found[0])


def _read_found(found: Found, text: _Text, left: str, right: str) -> Reading | None:
    """Read an expression unless its neighbours on a side claim its numbers."""
    sides = [("blocked_left", left), ("blocked_right", right)]
    if found.pattern in _NUMERIC or found.tier in _BARE:
        sides += [("counted_left", left), ("counted_right", right)]
    if any(text.rules.is_around(name, side) for name, side in sides):
        return None
    return _meaning(expression(found, text.tokens, text.context), text)


def _meaning(expr: Expression, text: _Text) -> Reading | None:
    if expr.found.tier == "short":
        return read_short(expr, by_rfc=_is_rfc_2822(text))
    if expr.found.tier in {"days", "bare_months"}:
        return read_yearless(expr)
    return read(expr)


def _is_rfc_2822(text: _Text) -> bool:
    return bool(text.clock and text.clock.offset)


def _read_partial(text: _Text) -> Reading | None:
    """Dates that lack a part, the fullest first; what surrounds them must be harmless."""
    for tier in ("months", "short", "days"):
        if tier == "days" and "y" in text.shape:
            continue  # the year stands elsewhere in the text: not to be completed
        for found in find(text.rules, tier, text.shape):
            named = tier == "months" and found.pattern not in _NUMERIC
            if named or _is_set_apart(found, text, "apart"):
                reading = _read_found(found, text, *_sides(found, text))
                return _finish(reading, text, found) if reading else None
    reading = relative.read_word(text.tokens, text.shape, text.rules, text.context)
    if reading:
        return _finish(reading, text, None)
    for tier in ("years", "bare_months"):
        for found in find(text.rules, tier, text.shape):
            if _is_set_apart(found, text, "calm"):
                return _read_found(found, text, *_sides(found, text))
    return None


def _sides(found: Found, text: _Text) -> tuple[str, str]:
    return text.shape[: found.start], text.shape[found.end :]


def _is_set_apart(found: Found, text: _Text, how: str) -> bool:
    left, right = _sides(found, text)
    rules = text.rules
    if how == "apart" and rules.is_around("labelled_left", left):
        return rules.is_around("apart_right", right)
    return rules.is_around(f"{how}_left", left) and rules.is_around(f"{how}_right", right)


def _finish(reading: Reading, text: _Text, found: Found | None) -> Reading:
    """Let the weekday decide or object, and join the time of day."""
    weekday = _weekday(text, found) if found else None
    if weekday is not None:
        reading = _checked(reading, weekday)
    return relative.with_clock(reading, text.clock)


def _checked(reading: Reading, weekday: int) -> Reading:
    fitting = [day for day in reading.alternatives if day.weekday() == weekday]
    if len(fitting) == 1:
        kept = [issue for issue in reading.issues if issue is not Issue.DATE_AMBIGUOUS]
        chosen = fitting[0].isoformat()
        return attrs.evolve(reading, iso=chosen, issues=tuple(kept), alternatives=())
    if reading.iso is None or reading.precision is not Precision.DAY:
        return reading
    if date.fromisoformat(reading.iso).weekday() == weekday:
        return reading
    return attrs.evolve(reading, issues=(*reading.issues, Issue.DATE_WEEKDAY_CONFLICT))


def _weekday(text: _Text, found: Found) -> int | None:
    """The weekday beside the date, where its name is clear."""
    if found.pattern == "before_weekday":
        letters = (t.senses("CW") for t in text.tokens[found.end :])
        return next((int(senses[0].value) for senses in letters if senses), None)
    for at, token in enumerate(text.tokens):
        if token.word and not found.start <= at < found.end and _is_clear_weekday(token):
            weekday: int = token.senses("W")[0].value
            return weekday
    return None


def _is_clear_weekday(token: Token) -> bool:
    """Whether a word is sure to be a weekday: ``to`` is Thursday only in Danish and Finnish."""
    senses = token.senses("W")
    if len(senses) != 1 or token.senses("M"):
        return False
    clear = len(token.text) >= _CLEAR_LENGTH or not token.text.isascii()
    return clear or "en" in senses[0].languages
