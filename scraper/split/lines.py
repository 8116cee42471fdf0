"""HTML to lines of text, as a reader of the page sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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
        pieces += _pieces(node)
        pieces.append("\n")
    return tidy_lines("".join(pieces).split("\n"))


def each_line(node: HtmlElement) -> Iterator[str]:
    """The lines of `text_lines` one by one, for those who need the first of them."""
    open_line: list[str] = []
    for piece in _pieces(node):
        if piece != "\n":
            open_line.append(piece)
        elif open_line:
            yield from tidy_lines("".join(open_line).split("\n"))
            open_line = []
    yield from tidy_lines("".join(open_line).split("\n"))


def tidy_lines(lines: Iterable[str]) -> list[str]:
    """The lines without surrounding or doubled spaces, empty ones left out."""
    return [
        _SPACES.sub(" ", line) if "  " in line else line for told in lines if (line := told.strip())
    ]


def one_line(node: HtmlElement) -> str:
    """The text of a node on one line: what a title is."""
    return " ".join(text_lines(node))


def _pieces(root: HtmlElement) -> Iterator[str]:
    """Texts in document order, with a line end where a block begins or ends."""
    if not len(root):
        yield from _own_text(root)
        return
    verbatim = sum(1 for _ in root.iterancestors("pre"))
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        tag = node.tag
        if event == "start":
            if tag in _UNSEEN:
                walk.skip_subtree()
                continue
            verbatim += tag == "pre"
            text = node.text
        else:
            verbatim -= tag == "pre"
            text = node.tail if node is not root else None
        if tag in _BLOCKS:
            yield "\n"
        if text:
            yield text if verbatim else _shown(text)


def _own_text(leaf: HtmlElement) -> Iterator[str]:
    """The text of an element without elements inside."""
    text = leaf.text
    if text and leaf.tag not in _UNSEEN:
        shown = _shown(text)
        is_verbatim = shown != text and next(leaf.iterancestors("pre"), None) is not None
        yield text if is_verbatim or leaf.tag == "pre" else shown


def _shown(text: str) -> str:
    """Text as a browser shows it but for preformatted text: spaces run together."""
    if "  " not in text and text.isprintable():  # of white space, only single spaces
        return text
    return " " if text.isspace() and text.isascii() else _SPACE.sub(" ", text)
