from __future__ import annotations

import gzip
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from normalize.model import Entry
from scraper.inspect.render import inspected
from scraper.inspect.sanitize import clean_css
from scraper.split import split
from scraper.split.document import Document, DocumentKind
from tests.crawls import scrapy
from tests.listing_pages import pages
from tests.site import Site

PAGES = {page.name: page for page in pages()}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
HARMLESS = frozenset(("class", "id", "dir", "lang", "title", "alt", "style", "href", "rel",
                      "target", "datetime", "data-khulasa", "src", "shadowrootmode", "width",
                      "height", "content", "name", "http-equiv", "charset", "colspan", "type",
                      "value", "open"))  # fmt: skip
HARMFUL = frozenset(("script", "iframe", "object", "embed", "form", "input", "button", "link",
                     "base", "svg", "math", "video", "audio", "noscript", "textarea", "select",
                     "frame", "frameset", "applet", "portal"))  # fmt: skip


def shown(page: str, entries: Sequence[Entry] | None = None, url: str | None = None) -> str:
    document = Document(text=page, kind=DocumentKind.HTML, url=url)
    return inspected(document, entries or split(page, url=url, source="listing"), name="a page")


def tree(text: str) -> HtmlElement:
    return html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))


def marked(root: HtmlElement, name: str) -> list[HtmlElement]:
    """Elements marked on the page itself, the panel left out."""
    told = root.xpath(f'//*[contains(concat(" ", @data-khulasa, " "), " {name} ")]')
    return [node for node in told if not any(True for _ in node.iterancestors("template"))]


def text_of(node: HtmlElement) -> str:
    return " ".join(node.text_content().split())


@pytest.mark.parametrize("name", PAGES)
def test_every_entry_is_outlined_and_numbered_where_it_stands(name: str) -> None:
    page = PAGES[name]
    root = tree(shown(page.html, url=page.url))
    titles = marked(root, "title")
    numbers = [text_of(node) for node in marked(root, "number")]
    assert numbers == [str(n) for n in range(1, len(page.items) + 1)]
    beginnings = [item.title[:-3] for item in page.items]
    for number, (node, beginning) in enumerate(zip(titles, beginnings, strict=True), 1):
        assert text_of(node).startswith(f"{number}{beginning}")
    for number in range(1, len(page.items) + 1):
        (entry,) = root.xpath(f'//*[@id="khulasa-{number}"]')
        assert entry in marked(root, "entry")
        (link,) = root.xpath(f'//template//a[@href="#khulasa-{number}"]')
        assert text_of(link) == str(number)


@pytest.mark.parametrize("name", ["articles-zh", "cards-fa", "table-ar", "headings-hi", "terms-ja"])
def test_fields_are_outlined_each_by_itself(name: str) -> None:
    page = PAGES[name]
    root = tree(shown(page.html, url=page.url))
    assert [text_of(node) for node in marked(root, "date")] == [item.shown for item in page.items]
    links = [node.get("href") for node in marked(root, "url")]
    assert links == [item.url for item in page.items]
    if not name.startswith("table"):
        told = [text_of(node) for node in marked(root, "summary")]
        assert told == [item.summary for item in page.items]


def test_a_part_of_a_line_is_outlined_alone() -> None:
    items = "".join(
        f'<li><a href="/n/{n}">The story of ship {n}</a><div>By Mara Lindt | {n + 1} May 2024 | '
        f"{n + 3} comments | {n + 3}0 miles</div></li>"
        for n in range(5)
    )
    root = tree(shown(f"<body><ul>{items}</ul></body>", url="https://a.example/"))
    assert [text_of(node) for node in marked(root, "date")] == [
        f"{n + 1} May 2024" for n in range(5)
    ]
    assert [text_of(node) for node in marked(root, "metrics")] == [str(n + 3) for n in range(5)]
    assert [text_of(node) for node in marked(root, "authors")] == ["Mara Lindt"] * 5
    first = root.xpath('//*[@id="khulasa-1"]')[0]
    assert (
        text_of(first) == "1The story of ship 0By Mara Lindt | 1 May 2024 | 3 comments | 30 miles"
    )


