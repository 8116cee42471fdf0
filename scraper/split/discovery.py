"""The feeds that a page names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import attrs
from lxml.html import HtmlElement

from scraper.split.lines import one_line
from scraper.split.phrases import phrase_key, phrases
from scraper.split.source import host_of, is_below

_TYPES = frozenset(
    ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
     "application/x.atom+xml", "application/rss", "application/atom")
)  # fmt: skip
# Types that feeds share with much else: there the address has to tell.
_BROAD_TYPES = frozenset(("application/json", "application/xml", "text/xml", ""))
_FEED_PATH = re.compile(
    r"(?:^|/)(?:rss|feeds?|atom)(?:[._-]?\d)?(?:\.(?:xml|json|php|aspx?|rdf))?/?$"
    r"|\.(?:rss|atom|rdf)$|(?:rss|feed|atom)[\w-]*\.(?:xml|json)$|(?:^|/)(?:rss|feed|atom)/[\w/-]*$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed|format|type|output|alt)=(?:rss|atom|feed|rdf)[\d_]*(?:&|$)", re.IGNORECASE
)
_NO_FEED = re.compile(r"oembed|wp-json|/api/", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|replies", re.IGNORECASE)
_LONGEST_LABEL = 40


@attrs.frozen(kw_only=True)
class FeedLink:
    """A feed that a page names."""

    url: str
    """Its address."""

    title: str
    """What the page calls it; ``""`` where it does not."""

    is_declared: bool
    """Whether the page's head declares it, as against a link in its text."""

    of_comments: bool
    """Whether it holds comments instead of entries."""


def feed_links(root: HtmlElement, url: str) -> list[FeedLink]:
    """The feeds that a page names, the one of its own entries first.

    Declared feeds come before those that are only linked, feeds of comments come last, and among
    others the one whose address has most in common with the page's: sections have feeds of their
    own beside the site's. Declared feeds may be on any host, linked ones on the page's alone.

    Args:
        root: the page.
        url: its address.
    """
    found: dict[str, FeedLink] = {}
    stated = next((node.get("href") for node in root.iter("base") if node.get("href")), None)
    base = _joined(url, stated or "") or url
    for link in (*_declared(root, base), *_linked(root, base, url)):
        found.setdefault(link.url, link)
    path = _parts(url)

    def rank(link: FeedLink) -> tuple[bool, bool, int]:
        pairs = zip(path, _parts(link.url), strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        return link.of_comments, not link.is_declared, -shared

    return sorted(found.values(), key=rank)


def _declared(root: HtmlElement, base: str) -> Iterator[FeedLink]:
    for node in root.iter("link"):
        relations = (node.get("rel") or "").lower().split()
        if "alternate" not in relations and "feed" not in relations:
            continue
        kind = (node.get("type") or "").partition(";")[0].strip().lower()
        address = _address(base, node)
        if address is None or _NO_FEED.search(address):
            continue
        if kind in _TYPES or (kind in _BROAD_TYPES and _is_feed_address(address)):
            yield _link(address, node.get("title") or "", is_declared=True)


def _linked(root: HtmlElement, base: str, url: str) -> Iterator[FeedLink]:
    for node in root.iter("a"):
        address = _address(base, node)
        if address is None or _NO_FEED.search(address) or not _is_near(address, url):
            continue
        kind = (node.get("type") or "").lower()
        if kind in _TYPES or _is_feed_address(address):
            label = one_line(node)
            title = label if len(label) <= _LONGEST_LABEL else ""
            yield _link(address, title or node.get("title") or "", is_declared=False)


def _link(address: str, title: str, *, is_declared: bool) -> FeedLink:
    words = set(phrase_key(title).split())
    of_comments = any(set(phrase.split()) <= words for phrase in phrases("comments_feed"))
    parts = urlsplit(address)
    return FeedLink(
        url=address,
        title=" ".join(title.split()),
        is_declared=is_declared,
        of_comments=of_comments or bool(_COMMENTS.search(f"{parts.path}?{parts.query}")),
    )


def _address(base: str, node: HtmlElement) -> str | None:
    href = (node.get("href") or "").strip()
    # The scheme by which readers of feeds are opened.
    href = re.sub(r"^feed:(?://)?(?=https?://)", "", href).replace("feed://", "http://")
    address = _joined(base, href) if href and not href.startswith("#") else None
    return address if address and address.startswith(("http://", "https://")) else None


def _joined(base: str, href: str) -> str | None:
    try:
        return urldefrag(urljoin(base, href)).url
    except ValueError:  # brackets that hold no IPv6 address
        return None


def _is_feed_address(address: str) -> bool:
    parts = urlsplit(address)
    return bool(_FEED_PATH.search(unquote(parts.path)) or _FEED_QUERY.search(parts.query))


def _is_near(address: str, url: str) -> bool:
    one, other = host_of(address), host_of(url)
    return is_below(one, other) or is_below(other, one)


def _parts(url: str) -> list[str]:
    parts = urlsplit(url)
    return [host_of(url), *filter(None, unquote(parts.path).split("/"))]
