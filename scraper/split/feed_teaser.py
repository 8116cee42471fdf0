"""Summaries of feeds without what sites add for readers of feeds: links to go on, footers."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from scraper.split.lines import text_lines
from scraper.split.listing.wording import is_interface
from scraper.split.markup import parsed_markup, plain_text
from scraper.split.phrases import phrase_key

_ENDS = " .…·»›→←⟶«‹[]()\n\t\u00a0"
_MOST_ADDITIONS = 8
# The links of a footer: the entry and the site.
_FOOTER_LINKS = 2


def teaser(markup: str | None, title: str) -> str | None:
    """Text of a feed's summary, one line a block.

    Args:
        markup: HTML or plain text.
        title: the entry's own, by which a footer ("The post … appeared first on …") is known in
            any language.
    """
    root = parsed_markup(markup) if markup and "<a" in markup else None
    if root is None:
        return plain_text(markup)
    for node in _additions(root, title):
        node.drop_tree()
    return "\n".join(text_lines(root)) or None


def _additions(root: HtmlElement, title: str) -> Iterator[HtmlElement]:
    """What stands at the end and is no text of the entry, from the last on."""
    for node in [*root.iter("p", "a")][: -_MOST_ADDITIONS - 1 : -1]:
        rest = "".join(map(str, node.xpath("following::text()")))
        if not rest.strip(_ENDS) and (_is_link_on(node) or _is_footer(node, title)):
            yield node


def _is_link_on(node: HtmlElement) -> bool:
    return node.tag == "a" and is_interface(" ".join(node.text_content().split()))


def _is_footer(paragraph: HtmlElement, title: str) -> bool:
    if paragraph.tag != "p":
        return False
    links = [phrase_key(link.text_content()) for link in paragraph.iter("a")]
    is_of_entry = bool(links) and links[0] == phrase_key(title) != ""
    return len(links) == _FOOTER_LINKS and is_of_entry
