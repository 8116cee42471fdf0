"""Fields of the entries, by what the page's entries have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs
from lxml.html import HtmlElement

from normalize.model import Entry
from scraper.split.listing.dates import dates_of, date_parser, day_order, group_dates
from scraper.split.listing.families import entry_address, is_interface, width
from scraper.split.listing.lines import Content, Line, content_of
from scraper.split.listing.outline import HEADINGS, Outline
from scraper.split.listing.ranking import Candidate
from scraper.split.listing.records import Record
from scraper.split.listing.titles import titles_of
from scraper.split.listing.vocabulary import named_phrases, phrase_set, word_set, words_of
from scraper.split.phrases import phrase_key

_COUNT = r"\d[\d.,]*\s?[kKmM]?"
_COUNT_FIRST = re.compile(rf"\W*(?P<count>{_COUNT})\s*(?P<label>[^\d]{{1,30}}?)\W*")
_COUNT_LAST = re.compile(rf"\W*(?P<label>[^\d:：]{{1,30}}?)\s*[:：(]?\s*(?P<count>{_COUNT})\W*")
_PROSE = 40
_SMALL_IMAGE = 40
_BYLINE = 100


def entries_of(
    outline: Outline, candidate: Candidate, languages: Sequence[str]
) -> list[Entry]:
    """Read the entries of a candidate, in page order."""
    made = candidate.records
    contents = [content_of(outline, record) for record in made]
    parse = date_parser(languages)
    titles = titles_of(outline, candidate, contents, parse)
    dates = dates_of(contents, titles, parse)
    if not any(dates):
        dates = group_dates(outline, made, parse)
    order = day_order(dates)
    return [
        attrs.evolve(
            _entry(outline, record, content, title, date),
            day_first=order,
            languages=tuple(languages),
        )
        for record, content, title, date in zip(made, contents, titles, dates, strict=True)
    ]


def _entry(
    outline: Outline, record: Record, content: Content, title: str | None, date: str | None
) -> Entry:
    metrics = _metrics(content)
    authors, byline = _authors(content)
    return Entry(
        source="listing",
        position=1,
        url=_address(outline, record, content),
        title=title,
        summary=_summary(content, title, date, byline),
        published=date,
        authors=authors,
        byline=byline,
        metrics=metrics,
        image=_image(content),
    )


def _address(outline: Outline, record: Record, content: Content) -> str | None:
    """The mark's own address, else that of the link around it, else the record's first."""
    if not record.mark.key.startswith("#"):
        return record.mark.key
    node = outline.nodes[record.mark.number]
    around = next(node.iterancestors("a"), None)
    inside = node.iter("a") if node.tag in HEADINGS else ()
    for link in (*([around] if around is not None else []), *inside):
        address = entry_address(link.get("href") or "")
        if address:
            return address
    links = [link for link in content.links if entry_address(link.get("href") or "")]
    if not links:
        return None
    named = [link for link in links if record.mark.text and _says(link, record.mark.text)]
    return entry_address((named or links)[0].get("href") or "")


def _says(link: HtmlElement, text: str) -> bool:
    told = " ".join("".join(link.itertext()).split())
    return bool(told) and (told in text or text in told)


def _metrics(content: Content) -> dict[str, str]:
    """Counts with the words beside them."""
    found: dict[str, str] = {}
    names = named_phrases("metrics")
    for line in content.lines:
        for text in {line.text, *(fragment.text for fragment in line.fragments)}:
            if len(text) > _PROSE or not any(map(str.isdigit, text)):
                continue
            for pattern in (_COUNT_FIRST, _COUNT_LAST):
                match = pattern.fullmatch(text)
                name = names.get(phrase_key(match["label"])) if match else None
                if match and name:
                    found.setdefault(name, match["count"].strip())
    return found


def _authors(content: Content) -> tuple[tuple[str, ...], str | None]:
    """Names one by one where links or microdata keep them apart, else a byline."""
    names: list[str] = []
    for line in content.lines:
        for fragment in line.fragments:
            text = fragment.text.strip(" \t\n,،、;|·•-–—:：")
            if not text or len(text) > _BYLINE or any(map(str.isdigit, text)):
                continue
            if _is_author(fragment.node) and phrase_key(text) not in phrase_set("byline_prefixes"):
                names.append(text)
    if names:
        return tuple(dict.fromkeys(names)), None
    return (), next(filter(None, map(_byline, content.lines)), None)


def _is_author(node: HtmlElement) -> bool:
    for at in (node, node.getparent()):
        if at is None:
            return False
        if at.get("rel") == "author" or at.get("itemprop") == "author":
            return True
        attribute = at.get("class")
        if attribute and len(attribute) < 100 and words_of(attribute) & word_set("author_words"):  # noqa: PLR2004
            return True
    return False


def _byline(line: Line) -> str | None:
    """What follows a word for "by" at the beginning of a short line."""
    text = line.text
    if len(text) > _BYLINE:
        return None
    head, colon, rest = text.partition(":") if ":" in text else text.partition("：")
    if not colon:
        head, _, rest = text.partition(" ")
    if phrase_key(head) in phrase_set("byline_prefixes"):
        rest = re.split(r"\s[|·•–—-]\s|\s\d", rest.strip(), maxsplit=1)[0].strip()
        if rest and not any(map(str.isdigit, rest)) and width(rest) < _PROSE + 20:
            return rest
    return None


def _summary(
    content: Content, title: str | None, date: str | None, byline: str | None
) -> str | None:
    kept = []
    for line in content.lines:
        text = _without_interface(line)
        if not text or text == title or text == date or (byline and text.endswith(byline)):
            continue
        if width(text) >= _PROSE or (kept and text.endswith((".", "!", "?", "。", "؟", "।"))):
            kept.append(text)
        elif _is_summary(line):
            kept.append(text)
    return "\n".join(kept) or None


def _without_interface(line: Line) -> str:
    """The line without the links that interfaces put at its end."""
    kept = [f.text for f in line.fragments if f.link is None or not is_interface(f.text)]
    return re.sub(r"\s+", " ", "".join(kept)).strip(" \t\n[]()")


def _is_summary(line: Line) -> bool:
    words = [part for part in line.slot if isinstance(part, str) and part]
    return any(words_of(part) & word_set("summary_words") for part in words)


def _image(content: Content) -> str | None:
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
