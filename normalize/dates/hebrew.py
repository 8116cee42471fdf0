"""Hebrew numerals, in which days and years of the Hebrew calendar are written."""

from __future__ import annotations

import re

_VALUES = {
    **{letter: n for n, letter in enumerate("אבגדהוזחט", start=1)},
    **{letter: 10 * n for n, letter in enumerate("יכלמנסעפצ", start=1)},
    **{letter: 100 * n for n, letter in enumerate("קרשת", start=1)},
    **dict(zip("ךםןףץ", (20, 40, 50, 80, 90), strict=True)),
}
# Marked as a numeral by geresh or gershayim; a leading letter with geresh counts thousands.
_NUMERAL = re.compile(r"(?:(?P<thousands>[א-ט])')?(?P<rest>[א-ת]+\"[א-ת]|[א-ת]')")


def numeral_value(text: str) -> int | None:
    """The value of a marked Hebrew numeral (``כ"ג``, ``ה'תשפ"ה``), or None."""
    match = _NUMERAL.fullmatch(text)
    if match is None:
        return None
    values = [_VALUES[c] for c in match["rest"] if c in _VALUES]
    if values != sorted(values, reverse=True):
        return None
    return sum(values) + 1000 * _VALUES.get(match["thousands"] or "", 0)
