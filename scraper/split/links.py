"""Addresses of a page's links made absolute: as `urllib.parse.urljoin` does, in less time."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

# The attribute with an address, by the element. (An XPath for the attribute itself would sort
# what it finds, which takes libxml2 the square of the number of siblings.)
_ATTRIBUTES = {
    **dict.fromkeys(("a", "area", "link"), "href"),
    **dict.fromkeys(
        ("img", "script", "iframe", "frame", "embed", "source", "input", "video", "audio"), "src"
    ),
    "form": "action",
}
# Addresses that `urljoin` leaves as they are, but for what it puts before them: without white
# space, parameters, empty queries or fragments, and parts of only dots (told by `_DOTS`).
_REST = r"(?:\?[^\s#]+)?(?:#\S+)?"
_WHOLE = re.compile(rf"https?://[a-z0-9.-]+(?::[0-9]+)?(?:/[^\s?#;]*)?{_REST}", re.ASCII)
_FROM_ROOT = re.compile(rf"/(?:[^\s?#;/][^\s?#;]*)?{_REST}")
_FROM_HERE = re.compile(rf"[a-z0-9_-](?:[^\s?#;:/]|/(?!/))*{_REST}", re.ASCII | re.IGNORECASE)
_DOTS = "/."
_SITE = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?(?:[/?#]|\Z)", re.ASCII)


class Joiner:
    """Joins addresses to one base."""

    def __init__(self, base: str) -> None:
        """Prepare for an address that links are relative to."""
        self._base = base
        self._known: dict[str, str] = {}
        self._root = self._here = ""
        if _SITE.match(base) and not re.search(r"[\s;]", base):
            parts = urlsplit(base)
            self._root = f"{parts.scheme}://{parts.netloc}"
            self._here = urljoin(base, "x").removesuffix("x")

    def join(self, link: str) -> str:
        """The address that a link leads to; the link itself where it is no address."""
        known = self._known.get(link)
        if known is None:
            known = self._known[link] = self._joined(link)
        return known

    def _joined(self, link: str) -> str:
        if self._root:
            if _WHOLE.fullmatch(link):
                return link
            if _DOTS not in link:
                if _FROM_ROOT.fullmatch(link):
                    return self._root + link
                if _FROM_HERE.fullmatch(link):
                    return self._here + link
        try:
            return urljoin(self._base, link)
        except ValueError:  # brackets that hold no IPv6 address
            return link


def make_links_absolute(root: HtmlElement, base: str) -> None:
    """Make what a page links to (``href``, ``src``, ``action``) absolute, in place.

    A ``<base>`` is followed, and goes; what is no address stays as it is.
    """
    told = ""
    for node in list(root.iter("base")):
        if (address := node.get("href")) is not None:
            told = address
            node.drop_tree()
    joiners = [Joiner(address) for address in (told, base) if address]
    for node in root.iter(*_ATTRIBUTES):
        name = _ATTRIBUTES[str(node.tag)]
        link = node.get(name)
        if link is None:
            continue
        address = link.strip()
        for joiner in joiners:
            address = joiner.join(address)
        if address != link:
            node.set(name, address)
