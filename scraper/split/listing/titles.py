"""Titles of the entries: what their links say, unless that is a number, a date or "Read more"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import attrs
from lxml.html import HtmlElement

from scraper.split.lines import one_line
from scraper.split.listing.groups import Parse
from scraper.split.listing.lines import Content, Slot, has_digit, short_texts
from scraper.split.listing.link_parts import link_parts, title_part
from scraper.split.listing.outline import HEADINGS, Outline
from scraper.split.listing.records import Record
from scraper.split.listing.tails import Tail, common_tail, without_tail
from scraper.split.listing.vocabulary import word_set, words_of
from scraper.split.listing.wording import flat_text, is_count, is_interface, title_worth, width

_CUT = re.compile(r"\s*(?:\.{3}|…)\s*$")
_DATE_FIRST = re.compile(
    r"\W*(?P<date>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:\s+\d{1,2}:\d\d)?|(?=.{0,20}\d).{6,30}?(?=\s[-–—|:]\s))"
    r"[\s\W]+(?P<rest>.+)",
    re.DOTALL,
)
# What links to files say beside the file's number or name.
# The European identifier of case law is a number too.
_NO_TITLE = re.compile(r"\b(?:pdf|docx?|html?|xlsx?|rtf|[km]b)\b|\bECLI:\S+", re.IGNORECASE)
_CODE_SHARE = 1.2
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_LONG_TITLE = 200
_LONG_LINE = 240
_STRONG = HEADINGS | {"strong", "b"}
_MOST_INSIDE = 60
_MOST_CLASS = 100
_LEAST_WORTH = 0.2
_CLOCK = re.compile(r"\W*\d{1,2}[:.]\d\d(?:[:.]\d\d)?\W*")
_JOINTS = " \t-–—|·•:,/"
# Characters of a detail that stands inside a title's element.
_LONGEST_DETAIL = 40
# Share of the titles that must stay different where something is left out of all.
_AS_DIFFERENT = 0.9


Sample = Sequence[tuple[Record, Content]]


@attrs.frozen(kw_only=True)
class TitleReader:
    """How the titles of one page's entries are read, as a sample of them shows it."""

    form: str
    """Form of the entries' family."""
    parse: Parse
    part: Slot | None
    """Where the titles stand in links that hold whole entries."""
    slot: Slot | None
    """Where the titles stand, where the marks say no titles."""
    after_dates: bool
    """Whether most marks begin with a date."""
    detailed: bool
    """Whether the marks hold dates in elements of their own, beside the title."""
    tail: Tail
    """What most titles end with."""

    def read(self, outline: Outline, record: Record, content: Content) -> str | None:
        """The title of an entry, None where it has none."""
        told = _marked(outline, record, content, self.form)
        if self.part is not None:
            told = _at_part(outline, record, self.part) or told
        if self.detailed:
            told = _without_details(outline, record, told, self.parse)
        if self.after_dates:
            told = _after_date(told, self.parse) or told
        if self.slot is not None:
            told = _at(content, self.slot) or told
        return without_tail(told, self.tail)


def learn_titles(
    outline: Outline, sample: Sample, form: str, parse: Parse
) -> tuple[TitleReader, list[str | None]]:
    """Find out from a sample of entries where the titles are.

    Returns:
        The reader, and what it reads in the entries of the sample.
    """
    told = [_marked(outline, record, content, form) for record, content in sample]
    part = _learn_part(outline, sample, form, parse)
    if part is not None:
        shown = [_at_part(outline, record, part) for record, _ in sample]
        told = [text or title for text, title in zip(shown, told, strict=True)]
    bare = [
        _without_details(outline, record, title, parse)
        for (record, _), title in zip(sample, told, strict=True)
    ]
    detailed = sum(a != b for a, b in zip(told, bare, strict=True)) * 2 > len(told)
    detailed = detailed and len(set(bare)) >= len(set(told)) * _AS_DIFFERENT
    told = bare if detailed else told
    rests = [_after_date(title, parse) for title in told]
    after_dates = sum(rest is not None for rest in rests) * 2 > len(told)
    if after_dates:
        told = [rest or title for rest, title in zip(rests, told, strict=True)]
    codes = sum(_is_code(text, parse) for text in told)
    contents = [content for _, content in sample]
    slot = _title_slot(contents, parse) if codes * 2 > len(told) else None
    if slot is not None:
        told = [_at(content, slot) or text for content, text in zip(contents, told, strict=True)]
    tail = common_tail(told)
    reader = TitleReader(
        form=form, parse=parse, part=part, slot=slot, after_dates=after_dates, detailed=detailed,
        tail=tail,
    )  # fmt: skip
    return reader, [without_tail(title, tail) for title in told]


def _learn_part(outline: Outline, sample: Sample, form: str, parse: Parse) -> Slot | None:
    """Where the title stands in links without a heading; None for other marks."""
    if form != "links":
        return None
    nodes = [outline.nodes[record.mark.number] for record, _ in sample]
    bare = [node for node in nodes if len(node) and next(node.iter(*HEADINGS), None) is None]
    if len(bare) * 2 <= len(nodes):
        return None
    entries = [parts for node in bare if (parts := link_parts(node))]
    if len(entries) * 2 <= len(nodes):
        return None
    return title_part(entries, lambda text: _is_code(text, parse))


