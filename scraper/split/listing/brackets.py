"""Brackets that a line keeps when the links in them are taken out of it."""

from __future__ import annotations

import re

_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
_PAIRS = {"(": ")", "[": "]"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
# Loose brackets of one line: more are no leftovers of links.
_MOST = 8


def without_empty_brackets(text: str) -> str:
    """A text without pairs of brackets that hold nothing."""
    return " ".join(_EMPTY.sub(" ", text).split()) if _EMPTY.search(text) else text


def without_loose_brackets(text: str) -> str:
    """A text without brackets at its ends that have no other half."""
    text = text.strip()
    for _ in range(_MOST):
        bare = text
        if text[:1] in _OPENING or (text[:1] in _PAIRS and _is_more(text, text[0])):
            bare = text[1:].strip()
        elif text[-1:] in _PAIRS or (text[-1:] in _OPENING and _is_more(text, text[-1])):
            bare = text[:-1].strip()
        if bare == text:
            break
        text = bare
    return text


def _is_more(text: str, bracket: str) -> bool:
    """Whether a bracket stands in a text more often than its other half."""
    other = _PAIRS.get(bracket) or _OPENING[bracket]
    return text.count(bracket) > text.count(other)