def test_siblings_of_one_entry_are_outlined_together() -> None:
    parts = "".join(
        f'<dt><a href="/n/{n}">The story of ship {n}</a></dt>'
        f"<dd>What came to pass with the ship on day {n} of its journey.</dd>"
        for n in range(4)
    )
    root = tree(shown(f"<body><dl>{parts}</dl></body>", url="https://a.example/"))
    assert [node.tag for node in marked(root, "entry")] == ["dt", "dd"] * 4


def test_an_entry_is_outlined_in_the_list_not_in_the_slider() -> None:
    titles = [f"The story of ship {n}" for n in range(6)]
    links = [f'<a href="/n/{n}">{title}</a>' for n, title in enumerate(titles)]
    slider = "".join(f"<li>{link}</li>" for link in links)
    items = "".join(
        f"<article><h2>{link}</h2><i>{n + 1} May 2024</i><p>What came to pass with the ship on day "
        f"{n} of its journey.</p></article>"
        for n, link in enumerate(links)
    )
    side = "".join(f"<p>{link}</p>" for link in links)
    page = f"<body><ul class=ticker>{slider}</ul><main>{items}</main><aside>{side}</aside></body>"
    root = tree(shown(page, url="https://a.example/"))
    assert [node.tag for node in marked(root, "entry")] == ["article"] * 6
    assert len(marked(root, "date")) == 6


HOSTILE = """<!DOCTYPE html><html lang="en" onload="x()"><head><base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/"><title>A <b>page</b></title>
<script>x()</script><link rel="stylesheet" href="https://evil.example/a.css">
<style>@import url(https://evil.example/b.css); p {{ background: url('//evil.example/c.png') }}
</style ><style>.x::after {{ content: "</style><script>x()</script>" }}</style></head>
<body background="https://evil.example/d.png" data-khulasa="title" id="khulasa-panel">
<form action="https://evil.example/e"><input name="q"><button onclick="x()">Go</button>
<ul>{items}</ul></form><svg onload="x()"><script>x()</script><a href="javascript:x()">s</a></svg>
<iframe srcdoc="&lt;script&gt;x()&lt;/script&gt;"></iframe><object data="x.swf"></object>
<math><mtext><img src=x onerror=x()></mtext></math><template><script>x()</script></template>
<noscript><img src="https://evil.example/f.png"></noscript><video src="//evil.example/g"></video>
<details ontoggle="x()" open>d</details><x-y onclick="x()">custom</x-y>
<p {{}}="1" {{x}}y="2" =z="3" 'q"="4" xml:lang="en" xmlns:a="b">odd</p>
<a href="vbscript:x()">v</a><a href="data:text/html,x">d</a><a href=" java&#10;script:x()">j</a>
<textarea></textarea><script>x()</script></textarea><xmp><script>x()</script></xmp>
<p style="background:u\\72l(https://evil.example/h);position:fixed;inset:0">over</p></body></html>"""


def hostile(item: str) -> str:
    items = "".join(
        f'<li onclick="x()" id="khulasa-{n}" data-khulasa="date"><h3><a href="https://a.example/n/{n}"'
        f' onmouseover="x()" ping="https://evil.example/">The story of ship {n} {item}</a></h3>'
        f'<img src="https://evil.example/{n}.png" srcset="//evil.example/{n} 2x" onerror="x()">'
        f"<p>What came to pass with the ship on day {n} of its journey &lt;script&gt;x()&lt;/script"
        "&gt; $title ${page}.</p></li>"
        for n in range(5)
    )
    return HOSTILE.format(items=items)


def is_harmless(text: str) -> None:
    root = tree(text)
    (policy,) = root.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')
    assert policy.startswith(POLICY)
    assert root.xpath("//head/meta[2]/@http-equiv") == ["Content-Security-Policy"]
    for node in root.iter():
        assert isinstance(node.tag, str)
        assert node.tag not in HARMFUL
        assert set(node.attrib) <= HARMLESS, node.attrib
        assert re.match(r"https?://|#khulasa-\d+$", node.get("href") or "#khulasa-0")
        assert (node.get("src") or "data:image/png").startswith("data:image/")
        sheet = node.text if node.tag == "style" else node.get("style")
        assert not re.search(r"url\s*\(|@import|fixed|<", (sheet or "").partition("html {")[0])
    assert len(root.xpath("//template")) == 1
    assert len(root.xpath("//meta")) == 5


