"""The link to the next listing page."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin

from lxml.html import HtmlElement

from scraper.split.lines import one_line
from scraper.split.phrases import phrase_key, phrases
from scraper.split.source import host_of

_NUMBER = re.compile(r"\d{1,9}")
_ARROWS = frozenset("»›→>")
_RIGHT_TO_LEFT_ARROWS = frozenset("«‹←<")


def next_page(root: HtmlElement, url: str) -> str | None:
    """Find the address of the page after ``url``.

    In order: ``rel=next``; a link in an element of class ``next``; a link whose text, title or
    label says so in one of the languages of the phrases; a lone arrow in reading direction, if
    the numbers in its address are higher. Links to other hosts are none of the list's.
    """
    base = _base(root, url)
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
            target = _target(base, node)
            is_arrow = nodes is ways[-1]
            if target and _leads_on(url, target) and not (is_arrow and _leads_back(url, target)):
                return target
    return None


def _base(root: HtmlElement, url: str) -> str:
    stated = next((node.get("href") for node in root.iter("base") if node.get("href")), None)
    return _joined(url, stated or "") or url


def _target(base: str, node: HtmlElement) -> str | None:
    return _joined(base, (node.get("href") or "").strip())


def _joined(base: str, address: str) -> str | None:
    try:
        return urldefrag(urljoin(base, address)).url
    except ValueError:  # brackets that hold no IPv6 address
        return None


def _leads_on(url: str, target: str) -> bool:
    is_page = target.startswith(("http:", "https:")) and host_of(target) == host_of(url)
    return is_page and target != urldefrag(url).url


def _leads_back(url: str, target: str) -> bool:
    here, there = ([int(number) for number in _NUMBER.findall(u)] for u in (url, target))
    return there <= here


def _says_next(node: HtmlElement) -> bool:
    told = (one_line(node), node.get("title") or "", node.get("aria-label") or "")
    return any(phrase_key(text) in phrases("next_page") for text in told if text)


def _arrows(root: HtmlElement) -> frozenset[str]:
    is_rtl = any(node.get("dir") == "rtl" for node in root.iter("html", "body"))
    # Sites mirror the arrow or leave it to the font: on RTL pages either may mean forward.
    return _ARROWS | _RIGHT_TO_LEFT_ARROWS if is_rtl else _ARROWS
