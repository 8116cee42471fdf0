"""What the caller knows of the source of a date text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import attrs

from normalize.dates.lexicon import Sense, gated_languages, read_data

_GRACE = timedelta(days=1)  # a page may be ahead of the reference's time zone


@attrs.frozen
class Context:
    """Languages (base codes, most likely first), the page's clock, and the declared order."""

    languages: tuple[str, ...]
    reference: date | None
    day_first: bool | None
    numerals: str
    """Script of the text's digits: ``arabic``, ``persian``, ``thai`` or ``other``."""

    hints: frozenset[str] = frozenset()
    """Languages of the text's weekday name."""

    @property
    def today(self) -> date | None:
        """The day of the page's clock."""
        if isinstance(self.reference, datetime):
            return self.reference.date()
        return self.reference

    @property
    def latest(self) -> date | None:
        """The last day that a date without year may mean."""
        try:
            return self.today + _GRACE if self.today else None
        except OverflowError:
            return self.today

    def speaks(self, *languages: str) -> bool:
        """Whether the caller named one of these languages."""
        return not set(languages).isdisjoint(self.languages)

    def choose(self, senses: Sequence[Sense]) -> Any:  # noqa: ANN401  values differ by tag
        """The value that the senses agree on, or that the caller's languages decide.

        Where they decide nothing, the languages of dates.json's ``preferred`` outweigh others.
        Returns None where several values remain.
        """
        for language in self.languages:
            values = {s.value for s in senses if language in s.languages}
            if len(values) == 1:
                return values.pop()
        values = {s.value for s in senses}
        if len(values) > 1:
            values = {s.value for s in senses if not self.hints.isdisjoint(s.languages)} or values
        if len(values) > 1:
            preferred = {"", *read_data("dates.json")["preferred"]}
            values = {s.value for s in senses if not preferred.isdisjoint(s.languages)} or values
        return values.pop() if len(values) == 1 else None


@lru_cache(maxsize=1024)
def base_languages(languages: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Base codes of BCP 47 tags in their order, and those that open gated words."""
    bases = tuple(dict.fromkeys(tag.replace("_", "-").split("-")[0].lower() for tag in languages))
    aliases = {
        "iw": "he",
        "in": "id",
        "nb": "no",
        "nn": "no",
        "prs": "fa",
        "fil": "tl",
        "kmr": "ku",
    }
    bases = tuple(aliases.get(base, base) for base in bases)
    return bases, gated_languages().intersection(bases)


def numerals_of(text: str) -> str:
    """The script of a text's first digit outside ASCII, or ``thai`` for Thai letters."""
    if text.isascii():
        return "other"
    return next(filter(None, map(_numerals, text)), "other")


def _numerals(character: str) -> str | None:
    ranges: Iterable[tuple[str, str, str]] = (
        ("\u0660", "\u0669", "arabic"),
        ("\u06f0", "\u06f9", "persian"),
        ("\u0e01", "\u0e59", "thai"),
    )
    return next((name for first, last, name in ranges if first <= character <= last), None)
