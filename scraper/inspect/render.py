"""An inspected page as one HTML file that needs and fetches nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template

from lxml import html
from lxml.html import HtmlElement

from normalize.model import Direction, Entry, Record
from normalize.normalizer import Normalizer
from scraper.inspect.locate import locate
from scraper.inspect.marks import clear_marks, mark
from scraper.inspect.panel import entry_rows, legend, summary_rows
from scraper.inspect.sanitize import clean_css, sanitize
from scraper.split.document import Document, DocumentKind

_NO_XML = re.compile(r"[^\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTRIBUTES = ("class", "id", "style", "lang")


def inspected(document: Document, entries: Sequence[Entry], *, name: str) -> str:
    """The page with its entries marked and a panel of what was read of them.

    Args:
        document: the page; text, feeds and JSON are shown line by line.
        entries: what was read of it, at least one.
        name: address or file of the page, for the panel.
    """
    records = list(map(Normalizer(target=None).record, entries))
    root = document.tree if document.kind is DocumentKind.HTML else _lines(document.text)
    clear_marks(root)
    places = locate(root, entries)
    mark(places)
    styles = _styles(root)
    body = _body(root)
    sanitize(body)
    template = resources.files("scraper").joinpath("data/inspect.html").read_text(encoding="utf-8")
    return Template(template).substitute(
        language=escape(root.get("lang") or "", quote=True),
        direction=_direction(root, body, records),
        title=escape(_title(document, name)),
        styles=styles,
        attributes=_attributes(body),
        page=_inner(body),
        facts=summary_rows(entries, records, name),
        legend=legend(records),
        rows=entry_rows(entries, records, places),
    )


def _lines(text: str) -> HtmlElement:
    """A tree of the lines of a text."""
    root: HtmlElement = html.Element("html")
    body: HtmlElement = html.Element("body")
    root.append(body)
    for line in text.splitlines():
        node: HtmlElement = html.Element("div")
        node.set("class", "khulasa-line")
        node.set("dir", "auto")
        node.text = _NO_XML.sub("\ufffd", line)
        body.append(node)
    return root


def _body(root: HtmlElement) -> HtmlElement:
    found = root.find("body")
    return root if found is None else found


def _styles(root: HtmlElement) -> str:
    """The page's own style sheets, as far as they are in it."""
    sheets = (clean_css(node.text_content()) for node in root.iter("style"))
    return "\n".join(f"<style>{sheet}</style>" for sheet in sheets if sheet.strip())


def _direction(root: HtmlElement, body: HtmlElement, records: Sequence[Record]) -> Direction:
    """The page's direction as it declares it, else that of most entries."""
    for node in (root, body):
        stated = (node.get("dir") or "").lower()
        if stated in set(Direction):
            return Direction(stated)
    (most, _), *_ = Counter(record.direction for record in records).most_common(1)
    return most


def _title(document: Document, name: str) -> str:
    if document.kind is DocumentKind.HTML:
        for node in document.tree.iter("title"):
            return " ".join(node.text_content().split()) or name
    return name


def _attributes(body: HtmlElement) -> str:
    told = ((attribute, body.get(attribute)) for attribute in _ATTRIBUTES)
    return "".join(f' {name}="{escape(value)}"' for name, value in told if value)


def _inner(body: HtmlElement) -> str:
    """The serialised content of the body."""
    children = (html.tostring(child, encoding="unicode") for child in body)
    return escape(body.text or "", quote=False) + "".join(children)
