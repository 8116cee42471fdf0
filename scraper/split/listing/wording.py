"""What texts and addresses are like: titles, words of interfaces, counts, links to pages."""

from __future__ import annotations

import re

from scraper.split.listing.outline import Outline
from scraper.split.listing.vocabulary import boilerplate, may_be_phrase, named_phrases
from scraper.split.phrases import phrase_key

_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]")
_LETTERS = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_COUNTED = re.compile(r"\d[\d.,]*[kKmM]?")
# Letters beyond which a text is no longer looked up among the phrases of interfaces.
_PHRASE = 40
_NOT_PAGES = ("javascript:", "mailto:", "tel:", "data:", "sms:", "whatsapp:")


def width(text: str) -> int:
    """Length of a text in Latin letters: an ideograph or a Hangul syllable counts double."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def flat_text(outline: Outline, number: int) -> str:
    """All text of an element on one line, blocks not told apart."""
    known = outline.texts.get(number)
    if known is None:
        node = outline.nodes[number]
        whole = " ".join(node.itertext()) if len(node) else node.text or ""
        known = outline.texts[number] = " ".join(whole.split())
    return known


def title_worth(text: str) -> float:
    """How much a text is like a title by its length alone, 0 to 1."""
    wide = width(text)
    if wide < 3 or not _LETTERS.search(text):  # noqa: PLR2004
        return 0.0
    if wide <= 30:  # noqa: PLR2004
        return wide / 30
    return 1.0 if wide <= 160 else max(0.1, 160 / wide)  # noqa: PLR2004


def is_interface(text: str) -> bool:
    """Whether a text is what interfaces say: read more, next page, share."""
    return is_one_of(text, boilerplate())


def is_one_of(text: str, keys: frozenset[str]) -> bool:
    """Whether a text is one of some phrases of interfaces."""
    return len(text) <= _PHRASE and may_be_phrase(text) and phrase_key(text) in keys


def is_count(text: str) -> bool:
    """Whether a text is a number with what it counts: ``12 comments``."""
    if len(text) > _PHRASE or not _DIGIT.search(text):
        return False
    label = phrase_key(_COUNTED.sub(" ", text))
    return bool(label) and label in named_phrases("metrics")


def entry_address(href: str) -> str | None:
    """Address that a link leads to, without fragment; None for a link to no other page.

    A fragment that begins like a path (``#/``, ``#!``) is part of the address.
    """
    href = href.strip()
    if not href or href.startswith("#") or is_no_page(href):
        return None
    if "#" not in href:
        return href
    address, _, fragment = href.partition("#")
    return href if fragment.startswith(("/", "!")) else address


def is_no_page(href: str) -> bool:
    """Whether an address leads to no page: a script, a mail, a telephone."""
    return not href.startswith("http") and href.lower().startswith(_NOT_PAGES)
