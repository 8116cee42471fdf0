"""Cleaning of running text: damage repaired, everything that carries meaning left as it was."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import attrs

from normalize.characters import (
    ARABIC_LETTER,
    ARABIC_MARK,
    base_letters,
    drop_c1_controls,
    drop_controls,
    drop_invisible,
    drop_tatweel,
    has_odd_character,
    mend_surrogates,
    plain_spaces,
    tidy_spaces,
    unify_line_ends,
)
from normalize.entities import decode_entities, has_entity
from normalize.hyphenation import join_hyphenated, join_lines
from normalize.issues import Issue, issue
from normalize.mojibake import fix_mojibake, has_mojibake
from normalize.spans import protected_spans

_DOUBLED = re.compile(r"(?<=[^\s,;،؛、(\[{«“„])([,;،؛、])\1+(?=\s|$)")
_GAP = re.compile(rf"(?<=[{ARABIC_LETTER}{ARABIC_MARK}]) +(?=[،؛](?:\s|$))")
_ODD_COMMAS = (",,", ";;", "،،", "؛؛", "、、")
_ODD_GAPS = (" ،", " ؛")
_ODD_SEQUENCES = ("  ", " \n", "\n ", "\n\n\n", "-\n", "‐\n", *_ODD_COMMAS, *_ODD_GAPS)
_REPLACEMENT = "\ufffd"

# One pass leaves work for a second only where a repair uncovers other damage, as in an entity
# that spells mojibake. Text that is not at rest after so many was made to keep a cleaner busy.
_MOST_PASSES = 40


@attrs.frozen(kw_only=True)
class CleanText:
    """A cleaned text and what was repaired in it."""

    text: str
    """The text."""

    issues: tuple[str, ...] = ()
    """Remarks on repairs that lose something, see `normalize.issues`."""


def clean(text: str) -> str:
    r"""Clean running text of any script.

    Repaired: mojibake, doubly escaped entities, words cut at line ends, doubled commas, Arabic
    presentation forms and tatweel. Dropped: controls, direction marks, zero-width characters
    that shape nothing. Unified: NFC, spaces, line ends (``\n``, two in a row at most). Protected
    spans (`normalize.spans`) keep their characters but for NFC, line ends and controls. Quotes,
    dashes, ellipses, digits and full-width letters stay. The function is idempotent.
    """
    return repair(text).text


def clean_line(text: str) -> str:
    """Clean a title or name: as `clean`, on one line."""
    for _ in range(_MOST_PASSES):
        line = join_lines(clean(text))
        if line == text:
            break
        text = line
    return text


def repair(text: str) -> CleanText:
    """Clean running text as `clean` does, and say which lossy repairs were made."""
    repairs: set[str] = set()
    for _ in range(_MOST_PASSES):
        if not _needs_work(text):
            break
        repaired = _pass(text, repairs)
        if repaired == text:
            break
        text = repaired
    return CleanText(text=text, issues=_issues(text, repairs))


def _issues(text: str, repairs: set[str]) -> tuple[str, ...]:
    found = [issue(Issue.TEXT_REPAIRED, name) for name in sorted(repairs)]
    return tuple([issue(Issue.ENCODING_LOSSY), *found] if _REPLACEMENT in text else found)


def _needs_work(text: str) -> bool:
    """Whether a pass could change anything; the answer no is certain, yes is not."""
    if text.strip() != text or any(odd in text for odd in _ODD_SEQUENCES):
        return True
    if has_odd_character(text) or has_entity(text):
        return True
    if text.isascii():
        return False
    return has_mojibake(text) or not unicodedata.is_normalized("NFC", text)


def _pass(text: str, repairs: set[str]) -> str:
    if has_odd_character(text):
        text = unify_line_ends(mend_surrogates(text))
        text = _noted(drop_controls, "control_characters", text, repairs)
    pieces: list[str] = []
    at = 0
    for span in protected_spans(text):
        pieces += [
            _prose(text[at : span.start], repairs),
            drop_c1_controls(text[span.start : span.end]),
        ]
        at = span.end
    pieces.append(_prose(text[at:], repairs))
    return unicodedata.normalize("NFC", "".join(pieces)).strip(" \n")


def _prose(text: str, repairs: set[str]) -> str:
    text = _noted(fix_mojibake, "mojibake", text, repairs)
    text = _noted(decode_entities, "entities", text, repairs)
    odd = has_odd_character(text)
    if odd:
        text = _noted(drop_c1_controls, "control_characters", text, repairs)
        text = plain_spaces(text)
    text = _noted(join_hyphenated, "hyphenation", tidy_spaces(text), repairs)
    if odd:
        text = tidy_spaces(drop_tatweel(base_letters(drop_invisible(text))))
    text = _noted(_single_commas, "punctuation", text, repairs)
    return _closed_gaps(text)


def _noted(fix: Callable[[str], str], name: str, text: str, repairs: set[str]) -> str:
    fixed = fix(text)
    if fixed != text:
        repairs.add(name)
    return fixed


def _single_commas(text: str) -> str:
    """Undouble commas and semicolons; one that opens a low quotation mark precedes its word."""
    return _DOUBLED.sub(r"\1", text) if any(odd in text for odd in _ODD_COMMAS) else text


def _closed_gaps(text: str) -> str:
    """Drop the space before an Arabic comma or semicolon."""
    return _GAP.sub("", text) if any(odd in text for odd in _ODD_GAPS) else text
