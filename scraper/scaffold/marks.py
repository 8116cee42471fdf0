"""What tells a page of unknown address: the site's host, its name, the page's title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape as html_escape

from lxml import html

from scraper.scaffold.pieces import escaped
from scraper.scaffold.table import columns
from scraper.split.document import Document

NEVER = r"(?!)"
"""The marker of a source whose pages nothing tells."""

# Columns below which a name, or a page's title, is a word that any page may have.
_LEAST_NAME = 6
_LEAST_TITLE = 12
_TITLE = re.compile(r"<title[^>]*>([^<]*)</title>", re.IGNORECASE)


def marker(document: Document, host: str, title: str, others: Sequence[str]) -> str:
    """The expression that is found in this page and in none of other sources' pages.

    Args:
        document: the page.
        host: the site's.
        title: the site's name, or its host.
        others: the texts of the other pages.
    """
    # The fixture's other cases are made of the tree.
    own = (document.text, html.tostring(document.tree, encoding="unicode"))
    for pattern in _candidates(document.text, host, title):
        found = re.compile(pattern)
        if all(map(found.search, own)) and not any(map(found.search, others)):
            return pattern
    return NEVER


def _candidates(text: str, host: str, title: str) -> Iterator[str]:
    """Expressions that may do, the best first."""
    if host:
        yield rf"\b{escaped(host)}\b"
    named = title and title != host
    for name in dict.fromkeys([title, html_escape(title, quote=False)] if named else ()):
        yield rf"og:site_name\W+content=\W+{_words(name)}(?!\w)"
        if columns(name) >= _LEAST_NAME:
            yield _words(name)
    told = _TITLE.search(text)
    if told and columns(_words(told[1])) >= _LEAST_TITLE:
        yield rf"<title[^>]*>\s*{_words(told[1])}\s*</title>"


def _words(text: str) -> str:
    return r"\s+".join(escaped(word) for word in text.split())
