"""What a document is, what is no document, and what `split` tells of either."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from html import escape, unescape

import pytest

from scraper.errors import DocumentTooLarge, LayoutChanged, UnsupportedDocument
from scraper.split import document as document_module
from scraper.split import split
from scraper.split.document import Document, DocumentKind, kind_of, parse_json
from scraper.split.source import host_of, path_of

NOISE = hashlib.shake_128(b"noise").digest(4000)
SHAMRA = "shamra_academia"
PAPERS = "huggingface_papers"
ENTRY = '<a href="/show/3a443d1e5ffee4">Title one</a>'
FOUND = "https://shamra-academia.com/show/3a443d1e5ffee4"


@pytest.mark.parametrize(
    "body",
    [b"", b" \n\t\r ", "\u00a0\u2003".encode(), b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", "", " \n",
     "\ufeff", " \n".encode("utf-16")],
)  # fmt: skip
def test_nothing_is_said_to_be_empty(body: bytes | str) -> None:
    with pytest.raises(UnsupportedDocument, match="empty") as raised:
        split(body, source=SHAMRA, url="https://example.org/list")
    assert "source: shamra_academia" in str(raised.value)
    assert "at: https://example.org/list" in str(raised.value)


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"\n%PDF-1.4 something",
        b"\x89PNG\r\n\x1a\n....",
        b"\xff\xd8\xff\xe0..JFIF",
        b"PK\x03\x04..mimetype",
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"\0\0\0\x18ftypmp42",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        gzip.compress(b"<html>page</html>", mtime=0),
        zlib.compress(NOISE),
        NOISE,
        NOISE.replace(b"\0", b""),
        b"\0" * 100,
        b"<html>\0</html>" * 20,
        b"a\0b",
    ],
)
def test_binary_data_is_named_so(body: bytes) -> None:
    with pytest.raises(UnsupportedDocument, match="binary") as raised:
        split(body, source=SHAMRA)
    assert "source: shamra_academia" in str(raised.value)
    assert "expected: HTML, JSON, a feed or text" in str(raised.value)


@pytest.mark.parametrize("kind", ["image/png", "audio/mpeg", "video/mp4", "font/woff2"])
def test_declared_media_are_binary(kind: str) -> None:
    with pytest.raises(UnsupportedDocument, match="binary"):
        split(b"some text", source=SHAMRA, content_type=kind)


def test_stray_control_characters_make_no_page_binary() -> None:
    (entry,) = split(f"<p>\x01\x02{ENTRY}\x0b\x7f</p>", source=SHAMRA)
    assert entry.url == FOUND


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_page_is_no_binary_data(encoding: str) -> None:
    page = f"<html><body><p>{ENTRY}</p></body></html>"
    (entry,) = split(page.encode(encoding), source=SHAMRA)
    assert (entry.title, entry.url) == ("Title one", FOUND)


def test_too_large_a_document_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_module, "MAX_BYTES", 2**20)
    with pytest.raises(DocumentTooLarge, match="larger than 1 MiB"):
        split(b"x" * (2**20 + 1), source=SHAMRA)


@pytest.mark.parametrize(
    ("text", "content_type", "kind"),
    [
        ("<!doctype html><p>x", None, DocumentKind.HTML),
        ("\n <!-- saved --> <html>", None, DocumentKind.HTML),
        ('<?xml version="1.0"?><html>', None, DocumentKind.HTML),
        ("<li><a href='/x'>x</a></li>", None, DocumentKind.HTML),
        ("<article>x</article>", "text/html", DocumentKind.HTML),
        ('before <a class=x href="/y">y</a>', None, DocumentKind.HTML),
        ("before <p>x</p>", "text/html; charset=utf-8", DocumentKind.HTML),
        ("<html><body>x", "text/plain", DocumentKind.HTML),
        ("plain prose", "text/html", DocumentKind.TEXT),
        ("We show that p< n and m >p hold", None, DocumentKind.TEXT),
        ("< n means less", None, DocumentKind.TEXT),
        ("The tags <b>, <p> and </p> or </div> are parsed", None, DocumentKind.TEXT),
        ("Tags such as </p> close", "text/plain", DocumentKind.TEXT),
        ("x <a href='/y'>y</a>", "text/plain", DocumentKind.TEXT),
        ("{braces} in prose", None, DocumentKind.TEXT),
        ("[1] A reference", None, DocumentKind.TEXT),
        ('{"a": 1}', None, DocumentKind.JSON),
        ("[]", "text/html", DocumentKind.JSON),
        (' [ {"a": 1', None, DocumentKind.JSON),
        ('{"a": 1', "text/html", DocumentKind.JSON),
        ("[1, 2", "application/json", DocumentKind.JSON),
        ("[1, 2]", "application/feed+json", DocumentKind.JSON),
        ('<?xml version="1.0"?><rss version="2.0">', "text/html", DocumentKind.FEED),
        ('<feed xmlns="http://www.w3.org/2005/Atom">', None, DocumentKind.FEED),
        ("<!-- made --><rdf:RDF>", None, DocumentKind.FEED),
    ],
)
def test_kind(text: str, content_type: str | None, kind: DocumentKind) -> None:
    assert kind_of(text, content_type) is kind


def test_kind_without_a_reader_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedDocument, match="no reader") as raised:
        split('{"a": 1}', source=SHAMRA, url="https://example.org/api")
    assert "source: shamra_academia; at: https://example.org/api" in str(raised.value)
    assert "expected: html, text; found: json" in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        '[{"paper": {"id": "2605.00001"',
        '{"a": 1,}',
        '[{"a": ' * 5000,
        '[{"n": ' + "9" * 5000 + "}]",
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/html", None])
def test_broken_json_says_where_it_breaks(text: str, content_type: str | None) -> None:
    with pytest.raises(UnsupportedDocument, match="JSON is broken or cut off") as raised:
        split(text, source=PAPERS, content_type=content_type)
    assert "source: huggingface_papers" in str(raised.value)
    assert "found: " in str(raised.value)


PAPER = {"id": "2605.90001", "title": "A title"}


@pytest.mark.parametrize(
    "data",
    [
        {"error": "not found"},
        [1, 2],
        [None],
        [{"x": 1}],
        [{"paper": 5}],
        [{"paper": PAPER}, {"paper": {"id": 5, "title": 7}}],
        [{"paper": PAPER | {"title": ["A", "title"]}}],
        [{"paper": PAPER | {"authors": ["Ada", "Bob"]}}],
        [{"paper": PAPER | {"authors": [{"name": 5}, None]}}],
        {"papers": [{"paper": PAPER}]},
    ],
)
def test_json_of_another_shape_is_a_changed_layout(data: object) -> None:
    text = json.dumps(data)
    page = f'<body><div data-target="DailyPapers" data-props="{escape(text)}"></div></body>'
    props = page.replace(escape(text), escape(f'{{"dailyPapers": {text}}}'))
    for body in (text, page, props):
        with pytest.raises(LayoutChanged) as raised:
            split(body, source=PAPERS, url="https://huggingface.co/papers")
        assert "source: huggingface_papers; at: https://huggingface.co/papers" in str(raised.value)
        assert "expected: papers in the page's data" in str(raised.value)
        assert "found: " in str(raised.value)


def test_odd_optional_values_cost_only_themselves() -> None:
    odd = {
        "summary": ["x"], "publishedAt": 5, "githubRepo": {"a": 1}, "ai_keywords": "abc",
        "upvotes": True, "githubStars": [1], "authors": [{"name": "Ada"}, {"nick": "x"}],
    }  # fmt: skip
    item = {"paper": PAPER | odd, "thumbnail": 7, "numComments": 3}
    (entry,) = split(json.dumps([item]), source=PAPERS)
    assert (entry.title, entry.url) == ("A title", "https://huggingface.co/papers/2605.90001")
    assert entry.authors == ("Ada",)
    assert entry.metrics == {"comments": "3"}
    assert (entry.summary, entry.published, entry.links, entry.tags) == (None, None, (), ())
    assert entry.image is None


def test_half_a_character_in_json_cannot_reach_the_feed() -> None:
    assert parse_json(r'["a\ud800b", "\ud83d\ude00", {"\udc00": 1}]') == ["a?b", "😀", {"?": 1}]
    (entry,) = split('[{"paper": {"id": "2605.90001", "title": "x\\ud800"}}]', source=PAPERS)
    assert entry.to_json_line().encode("utf-8")


@pytest.mark.parametrize("base", ["http://[bad", "", "javascript:x", "\u202e"])
def test_base_that_is_no_address_is_passed_over(base: str) -> None:
    page = f'<html><head><base href="{base}"></head><body>{ENTRY}</body></html>'
    (entry,) = split(page, source=SHAMRA)
    assert entry.url == FOUND


@pytest.mark.parametrize("link", ["http://[", "//[::1", "https://[x]/", "http://a:b:c/"])
@pytest.mark.parametrize("url", [None, "http://[bad", "https://shamra-academia.com/list"])
def test_links_that_are_no_addresses_are_passed_over(link: str, url: str | None) -> None:
    (entry,) = split(f'<p><a href="{link}">x</a>{ENTRY}</p>', source=SHAMRA, url=url)
    assert entry.url == FOUND


def test_page_deeper_than_the_parser_goes_is_said_to_be_cut_off() -> None:
    with pytest.raises(LayoutChanged, match="breaks off before its first entry"):
        split("<div>" * 10_000 + ENTRY, source=SHAMRA)
    later = ENTRY.replace("3a4", "3a5")
    shallow, *others = split(f"<p>{ENTRY}</p><p>{later}</p>{'<div>' * 10_000}x", source=SHAMRA)
    assert shallow.issues == ()
    assert [other.issues for other in others] == [("page_cut_off",)]


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x1b", "\uffff", "\x08"])
@pytest.mark.parametrize("form", ["{}", "&#{:d};", "&#x{:x};", "&#000{:d}", "&#X00{:X}"])
def test_what_xml_cannot_hold_breaks_no_page(character: str, form: str) -> None:
    damage = character if form == "{}" else form.format(ord(character))
    page = f"<p>one{damage} two</p><a href='/a{damage} b'>x</a>"
    document = Document(text=page, kind=DocumentKind.HTML, url="https://e.example/")
    space = " " if character == "\x0b" else ""
    assert document.tree.text_content() == f"one{space} twox"


@pytest.mark.parametrize("kept", ["&#9;", "&#10;", "&#x41;", "&#1234567;", "&#65", "&#x"])
def test_other_references_are_read_as_ever(kept: str) -> None:
    document = Document(text=f"<p>one{kept} two</p>", kind=DocumentKind.HTML)
    assert document.tree.text_content() == f"one{unescape(kept)} two"


def test_page_without_an_element() -> None:
    for page in ("<!doctype html>", "<!-- nothing -->"):
        with pytest.raises(UnsupportedDocument, match="no HTML element") as raised:
            split(page, source=SHAMRA, url="https://shamra-academia.com/")
        assert "source: shamra_academia; at: https://shamra-academia.com/" in str(raised.value)


def test_page_without_a_body() -> None:
    for page in ("<html></html>", "<html><frameset><frame src=x></frameset></html>"):
        with pytest.raises(LayoutChanged, match="found: html without visible text"):
            split(page, source=SHAMRA)


def test_stated_address_is_read_from_html_only_and_only_where_none_is_known() -> None:
    page = '<html><head><link rel="canonical" href="https://example.org/a"></head></html>'
    kind = DocumentKind.HTML
    assert Document(text=page, kind=kind).stated_url == "https://example.org/a"
    without_scheme = page.replace("https:", "")
    assert Document(text=without_scheme, kind=kind).stated_url == "https://example.org/a"
    given = Document(text=page, kind=kind, url="https://example.org/b")
    assert given.stated_url == "https://example.org/b"
    assert Document(text=page, kind=DocumentKind.TEXT).stated_url is None


def test_hosts_and_paths_of_odd_addresses() -> None:
    assert host_of("https://WWW.Example.org:80/x") == "example.org"
    assert [host_of(url) for url in (None, "", "/x", "http://[", "mailto:a@b.c")] == [""] * 5
    assert [path_of(url) for url in (None, "http://[", "https://a.b/c?d#e")] == ["", "", "/c"]


def test_many_comments_before_a_page_cost_nothing() -> None:
    page = "<!-- c -->\n" * 5000 + "<!doctype html><html><body><p>x</p></body></html>"
    assert kind_of(page, None) is DocumentKind.HTML
