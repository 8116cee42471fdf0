"""A page's tree as it may be shown: nothing in it acts, nothing is fetched.

Elements and attributes are kept by name; whatever is not on the lists goes. The document it is put
into forbids scripts and requests by its content security policy besides.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

MARK = "data-khulasa"
"""Attribute by which the fields of entries are marked, and prefix of ids that are ours."""

# Dropped with all that is in them.
_DROPPED = frozenset(
    ("script", "style", "noscript", "template", "iframe", "frame", "frameset", "noframes", "object",
     "embed", "applet", "param", "link", "meta", "base", "title", "head", "svg", "math", "canvas",
     "audio", "video", "source", "track", "map", "area", "portal", "input", "select", "option",
     "optgroup", "datalist", "textarea", "keygen", "noembed", "plaintext", "xmp", "slot")
)  # fmt: skip
_KEPT = frozenset(
    ("a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br",
     "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div",
     "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5",
     "h6", "header", "hgroup", "hr", "i", "img", "ins", "kbd", "label", "legend", "li", "main",
     "mark", "nav", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section",
     "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot",
     "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr")
)  # fmt: skip
_BLOCKS = frozenset(("form", "fieldset", "dialog", "menu", "dir", "search", "body"))
_ATTRIBUTES = frozenset(
    ("class", "id", "dir", "lang", "title", "alt", "style", "href", "src", "datetime", "colspan",
     "rowspan", "width", "height", "align", "valign", "start", "value", "type", "open", "scope",
     "bgcolor", "color", "size", "border", "cellpadding", "cellspacing", MARK)
)  # fmt: skip
_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_LINK = re.compile(r"https?://", re.IGNORECASE)
_ESCAPED_LETTER = re.compile(r"\\0{0,4}([46][1-9a-f]|[57][0-9a])(?![0-9a-f])\s?", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FETCHING = re.compile(
    r"@import\b[^;]*;?|@charset\b[^;]*;?|(?:url|image|image-set|src|expression)\s*\([^)]*\)?",
    re.IGNORECASE,
)
_ACTING = re.compile(r"(?:behavior|-moz-binding)\s*:[^;}]*", re.IGNORECASE)
# What a page lays over itself waits for its scripts to be taken away.
_COVERING = re.compile(r"position\s*:\s*(?:fixed|sticky)", re.IGNORECASE)


def sanitize(body: HtmlElement) -> None:
    """Clean a tree in place."""
    for node in list(body.iter()):
        if node is body:
            _clean_attributes(node)
        elif not isinstance(node.tag, str) or node.tag in _DROPPED:
            _drop(node)
        else:
            if node.tag not in _KEPT:
                node.tag = "div" if node.tag in _BLOCKS else "span"
            _clean_attributes(node)


def clean_css(css: str) -> str:
    """A style sheet or declaration without what fetches, acts, covers the page or ends it."""
    plain = _ESCAPED_LETTER.sub(lambda found: chr(int(found[1], 16)), _COMMENT.sub(" ", css))
    plain = _ACTING.sub("", _FETCHING.sub("none", plain))
    return _COVERING.sub("position:static", plain).replace("<", "\\3c ")


def _drop(node: HtmlElement) -> None:
    parent = node.getparent()
    if parent is None:
        return
    if isinstance(node.tag, str):
        node.drop_tree()
        return
    previous = node.getprevious()
    if node.tail and previous is not None:
        previous.tail = (previous.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _clean_attributes(node: HtmlElement) -> None:
    told = list(node.attrib.items())
    # All at once: parsers take names from pages that cannot be named again.
    node.attrib.clear()
    for name, value in told:
        kept = _kept(node, str(name), value, marked=any(name == MARK for name, _ in told))
        if kept is not None:
            node.set(str(name), kept)
    if node.get("href"):
        node.set("rel", "noopener noreferrer")
        node.set("target", "_blank")


def _kept(node: HtmlElement, name: str, value: str, *, marked: bool) -> str | None:
    """What is left of an attribute, None where it goes."""
    if name not in _ATTRIBUTES:
        return None
    match name:
        case "href":
            return value if node.tag == "a" and _LINK.match(value.strip()) else None
        case "src":
            return value if node.tag == "img" and _IMAGE.fullmatch(value.strip()) else None
        case "style":
            return clean_css(value)
        case "id" if value.startswith("khulasa"):
            return value if marked else None
        case _:
            return value
