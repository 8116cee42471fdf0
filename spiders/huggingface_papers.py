"""Hugging Face Daily Papers: https://huggingface.co/papers.

Known for certain (a page of August 2024, an API response of May 2026, the official client): the
addresses, the JSON that the page is hydrated from in both generations, the compact cards of
2024. The full cards and the cards of search pages are reconstructed from what other readers of
the site tell; nothing here depends on their classes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import attrs
from scrapy.http import Response

from normalize.model import Entry, Link
from scraper.errors import SpiderArgumentError
from scraper.monitor import flag
from scraper.sources import SourceSpider
from scraper.split.boxes import Box, find_boxes
from scraper.split.document import Document, DocumentKind, parse_html
from scraper.split.lines import tidy_lines
from scraper.split.segments import PARAGRAPH, SENTENCE, LineRules, Segment, segments
from scraper.split.source import Source, entry_links
from scraper.split.values import count_values, list_value, mapping_value, text_value

NAME = "huggingface_papers"
HOME = "https://huggingface.co/"
HYDRATED = '[data-target="DailyPapers"]'
PAPER = re.compile(r"/papers/(?P<id>\d{4}\.\d{4,5})(?:v\d+)?/?")
COUNT = r"\d[\d.,]*[kKM]?"
# A label and its number stand on two lines where the page puts the number into a block.
LABEL = re.compile(r"Upvotes?|GitHub")
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
LINES = LineRules(
    fields={
        "author_count": re.compile(r"(?P<author_count>\d+) authors?"),
        "published": re.compile(
            rf"(?:Published on )?(?P<published>{MONTH} \d{{1,2}}(?:, \d{{4}})?)"
            rf"(?: (?P<upvotes>{COUNT}))?"
        ),
        "upvotes": re.compile(rf"Upvotes? (?P<upvotes>{COUNT})"),
        "github_stars": re.compile(rf"GitHub (?P<github_stars>{COUNT})"),
        "number": re.compile(COUNT),
        "label": re.compile(r"arXiv Page|Upvotes?|GitHub|Previous|Next"),
    },
    inner=frozenset({"number", "label"}),
    start=re.compile(r"Submitted by.*"),
)
# How the addresses write periods, an example of each, and how to read them.
PERIODS = {
    "date": ("2026-05-08", "%Y-%m-%d"),
    "week": ("2026-W19", "%G-W%V"),
    "month": ("2026-05", "%Y-%m"),
}
MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?Z")


def read_hydration(document: Document) -> list[Entry] | None:
    """Read the JSON that the page is hydrated from; None where it is missing or has changed."""
    for node in document.tree.cssselect(HYDRATED):
        props = mapping_value(node.get("data-props"))
        # On a search page `dailyPapers` is an unrelated list.
        papers = props.get("searchResults" if _is_search(props) else "dailyPapers")
        if isinstance(papers, list):
            return _papers(papers)
    return None


def read_api(document: Document) -> list[Entry] | None:
    """Read a response of ``/api/daily_papers`` or ``/api/papers/search``."""
    return _papers(document.data) if isinstance(document.data, list) else None


def read_cards(document: Document) -> list[Entry] | None:
    """Read the rendered cards."""
    return [
        _card(box) for box in find_boxes(document.tree, entry_links(PAPER, document, HOME))
    ] or None


def read_text(document: Document) -> list[Entry] | None:
    """Read a text dump: every entry has its line ``N authors``."""
    lines = _labelled(tidy_lines(document.text.splitlines()))
    found = [s for s in segments(lines, LINES) if "author_count" in s.fields and s.texts]
    return [_segment_entry(segment) for segment in found] or None


def _papers(items: Sequence[Any]) -> list[Entry] | None:
    """Entries of a list of papers; None as soon as one has another shape."""
    entries = [_paper(item) for item in items]
    return None if None in entries else [entry for entry in entries if entry]


def _paper(item: Any) -> Entry | None:  # noqa: ANN401  JSON of the site
    # Flat in the API's single papers, nested under `paper` in lists.
    paper = item.get("paper", item) if isinstance(item, Mapping) else None
    if not isinstance(paper, Mapping):
        return None
    native_id, title = text_value(paper, "id"), text_value(paper, "title")
    authors = _author_names(list_value(paper, "authors"))
    if not native_id or not title or authors is None:
        return None
    published = text_value(paper, "publishedAt") or text_value(item, "publishedAt")
    day = MIDNIGHT.fullmatch(published or "")
    links = {"code": "githubRepo", "project": "projectPage"}
    counts = count_values(
        upvotes=paper.get("upvotes"),
        comments=item.get("numComments"),
        github_stars=paper.get("githubStars"),
    )
    extras = {n: text_value(paper, n) for n in ("publishedAt", "submittedOnDailyAt", "ai_summary")}
    return Entry(
        source=NAME,
        position=0,
        native_id=native_id,
        url=f"{HOME}papers/{native_id}",
        title=_unwrapped(title),
        summary=_unwrapped(text_value(paper, "summary")),
        authors=authors,
        author_count=str(len(authors)) if authors else None,
        # Since 2026 the day of arXiv's first version stands as an instant at midnight UTC.
        published=day.group(1) if day else published,
        tags=tuple(tag for tag in list_value(paper, "ai_keywords") if isinstance(tag, str)),
        identifiers={"arxiv": native_id},
        metrics=counts,
        links=tuple(
            Link(rel=rel, url=url) for rel, key in links.items() if (url := text_value(paper, key))
        ),
        image=text_value(item, "thumbnail"),
        raw={name: text for name, text in extras.items() if text is not None},
    )


def _author_names(listed: Sequence[Any]) -> tuple[str, ...] | None:
    """Names of a paper's authors; None where there are authors, but none with a name."""
    found = (text_value(author, "name") for author in listed if isinstance(author, Mapping))
    names = tuple(name for name in found if name)
    return None if listed and not names else names


