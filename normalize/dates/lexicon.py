"""The words of dates: what each may mean, in which languages."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import attrs

from normalize.dates.folding import fold
from normalize.dates.model import Calendar

_PIECE = re.compile(
    r"[0-9]+| +"
    r"|[א-ת]*'?[א-ת]+\"[א-ת](?![א-ת])|[א-ת]'(?![א-ת])"  # Hebrew numerals, abbreviations
    r"|[^0-9 .,/\-:'\"()+·$%#&@]+|.",
    re.DOTALL,
)
_FIRST_CLASS = 0xE000  # classes of words are written as private-use characters

_UNSPACED = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u3005", "\u9fff"),  # kana, Han
    ("\uac00", "\ud7a3"),  # Hangul
)

# Flat vocabularies of dates.json and the tag that marks their words in the grammar.
_FLAT = {
    "labels": "L",
    "update_labels": "V",
    "particles": "P",
    "year_marks": "Y",
    "ordinals": "O",
    "ago": "A",
    "ago_before": "AB",
    "ahead": "F",
    "ahead_before": "FB",
    "approximations": "Q",
    "clock_words": "C",
    "hour_marks": "H",
    "minute_marks": "I",
    "second_marks": "K",
    "year_units": "YU",
    "month_units": "MU",
    "day_units": "DU",
    "month_prefixes": "VM",
    "last_weekday": "LW",
    "blockers": "B",
    "bounds": "X",
    "before_era": "BC",
    "vague_counts": "VQ",
    "range_words": "RW",
    "twelve_hour_shifted": "SC",
}


@attrs.frozen
class Sense:
    """One meaning of a word, with the languages it has it in (``""`` for any)."""

    languages: frozenset[str]
    value: Any


@attrs.frozen
class Month:
    """A month's name: number from 1, in its calendar."""

    calendar: Calendar
    number: int


@attrs.frozen
class Span:
    """A unit of time; `count` is the number the form itself says (half, one, two), if any."""

    unit: str
    count: float | None


@attrs.frozen
class Word:
    """A word or phrase of the vocabulary."""

    mark: str
    """One character that stands for the set of tags in shapes."""

    senses: Mapping[str, tuple[Sense, ...]]
    """Meanings by tag."""


@attrs.frozen
class Lexicon:
    """Phrases by first piece, and the character classes of the grammar."""

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Word], ...]]
    """First piece to (further pieces, word), longest first; spaces between pieces are free."""

    classes: Mapping[str, str]
    """Tag to the characters of the words that carry it."""

    unspaced: re.Pattern[str]
    """Words of scripts that are written without spaces, longest first."""

    clitics: tuple[str, ...]
    """Prefixes that Arabic and Hebrew join to a word."""


def pieces(folded: str) -> list[str]:
    """Cut folded text into digits, spaces, words and single signs."""
    return _PIECE.findall(folded)


@cache
def read_data(name: str) -> Mapping[str, Any]:
    """Load a vocabulary file of ``normalize/data``."""
    text = files("normalize").joinpath("data", name).read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data


@cache
def gated_languages() -> frozenset[str]:
    """Languages with words that count, or count otherwise, where the caller names them."""
    keys = read_data("dates.json")["relative_days"]
    told = {key[:-1] for key in keys if key.endswith("!")} | {"ja"}
    return frozenset(told.union(read_data("dates.json")["weekdays_foremost"]))


@cache
def lexicon(gates: frozenset[str]) -> Lexicon:
    """Build the lexicon; `gates` are those of `gated_languages` that the caller named."""
    tags: defaultdict[tuple[str, ...], defaultdict[str, defaultdict[Any, set[str]]]]
    tags = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for tag, language, form, value in _entries(gates):
        key = tuple(p for p in pieces(fold(form).rstrip(". ")) if p != " ")
        if key:
            tags[key][tag][value].add(language)
    _put_weekdays_foremost(tags.values(), gates)
    marks: dict[frozenset[str], str] = {}
    phrases: defaultdict[str, list[tuple[tuple[str, ...], Word]]] = defaultdict(list)
    for key, senses in tags.items():
        mark = marks.setdefault(frozenset(senses), chr(_FIRST_CLASS + len(marks)))
        word = Word(mark, {tag: _senses(found) for tag, found in senses.items()})
        phrases[key[0]].append((key[1:], word))
    return Lexicon(
        phrases={p: tuple(sorted(w, key=lambda x: -len(x[0]))) for p, w in phrases.items()},
        classes=_classes(marks),
        unspaced=_unspaced_pattern(phrases),
        clitics=tuple(fold(c) for c in read_data("dates.json")["clitics"]),
    )


