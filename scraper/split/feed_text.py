"""The text of an XML feed: known by its root, stripped of what stands before it."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from scraper.split.document import DocumentKind, kind_of

_HEAD = 8192
_ROOT = re.compile(
    r"<(?:[A-Za-z][\w.-]*:)?(?P<name>rss|feed|rdf|urlset|sitemapindex)(?=[\s>])", re.IGNORECASE
)
# What opens a page of another kind: a feed that it quotes is none of its own.
_PAGE = re.compile(r"<(?:html|head|body|!doctype\s+html|script|style|pre|code)\b", re.IGNORECASE)
_PROLOGUE = re.compile(r"(?:\s|<\?[^>]*\?>|<!--(?:(?!-->).)*-->|<!DOCTYPE[^>\[]*>)*", re.DOTALL)
_PARTS = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(?:channel|item|entry|url|sitemap|loc|title|id)[\s>]")
# Letters of a warning that a broken site prints before its feed.
_MOST_JUNK = 1500
_LANGUAGE = re.compile(
    rb"<(?:\w+:)?language>\s*(?:<!\[CDATA\[\s*)?([A-Za-z]{2,3})\b|\bxml:lang\s*=\s*[\"']([A-Za-z]{2,3})\b"
)
_NAMED = re.compile(r"([A-Za-z]{2,3})(?:[-_]|$)")


def is_feed_text(text: str) -> bool:
    """Whether a text is an XML feed, also behind comments, a DOCTYPE or a site's warnings."""
    root = _ROOT.search(text[:_HEAD])
    if root is None:
        return False
    before = text[: root.start()]
    if _PROLOGUE.fullmatch(before.removeprefix("\ufeff")):
        return True
    if len(before) > _MOST_JUNK or _PAGE.search(before):
        return False
    return _PARTS.search(text, root.end(), root.end() + _HEAD) is not None


def feed_root(text: str) -> str:
    """Name of the root element without its prefix, in lower case; ``""`` where there is none."""
    root = _ROOT.search(text[:_HEAD])
    return root["name"].lower() if root else ""


def from_root(text: str) -> str:
    """The text from its root element on.

    What stands before tells of bytes that have been decoded: a parser that believes an XML
    declaration of windows-1256 misreads the text.
    """
    root = _ROOT.search(text[:_HEAD])
    return text[root.start() :] if root else text


def stated_languages(body: bytes) -> tuple[str, ...]:
    """Languages that a feed's bytes state, before its character set is known."""
    head = body[:_HEAD]
    if b"language>" not in head and b"xml:lang" not in head:
        return ()
    found = (match[1] or match[2] for match in _LANGUAGE.finditer(head))
    return tuple(dict.fromkeys(code.decode("ascii").lower() for code in found))


def web_address(told: object, base: str) -> str | None:
    """A whole address, or as much of one as there is without a base.

    Other values of links (``mailto:``, ``urn:``, broken ones) are none.
    """
    try:
        address = urljoin(base, told.strip()) if isinstance(told, str) and told.strip() else ""
    except ValueError:  # brackets that hold no IPv6 address
        return None
    is_web = address.startswith(("http://", "https://"))
    return address if is_web or (address and ":" not in address.partition("/")[0]) else None


def language_code(told: object) -> tuple[str, ...]:
    """The language of a tag such as ``ar-SY`` or ``pt_BR``; none where it is no tag."""
    named = _NAMED.match(told.strip()) if isinstance(told, str) else None
    return (named[1].lower(),) if named else ()


def true_kind(text: str, content_type: str | None) -> DocumentKind:
    """The kind of a document, with feeds that begin in unusual ways taken for feeds."""
    kind = kind_of(text, content_type)
    return DocumentKind.FEED if kind is DocumentKind.HTML and is_feed_text(text) else kind
