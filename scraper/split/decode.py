"""Bytes to text: what the bytes say counts more than what the server says about them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

import attrs
from bs4.dammit import EncodingDetector, UnicodeDammit
from w3lib.encoding import http_content_type_encoding, resolve_encoding

from normalize.issues import Issue, issue
from scraper.split.code_pages import LATIN_1, fitting_code_pages, is_in_runs
from scraper.split.likely_code_page import likely_code_page

_HEAD = 4096
_HTML_LANGUAGE = re.compile(rb"<html[^>]*?\slang\s*=\s*[\"']?([a-zA-Z]{2,3})", re.IGNORECASE)
_ASCII = bytes(range(0x80))
_NON_ASCII = re.compile(rb"[\x80-\xff]")
# Code pages whose text is ASCII bytes with escape sequences: valid UTF-8, and not what they mean.
_ESCAPED = ("iso2022_jp", "iso-2022-jp", "iso2022_kr", "iso-2022-kr", "hz", "utf-7")
# What switches ISO-2022-JP to Japanese: browsers know the code page by it without a declaration.
_JAPANESE_ESCAPE = re.compile(rb"\x1b\$[@B]")
# Codecs of Python that a declaration can name and that are no character sets of pages.
_NO_CHARSETS = ("idna", "punycode", "unicode_escape", "raw_unicode_escape")
# Templates hold stray bytes, truncated pages half a character: the rest still tells.
_LOST_PER_READ = 0.25
_TOLERATED_SHARE = 0.01
_VISIBLE = range(0x20, 0x7F)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\ud800-\udfff]")


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

    Order of trust: the source's ``override``; a byte-order mark; the zeros of UTF-16; UTF-8
    wherever the bytes are UTF-8 (chance does not produce it); the HTTP header; ``<meta>``; the
    code pages of the page's and the source's languages; the code page in which the bytes are
    likeliest a language. Latin-1, which servers declare unasked, counts as the weakest
    declaration and only where the letters are not clearly those of another code page.
    """
    if override:
        return _forced(body, override)
    marked, encoding = EncodingDetector.strip_byte_order_mark(body)
    if encoding:
        return _forced(marked, encoding)
    wide = wide_encoding(body, content_type)
    if wide:
        return _forced(body, wide)
    declared = _declared(body, content_type)
    utf8 = None if any(name in _ESCAPED for name in declared) else _as_utf8(body)
    if utf8 is None:
        return _legacy(body, declared, languages)
    is_false = not utf8.text.isascii() and any(name != "utf-8" for name in declared)
    remarks = (issue(Issue.ENCODING_GUESSED, "utf-8"),) if is_false else ()
    return attrs.evolve(utf8, issues=remarks + utf8.issues)