def test_nothing_of_a_hostile_page_acts_or_is_fetched() -> None:
    text = shown(hostile("&lt;img src=x onerror=x()&gt;"), url="https://a.example/")
    is_harmless(text)
    root = tree(text)
    assert [text_of(node) for node in marked(root, "number")] == ["1", "2", "3", "4", "5"]
    assert len(marked(root, "entry")) == 5
    assert not marked(root, "date")
    assert "<img src=x onerror=x()>" in root.xpath("//template")[0].text_content()
    assert "$title ${page}" in text
    assert "custom" in text


BROKEN = (
    "<script>", "</script>", "<style>", "</style>", "<!--", "-->", "<svg>", "<p title='", "'>",
    "<template>", "</template>", "<a href=javascript:x()>", "<![CDATA[", "]]>", "<title>", "&lt;",
    "<noscript>", "<textarea>", "<img src=x onerror=x()>", "<xmp>", "</body>", "\x00", "\ufffe",
    "<math><mi><style>", "<select>", "<plaintext>", "<form>", '" onclick="x()',
    "<body onload=x()>",
)  # fmt: skip


@given(st.lists(st.sampled_from(BROKEN), max_size=12))
def test_no_broken_markup_gets_through(parts: list[str]) -> None:
    page = hostile("").replace("<ul>", "<ul>" + "".join(parts), 1)
    entries = split(hostile(""), url="https://a.example/", source="listing")
    is_harmless(shown(page, entries, url="https://a.example/"))


@pytest.mark.parametrize(
    ("css", "clean"),
    [
        ("a{color:red}", "a{color:red}"),
        ("a{background:URL( 'x' )}", "a{background:none}"),
        ("a{background:\\75 rl(x)}", "a{background:none}"),
        ("a{b:u/**/rl(x)}", "a{b:u rl(x)}"),
        ("@import 'x';a{}", "nonea{}"),
        ("p{position : fixed;top:0}", "p{position:static;top:0}"),
        ("</style><b>", "\\3c /style>\\3c b>"),
        ('i::after{content:"\\f101"}', 'i::after{content:"\\f101"}'),
    ],
)
def test_styles_stay_as_far_as_they_only_dress(css: str, clean: str) -> None:
    assert clean_css(css) == clean


def test_own_pictures_of_a_page_stay() -> None:
    picture = "data:image/png;base64,iVBORw0KGgo="
    items = "".join(
        f'<li><img src="{picture}"><a href="/n/{n}">The story of ship {n}</a></li>'
        for n in range(5)
    )
    root = tree(shown(f"<body><ul>{items}</ul></body>", url="https://a.example/"))
    assert root.xpath("//li/img/@src") == [picture] * 5


@pytest.mark.parametrize(("name", "direction"), [("articles-en", "ltr"), ("table-ar", "rtl")])
def test_the_panel_goes_the_way_of_the_page(name: str, direction: str) -> None:
    page = PAGES[name]
    for text in (page.html, page.html.replace(' dir="rtl"', "")):
        root = tree(shown(text, url=page.url))
        assert root.get("dir") == direction
        assert root.xpath('//div[@id="khulasa-panel"]/@dir') == [direction]
    css = "".join(root.xpath("//style/text()"))
    assert not re.search(r"\b(?:left|right)\s*:|-(?:left|right)\s*:", css)


def test_the_panel_shows_raw_and_parsed() -> None:
    page = PAGES["table-ar"]
    root = tree(shown(page.html, url=page.url))
    (panel,) = root.xpath("//template")
    row = text_of(panel.xpath('.//table[@class="entries"]//tr')[0])
    assert page.items[0].title in row
    assert f"{page.items[0].shown} = {page.items[0].day}" in row
    facts = text_of(panel.xpath('.//table[@class="facts"]')[0])
    assert "read aslisting" in facts
    assert "confidence0." in facts
    assert "title 8/8" in text_of(panel.xpath(".//ul")[0])


def test_an_entry_that_the_page_does_not_show_is_listed_all_the_same() -> None:
    page = PAGES["only_links-hi"]
    lost = Entry(source="listing", position=13, title="Nowhere to be seen", issues=("no_text",))
    entries = [*split(page.html, url=page.url, source="listing"), lost]
    root = tree(shown(page.html, entries, url=page.url))
    assert len(marked(root, "entry")) == len(page.items)
    assert not root.xpath('//a[@href="#khulasa-13"]')
    assert "not found again in the page" in root.xpath("//template")[0].text_content()


