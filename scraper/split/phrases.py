"""Phrases of web interfaces, by what they tell, in the form in which they are compared."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

from normalize.arabic import fold

_BETWEEN_WORDS = re.compile(r"[\W_]+")


def phrase_key(text: str) -> str:
    """What phrases are compared by: folded words, without punctuation, dashes or arrows."""
    return _BETWEEN_WORDS.sub(" ", fold(text)).strip()


@cache
def phrases(kind: str) -> frozenset[str]:
    """Keys of the phrases of one kind (``read_more``, ``no_entries``) of ``data/phrases.json``.

    Raises:
        KeyError: there is no such kind.
    """
    text = resources.files("scraper").joinpath("data/phrases.json").read_text(encoding="utf-8")
    return frozenset(phrase_key(phrase) for phrase in json.loads(text)[kind])
