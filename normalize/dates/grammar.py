"""The grammar of dates, as regular expressions over shapes.

A shape writes each token of a text as one character (see `normalize.dates.tokens`). In the
patterns, ``<M>`` is any word with the tag M, ``{M}`` the same inside brackets, ``τ`` a time of day
already read. Group names say what a token is: y year, m month name, n month number, d day,
a and b first and second number, e era, j era of years, s separator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

import attrs

from normalize.dates.lexicon import lexicon
from normalize.dates.tokens import DIGITS

_GAP = r"(?:[ ,.\-/'·{P}{Y}]){0,7}"
_TIMED_GAP = r"(?:[ ,.\-/'·({P}{Y}τ]){0,7}"
_DAY = r"(?:<DU> ?)?(?P<d>n|<DW>)(?:[ '\-]{0,2}<O>\.?|\.)?(?: ?<DU>)?"
_MONTH = r"(?P<m><M>)\.?(?: ?[/(\-·]? ?(?P<m2><M>)\.?\)?)?"
_YEAR = r"(?:(?P<e><E>)[ .]{0,2})?(?P<y>y)(?:[ .\-]{0,2}\(?(?P<e2><E>)\)?\.?)?"
_SHORT_END = r"(?= ?(?:$|[,)(·τ{Y}]))"
_NUMBER = f"[{DIGITS}]"

TIERS: Mapping[str, Mapping[str, str]] = {
    "full": {
        "two_years": r"(?:(?P<j><J>) ?)?(?P<y>[nyc]) ?<YU>? ?\( ?(?:(?P<j2><J>) ?)?(?P<y2>[nyc])"
        r" ?<YU>? ?\) ?<YU>? ?(?P<n>n) ?<MU> ?(?P<d>n) ?<DU>?",
        "units": r"(?:(?P<j><J>) ?)?(?P<y>[nyc]) ?<YU> ?(?:(?P<n>n) ?<MU>|(?P<m><M>)) ?"
        r"(?P<d>n)(?: ?<DU>)?",
        "era_numbers": r"(?P<j><J>) ?(?P<y>n) ?(?P<s>[./-]) ?(?P<n>n) ?(?P=s) ?(?P<d>n)",
        "day_first": _DAY + _GAP + _MONTH + _GAP + _YEAR,
        "month_first": _MONTH + _GAP + _DAY + _TIMED_GAP + _YEAR,
        "roman": r"(?P<d>n)[ .\-]{1,2}(?P<m><RM>)[ .\-]{1,2}(?P<y>y)",
        "year_first": _YEAR + _GAP + _MONTH + _GAP + _DAY,
        "year_day": r"(?P<y>y)[ .\-]*<Y>[ .]*" + _DAY + _GAP + _MONTH,
        "prefixed": _DAY + _GAP + r"<VM> ?(?P<n>n)" + _GAP + _YEAR,
        "prefixed_first": r"<VM> ?(?P<n>n)[ ,]{1,2}" + _DAY + _GAP + _YEAR,
        "numbers_first": r"(?:(?P<e><E>)[ .]{0,2})?(?P<y>y) ?(?P<s>[./-]) ?(?P<a>n) ?(?P=s) ?"
        r"(?P<b>n)\.?(?: ?\(?(?P<e2><E>)\)?\.?)?",
        "numbers": r"(?P<a>n) ?(?P<s>[./-]) ?(?P<b>n) ?(?P=s) ?" + _YEAR,
        "compact": r"(?P<b>b)",
        "hebrew": r"(?P<d>[gn])" + _GAP + r"(?P<m><M>)" + _GAP + r"(?P<y>[gy])",
    },
    "months": {
        "month_year": _MONTH + _GAP + _YEAR,
        "year_month": _YEAR + _GAP + _MONTH,
        "hebrew": r"(?P<m><M>)" + _GAP + r"(?P<y>g)",
        "units": r"(?:(?P<j><J>) ?)?(?P<y>[nyc]) ?<YU> ?(?P<n>n) ?<MU>",
        "prefixed": r"<VM> ?(?P<n>n)" + _GAP + _YEAR,
        "number_year": r"(?P<n>n) ?[/.\-] ?" + _YEAR,
        "year_number": r"(?P<y>y) ?[/.\-] ?(?P<n>n)\.?",
    },
    "short": {
        "day_first": _DAY
        + _GAP
        + _MONTH
        + _GAP
        + r"(?P<y>n)(?:[ .]?(?P<e2><E>)|"
        + _SHORT_END
        + ")",
        "month_first": _MONTH + " ?" + _DAY + ",? ?'(?P<y>n)",
        "numbers": r"(?P<a>n) ?(?P<s>[./\-]) ?(?P<b>n) ?(?P=s) ?(?P<y>n)" + _SHORT_END,
        "month_year": _MONTH + r" ?'(?P<y>n)",
    },
    "days": {
        "day_month": _DAY + _GAP + _MONTH,
        "month_day": _MONTH + _GAP + _DAY,
        "units": r"(?P<n>n) ?<MU> ?(?P<d>n)(?: ?<DU>)",
        "prefixed": _DAY + _GAP + r"<VM> ?(?P<n>n)",
        # The weekday in one letter is Japanese or Korean, which write the month first.
        "before_weekday": r"(?P<n>n) ?/ ?(?P<d>n)(?= ?\( ?<CW> ?\))",
        "hebrew": r"(?P<d>g)" + _GAP + r"(?P<m><M>)",
    },
    "years": {
        "year": r"(?:<Y> ?)?" + _YEAR + r"(?: ?<YU>)?(?: ?<Y>\.?)?",
        "era_year": r"(?P<j><J>) ?(?P<y>[nc]) ?<YU>",
    },
    "bare_months": {"month": "(?!<A>)" + _MONTH, "unit": r"(?P<n>n) ?<MU>"},
}

_CALM = r"[ ,.:\-·()'\"τ{L}{V}{W}{P}{C}{Y}{E}{T}{Z}{O}{H}]*"
_AROUND = {
    # What may stand on either side of a weak date: labels, or anything beyond a strong sign.
    "calm_left": _CALM.replace("τ", "") + "$",
    "calm_right": _CALM.replace("τ", "") + "$",
    "apart_left": rf"(?:.*(?:[·)(:]| - ))?{_CALM}$",
    "apart_right": rf"{_CALM}(?:(?:[·(]| - ).*)?$",
    # What takes its numbers away from a date.
    "blocked_left": rf".*(?:<X> ?|{_NUMBER} ?[\-/.:+]? ?|[x{{*}}] ?[/+]"
    r"|[ny{M}]\.? ?<RW> ?)$",
    "blocked_right": rf" ?\.? ?<BC>| ?<RW> ?{_NUMBER}|[/\-]?{_NUMBER}"
    rf"| ?[\-/.:+]? ?{_NUMBER}(?! ?[x{{*}}])",
    "labelled_left": rf"[^{DIGITS}]{{0,12}}<L>[ :]{{0,2}}(?:<W>[ ,.]{{0,2}}|<P> ?)?$",
    "counted_left": r".*(?:<B>[ .:#·]{0,3}|[$%&@#] ?)$",
    "counted_right": r" ?[$%@]",
    "published": r".*<L>[ :.\-·\"]{0,3}$",
    "updated": r".*<V>(?:[ :.\-·\"]|<L>|<P>|<W>){0,5}$",
}


@attrs.frozen
class Found:
    """A pattern found in a shape."""

    tier: str
    pattern: str
    start: int
    end: int
    at: Mapping[str, int]
    """Index of the token of each group that took part."""


@attrs.frozen(eq=False)
class Grammar:
    """The patterns, compiled for one lexicon."""

    classes: Mapping[str, str]
    tiers: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]
    around: Mapping[str, re.Pattern[str]]

    def is_around(self, name: str, shape: str) -> bool:
        """Whether the shape of one side of a date is as the pattern `name` says."""
        return self.around[name].match(shape) is not None


def compile_pattern(template: str, classes: Mapping[str, str]) -> re.Pattern[str]:
    """Put the characters of ``<TAG>`` and ``{TAG}`` in and compile."""
    inside = re.sub(r"\{([A-Z]+|\*)\}", lambda tag: classes[tag[1]], template)
    return re.compile(re.sub(r"<([A-Z]+)>", lambda tag: f"[{classes[tag[1]]}]", inside))


@cache
def grammar(gates: frozenset[str]) -> Grammar:
    """The grammar over the words of the lexicon with these gates."""
    classes = lexicon(gates).classes
    return Grammar(
        classes=classes,
        tiers={
            tier: tuple((name, compile_pattern(t, classes)) for name, t in patterns.items())
            for tier, patterns in TIERS.items()
        },
        around={name: compile_pattern(t, classes) for name, t in _AROUND.items()},
    )


@lru_cache(maxsize=8192)
def find(rules: Grammar, tier: str, shape: str) -> tuple[Found, ...]:
    """All dates of a tier in a shape that do not overlap: the earliest and longest."""
    found = [
        Found(tier, name, m.start(), m.end(), {k: m.start(k) for k in m.groupdict() if m[k]})
        for name, pattern in rules.tiers[tier]
        for m in pattern.finditer(shape)
    ]
    found.sort(key=lambda f: (f.start, -f.end))
    kept: list[Found] = []
    for candidate in found:
        if not kept or candidate.start >= kept[-1].end:
            kept.append(candidate)
    return tuple(kept)
