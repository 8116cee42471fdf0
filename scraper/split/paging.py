"""The link to the next listing page."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin

from lxml.html import HtmlElement

from scraper.split.lines import one_line
from scraper.split.phrases import phrase_key, phrases

_ARROWS = frozenset("»›→>")
_RIGHT_TO_LEFT_ARROWS = frozenset("«‹←<")


def next_page(root: HtmlElement, url: str) -> str | None:
    """Find the address of the page after ``url``.

    In order: ``rel=next``; a link in an element of class ``next``; a link whose text, title or
    label says so in one of the languages of the phrases; a lone arrow in reading direction.
    """
    anchors = [node for node in root.iter("a", "link") if node.get("href")]
    ways = (
        [node for node in anchors if "next" in (node.get("rel") or "").lower().split()],
        root.xpath(
            '//*[re:test(@class, "(^|\\s)next(\\s|$)")]/descendant-or-self::a[@href]',
            namespaces={"re": "http://exslt.org/regular-expressions"},
        ),
        [node for node in anchors if _says_next(node)],
        [node for node in anchors if one_line(node) in _arrows(root)],
    )
    for nodes in ways:
        for node in nodes:
            target: str = urldefrag(urljoin(url, node.get("href") or "")).url
            if target != urldefrag(url).url and re.match(r"https?:", target):
                return target
    return None


def _says_next(node: HtmlElement) -> bool:
    told = (one_line(node), node.get("title") or "", node.get("aria-label") or "")
    return any(phrase_key(text) in phrases("next_page") for text in told if text)


def _arrows(root: HtmlElement) -> frozenset[str]:
    is_rtl = any(node.get("dir") == "rtl" for node in root.iter("html", "body"))
    # Sites mirror the arrow or leave it to the font: on RTL pages both mean forward, and the
    # one that leads back carries the address of an earlier page or none.
    return _ARROWS | _RIGHT_TO_LEFT_ARROWS if is_rtl else _ARROWS
