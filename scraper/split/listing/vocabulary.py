"""Words by which web pages of many languages mark their parts: data, in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from scraper.split.phrases import phrase_key, phrases

# Signs and arrows that may stand as words of their own in a phrase.
_LOOSE_SIGNS = 2
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DIGITS = re.compile(r"\d+")
LONGEST_CLASS = 200
"""Characters beyond which a class attribute is not read."""

_NO_LETTER = re.compile(r"[^a-z]+")
_OTHERS = ("read_more", "next_page")
# Of what kind the entry itself is: publishing systems write it into the class of every entry.
_FILED = ("category-", "tag-", "cat-", "label-", "topic-", "type-", "format-", "post_tag-")


@cache
def _data() -> Mapping[str, Any]:
    text = resources.files("scraper").joinpath("data/listing.json").read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data


@cache
def phrase_set(kind: str) -> frozenset[str]:
    """Keys of a list of phrases, as `phrase_key` makes them.

    Raises:
        KeyError: the data hold no such list.
    """
    return frozenset(filter(None, map(phrase_key, _data()[kind])))


@cache
def word_set(kind: str) -> frozenset[str]:
    """A list of words of class attributes and paths.

    Raises:
        KeyError: the data hold no such list.
    """
    return frozenset(_data()[kind])


@cache
def named_phrases(kind: str) -> Mapping[str, str]:
    """From the key of each phrase to the name it stands for (``comentarios``: ``comments``)."""
    return {phrase_key(phrase): name for name, told in _data()[kind].items() for phrase in told}


@cache
def boilerplate() -> frozenset[str]:
    """Keys of what links say on any page: read more, next page, home, share, reply."""
    others = (phrases(kind) for kind in _OTHERS)
    return phrase_set("boilerplate").union(*others, phrase_set("minor_labels"))


def may_be_phrase(text: str) -> bool:
    """Whether a short text begins like a phrase of interfaces and is no longer than those."""
    words = text.split(None, 1)
    if not words:
        return False
    longest = _longest_phrase(words[0])
    return longest > 0 and (len(words) == 1 or words[1].count(" ") < longest + _LOOSE_SIGNS)


@lru_cache(maxsize=65536)
def _longest_phrase(word: str) -> int:
    """Words of the longest phrase of interfaces that begins with a word; 0 for none.

    A word without letters may stand before any.
    """
    key = phrase_key(word)
    return _first_words().get(key.split()[0], 0) if key else max(_first_words().values())


@cache
def _first_words() -> Mapping[str, int]:
    longest: dict[str, int] = {}
    for phrase in boilerplate():
        words = phrase.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest


@cache
def zone_tags() -> Mapping[str, str]:
    """From an element's name to the kind of zone that it makes."""
    tags: Mapping[str, str] = _data()["zone_tags"]
    return tags


@cache
def zone_roles() -> Mapping[str, str]:
    """From an ARIA role to the kind of zone that it makes."""
    roles: Mapping[str, str] = _data()["zone_roles"]
    return roles


@cache
def _zone_words() -> Mapping[str, str]:
    return {word: zone for zone, words in _data()["zone_words"].items() for word in words}


@lru_cache(maxsize=65536)
def words_of(attribute: str) -> frozenset[str]:
    """Words of a class or id attribute, and its names as a whole.

    ``postMeta side-bar_2`` has ``post``, ``meta``, ``side``, ``bar``, ``postmeta``, ``sidebar``.
    """
    words: set[str] = set()
    for token in attribute.split():
        if token.startswith(_FILED):
            continue
        parts = _NO_LETTER.split(_CAMEL.sub("-", token).lower())
        words.update(parts)
        words.add("".join(parts))
    words.discard("")
    return frozenset(words)


def class_name(attribute: str) -> str:
    """A class attribute without what differs from entry to entry: numbers, ``odd``, ``first``."""
    return _class_name(attribute) if 0 < len(attribute) < LONGEST_CLASS else ""


@lru_cache(maxsize=32768)
def _class_name(attribute: str) -> str:
    words = (_DIGITS.sub("", token.lower()).strip("-_") for token in attribute.split())
    kept = [word for word in words if word and word not in word_set("state_words")]
    return " ".join(sorted(kept)[:4])


def zone_of(words: frozenset[str]) -> str | None:
    """The kind of zone that words of a class or id tell, None where they tell none."""
    told = _zone_words()
    return next((told[word] for word in sorted(words) if word in told), None)
