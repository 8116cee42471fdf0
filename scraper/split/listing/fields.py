"""Fields of the entries, by what the page's entries have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import attrs
from lxml.html import HtmlElement

from normalize.model import Entry
from scraper.split.listing.brackets import without_empty_brackets, without_loose_brackets
from scraper.split.listing.centuries import are_short, with_century, years_shown
from scraper.split.listing.dates import DateReader, date_parser, learn_dates
from scraper.split.listing.day_order import day_order
from scraper.split.listing.groups import group_dates, group_years, lacks_year, with_year
from scraper.split.listing.lines import Content, Line, content_of, has_digit
from scraper.split.listing.outline import HEADINGS, Outline
from scraper.split.listing.ranking import Candidate
from scraper.split.listing.records import Record
from scraper.split.listing.titles import TitleReader, learn_titles
from scraper.split.listing.vocabulary import named_phrases, phrase_set, word_set, words_of
from scraper.split.listing.wording import entry_address, is_interface, width
from scraper.split.phrases import phrase_key

_COUNT = r"\d[\d.,]*\s?[kKmM]?"
_COUNT_FIRST = re.compile(rf"\W*(?P<count>{_COUNT})\s*(?P<label>[^\d]{{1,30}}?)\W*")
_COUNT_LAST = re.compile(rf"\W*(?P<label>[^\d:：]{{1,30}}?)\s*[:：(]?\s*(?P<count>{_COUNT})\W*")
_SEPARATOR = re.compile(r"[|·•]")
_LETTER = re.compile(r"[^\W\d_]")
_PROSE = 40
_SENTENCE_ENDS = (".", "!", "?", "。", "؟", "।")
_SMALL_IMAGE = 40
_BYLINE = 100
# Entries from which the places of titles and of dates are learnt.
_SAMPLE = 60
_DATE_SAMPLE = 8
# Share of the entries from which the dates that stand in them are believed to be theirs alone.
_OWN_DATES = 0.6


@attrs.frozen(kw_only=True)
class Marks:
    """What every entry of a page carries: how sure its list is."""

    raw: Mapping[str, str]
    issues: tuple[str, ...]


@attrs.frozen(kw_only=True)
class _Places:
    """Where the fields of one page's entries stand."""

    titles: TitleReader
    dates: DateReader
    grouped: Sequence[str | None] | None
    """The date of each entry, where dates head groups."""
    years: Sequence[str | None] | None
    """The year of each entry, where its date has none and years head groups."""
    years_shown: frozenset[str]
    """Years that the page shows in full, where its dates have two digits of them."""
    day_first: bool | None
    contents: Mapping[int, Content]
    """The entries of the sample as read, by the numbers of their marks."""


def entries_of(
    outline: Outline, candidate: Candidate, languages: Sequence[str], marks: Marks
) -> Iterator[Entry]:
    """Read the entries of a candidate, in page order.

    Args:
        outline: the page.
        candidate: its list.
        languages: what the page declares.
        marks: what every entry is to carry.
    """
    places = _learn(outline, candidate, languages)
    for at, record in enumerate(candidate.records):
        content = places.contents.get(record.mark.number) or content_of(outline, record)
        title = places.titles.read(outline, record, content)
        grouped = places.grouped
        date = grouped[at] if grouped else places.dates.read(content, title)
        if places.years:
            date = with_year(date, places.years[at], places.dates.parse)
        if places.years_shown:
            date = with_century(date, places.years_shown)
        # Most entries of long lists are a title and nothing else.
        bare = len(content.lines) <= 1 and title == (content.lines[0].text if content.lines else "")
        authors, byline = ((), None) if bare else _authors(content)
        yield Entry(
            source="listing",
            position=at + 1,
            url=_address(outline, record, content),
            title=title,
            summary=None if bare else _summary(content, title, date, byline),
            published=date,
            day_first=places.day_first,
            languages=tuple(languages),
            authors=authors,
            byline=byline,
            metrics={} if bare else _metrics(content),
            image=_image(content),
            raw=marks.raw,
            issues=marks.issues,
        )


def _learn(outline: Outline, candidate: Candidate, languages: Sequence[str]) -> _Places:
    """Find out from a sample of the entries where their fields stand."""
    made = candidate.records
    sample = [(r, content_of(outline, r)) for r in made[:: max(1, len(made) // _SAMPLE)]]
    contents = [content for _, content in sample]
    parse = date_parser(languages)
    titles = learn_titles(outline, sample, candidate.family.form, parse)
    shown = [titles.read(outline, record, content) for record, content in sample]
    few = max(1, len(contents) // _DATE_SAMPLE)
    dates = learn_dates(contents[::few], shown[::few], parse)
    grouped = None
    if dates.coverage < _OWN_DATES:
        told = group_dates(outline, made, parse)
        grouped = told if sum(map(bool, told)) > dates.coverage * len(made) else None
    pairs = zip(contents, shown, strict=True)
    days = grouped or [dates.read(content, title) for content, title in pairs]
    order = day_order(days, shown, languages)
    short = sum(lacks_year(day, parse) for day in days[:_SAMPLE]) * 2 > len(days[:_SAMPLE])
    years = group_years(outline, made) if short else None
    return _Places(
        titles=titles, dates=dates, grouped=grouped, years=years, day_first=order,
        years_shown=_years_of(outline) if are_short(days) else frozenset(),
        contents={record.mark.number: content for record, content in sample},
    )  # fmt: skip


def _years_of(outline: Outline) -> frozenset[str]:
    """Years in the page's text and in the addresses of its links."""
    return years_shown((*outline.nodes[0].itertext(), *outline.hrefs))


def _address(outline: Outline, record: Record, content: Content) -> str | None:
    """The mark's own address, else that of the link around it, else the record's first.

    Where microdata name one link of the entry as its ``url``, that is believed.
    """
    named = [link for link in content.links if link.get("itemprop") == "url"]
    if len(named) == 1 and (address := entry_address(named[0].get("href") or "")):
        return address
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


def _authors(content: Content) -> tuple[tuple[str, ...], str | None]:
    """Names one by one where links or microdata keep them apart, else a byline."""
    names: list[str] = []
    for line in content.lines:
        for fragment in line.fragments:
            text = fragment.text.strip(" \t\n,،、;|·•-–—:：")
            if not text or len(text) > _BYLINE or has_digit(text):
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


def _byline(line: Line) -> str | None:
    """What follows a word for "by" at the beginning of a short line."""
    text = line.text
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


def _summary(
    content: Content, title: str | None, date: str | None, byline: str | None
) -> str | None:
    kept: list[str] = []
    for line in content.lines:
        if not kept and width(line.text) < _PROSE and not _is_summary(line):
            continue
        text = _without_interface(line)
        if text in {"", title, date} or (byline and text.endswith(byline)):
            continue
        goes_on = bool(kept) and text.endswith(_SENTENCE_ENDS)
        if width(text) >= _PROSE or goes_on or _is_summary(line):
            kept.append(text)
    return "\n".join(kept) or None


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
