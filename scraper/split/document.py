"""A page as the splitter reads it: its kind, its text, its tree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import Any

import attrs
from bs4.dammit import EncodingDetector
from lxml import etree, html
from lxml.html import HtmlElement

from normalize.issues import Issue, issue
from scraper.errors import DocumentTooLarge, UnsupportedDocument
from scraper.split.decode import wide_encoding
from scraper.split.links import make_links_absolute

MAX_BYTES = 64 * 2**20
"""Largest document that is read, in bytes after decompression; the longest listing page known
to the project is below 10 MB."""

# PDF, images, archives and compressed data, programs, old office documents. Formats that begin
# with letters alone are left to their zeros and control characters.
_BINARY_SIGNATURES = (
    b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x7fELF", b"\x1f\x8b",
    b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
# Share of control characters beyond which text is none; pages hold a few stray ones.
_CONTROL_SHARE = 0.02
_STRAY = 8
_SAMPLE = 2**16
_CONTROLS = bytes((*range(9), *range(0x0E, 0x1B), *range(0x1C, 0x20)))
# The parser reads what XML cannot hold, itself or as a reference, but writes it into no tree.
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BEYOND = re.compile("\ufffe|\uffff".encode())
_NO_XML_BYTES = bytes((*range(9), 11, 12, *range(14, 32)))
_NUMBERED = re.compile(
    r"&#(?:x0*([0-8bcef]|1[0-9a-f]|fff[ef])(?![0-9a-f])"
    r"|0*([0-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9]));?",
    re.IGNORECASE,
)
# Prose about the web names tags; only markup opens with one, or links with one.
_MARKUP = re.compile(
    r"\A\s*<(?:[a-z][a-z0-9-]*[\s/>]|[!?][a-z-])|<a\s[^<>]*\bhref\s*=[^<>]*>", re.IGNORECASE
)
_CLOSING_TAG = re.compile(
    r"</(?:div|p|a|li|ul|td|tr|span|h[1-6]|table|html|body|article)\s*>", re.IGNORECASE
)
_OPENED = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_TOO_DEEP = int(etree.ErrorTypes.ERR_RESOURCE_LIMIT)
# Characters at a page's end among which it is closed, but for odd pages.
_END = 2000
_JSON = re.compile(r"\A\s*(?:\[\s*)?\{\s*\"")
_PAGE = re.compile(r"\A\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_FEED = re.compile(
    r"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*+<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b",
    re.DOTALL,
)
# Elements of one class: lxml's own way asks a Python function for the class of each of them.
_ELEMENTS = etree.ElementDefaultClassLookup(element=HtmlElement)
_CANONICAL = ('//link[@rel="canonical"]/@href', '//meta[@property="og:url"]/@content')


class DocumentKind(StrEnum):
    """What a document is made of."""

    HTML = "html"
    JSON = "json"
    FEED = "feed"
    TEXT = "text"


@attrs.frozen(kw_only=True)
class Document:
    """A decoded page; tree and JSON data are made when first asked for."""

    text: str
    """The whole text."""

    kind: DocumentKind
    """What it is made of."""

    url: str | None = None
    """Where it was fetched."""

    base_url: str | None = None
    """What its relative links are relative to, where `url` is unknown."""

    issues: tuple[str, ...] = ()
    """Remarks of the decoding."""

    @cached_property
    def data(self) -> Any:  # noqa: ANN401  any JSON value
        """The parsed JSON.

        Raises:
            UnsupportedDocument: the text is not JSON, with the place where it breaks.
        """
        try:
            return parse_json(self.text)
        except ValueError as error:
            raise UnsupportedDocument(
                "The JSON is broken or cut off", where=self.url, found=str(error)
            ) from error

    @cached_property
    def tree(self) -> HtmlElement:
        """The parsed HTML with absolute links and without comments."""
        root = parse_html(self.text)
        base = self.url or self.base_url
        if base:
            make_links_absolute(root, base)
        return root

    @cached_property
    def stated_url(self) -> str | None:
        """The page's address: as fetched, else as the page itself states it."""
        if self.url or self.kind is not DocumentKind.HTML:
            return self.url
        stated = (value for path in _CANONICAL for value in self.tree.xpath(path))
        whole = (f"https:{value}" if value.startswith("//") else str(value) for value in stated)
        return next((value for value in whole if value.startswith("http")), None)

    @property
    def is_cut_off(self) -> bool:
        """Whether an HTML page ends without closing, as a broken-off transfer leaves it.

        Or is nested more deeply than the parser goes: what lies further in was not read.
        """
        if any(error.type == _TOO_DEEP for error in _errors(self.tree)):
            return True
        if _CLOSED.search(self.text, max(0, len(self.text) - _END)):
            return False
        return bool(_OPENED.search(self.text)) and not _CLOSED.search(self.text)


