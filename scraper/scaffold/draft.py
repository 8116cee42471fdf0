"""What one page tells of its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

import attrs

from normalize.model import Entry, Record
from normalize.normalizer import Normalizer
from scraper.errors import NoEntries, UnsupportedDocument
from scraper.scaffold.addresses import induce
from scraper.scaffold.marks import marker
from scraper.scaffold.page import Page
from scraper.split import split
from scraper.split.declared import entry_ids, local_address, read_linked
from scraper.split.decode import decode
from scraper.split.document import Document, DocumentKind, kind_of, parse_html
from scraper.split.feed_text import stated_languages
from scraper.split.paging import next_page
from scraper.split.source import Source, host_of

# Share of the entries seen below which a crawl is to be looked at.
_MINIMUM = 0.85
# Share of the entries in a language from which it is one of the source's.
_LANGUAGE_SHARE = 0.25
# How far what the pattern finds may differ from what was found without it.
_AGREEMENT = 0.9
# Titles in Chinese are parted by underscores.
_SEPARATOR = re.compile(r"\s+[-–—·:»«]+\s+|\s*[|｜]\s*|(?<=[^\x00-\x7f])_+|_+(?=[^\x00-\x7f])")
_SITE_NAMES = (
    '//meta[@property="og:site_name"]/@content',
    '//meta[@name="application-name"]/@content',
)


@attrs.frozen(kw_only=True)
class Draft:
    """A source as one page shows it."""

    page: Page
    document: Document
    entries: tuple[Entry, ...]
    """As any listing is read, without rules."""
    name: str
    title: str
    home: str
    listing: str
    """Path of the page below `home`, with its query."""
    languages: tuple[str, ...]
    entry: str | None
    """Pattern of the entries' addresses; None where the page's structure decides alone."""
    known_by: str
    marker: str
    paths: tuple[str, ...]
    """What tells its pages from those of another source of the host."""
    hosts: tuple[str, ...]
    """The host, where it is not of the open internet."""
    day_first: bool | None
    min_entries: int
    next_page: str | None
    """Address of the page that it links as the next."""

    @property
    def confidence(self) -> float:
        """How clearly the list stands out, 0 to 1."""
        return float(self.entries[0].raw.get("confidence", "0"))

    def records(
        self, source: Source, body: bytes | None = None, content_type: str | None = None
    ) -> list[Record]:
        """What a source makes of the page, or of another page in its place.

        Raises:
            SplitError: it makes nothing of it.
        """
        entries = split(
            self.page.body if body is None else body,
            url=self.page.url,
            content_type=content_type or self.page.content_type,
            source=source,
            fetched_at=self.page.fetched_at,
        )
        return list(Normalizer(target=None).normalize(entries))


def draft(name: str, page: Page, *, others: Sequence[str] = ()) -> Draft:
    """Find out what a page tells of its source.

    Args:
        name: of the source.
        page: one of its listings.
        others: texts of other sources' pages, which it must be told from.

    Raises:
        NoEntries: the page has no list.
        UnsupportedDocument: it is no HTML page, or a login, consent or challenge page.
    """
    document = document_of(page)
    entries = split(
        page.body,
        url=page.url,
        content_type=page.content_type,
        source="listing",
        fetched_at=page.fetched_at,
    )
    if not entries:
        raise NoEntries("The page says that there are no entries", where=page.url)
    url = page.url or ""
    home = _home(document, entries)
    title = _title(document, host_of(url))
    entry, words = _entry(document, entries, home)
    orders = {entry.day_first for entry in entries} - {None}
    return Draft(
        page=page,
        document=document,
        entries=tuple(entries),
        name=name,
        title=title,
        home=home,
        listing=url.removeprefix(home).partition("#")[0],
        languages=_languages(entries),
        entry=entry,
        known_by=words,
        marker=marker(document, host_of(url), title, others),
        paths=(),
        hosts=(),
        day_first=orders.pop() if len(orders) == 1 else None,
        min_entries=max(1, int(len(entries) * _MINIMUM)),
        next_page=next_page(parse_html(document.text), url),
    )


def document_of(page: Page) -> Document:
    """The page as HTML.

    Raises:
        UnsupportedDocument: it is something else.
    """
    languages = stated_languages(page.body)
    decoded = decode(page.body, content_type=page.content_type, languages=languages)
    text = decoded.text.removeprefix("\ufeff")
    kind = kind_of(text, page.content_type)
    if kind is not DocumentKind.HTML:
        raise UnsupportedDocument(
            "A source can be made of an HTML page; a feed needs none (scrapy crawl feed)",
            where=page.url,
            expected="html",
            found=kind,
        )
    return Document(text=text, kind=kind, url=page.url, issues=decoded.issues)


def _home(document: Document, entries: Sequence[Entry]) -> str:
    """Root of the site; the page's folder where entries are linked relative to it.

    Pages of unknown address hang their relative links on the home.
    """
    url = document.url or ""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    told = {entry.url for entry in entries}
    plain = parse_html(document.text)
    hrefs = [(a.get("href") or "").strip() for a in plain.iter("a")]
    based = next(plain.iter("base"), None) is not None
    bare = [href for href in hrefs if href and href[0] not in "/#?" and ":" not in href]
    if not based and any(urljoin(url, href) in told for href in bare):
        return urljoin(url, "./").partition("?")[0]
    return root


def _entry(document: Document, entries: Sequence[Entry], home: str) -> tuple[str | None, str]:
    """The pattern of the entries' addresses if they have one, and what they are known by."""
    hosts = (host_of(home),)
    anchors = [a.get("href") or "" for a in document.tree.iter("a")]
    others = [local for href in anchors if (local := local_address(href, hosts))]
    pattern = induce([local_address(e.url or "", hosts) for e in entries], others)
    if pattern:
        ids = entry_ids(re.compile(pattern.regex), document, home)
        found = read_linked(document, ids) or []
        if _agreement(found, entries) >= _AGREEMENT:
            return pattern.regex, f"links to {pattern.words}"
    return None, "links, headings or rows that repeat"


def _agreement(found: Sequence[Entry], entries: Sequence[Entry]) -> float:
    """Share of the entries that both have, by title and address."""
    one, other = ({(e.title, e.url) for e in told} for told in (found, entries))
    return len(one & other) / max(len(one | other), 1)


def _title(document: Document, host: str) -> str:
    """The site's name: as it states it, else the part of the page's title that is like the host.

    A title of one part names the page rather than the site, unless that is the site's first.
    """
    for path in _SITE_NAMES:
        stated = " ".join(" ".join(document.tree.xpath(path)[:1]).split())
        if stated:
            return stated
    node = next(document.tree.iter("title"), None)
    text = " ".join((node.text_content() if node is not None else "").split())
    parts = [part for part in _SEPARATOR.split(text) if part]
    is_first = urlsplit(document.url or "").path in {"", "/"}
    if not parts or (len(parts) == 1 and not is_first):
        return host
    name = host.partition(".")[0]
    alike = [part for part in parts if "".join(part.lower().split()) in (name, host)]
    return (alike or [parts[-1]])[0]


def _languages(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Languages of the entries, the most frequent first; what the page declares if none shows."""
    normalizer = Normalizer(target=None)
    told = Counter(normalizer.record(entry).language for entry in entries)
    told.pop("und", None)
    least = sum(told.values()) * _LANGUAGE_SHARE
    found = tuple(language for language, count in told.most_common() if count >= least)
    return found or entries[0].languages
