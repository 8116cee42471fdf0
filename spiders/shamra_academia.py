"""Shamra Academia (شمرا أكاديميا): https://shamra-academia.com.

Known for certain: entries at ``/show/<13 or 14 hex digits>``, also below ``/index.php``; Arabic
and English titles and abstracts; 250 characters of an abstract shown and the rest hidden;
backslashes of formulas lost. No page could be seen: no class, no listing address and no page
number is relied on. The labels are those of the site's own administration package.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs
from scrapy.http import Response

from normalize.issues import Issue
from normalize.model import Entry, ParallelText
from scraper.sources import SourceSpider, web_address
from scraper.split.boxes import Box, find_boxes
from scraper.split.document import Document, DocumentKind, parse_html
from scraper.split.lines import one_line, tidy_lines
from scraper.split.paging import next_page
from scraper.split.phrases import phrase_key, phrases
from scraper.split.segments import PARAGRAPH, SENTENCE, LineRules, Segment, segments
from scraper.split.source import Source, entry_links
from scraper.split.teaser import close_teaser_gaps, join_teasers

NAME = "shamra_academia"
HOME = "https://shamra-academia.com/"
TEASER = 250
SHOW = re.compile(r"(?:/index\.php)?/show/(?P<id>[0-9a-f]{13,14})/?")
INTERFACE = (
    "ترغب بنشر مسار تعليمي؟ اضغط هنا",
    "هل ترغب بارسال اشعارات عن اخر التحديثات في شمرا-اكاديميا",
    "mircosoft-partner",
    "microsoft-partner",
)
LINES = LineRules(
    fields={
        "byline": re.compile(
            r"(?:المؤلفون|المؤلف|الباحثون|الباحث|تأليف|Authors?) ?: ?(?P<byline>.+)"
        ),
        "published": re.compile(
            r"(?:تاريخ النشر|سنة النشر|السنة|Published|Publication date|Year) ?: ?(?P<published>.+)"
        ),
        "tags": re.compile(r"(?:الكلمات المفتاحية|كلمات مفتاحية|Keywords) ?: ?(?P<tags>.+)"),
        "views": re.compile(
            r"(?:عدد )?(?:المشاهدات|مشاهدات|Views) ?: ?(?P<views>[\d٠-٩][\d٠-٩.,٫٬]*)"
        ),
        "publisher": re.compile(r"(?:جهة ناشرة أخرى|الناشر|Publisher) ?: ?(?P<publisher>.+)"),
        "field": re.compile(r"(?:مجالات البحث|مجال البحث|Fields?) ?: ?(?P<field>.+)"),
        "kind": re.compile(r"(?:نوع البحث|Type) ?: ?(?P<kind>.+)"),
    },
    inner=frozenset({"byline", "published", "tags", "views", "publisher", "field", "kind"}),
    paragraph=PARAGRAPH,
)
ARABIC = re.compile(r"[\u0621-\u064a]")
LATIN = re.compile(r"[A-Za-z]")
BARE_COMMAND = re.compile(
    r"(?<![\\A-Za-z])(?:math(?:bb|cal|rm|bf|frak)|frac|sqrt|text|hat|tilde|bar)\{"
)


def read_list(document: Document) -> list[Entry] | None:
    """Read the boxes around links to ``/show/<hex>``."""
    join_teasers(document.tree)
    return [
        _boxed(box) for box in find_boxes(document.tree, entry_links(SHOW, document, HOME))
    ] or None


def read_text(document: Document) -> list[Entry] | None:
    """Read a text dump: every paragraph is an abstract, with its titles above it or without.

    A lone line between abstracts is a title only where most abstracts have one: in a dump of
    abstracts alone such a line is the interface's.
    """
    lines = _without_interface(tidy_lines(document.text.splitlines()))
    found = [s for s in segments(lines, LINES) if s.texts and PARAGRAPH.fullmatch(s.texts[-1])]
    titled = sum(len(segment.texts) > 1 for segment in found) * 2 > len(found)
    closed = close_teaser_gaps([segment.texts[-1] for segment in found], TEASER)
    entries = [
        _described(
            _entry(segment),
            _titles_above(segment.texts) if titled else [],
            [summary],
            issues=tuple(code.value for code in gap),
        )
        for segment, (summary, gap) in zip(found, closed, strict=True)
    ]
    return entries or None


def _titles_above(texts: Sequence[str]) -> list[str]:
    """The title of an abstract, and before it the title in the other script if there is one."""
    *_, other, title = ["", "", *texts[:-1]]
    pair = other and title and _is_arabic(other) != _is_arabic(title)
    return [other, title] if pair else [title] if title else []


def _boxed(box: Box) -> Entry:
    titles = _titles(box)
    lines = [line for line in _without_interface(box.lines) if line not in titles]
    told = segments(lines, LINES)
    texts = tuple(text for segment in told for text in segment.texts)
    merged = {name: values for segment in told for name, values in segment.fields.items()}
    paragraphs = [text for text in texts if PARAGRAPH.fullmatch(text)]
    abstracts = paragraphs or [text for text in texts if SENTENCE.fullmatch(text)]
    entry = attrs.evolve(
        _entry(Segment(texts=texts, fields=merged)),
        native_id=box.key,
        url=f"{HOME}show/{box.key}",
    )
    return _described(entry, titles, abstracts)


def _described(
    entry: Entry, titles: Sequence[str], abstracts: Sequence[str], issues: tuple[str, ...] = ()
) -> Entry:
    """The entry with its texts: those of the first title's script, the others in parallel."""
    first, *others = _by_script(titles, abstracts)
    lost = bool(BARE_COMMAND.search(first.summary or ""))
    return attrs.evolve(
        entry,
        title=first.title,
        summary=first.summary,
        parallel=tuple(others),
        issues=(*issues, *((Issue.LATEX_BACKSLASHES_LOST.value,) if lost else ())),
    )


