"""Bytes to text: what the bytes say counts more than what the server says about them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

import attrs
from bs4.dammit import EncodingDetector, UnicodeDammit
from w3lib.encoding import http_content_type_encoding, resolve_encoding

from normalize.issues import Issue, issue

_HEAD = 4096
_HTML_LANGUAGE = re.compile(rb"<html[^>]*?\slang\s*=\s*[\"']?([a-zA-Z]{2,3})", re.IGNORECASE)
_NON_ASCII = re.compile(rb"[\x80-\xff]")
# Code pages whose text is ASCII bytes with escape sequences: valid UTF-8, and not what they mean.
_ESCAPED = ("iso2022_jp", "iso-2022-jp", "iso2022_kr", "iso-2022-kr", "hz", "utf-7")
# A truncated page ends inside a character, and templates hold a stray byte: both are still UTF-8.
_TOLERATED_SHARE = 0.01


@attrs.frozen(kw_only=True)
class Decoded:
    """Text of a document and how it was read."""

    text: str
    """The text."""

    encoding: str
    """Name of the character set that fitted."""

    issues: tuple[str, ...] = ()
    """Remarks: a declaration that did not fit, bytes that were lost."""


def decode(
    body: bytes,
    *,
    content_type: str | None = None,
    languages: Sequence[str] = (),
    override: str | None = None,
) -> Decoded:
    """Decode a page.

    Order of trust: the source's ``override``; a byte-order mark; UTF-8 wherever the bytes are
    UTF-8 (chance does not produce it); the HTTP header; ``<meta>``; the code pages of the
    page's and the source's languages; the statistics of `bs4.dammit.UnicodeDammit`.
    """
    declared = _declared(body, content_type)
    if override:
        return _forced(body, override)
    marked, encoding = EncodingDetector.strip_byte_order_mark(body)
    if encoding:
        return Decoded(text=marked.decode(encoding, "replace"), encoding=encoding)
    if not _NON_ASCII.search(body) and not any(name in _ESCAPED for name in declared):
        return Decoded(text=body.decode("ascii"), encoding="utf-8")
    utf8 = _as_utf8(body)
    if utf8 is not None and not any(name in _ESCAPED for name in declared):
        wrong = [name for name in declared if name != "utf-8"]
        remarks = (issue(Issue.ENCODING_GUESSED, "utf-8"),) if wrong else ()
        return attrs.evolve(utf8, issues=remarks + utf8.issues)
    return _legacy(body, declared, languages)


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Resolved names of the header's and the page's own declaration, the header's first."""
    meta = EncodingDetector.find_declared_encoding(body[:_HEAD], is_html=True)
    names = (http_content_type_encoding(content_type), meta)
    return [resolved for name in names if name and (resolved := resolve_encoding(name))]


def _forced(body: bytes, encoding: str) -> Decoded:
    text = body.decode(encoding, "replace")
    lossy = (issue(Issue.ENCODING_LOSSY),) if "\ufffd" in text else ()
    return Decoded(text=text, encoding=encoding, issues=lossy)


def _as_utf8(body: bytes) -> Decoded | None:
    text = body.decode("utf-8", "replace")
    lost = text.count("\ufffd") - body.count("\ufffd".encode())
    if not lost:
        return Decoded(text=text, encoding="utf-8")
    beyond_ascii = sum(1 for _ in _NON_ASCII.finditer(body))
    cut_at_end = lost == 1 and text.endswith("\ufffd") and beyond_ascii > lost * 4
    if cut_at_end:
        return Decoded(text=text[:-1], encoding="utf-8")
    if lost > beyond_ascii * _TOLERATED_SHARE:
        return None
    return Decoded(text=text, encoding="utf-8", issues=(issue(Issue.ENCODING_LOSSY),))


def _legacy(body: bytes, declared: Sequence[str], languages: Sequence[str]) -> Decoded:
    trusted = [name for name in declared if name != "utf-8"]
    candidates = [*trusted, *_encodings_of(_page_languages(body, languages))]
    dammit = UnicodeDammit(
        body, user_encodings=candidates, is_html=True, exclude_encodings=["utf-8", "ascii"]
    )
    if dammit.unicode_markup is None or dammit.original_encoding is None:
        text = body.decode("utf-8", "replace")
        return Decoded(text=text, encoding="utf-8", issues=(issue(Issue.ENCODING_LOSSY),))
    chosen = resolve_encoding(dammit.original_encoding) or dammit.original_encoding
    remarks: tuple[str, ...] = () if chosen in trusted else (issue(Issue.ENCODING_GUESSED, chosen),)
    if dammit.contains_replacement_characters:
        remarks += (issue(Issue.ENCODING_LOSSY),)
    return Decoded(text=dammit.unicode_markup, encoding=chosen, issues=remarks)


def _page_languages(body: bytes, languages: Sequence[str]) -> Iterator[str]:
    stated = _HTML_LANGUAGE.search(body[:_HEAD])
    if stated:
        yield stated.group(1).decode("ascii").lower()
    yield from (language.partition("-")[0] for language in languages)


def _encodings_of(languages: Iterator[str]) -> list[str]:
    table = _language_encodings()
    return list(dict.fromkeys(name for lang in languages for name in table.get(lang, ())))


@cache
def _language_encodings() -> dict[str, list[str]]:
    text = resources.files("scraper").joinpath("data/encodings.json").read_text(encoding="utf-8")
    return {lang: names for lang, names in json.loads(text).items() if not lang.startswith("_")}