def _at_part(outline: Outline, record: Record, slot: Slot) -> str | None:
    node = outline.nodes[record.mark.number]
    return next((part.text for part in link_parts(node) if part.slot == slot), None)


def _without_details(
    outline: Outline, record: Record, text: str | None, parse: Parse
) -> str | None:
    """A title without the elements at its beginning or end that say a date or a time."""
    if not text or not has_digit(text):
        return text
    for told in _short_inside(outline, record):
        if told == text or not has_digit(told):
            continue
        if not (_CLOCK.fullmatch(told) or parse(told) is not None):
            continue
        rest = text.removeprefix(told) if text.startswith(told) else text.removesuffix(told)
        rest = rest.strip(_JOINTS)
        text = rest if title_worth(rest) > _LEAST_WORTH else text
    return text


def _short_inside(outline: Outline, record: Record) -> Iterator[str]:
    """The text before the mark's first element, and its short elements."""
    first, last = record.mark.number + 1, outline.ends[record.mark.number]
    bare = outline.nodes[record.mark.number].text if first < last else None
    if bare and 0 < len(bare.strip()) <= _LONGEST_DETAIL:
        yield " ".join(bare.split())
    for at in range(first, min(last, first + _MOST_INSIDE)):
        if 0 < outline.lengths[at] <= _LONGEST_DETAIL:
            yield one_line(outline.nodes[at])


def _after_date(title: str | None, parse: Parse) -> str | None:
    match = _DATE_FIRST.fullmatch(title) if title and has_digit(title) else None
    if match is None or parse(match["date"]) is None:
        return None
    rest = match["rest"].strip()
    return rest if title_worth(rest) else None


def _is_code(text: str | None, parse: Parse) -> bool:
    """Whether a text is a number, a date or an interface's word rather than a title."""
    if not text or is_interface(text) or is_count(text):
        return True
    bare = _NO_TITLE.sub("", text)
    letters, digits = len(_LETTER.findall(bare)), len(_DIGIT.findall(bare))
    if letters <= digits * _CODE_SHARE:
        return True
    return digits > 0 and width(text) < _LONG_TITLE // 8 and parse(text) is not None


def _title_slot(contents: Sequence[Content], parse: Parse) -> Slot | None:
    """The place whose lines are most like titles and differ from entry to entry."""
    texts: dict[Slot, list[str]] = defaultdict(list)
    for content in contents:
        seen: set[Slot] = set()
        for slot, text in short_texts(content, _LONG_LINE):
            if slot not in seen:
                seen.add(slot)
                texts[slot].append(text)
    scores: dict[Slot, float] = {}
    for slot, told in texts.items():
        good = {t for t in told if width(t) <= _LONG_LINE and not _is_code(t, parse)}
        if len(good) * 2 > len(contents):
            strong = 0.5 * any(part in _STRONG for part in slot)
            scores[slot] = sum(map(title_worth, good)) / len(contents) + strong
    return max(scores, key=lambda slot: scores[slot]) if scores else None


def _at(content: Content, slot: Slot) -> str | None:
    return next((text for at, text in short_texts(content, _LONG_LINE) if at == slot), None)


def _marked(outline: Outline, record: Record, content: Content, form: str) -> str | None:
    """What the mark itself says."""
    mark = record.mark
    if form not in {"links", "headings"}:
        return mark.text or None
    node = outline.nodes[mark.number]
    if not len(node) and mark.text and width(mark.text) <= _LONG_TITLE:
        return _uncut(node, mark.text)
    inner = next((at for at in node.iter(*HEADINGS) if at is not node and one_line(at)), None)
    if inner is None:
        inner = _named_inside(outline, mark.number)
    text = one_line(node if inner is None else inner)
    if inner is None and width(text) > _LONG_TITLE:
        text = _first_line(content) or text
    return _uncut(node, text) or _from_image(node)


def _named_inside(outline: Outline, number: int) -> HtmlElement | None:
    """The element inside a link whose class says title, where the link holds more than it."""
    for at in range(number + 1, min(outline.ends[number], number + _MOST_INSIDE)):
        attribute = outline.nodes[at].get("class")
        if not attribute or not outline.lengths[at]:
            continue
        named = len(attribute) < _MOST_CLASS and words_of(attribute) & word_set("title_words")
        if named and title_worth(flat_text(outline, at)):
            return outline.nodes[at]
    return None


def _first_line(content: Content) -> str | None:
    told = (line.text for line in content.lines)
    return next((text for text in told if title_worth(text) > _LEAST_WORTH), None)


def _uncut(node: HtmlElement, text: str) -> str:
    """The whole title where the page shows its beginning and keeps the rest in ``title``.

    Or shows it after a label, and has it without in ``title``.
    """
    told = " ".join((node.get("title") or "").split())
    if not told:
        return text
    if told != text and text.endswith(told) and title_worth(told) > 0.5 * title_worth(text) > 0:
        return told
    if _CUT.search(text) and len(told) > len(text) - 3 and told.startswith(_CUT.sub("", text)[:20]):
        return told
    return text or told


def _from_image(node: HtmlElement) -> str | None:
    told = (" ".join((image.get("alt") or "").split()) for image in node.iter("img"))
    return next((text for text in told if text), None)