def _put_weekdays_foremost(
    words: Iterable[defaultdict[str, defaultdict[Any, set[str]]]], gates: frozenset[str]
) -> None:
    """Drop what other languages mean by words that are weekdays in a language of the caller.

    Czech ``po`` is Monday, whatever Polish says by it.
    """
    named = gates.intersection(read_data("dates.json")["weekdays_foremost"])
    for senses in words:
        weekdays = senses["W"].values() if "W" in senses else ()
        if any(named & languages for languages in weekdays):
            for tag in ("B", "X"):
                senses.pop(tag, None)


def _senses(values: Mapping[Any, set[str]]) -> tuple[Sense, ...]:
    return tuple(Sense(frozenset(languages), value) for value, languages in values.items())


def _classes(marks: Mapping[frozenset[str], str]) -> dict[str, str]:
    classes: defaultdict[str, str] = defaultdict(str)
    for tags, mark in marks.items():
        for tag in tags:
            classes[tag] += mark
    return {**classes, "*": "".join(marks.values())}


def _unspaced_pattern(firsts: Mapping[str, object]) -> re.Pattern[str]:
    words = sorted((p for p in firsts if is_unspaced(p[0])), key=len, reverse=True)
    numerals, before = read_data("dates.json")["han_numerals"]["pattern"]
    return re.compile(f"(?P<numeral>{numerals}(?={before}))|(?:{'|'.join(map(re.escape, words))})")


def is_unspaced(character: str) -> bool:
    """Whether the character's script is written without spaces (or with particles joined)."""
    return character >= _UNSPACED[0][0] and any(a <= character <= b for a, b in _UNSPACED)


def _entries(gates: frozenset[str]) -> Iterator[tuple[str, str, str, Any]]:
    """Every (tag, language, form, value) of the vocabularies."""
    data = read_data("dates.json")
    for name, tag in _FLAT.items():
        for language, forms in data[name].items():
            yield from ((tag, language, form, None) for form in forms)
    yield from _month_entries()
    yield from _value_entries(data)
    yield from _unit_entries(data)
    for key, days in data["relative_days"].items():
        if key.endswith("!") and key[:-1] not in gates:
            continue
        for value, forms in days.items():
            yield from (("R", key.rstrip("!"), form, value) for form in forms)
    for name, era in data["year_eras"].items():
        yield from (("J", "", form, name) for form in era["forms"])
    if "ja" in gates:
        yield from (("J", "ja", form, era) for form, era in data["year_era_letters"].items())


def _month_entries() -> Iterator[tuple[str, str, str, Any]]:
    data = read_data("months.json")
    for calendar in (Calendar.GREGORIAN, Calendar.HIJRI, Calendar.SOLAR_HIJRI, Calendar.HEBREW):
        for language, months in data[calendar.value].items():
            for number, forms in enumerate(months, start=1):
                yield from (("M", language, form, Month(calendar, number)) for form in forms)
    for language, letters in read_data("dates.json")["bracketed_weekdays"].items():
        yield from (("CW", language, letter, day) for day, letter in enumerate(letters))
    for language, days in data["weekdays"].items():
        for weekday, forms in enumerate(days):
            yield from (("W", language, form, weekday) for form in forms)


def _value_entries(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    for calendar, forms in data["eras"].items():
        yield from (("E", "", form, Calendar(calendar)) for form in forms)
    for period, languages in data["day_periods"].items():
        for language, forms in languages.items():
            yield from (("T", language, form, period) for form in forms)
    for language, numbers in data["number_words"].items():
        for number, forms in numbers.items():
            yield from (("N", language, form, float(number)) for form in forms)
    for language, numbers in data["day_words"].items():
        for number, forms in numbers.items():
            yield from (("DW", language, form, int(number)) for form in forms)
    for number, forms in data["roman_months"].items():
        month = Month(Calendar.GREGORIAN, int(number))
        yield from (("RM", "", form, month) for form in forms)
    yield from _zone_entries(data["zones"])


def _zone_entries(zones: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    yield from (("Z", "", form, "Z") for form in zones["utc"])
    yield from (("Z", "", form, None) for form in zones["unknown"])
    for minutes, forms in zones["minutes"].items():
        yield from (("Z", "", form, int(minutes)) for form in forms)


def _unit_entries(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    for name, tag in (("units", "U"), ("units_ago", "UA")):
        for language, units in data[name].items():
            for unit, by_count in units.items():
                for count, forms in by_count.items():
                    span = Span(unit, {"half": 0.5, "one": 1.0, "two": 2.0}.get(count))
                    yield from ((tag, language, form, span) for form in forms)