STORIES = [
    Entry(
        source="listing",
        position=n + 1,
        title=f"قصة السفينة رقم {n}",
        summary=f"هذا ما جرى للسفينة في اليوم {n} من رحلتها الطويلة في البحر بعيدا عن كل ميناء",
        published=f"{n + 1} مايو 2024",
    )
    for n in range(6)
]
TEXT = "\n\n".join(f"{e.title}\n  {e.summary}\nفي {e.published}" for e in STORIES)


def test_a_text_is_shown_line_by_line() -> None:
    document = Document(text=f"{TEXT}\x0b<script>x()</script>", kind=DocumentKind.TEXT)
    text = inspected(document, STORIES, name="<dump>")
    is_harmless(text)
    root = tree(text)
    lines = root.xpath('//div[contains(@class, "khulasa-line")]')
    assert [text_of(line) for line in lines][-1] == "<script>x()</script>"
    titles = [text_of(node) for node in marked(root, "title")]
    assert titles == [f"{n + 1}قصة السفينة رقم {n}" for n in range(6)]
    assert [text_of(node) for node in marked(root, "summary")] == [e.summary for e in STORIES]
    assert [text_of(node) for node in marked(root, "date")] == [e.published for e in STORIES]
    assert [text_of(node) for node in marked(root, "entry")][:3] == [
        titles[0], STORIES[0].summary, f"في {STORIES[0].published}"
    ]  # fmt: skip
    assert root.get("dir") == "rtl"


def test_a_deep_page_is_shown_in_time() -> None:
    items = "".join(
        f"<div>{'<div>' * 40}<a href='/n/{n}'>The story of ship {n}</a>{'</div>' * 40}</div>"
        for n in range(300)
    )
    root = tree(shown(f"<body>{items}</body>", url="https://a.example/"))
    assert len(marked(root, "number")) == 300


def test_a_saved_page_becomes_a_file(tmp_path: Path) -> None:
    saved, out = tmp_path / "saved.html.gz", tmp_path / "out.html"
    saved.write_bytes(gzip.compress(PAGES["cards-fa"].html.encode()))
    args = ("inspect", str(saved), "--base-url", "https://news.example/list")
    ended = scrapy(*args, "-o", str(out))
    assert (ended.returncode, ended.stdout) == (0, b""), ended.stderr
    assert scrapy(*args).stdout == out.read_bytes()
    is_harmless(out.read_text(encoding="utf-8"))


def test_a_page_is_fetched_by_the_rules_of_a_crawl(tmp_path: Path) -> None:
    with Site(robots="User-agent: *\nDisallow: /secret\n").running() as site:
        site.pages["/list"] = PAGES["articles-en"].html
        out = tmp_path / "out.html"
        assert _ended(scrapy("inspect", f"{site.base}/list", "-o", str(out))) == (0, "")
        assert len(marked(tree(out.read_text(encoding="utf-8")), "number")) == 12
        code, said = _ended(scrapy("inspect", f"{site.base}/secret", "-o", str(tmp_path / "no")))
        assert code == 1
        assert "robots.txt" in said
    assert [path.name for path in tmp_path.iterdir()] == ["out.html"]


def test_what_cannot_be_shown_is_said_and_writes_nothing(tmp_path: Path) -> None:
    saved, out = tmp_path / "saved.html", tmp_path / "out.html"
    saved.write_text("<body><h1>No list</h1><p>Nothing at all.</p></body>", encoding="utf-8")
    for args, code in (
        ((str(saved),), 1),
        ((str(tmp_path / "gone.html"),), 2),
        ((str(saved), "--source", "nobody"), 2),
        ((), 2),
    ):
        ended, said = _ended(scrapy("inspect", *args, "-o", str(out)))
        assert (ended, bool(said)) == (code, True)
        assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["saved.html"]


def _ended(done: subprocess.CompletedProcess[bytes]) -> tuple[int, str]:
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("address", ["news.example/list", "ftp://news.example/", "https://[x/"])
def test_an_address_that_is_none_is_refused(address: str, tmp_path: Path) -> None:
    ended = scrapy("inspect", str(tmp_path / "page.html"), "--base-url", address)
    assert ended.returncode == 2
    assert b"--base-url is written like https://example.org/list" in ended.stderr + ended.stdout
    assert b"Traceback" not in ended.stderr
