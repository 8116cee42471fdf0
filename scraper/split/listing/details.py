"""Details of an entry beside its title and date: counts, authors, summary, image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from scraper.split.listing.brackets import without_empty_brackets, without_loose_brackets
from scraper.split.listing.lines import Content, Line, Slot, has_digit
from scraper.split.listing.title_borders import beside_title
from scraper.split.listing.vocabulary import named_phrases, phrase_set, word_set, words_of
from scraper.split.listing.wording import is_interface, width
from scraper.split.phrases import phrase_key

_COUNT = r"\d[\d.,]*\s?[kKmM]?"
_COUNT_FIRST = re.compile(rf"\W*(?P<count>{_COUNT})\s*(?P<label>[^\d]{{1,30}}?)\W*")
_COUNT_LAST = re.compile(rf"\W*(?P<label>[^\d:：]{{1,30}}?)\s*[:：(]?\s*(?P<count>{_COUNT})\W*")
_SEPARATOR = re.compile(r"[|·•]")
_LETTER = re.compile(r"[^\W\d_]")
_PROSE = 40
_SENTENCE_ENDS = (".", "!", "?", "。", "؟", "।")
_AROUND_NAMES = " \t\n,،、;|·•-–—:："
_USER = re.compile(r"[^\W\d_][\w-]*")
_SMALL_IMAGE = 40
_BYLINE = 100


def metrics_of(content: Content) -> dict[str, str]:
    """Counts with the words beside them."""
    found: dict[str, str] = {}
    for text in _short_parts(content):
        for pattern in (_COUNT_FIRST, _COUNT_LAST):
            match = pattern.fullmatch(text)
            name = _metric(match["label"]) if match else None
            if match and name:
                found.setdefault(name, match["count"].strip())
    return found


def _short_parts(content: Content) -> Iterator[str]:
    """Lines, what separators part them into, and inline elements, as far as they hold digits."""
    for line in content.lines:
        if not has_digit(line.text):
            continue
        parts = _SEPARATOR.split(line.text)
        for text in (*parts, *(fragment.text for fragment in line.fragments[1:])):
            if len(text) <= _PROSE and has_digit(text) and _LETTER.search(text):
                yield text


@lru_cache(maxsize=4096)
def _metric(label: str) -> str | None:
    return named_phrases("metrics").get(phrase_key(label))


def authors_of(content: Content, title: str | None) -> tuple[tuple[str, ...], str | None]:
    """Names one by one where links, classes or microdata keep them apart, else a byline."""
    names = [name for line in content.lines for name in _marked_names(line, title)]
    if names:
        return tuple(dict.fromkeys(names)), None
    pieces = (piece for line in content.lines for piece in _pieces(line.text))
    return (), next(filter(None, map(_byline, pieces)), None)


def _marked_names(line: Line, title: str | None) -> Iterator[str]:
    """The names in a line's elements that are marked as author, else the line that is one."""
    marked = [fragment.text for fragment in line.fragments if _is_author(fragment.node)]
    if not marked and line.text != title and _is_slot_of_author(line.slot):
        marked = [_byline(line.text) or line.text]
    for told in marked:
        text = told.strip(_AROUND_NAMES)
        if _is_name(text) and phrase_key(text) not in phrase_set("byline_prefixes"):
            yield text


def _is_name(text: str) -> bool:
    """Whether a marked text is as short as a name, and no date; users of boards have digits."""
    return 0 < len(text) <= _BYLINE and (not has_digit(text) or bool(_USER.fullmatch(text)))


@lru_cache(maxsize=4096)
def _is_slot_of_author(slot: Slot) -> bool:
    return len(slot) > 1 and _says_author(str(slot[1]))


def _pieces(text: str) -> list[str]:
    """What stands between the separators of a line."""
    return [piece.strip() for piece in _SEPARATOR.split(text)]


def _is_author(node: HtmlElement) -> bool:
    for at in (node, node.getparent()):
        if at is None:
            return False
        if at.get("rel") == "author" or at.get("itemprop") == "author":
            return True
        attribute = at.get("class")
        if attribute and _says_author(attribute):
            return True
    return False


@lru_cache(maxsize=4096)
def _says_author(attribute: str) -> bool:
    words = words_of(attribute) if len(attribute) < 100 else frozenset()  # noqa: PLR2004
    return not words.isdisjoint(word_set("author_words"))


@lru_cache(maxsize=16384)
def _is_by(head: str) -> bool:
    return phrase_key(head) in phrase_set("byline_prefixes")


def _byline(text: str) -> str | None:
    """What follows a word for "by" at the beginning of a short text."""
    if len(text) > _BYLINE or " " not in text:
        return None
    head, colon, rest = text.partition(":") if ":" in text else text.partition("：")
    if not colon:
        head, _, rest = text.partition(" ")
    if _is_by(head):
        rest = re.split(r"\s[|·•–—-]\s|\s\d", rest.strip(), maxsplit=1)[0].strip()
        if rest and not has_digit(rest) and width(rest) < _PROSE + 20:
            return rest
    return None


def summary_of(
    content: Content, title: str | None, date: str | None, byline: str | None
) -> str | None:
    """The lines of running text, from the first one on, without the entry's other fields."""
    kept: list[str] = []
    for line in content.lines:
        if not kept and width(line.text) < _PROSE and not _is_summary(line):
            continue
        text = _without_interface(beside_title(line, title))
        if text in {"", title, date} or (byline and text.endswith(byline)) or _is_meta(text):
            continue
        goes_on = bool(kept) and text.endswith(_SENTENCE_ENDS)
        if width(text) >= _PROSE or goes_on or _is_summary(line):
            kept.append(text)
    return "\n".join(kept) or None


def _is_meta(text: str) -> bool:
    """Whether a line has separators between details, none of which is as long as prose."""
    pieces = _pieces(text)
    return len(pieces) > 1 and all(width(piece) < _PROSE for piece in pieces)


def _without_interface(line: Line) -> str:
    """The line without the links that interfaces put at its end."""
    if all(fragment.link is None for fragment in line.fragments):
        return without_loose_brackets(line.text)
    kept = [f.text for f in line.fragments if f.link is None or not is_interface(f.text)]
    text = " ".join("".join(kept).split())
    if len(kept) < len(line.fragments):
        text = without_empty_brackets(text)
    return without_loose_brackets(text)


def _is_summary(line: Line) -> bool:
    return _says_summary(line.slot)


@lru_cache(maxsize=4096)
def _says_summary(slot: Slot) -> bool:
    words = [part for part in slot if isinstance(part, str) and part]
    return any(words_of(part) & word_set("summary_words") for part in words)


def image_of(content: Content) -> str | None:
    """The address of the first image that is large enough to show something."""
    for image in content.images:
        source = image.get("src") or ""
        if not source or source.startswith("data:"):
            source = image.get("data-src") or image.get("data-original") or ""
        sizes = [image.get(name) or "" for name in ("width", "height")]
        if any(size.isdigit() and int(size) < _SMALL_IMAGE for size in sizes):
            continue
        if source.startswith(("http:", "https:", "/")):
            return source
    return None
