"""Values of feeds that are HTML inside of XML or JSON."""

from __future__ import annotations

import html as entities
import re

from lxml import etree, html
from lxml.html import HtmlElement

from scraper.split.lines import text_lines

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_LINK = re.compile(r"<a\s[^<>]*\bhref\s*=", re.IGNORECASE)
# Pictures of one pixel count readers.
_SMALLEST = 3


def plain_text(markup: str | None) -> str | None:
    """Text of a value that may be HTML, one line a block."""
    if not markup or not markup.strip():
        return None
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    root = parsed_markup(markup)
    return None if root is None else "\n".join(text_lines(root)) or None


def unescaped(text: str) -> str:
    """Text in which references are resolved once, for feeds that write them twice."""
    return entities.unescape(text) if _REFERENCE.search(text) else text


def first_image(markup: str | None) -> str | None:
    """Address of the first picture in HTML that a reader would see."""
    root = parsed_markup(markup) if markup and "<img" in markup.lower() else None
    for image in () if root is None else root.iter("img"):
        address = (image.get("src") or "").strip()
        if address and not address.startswith("data:") and not _is_counter(image):
            return address
    return None


def longest_markup(data: object) -> str | None:
    """The longest text of JSON that holds HTML with links; None where there is none."""
    found: list[str] = []
    waiting = [data]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) and _LINK.search(part):
            found.append(part)
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
    return max(found, key=len, default=None)


def parsed_markup(markup: str) -> HtmlElement | None:
    """A value as a tree, None where it holds nothing."""
    try:
        return html.fragment_fromstring(_NO_XML.sub("", markup), create_parent="div")
    except etree.ParserError:
        return None


def _is_counter(image: HtmlElement) -> bool:
    sizes = (image.get(name) or "" for name in ("width", "height"))
    return any(size.isdecimal() and int(size) <= _SMALLEST for size in sizes)
