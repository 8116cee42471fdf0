"""Words that a line end has cut in two."""

from __future__ import annotations

import re
from functools import cache

from normalize.vocabulary import vocabulary

_SOFT = re.compile(r"(?<=\w)\xad *\n *(?=\w)")
_HARD = re.compile(r"(?<=[^\W\d_])[-‐]\n(?=[^\W\d_])")
_AT_LINE_END = re.compile(r"(?<=[^\W_])[-‐]\n(?=[^\W_])")
_WORD_BEFORE = re.compile(r"[\w'’‐-]+$")
_WORD_AFTER = re.compile(r"[\w'’‐-]+")
_LONGEST_WORD = 60


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in vocabulary("text_hyphens").items()}


def join_hyphenated(text: str) -> str:
    """Join words that were hyphenated at a line end.

    A hyphen stays, and its line end with it, where it may be the word's own: beside a part that
    forms compounds (``self-``, ``-based``), before a conjunction (``Ein-⏎und``), in words with
    further hyphens or capitals, and where the text writes the word with a hyphen elsewhere.
    """
    if "\xad" in text:
        text = _SOFT.sub("", text)
    if "-\n" not in text and "‐\n" not in text:
        return text
    return _HARD.sub(lambda found: "" if _is_cut(found) else found.group(), text)


def join_lines(text: str) -> str:
    """Write `text` on one line; a hyphen kept at a line end stays with what follows."""
    text = _AT_LINE_END.sub(lambda found: found.group()[0] + _gap(found), text)
    return re.sub(r"\s*[\n\r\v\f\x85\u2028\u2029]\s*", " ", text).strip()


def _gap(found: re.Match[str]) -> str:
    return " " if _words(found)[1].lower() in _vocabulary()["conjunctions"] else ""


def _words(found: re.Match[str]) -> tuple[str, str]:
    text, start, end = found.string, found.start(), found.end()
    before = _WORD_BEFORE.search(text[max(0, start - _LONGEST_WORD) : start])
    after = _WORD_AFTER.match(text[end : end + _LONGEST_WORD])
    return (before.group() if before else "", after.group() if after else "")


def _is_cut(found: re.Match[str]) -> bool:
    first, second = _words(found)
    shape = first.isalpha() and second.isalpha() and min(len(first), len(second)) > 1
    if not shape or not first[1:].islower() or not second.islower():
        return False
    known = _vocabulary()
    kept_before = known["conjunctions"] | known["second_parts"]
    if first.lower() in known["first_parts"] or second in kept_before:
        return False
    return f"{first}-{second}".lower() not in found.string.lower()