def wide_encoding(body: bytes, content_type: str | None) -> str | None:
    """UTF-16 without a byte-order mark, by the zeros that are half of every ASCII character.

    Zeros stand at one side only, and often; with UTF-16 in the header a single one is enough.
    Single bytes of text would stand in pairs of visible characters.
    """
    head = body[:_HEAD]
    sides = {"utf-16-be": head[::2].count(0), "utf-16-le": head[1::2].count(0)}
    fewer, more = sorted(sides, key=lambda name: sides[name])
    declared = (resolve_encoding(http_content_type_encoding(content_type) or "") or "").lower()
    needed = 1 if declared.startswith("utf-16") else max(2, len(head) // 16)
    if sides[fewer] or sides[more] < needed:
        return None
    visible = [character in _VISIBLE for character in head]
    pairs = sum(map(min, visible[::2], visible[1::2]))
    if pairs * 4 > len(head):
        return None
    text = body.decode(more, "replace")
    return None if _CONTROLS.search(text) else more


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Resolved names of what header and page declare, the header's first, Latin-1 last."""
    meta = EncodingDetector.find_declared_encoding(body[:_HEAD], is_html=True)
    names = (http_content_type_encoding(content_type), meta)
    resolved = (resolve_encoding(name) for name in names if name)
    usable = [name for name in resolved if name and _is_charset(name)]
    return sorted(usable, key=lambda name: name == LATIN_1)


def _is_charset(name: str) -> bool:
    """Whether a codec of Python can be that of a page: its ASCII is ASCII."""
    try:
        return b"a".decode(name) == "a" and name not in _NO_CHARSETS
    except (LookupError, UnicodeError):
        return False


def _forced(body: bytes, encoding: str) -> Decoded:
    text = body.decode(encoding, "replace")
    lossy = (issue(Issue.ENCODING_LOSSY),) if "\ufffd" in text else ()
    return Decoded(text=text, encoding=encoding, issues=lossy)


def _as_utf8(body: bytes) -> Decoded | None:
    if b"\x1b$" in body and _JAPANESE_ESCAPE.search(body) and not _NON_ASCII.search(body):
        return None
    text = body.decode("utf-8", "replace")
    if text.isascii():
        return Decoded(text=text, encoding="utf-8")
    lost = text.count("\ufffd")
    lost -= body.count("\ufffd".encode()) if lost else 0
    if not lost:
        return Decoded(text=text, encoding="utf-8")
    read = len(text) - len(text.encode("ascii", "ignore")) - lost
    if lost == 1 and read and _is_cut_in_character(body):
        return Decoded(text=text.removesuffix("\ufffd"), encoding="utf-8")
    if lost > read * _LOST_PER_READ:
        return None
    lossy = (issue(Issue.ENCODING_LOSSY),) if lost else ()
    return Decoded(text=text, encoding="utf-8", issues=lossy)


def _is_cut_in_character(body: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(body)
    except UnicodeDecodeError:
        return False
    return bool(decoder.getstate()[0])


def _legacy(body: bytes, declared: Sequence[str], languages: Sequence[str]) -> Decoded:
    trusted = [name for name in declared if name != "utf-8"]
    for name in _candidates(body, trusted, languages):
        read = _as_legacy(body, name)
        if read:
            guessed = () if name in trusted else (issue(Issue.ENCODING_GUESSED, name),)
            return attrs.evolve(read, issues=guessed + read.issues)
    likely = likely_code_page(body)
    read = _as_legacy(body, likely.name) if likely else None
    if likely and read:
        remarks = (issue(Issue.ENCODING_GUESSED, likely.name),)
        doubt = () if likely.is_clear else (issue(Issue.ENCODING_UNCERTAIN, likely.name),)
        return attrs.evolve(read, issues=(*remarks, *doubt, *read.issues))
    return _as_last_resort(body)


def _as_last_resort(body: bytes) -> Decoded:
    """The body by the statistics of another library, for languages without letter counts."""
    dammit = UnicodeDammit(body, is_html=True, exclude_encodings=["utf-8", "ascii"])
    if dammit.unicode_markup is None or dammit.original_encoding is None:
        return _forced(body, "utf-8")
    chosen = resolve_encoding(dammit.original_encoding) or dammit.original_encoding
    remarks = (issue(Issue.ENCODING_GUESSED, chosen), issue(Issue.ENCODING_UNCERTAIN, chosen))
    if dammit.contains_replacement_characters:
        return Decoded(
            text=dammit.unicode_markup,
            encoding=chosen,
            issues=(*remarks, issue(Issue.ENCODING_LOSSY)),
        )
    return Decoded(text=dammit.unicode_markup, encoding=chosen, issues=remarks)


def _candidates(body: bytes, trusted: Sequence[str], languages: Sequence[str]) -> list[str]:
    """Code pages to try, best first."""
    if not {*trusted} - {LATIN_1} and _JAPANESE_ESCAPE.search(body):
        return ["iso2022_jp"]
    stated = list(_page_language(body))
    of_source = [language.partition("-")[0] for language in languages]
    doubted = trusted == [LATIN_1] and (bool(stated) or is_in_runs(body))
    rival = LATIN_1 if doubted else None
    fitting = fitting_code_pages(body, [*stated, *of_source], rival=rival)
    return [*([] if doubted and fitting else trusted), *fitting]


def _as_legacy(body: bytes, encoding: str) -> Decoded | None:
    """The body in a code page, None where more than stray bytes do not fit."""
    read = _forced(body, encoding)
    beyond_ascii = len(body.translate(None, _ASCII))
    lost = read.text.count("\ufffd")
    return read if lost <= max(1, beyond_ascii * _TOLERATED_SHARE) else None


def _page_language(body: bytes) -> Iterator[str]:
    stated = _HTML_LANGUAGE.search(body[:_HEAD])
    if stated:
        yield stated.group(1).decode("ascii").lower()
