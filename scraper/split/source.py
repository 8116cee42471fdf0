"""What the splitter has to know of a source: a declaration, made in the source's module."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

import attrs
from lxml.html import HtmlElement

from normalize.model import Entry
from scraper.split.boxes import EntryKey
from scraper.split.document import Document, DocumentKind

Reader = Callable[[Document], list[Entry] | None]
"""Reads the entries of a document in one form.

Returns None where the document does not have that form, and an empty list only where it has the
form and says that there are no entries. Positions and page facts are filled in afterwards.
"""


@attrs.frozen(kw_only=True)
class Source:
    """One site, as its module declares it."""

    name: str
    """Name of the source, its spider, its module and its fixture folder."""

    title: str
    """The site's own name."""

    home: str
    """Root of the live site, with the slash; what relative links of saved pages hang on."""

    languages: tuple[str, ...]
    """BCP 47 languages of its entries, most frequent first: a prior, never a verdict."""

    readers: Mapping[DocumentKind, Mapping[str, Reader]]
    """For each kind of document the ways to read it by name, best first."""

    known_by: str
    """What entries are recognised by, in words: the person who reads `LayoutChanged` looks
    for it."""

    marker: re.Pattern[str]
    """Found in documents of this source whose address is not known."""

    terms: str
    """What is known of the site's terms and robots rules, for the people who run the crawl."""

    cadence: str
    """How often new entries appear, in words."""

    day_first: bool | None = None
    """Order of ``06/05/2024`` on this site; None where it never occurs or is unknown."""

    encoding: str | None = None
    """Character set to use whatever the site declares; None to find out."""

    min_entries: int | None = None
    """Entries of a usual crawl below which something is wrong, 10 to 20 % below the least seen."""

    max_entries: int | None = None
    """Entries of a usual crawl above which somebody should look."""

    by_date: bool = False
    """Whether the list is by date, newest first: a page without anything new then ends a crawl."""

    hosts: tuple[str, ...] = ()
    """Further hosts of the source, with all below them: redirects may lead there, and they may
    have private addresses."""

    paths: tuple[str, ...] = ()
    """What its pages' addresses begin with behind the host, unquoted, where another source is of
    the same host; a source without them has all pages of its host that no other one has."""

    def serves(self, url: str | None) -> bool:
        """Whether an address lies on this site."""
        return is_below(host_of(url), host_of(self.home))

    def allows(self, url: str | None) -> bool:
        """Whether an address lies on this site or on one of `hosts`."""
        return self.serves(url) or any(is_below(host_of(url), host) for host in self.hosts)


def entry_links(pattern: re.Pattern[str], document: Document, home: str) -> EntryKey:
    """What tells a document's entry links: their path, on the site or beside the document.

    Args:
        pattern: matches the whole path; its group ``id`` is the entry's key.
        document: whose links they are; a copy of the site links to itself.
        home: root of the site.
    """
    hosts = (host_of(home), host_of(document.url))

    def key(anchor: HtmlElement) -> str | None:
        href = anchor.get("href")
        match = pattern.fullmatch(unquote(path_of(href)))
        host = host_of(href)
        # Without a base that is an address, links stay relative: beside the document.
        at_home = not host or any(is_below(host, known) for known in hosts)
        return match["id"] if match and at_home else None

    return key


def is_below(host: str, other: str) -> bool:
    """Whether a host is another or below it in the tree of names."""
    return bool(other) and (host == other or host.endswith("." + other))


def host_of(url: str | None) -> str:
    """Host of an address in lower case, ``""`` where there is none."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:  # brackets that hold no IPv6 address
        return ""
    return host.removeprefix("www.")


def path_of(url: str | None) -> str:
    """Path of an address, ``""`` where there is none."""
    try:
        return urlsplit(url or "").path
    except ValueError:  # brackets that hold no IPv6 address
        return ""
