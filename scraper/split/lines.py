"""HTML to lines of text, as a reader of the page sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree
from lxml.html import HtmlElement

_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(r" {2,}")
_UNSEEN = frozenset(
    ("script", "style", "template", "noscript", "head", "svg", "math", "iframe", "object", "select")
)
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd",
        "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure",
        "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html",
        "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search",
        "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip


def text_lines(*nodes: HtmlElement) -> list[str]:
    """Visible text of the nodes, one line a block, no empty lines.

    Inline nodes are joined with nothing and blocks with a line end: a space put between nodes
    would cut words in two wherever a site marks part of a word. Runs of white space count as one
    space, as in a browser. Elements hidden by style are kept: sites hide the rest of a teaser.
    """
    pieces: list[str] = []
    for node in nodes:
        _collect(node, pieces)
        pieces.append("\n")
    return tidy_lines("".join(pieces).split("\n"))


def tidy_lines(lines: Iterable[str]) -> list[str]:
    """The lines without surrounding or doubled spaces, empty ones left out."""
    tidied = (_SPACES.sub(" ", line).strip() for line in lines)
    return [line for line in tidied if line]


def one_line(node: HtmlElement) -> str:
    """The text of a node on one line: what a title is."""
    return " ".join(text_lines(node))


def _collect(root: HtmlElement, pieces: list[str]) -> None:
    verbatim = sum(1 for _ in root.iterancestors("pre"))
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        if node.tag in _UNSEEN:
            if event == "start":
                walk.skip_subtree()
        elif event == "start":
            verbatim += node.tag == "pre"
            if node.tag in _BLOCKS:
                pieces.append("\n")
            pieces.append(_shown(node.text, verbatim=verbatim))
        else:
            verbatim -= node.tag == "pre"
            if node.tag in _BLOCKS:
                pieces.append("\n")
        if event == "end" and node is not root:
            pieces.append(_shown(node.tail, verbatim=verbatim))


def _shown(text: str | None, *, verbatim: int) -> str:
    """Text as a browser shows it: spaces run together but for preformatted text."""
    if not text or verbatim:
        return text or ""
    return _SPACE.sub(" ", text)