def _entry(segment: Segment) -> Entry:
    tags = re.split(r"\s*[,،;؛]\s*", segment.first("tags") or "")
    views = segment.first("views")
    return Entry(
        source=NAME,
        position=0,
        byline=segment.first("byline"),
        published=segment.first("published"),
        tags=tuple(tag for tag in tags if tag),
        metrics={"views": views} if views else {},
        raw={
            name: value for name in ("publisher", "field", "kind") if (value := segment.first(name))
        },
    )


def _titles(box: Box) -> list[str]:
    """The title first, then other headings and links to the entry that say something else."""
    nodes = [*box.anchors, *box.find("h1, h2, h3, h4, h5, h6")]
    told = [box.title, *(line for node in nodes for line in [one_line(node)])]
    kept = (text for text in told if text and not PARAGRAPH.fullmatch(text))
    return _without_interface(list(dict.fromkeys(kept)))


def _by_script(titles: Sequence[str], abstracts: Sequence[str]) -> list[ParallelText]:
    """Titles and abstracts of one script together, that of the first title first.

    A title without an abstract of its script keeps the other's: the page shows them as one.
    """
    texts: dict[bool, ParallelText] = {}
    for arabic in dict.fromkeys(_is_arabic(text) for text in (*titles, *abstracts)):
        title = next((t for t in titles if _is_arabic(t) == arabic), None)
        own = [a for a in abstracts if _is_arabic(a) == arabic]
        texts[arabic] = ParallelText(title=title, summary="\n".join(own) or None)
    if not texts:
        return [ParallelText()]
    first, *others = texts.values()
    if others and not first.summary and not others[0].title:
        return [attrs.evolve(first, summary=others[0].summary)]
    return [first, *others]


def _is_arabic(text: str) -> bool:
    return len(ARABIC.findall(text)) > len(LATIN.findall(text))


def _without_interface(lines: Sequence[str]) -> list[str]:
    dropped = {phrase_key(phrase) for phrase in INTERFACE} | phrases("read_more")
    return [line for line in lines if phrase_key(line) not in dropped]


class ShamraAcademiaSpider(SourceSpider):
    """Lists of research, in Arabic and English."""

    name = NAME
    source = Source(
        name=NAME,
        title="شمرا أكاديميا",
        home=HOME,
        languages=("ar", "en", "fr"),
        readers={DocumentKind.HTML: {"list": read_list}, DocumentKind.TEXT: {"text": read_text}},
        known_by="links to /show/<13 or 14 hex digits>; in text, abstracts one a line",
        marker=re.compile(r"mircosoft-partner|شمرا[\s-]+[أاإآ]كاديمي"),
        terms="Terms and robots.txt could not be checked; robots.txt is obeyed.",
        cadence="unknown",
        min_entries=1,
    )
    arguments = frozenset({"url"})
    default_pages = 5
    custom_settings = {"DOWNLOAD_DELAY": 5}  # noqa: RUF012  Scrapy reads a plain dict

    def first_urls(self) -> Sequence[str]:
        """The listing that ``url`` names (their addresses are not known), else the home page."""
        url = getattr(self, "url", None)
        return [self.on_base(web_address("url", url)) if url else self.base]

    def next_url(self, response: Response, entries: Sequence[Entry]) -> str | None:  # noqa: ARG002  the page itself tells
        """The page's own link to the next."""
        return next_page(parse_html(self.text_of(response)), response.url)