def _card(box: Box) -> Entry:
    told = segments(_labelled(box.lines), LINES)
    entry = _segment_entry(told[-1]) if told else Entry(source=NAME, position=0)
    code = next((a.get("href") for a in box.find('a[href*="//github.com/"]')), None)
    return attrs.evolve(
        entry,
        native_id=box.key,
        url=f"{HOME}papers/{box.key}",
        title=box.title,
        identifiers={"arxiv": box.key},
        links=(Link(rel="code", url=code),) if code else (),
        image=next((i.get("src") for i in box.find('img[src*="thumbnail"]')), None),
    )


def _segment_entry(segment: Segment) -> Entry:
    # A compact card has its numbers alone on lines: upvotes above the title, comments below.
    upvotes, comments, *_ = *segment.fields.get("number", ()), None, None
    counts = {
        "upvotes": segment.first("upvotes") or upvotes,
        "comments": comments,
        "github_stars": segment.first("github_stars"),
    }
    title, summary = _title_and_summary(segment.texts)
    return Entry(
        source=NAME,
        position=0,
        title=title,
        summary=summary,
        author_count=segment.first("author_count"),
        published=segment.first("published"),
        metrics={name: count for name, count in counts.items() if count},
    )


def _title_and_summary(texts: Sequence[str]) -> tuple[str | None, str | None]:
    """The abstract is the last paragraph; above the title may stand the page's own heading."""
    if not texts:
        return None, None
    if len(texts) > 1 and (PARAGRAPH.fullmatch(texts[-1]) or SENTENCE.fullmatch(texts[-1])):
        return texts[-2], texts[-1]
    return texts[-1], None


def _labelled(lines: Sequence[str]) -> list[str]:
    """The lines with labels and the numbers below them on one line."""
    joined: list[str] = []
    for line in lines:
        if joined and LABEL.fullmatch(joined[-1]) and re.fullmatch(COUNT, line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def _unwrapped(text: str | None) -> str | None:
    """The JSON of 2024 breaks titles and abstracts into lines of about 70 letters."""
    return " ".join(text.split()) if text else None


def _is_search(props: Mapping[str, Any]) -> bool:
    """Whether the data are those of a search: other pages have an empty query or none."""
    query = props.get("query")
    return "searchResults" in props or (isinstance(query, Mapping) and bool(query.get("q")))


def _is_period(name: str, value: str) -> bool:
    example, shape = PERIODS[name]
    is_week = name == "week"
    try:  # a week is read by its Monday
        datetime.strptime(value + "-1" * is_week, shape + "-%u" * is_week).replace(tzinfo=UTC)
    except ValueError:
        return False
    return value.isascii() and len(value) == len(example)


class HuggingFacePapersSpider(SourceSpider):
    """Papers of a day, a week, a month, a search, or those trending."""

    name = NAME
    source = Source(
        name=NAME,
        title="Hugging Face Daily Papers",
        home=HOME,
        languages=("en",),
        readers={
            DocumentKind.HTML: {"hydration": read_hydration, "cards": read_cards},
            DocumentKind.JSON: {"api": read_api},
            DocumentKind.TEXT: {"text": read_text},
        },
        known_by=(
            "papers in the page's data (data-target=DailyPapers), links to /papers/<arXiv id>, "
            "or in text lines 'N authors'"
        ),
        marker=re.compile(
            r"^Get trending papers in your email|\"submittedOnDaily|data-target=\"DailyPapers",
            re.MULTILINE,
        ),
        terms="No login needed. The text of robots.txt could not be checked; it is obeyed.",
        cadence="every weekday; asking for a day without papers redirects to one with papers",
        min_entries=1,
        max_entries=400,
    )
    arguments = frozenset({"date", "week", "month", "q", "trending"})
    custom_settings = {"DOWNLOAD_DELAY": 2}  # noqa: RUF012  Scrapy reads a plain dict

    def first_urls(self) -> Sequence[str]:
        """The page of the argument given, else the latest day's."""
        periods = []
        for name, (example, _) in PERIODS.items():
            value = getattr(self, name, None)
            if value and not _is_period(name, value):
                raise SpiderArgumentError(f"{name} is written like {example}, not {value!r}.")
            periods += [f"{name}/{value}"] if value else []
        periods += ["trending"] if flag("trending", getattr(self, "trending", False)) else []
        if len(periods) > 1:
            raise SpiderArgumentError("date, week, month and trending exclude each other.")
        query = getattr(self, "q", None)
        search = f"?q={quote(query)}" if query else ""
        return [self.site_url("/".join(["papers", *periods]) + search)]

    def next_url(self, response: Response, entries: Sequence[Entry]) -> str | None:  # noqa: ARG002  pages are followed by their dates
        """The day, week or month before: pages have no numbers, and a search has one page."""
        nodes = parse_html(self.text_of(response)).cssselect(HYDRATED)
        props = mapping_value(nodes[0].get("data-props")) if nodes else {}
        if props.get("isTrending") or _is_search(props):
            return None
        before = str(props.get("prevDate") or "").partition("T")[0]
        names = (name for name in PERIODS if _is_period(name, before))
        return next((self.site_url(f"papers/{name}/{before}") for name in names), None)
