"""A record as a feed reader shows it: which text first, in which language and direction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Self
from urllib.parse import quote, urlsplit

import attrs
from lxml import html
from lxml.html import HtmlElement

from normalize.language.scripts import direction_of, leading_run
from normalize.model import Direction, TranslationStatus

TITLE_LENGTH = 80
"""Characters of a summary that stand in for a missing title."""

_RIGHT_TO_LEFT_MARK = "\u200f"
_LEFT_TO_RIGHT_MARK = "\u200e"
# What XML 1.0 and UTF-8 cannot hold.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What an IRI (RFC 3987) may not hold as it is: all but letters, its own marks and whole escapes.
_NOT_IN_ADDRESSES = re.compile(r"[^\w\-.~:/?#@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)")


@attrs.frozen(kw_only=True)
class Text:
    """A title or summary in one language."""

    text: str
    """The text."""

    language: str
    """BCP 47; ``und`` if unknown."""

    direction: Direction
    """Base direction to lay it out in."""

    @property
    def line(self) -> str:
        """As one line that plain-text readers lay out in the right direction.

        They take the direction from the first strong letter (Unicode, UAX 9, rule P2); where that
        letter is of the other direction, an invisible mark goes before it.
        """
        first = next((_strong(c) for c in self.text if _strong(c)), self.direction)
        if first is self.direction:
            return self.text
        right = self.direction is Direction.RTL
        return (_RIGHT_TO_LEFT_MARK if right else _LEFT_TO_RIGHT_MARK) + self.text


@attrs.frozen(kw_only=True)
class Item:
    """What Atom and JSON Feed have in common."""

    id: str
    """The record's id."""

    source: str
    """Name of its source."""

    url: str | None
    """Its page, http or https; other schemes are nothing to click on."""

    title: str
    """One line, translated where the translation is good."""

    language: str
    """Language of `title`."""

    original_language: str
    """Language of the page behind `url`."""

    html: str
    """The texts as HTML, each with ``lang`` and ``dir``."""

    authors: tuple[str, ...]
    """Names."""

    tags: tuple[str, ...]
    """Keywords."""

    image: str | None
    """Address of its image."""

    published: str | None
    """RFC 3339; only where the page gave a time with an offset."""

    updated: str | None
    """RFC 3339: when the record was last written."""

    own: Mapping[str, Any]
    """The record's values that feed formats have no place for."""

    @classmethod
    def of(cls, record: Mapping[str, Any], target: str | None) -> Self:
        """Lay out a record, the translation into ``target`` first where it is good."""
        translation = _translation(record, target)
        original, translated = _original(record), _translated(translation, target)
        good = translation.get("status") == TranslationStatus.OK
        blocks = [translated, original] if good else [original, translated]
        title = _title(record, blocks if good else [original])
        return cls(
            id=record["id"],
            source=record["source"],
            url=_address(record["url"]),
            title=title.line,
            language=title.language,
            original_language=record["language"],
            html=_html(blocks, shown=title, published=record["published"]),
            authors=_printed(record["authors"]),
            tags=_printed(record["tags"]),
            image=_address(record["image"]),
            published=_time(record["published"]),
            updated=record["last_seen"] or record["fetched_at"] or record["first_seen"],
            own={
                "source": record["source"],
                "title": record["title"],
                "language": record["language"],
                "direction": record["direction"],
                "published": record["published"],
                "published_raw": record["published_raw"],
                "translation": {
                    name: translation.get(name) for name in ("status", "reason", "engine")
                },
            },
        )


def printable(text: str) -> str:
    """The text without what XML 1.0 and UTF-8 cannot hold."""
    return _UNPRINTABLE.sub("", text)


_Texts = Mapping[str, Text]


def _original(record: Mapping[str, Any]) -> _Texts:
    languages = record["field_languages"]
    whole = record["language"]
    return {
        name: Text(
            text=text,
            language=languages.get(name, whole),
            direction=_direction(text) if name in languages else Direction(record["direction"]),
        )
        for name, text in _fields(record)
    }


def _translation(record: Mapping[str, Any], target: str | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = record["translations"].get(target) or {}
    return found


def _translated(translation: Mapping[str, Any], target: str | None) -> _Texts:
    return {
        name: Text(text=text, language=target or "und", direction=_direction(text))
        for name, text in _fields(translation)
    }


def _fields(texts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("title", "summary"):
        text = printable(texts.get(name) or "").strip()
        if text:
            yield name, text


def _title(record: Mapping[str, Any], blocks: list[_Texts]) -> Text:
    """The first title; without any, how the first summary begins, or else the address."""
    for block in blocks:
        if "title" in block:
            return attrs.evolve(block["title"], text=" ".join(block["title"].text.split()))
    for block in blocks:
        if "summary" in block:
            return attrs.evolve(block["summary"], text=_beginning(block["summary"].text))
    name = _address(record["url"]) or printable(record["id"])
    return Text(text=name, language="und", direction=Direction.LTR)


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    head = line[:TITLE_LENGTH]
    return (head.rpartition(" ")[0] or head) + "…"


def _html(blocks: list[_Texts], *, shown: Text, published: str | None) -> str:
    """Paragraphs of all texts but the title that is shown above them; the date as it is known."""
    parts = []
    for block in blocks:
        for name, text in block.items():
            if name == "title" and " ".join(text.text.split()) == shown.text:
                continue
            parts += [_paragraph(line, text) for line in text.text.splitlines() if line.strip()]
    if published:
        time = html.Element("time", datetime=published)
        time.text = published
        parts.append(html.Element("p"))
        parts[-1].append(time)
    return "\n".join(html.tostring(part, encoding="unicode") for part in parts)


def _paragraph(line: str, text: Text) -> HtmlElement:
    paragraph: HtmlElement = html.Element("p", lang=text.language, dir=text.direction.value)
    paragraph.text = line.strip()
    return paragraph


def _direction(text: str) -> Direction:
    run = leading_run(text)
    return direction_of(run.script if run else None)


def _strong(character: str) -> Direction | None:
    match unicodedata.bidirectional(character):
        case "L":
            return Direction.LTR
        case "R" | "AL":
            return Direction.RTL
        case _:
            return None


def _address(url: str | None) -> str | None:
    """A web address that every reader takes, escaped where need be; None for anything else."""
    whole = _NOT_IN_ADDRESSES.sub(lambda found: quote(found[0]), printable(url or ""))
    address, hash_mark, fragment = whole.partition("#")
    if not address.startswith(("http://", "https://")) or _names_no_host(address):
        return None
    return address + hash_mark + fragment.replace("#", "%23")


def _names_no_host(address: str) -> bool:
    try:
        return not urlsplit(address).hostname or urlsplit(address).port == 0
    except ValueError:
        return True


def _printed(names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in (printable(name).strip() for name in names) if name)


def _time(published: str | None) -> str | None:
    found = _TIME.fullmatch(published or "")
    return f"{found[1]}{found[2] or ':00'}{found[3]}" if found else None