def parse_json(text: str) -> Any:  # noqa: ANN401  any JSON value
    """Parse JSON; halves of characters, which no file can hold, become question marks.

    Raises:
        ValueError: the text is not JSON, or is nested too deeply.
    """
    try:
        data = json.loads(text)
        if "\\ud" in text.lower():
            data = json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError as error:
        raise ValueError("too deeply nested") from error
    return data


def parse_html(text: str) -> HtmlElement:
    """Parse HTML; comments go, so that the text around them is one text."""
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_ELEMENTS)
    body = text.encode("utf-8", "replace")
    if len(body.translate(None, _NO_XML_BYTES)) < len(body) or _BEYOND.search(body):
        body = _NO_XML.sub(_blank, text).encode("utf-8", "replace")
    if "&#" in text and _NUMBERED.search(text):
        text = _NUMBERED.sub(_numbered_blank, body.decode("utf-8"))
        body = text.encode("utf-8")
    try:
        return html.document_fromstring(body, parser=parser)
    except etree.ParserError as error:
        raise UnsupportedDocument("The page holds no HTML element", found=str(error)) from error


def refuse_unreadable(body: bytes | str, *, content_type: str | None, where: str | None) -> None:
    """Refuse what holds no text.

    Raises:
        UnsupportedDocument: the body is empty or binary.
        DocumentTooLarge: the body is larger than `MAX_BYTES`.
    """
    if len(body) > MAX_BYTES:
        raise DocumentTooLarge(f"The document is larger than {MAX_BYTES // 2**20} MiB", where=where)
    if not body or body.isspace():
        raise UnsupportedDocument("The document is empty", where=where, found="0 characters")
    if isinstance(body, bytes) and _is_binary(body, content_type):
        raise UnsupportedDocument(
            "The document is binary, not text",
            where=where,
            expected="HTML, JSON, a feed or text",
            found=content_type or repr(body[:8]),
        )


def kind_of(text: str, content_type: str | None) -> DocumentKind:
    """Recognise the kind by the text; the declared type decides only where the text is silent."""
    declared = (content_type or "").partition(";")[0].strip().lower()
    opened = text.lstrip()[:1] in ("{", "[")
    if opened and (declared.endswith("json") or _JSON.match(text) or _is_json(text)):
        return DocumentKind.JSON
    if _FEED.match(text):
        return DocumentKind.FEED
    if declared == "text/plain" and not _PAGE.match(text):
        return DocumentKind.TEXT
    is_markup = _MARKUP.search(text) or (declared.endswith("html") and _CLOSING_TAG.search(text))
    return DocumentKind.HTML if is_markup else DocumentKind.TEXT


def cut_off_issue(document: Document) -> tuple[str, ...]:
    """The remark for the last entry of a page that breaks off."""
    cut = document.kind is DocumentKind.HTML and document.is_cut_off
    return (issue(Issue.PAGE_CUT_OFF),) if cut else ()


def refuse_unprintable(text: str, *, where: str | None) -> None:
    """Refuse what turns out to be no text once it is decoded.

    Raises:
        UnsupportedDocument: it is empty or full of control characters.
    """
    if not text or text.isspace():
        raise UnsupportedDocument("The document is empty", where=where, found="white space")
    sample = text[:_SAMPLE]
    raw = sample.encode("utf-8", "replace")
    if len(raw) - len(raw.translate(None, _CONTROLS)) > max(_STRAY, len(sample) * _CONTROL_SHARE):
        raise UnsupportedDocument(
            "The document is binary, not text",
            where=where,
            expected="HTML, JSON, a feed or text",
            found=repr(sample[:20]),
        )


def _blank(found: re.Match[str]) -> str:
    """What stands for a character that XML cannot hold."""
    return " " if found[0].isspace() else ""


def _numbered_blank(found: re.Match[str]) -> str:
    """What stands for a numbered reference to a character that XML cannot hold."""
    return " " if chr(int(found[1], 16) if found[1] else int(found[2])).isspace() else ""


def _errors(root: HtmlElement) -> Iterable[etree._LogEntry]:
    parser = root.getroottree().parser
    return () if parser is None else parser.error_log


def _is_json(text: str) -> bool:
    try:
        parse_json(text)
    except ValueError:
        return False
    return True


def _is_binary(body: bytes, content_type: str | None) -> bool:
    if body[:64].lstrip().startswith(_BINARY_SIGNATURES):
        return True
    if (content_type or "").startswith(("image/", "audio/", "video/", "font/")):
        return True
    marked, wide = EncodingDetector.strip_byte_order_mark(body[:8192])
    return b"\0" in marked and not wide and not wide_encoding(body, content_type)
