from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from normalize import Normalizer
from normalize.model import Record
from scraper import errors
from scraper.declared import DeclaredSpider
from scraper.scaffold.addresses import induce
from scraper.scaffold.cases import Case, cases
from scraper.scaffold.draft import Draft, draft
from scraper.scaffold.files import Place, declared, write
from scraper.scaffold.module import class_name, module_text
from scraper.scaffold.neighbours import Recorded, paths_of, private_hosts
from scraper.scaffold.page import Page
from scraper.scaffold.review import review
from scraper.scaffold.table import cell, columns, printable, table
from scraper.split import split
from scraper.split.declared import listing_readers, local_address
from scraper.split.document import Document, DocumentKind
from scraper.split.listing.sources import LISTING
from scraper.split.recognition import source_at
from scraper.split.source import Source
from tests.crawls import ROOT, command, environment
from tests.listing_pages import Page as Made
from tests.listing_pages import articles, items_of, pages, shell
from tests.site import Site

CLOCK = "2024-04-01T06:00:00Z"
PAGES = {page.name: page for page in pages()}
QUICK = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0", "RETRY_TIMES": "0"}
NAV = ("/", "/about/", "/contact-us/", "/login", "/tag/1", "/tag/2", "/page/2/")


def page_of(html: str, url: str = "https://news.example/list") -> Page:
    return Page(body=html.encode(), url=url, content_type="text/html", fetched_at=CLOCK)


def drafted(made: Made) -> Draft:
    return draft("demo", page_of(made.html, made.url))


@pytest.mark.parametrize(
    ("entries", "others", "regex"),
    [
        (["/news/12", "/news/345"], NAV, r"/news/(?P<id>\d+)/?"),
        (["/a/12.html", "/a/345.html"], NAV, r"/a/(?P<id>\d+)\.html"),
        (["/story12", "/story345"], NAV, r"/story(?P<id>\d+)/?"),
        (
            ["/2024/03/01/one", "/2024/03/17/another-one"],
            NAV,
            r"/(?P<id>\d{4}/\d{2}/\d{2}/[^/?#]+)/?",
        ),
        (
            ["/politics/first-story-12345", "/sport/other-54321"],
            NAV,
            r"/[^/?#]+/[^/?#]+-(?P<id>\d{4,})/?",
        ),
        (["/?p=12", "/?p=345"], NAV, r"/\?(?:[^#]*&)?p=(?P<id>\d+)(?:&[^#]*)?"),
        (
            ["/show.php?sid=1&t=12", "/show.php?sid=1&t=345"],
            NAV,
            r"/show\.php\?(?:[^#]*&)?t=(?P<id>\d+)(?:&[^#]*)?",
        ),
        (["/a-story-of-rain", "/why-we-sing/"], NAV, r"/(?P<id>[^/?#-]+-[^/?#-]*-[^/?#]*)/?"),
        (
            ["/b/M.1499790734.A.833.html", "/b/M.1499817685.B.007.html"],
            ["/b/index.html", "/b/index1.html"],
            r"/b/(?P<id>[A-Z]\.[^/?#]+\.html)",
        ),
        (
            ["/blog/a-story-of-rain/", "/blog/why-we-sing/"],
            ["/blog/archive/", *NAV],
            r"/blog/(?P<id>[^/?#]+)/?",
        ),
        (
            [f"/{section}/{n}-a-story" for n, section in enumerate("abcde", 196)],
            NAV,
            r"/[^/?#]+/(?P<id>\d+)-[^/?#]+/?",
        ),
        (
            [f"/2024/{n}-a-story" for n in range(196, 201)],
            NAV,
            r"/(?P<id>\d{4}/\d+-[^/?#]+)/?",
        ),
        (["/b/one.html", "/b/two.html"], ["/c/x"], r"/b/(?P<id>[^/?#]+\.html)"),
        (["/خبر/الأمطار", "/خبر/الرياح"], NAV, r"/خبر/(?P<id>[^/?#]+)/?"),
        (
            ["https://docs.example/f/one.pdf", "https://docs.example/f/two.pdf"],
            NAV,
            r"https://docs\.example/f/(?P<id>[^/?#]+\.[A-Za-z]{3,4})",
        ),
        (
            ["/news/1", "/news/2", "/video/big/3", "/video/big/4"],
            NAV,
            r"/(?P<id>news/(?:\d+)/?|video/big/(?:\d+)/?)",
        ),
    ],
)
def test_what_differs_becomes_a_class(
    entries: Sequence[str], others: Sequence[str], regex: str
) -> None:
    found = induce(entries, [*entries, *others])
    assert found is not None
    assert found.regex == regex
    keys = [match["id"] for text in entries if (match := re.fullmatch(regex, text))]
    assert len(set(keys)) == len(entries)
    taken = [text for text in others if re.fullmatch(regex, text)]
    assert taken == [text for text in others if text.startswith("/blog/")]


def test_a_year_that_all_share_is_no_part_of_the_pattern() -> None:
    found = induce(["/2024/one", "/2024/two"], [])
    assert found is not None
    assert re.fullmatch(found.regex, "/2031/three")


@pytest.mark.parametrize(
    "entries",
    [[], ["", ""], ["https://a.example/x", "http://b.example/y", "https://c.example/z"]],
    ids=["none", "empty", "scattered"],
)
def test_addresses_without_anything_in_common_have_no_pattern(entries: Sequence[str]) -> None:
    assert induce(entries, []) is None


@given(st.lists(st.text(max_size=30), max_size=8), st.lists(st.text(max_size=30), max_size=8))
def test_a_pattern_compiles_and_matches_nearly_all_it_was_made_of(
    entries: list[str], others: list[str]
) -> None:
    hosts = ("news.example",)
    told = [local_address(f"https://news.example/{text}", hosts) for text in entries]
    found = induce(told, others)
    if found is not None:
        matched = [text for text in told if re.compile(found.regex).fullmatch(text)]
        assert len(matched) >= 0.95 * len(told)


def test_an_address_is_written_without_its_own_host() -> None:
    hosts = ("a.example",)
    assert local_address("https://www.a.example/x%20y?id=3#top", hosts) == "/x y?id=3"
    assert local_address("https://b.example/x#top", hosts) == "https://b.example/x"
    assert local_address("/x", hosts) == "/x"
    assert local_address("javascript:void(0)", hosts) == ""
    assert local_address("https://[bad/x", hosts) == ""


@pytest.mark.parametrize("name", PAGES)
def test_a_source_made_of_a_page_reads_it_as_any_listing_is_read(name: str) -> None:
    made = drafted(PAGES[name])
    source = declared(module_text(made), "demo")
    read = made.records(source)
    assert [(r.title, r.published_raw) for r in read] == [
        (Normalizer(target=None).record(e).title, e.published) for e in made.entries
    ]
    if PAGES[name].linked:
        assert made.entry == r"/(?P<id>\d{4}/\d+-[^/?#]+)/?"
        assert read[0].id == "demo:" + (read[0].url or "").removeprefix("https://news.example/")


@pytest.mark.parametrize("name", list(PAGES)[::4])
def test_every_case_holds_what_the_contract_of_sources_asks(name: str) -> None:
    made = drafted(PAGES[name])
    source = declared(module_text(made), "demo")
    found = cases(made, source)
    assert [case.name for case in found][::3] == ["first_page", "changed_layout"]
    assert len(found) == 5
    for case in found:
        _keeps_the_contract(case, source)
    first, last, cut_off = (case.records or () for case in found[:3])
    assert 0 < len(last) < len(first)
    assert 0 < len(cut_off) < len(first)
    assert "page_cut_off" in cut_off[-1].issues


def _keeps_the_contract(case: Case, source: Source) -> None:
    files = dict(case.files())
    meta = json.loads(files["meta.json"])

    def read() -> list[Record]:
        entries = split(
            files["page.html"],
            url=meta["url"],
            content_type=meta["content_type"],
            source=source,
            fetched_at=meta["fetched_at"],
        )
        return list(Normalizer(target=None).normalize(entries))

    if "raises" in meta:
        with pytest.raises(getattr(errors, meta["raises"])) as raised:
            read()
        assert source.name in str(raised.value)
        assert meta["url"] in str(raised.value)
        return
    expected = [json.loads(line) for line in files["expected.jsonl"].decode().splitlines()]
    told = [record.to_dict() for record in read()]
    assert [{name: record[name] for name in expected[0]} for record in told] == expected


@pytest.mark.parametrize("name", ["articles-en", "no_links-ar", "cards-fa"])
def test_the_module_is_short_and_in_the_project_s_format(name: str) -> None:
    made = drafted(PAGES[name])
    quoted = attrs.evolve(made, title='The "Daily" News')
    hard = attrs.evolve(
        made,
        title='Say "hi", it\'s \\ \u202e\n\x1b[31m ' + "長い" * 60,
        known_by="links to /" + "a very long word " * 12,
        entry=(made.entry or "") + ("(?:" + "x" * 150 + "\\.)?" if made.entry else ""),
    )
    for given_draft in (made, quoted, hard):
        text = module_text(given_draft)
        _is_clean(text)
        source = declared(text, "demo")
        assert source.title == given_draft.title
        assert source.known_by == given_draft.known_by
    assert len(module_text(made).splitlines()) < 40


def _is_clean(text: str) -> None:
    for action in (["check"], ["format", "--check"]):
        ended = subprocess.run(
            [sys.executable, "-m", "ruff", *action, "--stdin-filename", "spiders/demo.py", "-"],
            cwd=ROOT, input=text, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout + text


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_page_is_called_the_module_says_the_same(title: str, known_by: str) -> None:
    made = attrs.evolve(drafted(PAGES["only_links-hi"]), title=title, known_by=known_by)
    source = declared(module_text(made), "demo")
    assert (source.title, source.known_by) == (title, known_by)


def test_an_address_that_a_page_claims_writes_no_code() -> None:
    page = attrs.evolve(page_of(PAGES["articles-en"].html), url='https://a"""+x()+"""/"+x()+"')
    text = module_text(draft("demo", page))
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert "x" not in names
    assert declared(text, "demo").home.startswith("https://a")


def test_classes_are_named_after_their_source() -> None:
    assert class_name("daily_news_24") == "DailyNews24Spider"


def test_what_is_declared_is_what_the_page_shows() -> None:
    made = drafted(PAGES["table-ar"])
    assert made.languages == ("ar",)
    assert made.home == "https://news.example/"
    assert made.listing == "list"
    assert made.next_page == "https://news.example/list?page=2"
    assert made.min_entries == 6  # 15 % below the eight that the page has
    assert re.search(made.marker, PAGES["table-ar"].html)


@pytest.mark.parametrize(
    ("title", "url", "name"),
    [
        ("Latest | Harbour News", "https://a.example/latest", "Harbour News"),
        ("harbour – News of the harbour", "https://harbour.example/", "harbour"),
        ("最新滚动新闻_港口新闻", "https://a.example/latest", "港口新闻"),
        ("お知らせ｜古い港", "https://a.example/news/", "古い港"),
        ("Essays", "https://a.example/essays.html", "a.example"),
        ("Harbour", "https://a.example/", "Harbour"),
        ("", "https://www.a.example/", "a.example"),
    ],
)
def test_a_site_is_called_as_its_page_calls_it(title: str, url: str, name: str) -> None:
    html = re.sub("<title>.*?</title>", f"<title>{title}</title>", PAGES["articles-en"].html)
    assert draft("demo", page_of(html, url)).title == name
    stated = '<head><meta property="og:site_name" content=" Old\n Harbour ">'
    assert draft("demo", page_of(html.replace("<head>", stated), url)).title == "Old Harbour"


@pytest.mark.parametrize(
    ("href", "following"),
    [
        ("?page=2", "http://127.0.0.1:8000/copy/list?page=2"),
        ("https://a.example/list?page=2", "http://127.0.0.1:8000/copy/list?page=2"),
        ("https://www.a.example/list?page=2", None),
        ("https://b.example/list?page=2", None),
    ],
)
def test_a_copy_is_crawled_without_leaving_it(href: str, following: str | None) -> None:
    class Demo(DeclaredSpider):
        name = "demo"
        listings = ("list", "other")
        source = Source(
            name="demo",
            title="Demo",
            home="https://a.example/",
            languages=(),
            readers=listing_readers(home="https://a.example/"),
            known_by="",
            marker=re.compile(r"(?!)"),
            terms="",
            cadence="",
        )

    spider = Demo(base="http://127.0.0.1:8000/copy")
    urls = ["http://127.0.0.1:8000/copy/list", "http://127.0.0.1:8000/copy/other"]
    assert spider.first_urls() == urls
    page = f'<body><a rel="next" href="{href}">Next</a></body>'.encode()
    assert spider.next_url(HtmlResponse(urls[0], body=page), ()) == following


def test_links_relative_to_a_folder_make_the_folder_the_home() -> None:
    html = "".join(
        f'<li><a href="story{n}.html">The long story of ship number {n}</a></li>' for n in range(9)
    )
    made = draft("demo", page_of(f"<ul>{html}</ul>", "https://a.example/x/y/index.html"))
    assert (made.home, made.listing) == ("https://a.example/x/y/", "index.html")
    source = declared(module_text(made), "demo")
    found = split(f"<ul>{html}</ul>", source=source)
    assert [entry.url for entry in found][:1] == ["https://a.example/x/y/story0.html"]


ENTRY = re.compile(r"/n/(?P<id>\d+)")
READ = listing_readers(ENTRY, home="https://a.example/")[DocumentKind.HTML]["links"]


def read(html: str) -> list[tuple[str | None, str | None]] | None:
    document = Document(text=html, kind=DocumentKind.HTML, url="https://a.example/")
    found = READ(document)
    return None if found is None else [(entry.native_id, entry.title) for entry in found]


def test_a_lone_entry_is_a_list_of_one() -> None:
    page = '<nav><a href="/x">Other things of this site</a></nav><h2><a href="/n/7">One story</a>'
    assert read(f"<body>{page}</h2><p>What it tells.</p></body>") == [("7", "One story")]


def test_links_of_another_pattern_are_no_entries_however_many() -> None:
    others = "".join(f'<li><a href="/o/{n}">Some other long title {n}</a></li>' for n in range(30))
    entries = "".join(f'<p><a href="/n/{n}">A short story {n}</a></p>' for n in range(3))
    page = f"<body><ul>{others}</ul><div>{entries}</div></body>"
    assert read(page) == [(str(n), f"A short story {n}") for n in range(3)]
    assert read(f"<body><ul>{others}</ul></body>") is None


def test_a_source_without_a_pattern_says_when_its_list_is_gone() -> None:
    made = drafted(PAGES["no_links-ru"])
    assert made.entry is None
    source = declared(module_text(made), "demo")
    with pytest.raises(errors.LayoutChanged, match="demo"):
        split("<body><h1>All new</h1><p>Nothing.</p></body>", source=source)


def test_columns_count_what_a_terminal_shows() -> None:
    assert columns("abc") == 3
    assert columns("日本語") == 6
    assert columns("क्षि") == 2 + unmarked_vowel_sign()
    assert columns("مُحَمَّد") == 4


def unmarked_vowel_sign() -> int:
    """The vowel sign I takes a place of its own: it is no combining mark of zero width."""
    return 1


@pytest.mark.parametrize("text", ["short", "عنوان طويل جدا " * 9, "長い題名" * 20, "a\u0301" * 80])
def test_a_cell_is_as_wide_as_its_column_and_isolated(text: str) -> None:
    shown = cell(text, 24)
    assert columns(shown) == 24
    assert shown.startswith("\u2068")
    assert shown.count("\u2068") == shown.count("\u2069") == 1


def test_nothing_of_a_page_reaches_the_terminal_s_controls() -> None:
    assert printable("a\x1b[2J\u202eb\u200fc\r\nd\x9bm") == "a[2Jbc dm"
    assert printable("می\u200cشود") == "می\u200cشود"


def record(position: int, **fields: Any) -> Record:  # noqa: ANN401  any field
    return Record(
        id=f"demo:{position}", source="demo", position=position, content_hash="0" * 32, **fields
    )


def test_the_table_has_a_line_for_each_entry_none_too_wide() -> None:
    url = "https://news.example/" + "a/" * 40
    day = {"published": "2024-03-28", "published_raw": "2024年3月28日"}
    records = [
        record(1, title="長い題名" * 20, url=url, **day),
        record(2, title="عنوان", published=None, published_raw="أمس", url=url + "end"),
        record(3),
    ]
    head, *lines = table(records, width=100)
    assert head.split() == ["\u2068title\u2069", "\u2068date\u2069", "\u2068as", "written\u2069",
                            "\u2068url\u2069"]  # fmt: skip
    assert all(columns(line) <= 100 for line in (head, *lines))
    assert "\u20682024-03-28\u2069" in lines[0]
    assert "\u20682024年3月28日\u2069" in lines[0]
    assert lines[0].startswith("1  \u2068長い題名")
    assert "أمس (not" in lines[1]
    assert lines[1].endswith("/a/end\u2069")
    assert lines[2].count("\u2068–\u2069") == 4


def test_the_review_says_what_to_look_at() -> None:
    html = "".join(f'<li><a href="/n/{n}">A story number {n}</a></li>' for n in range(4))
    html += '<p><a href="/n/99">An older one</a></p>'
    made = draft("demo", page_of(f"<body><ul>{html}</ul></body>"))
    found = cases(made, declared(module_text(made), "demo"))
    told = "\n".join(review(made, found, width=100))
    assert "4 entries" in told
    assert "only 4 entries" in told
    assert "no entry has a date" in told
    assert "1 other links have the entries' pattern: /n/99" in told
    assert "give the source a marker" in told


def test_relative_dates_of_a_page_without_a_clock_are_told() -> None:
    html = "".join(
        f'<li><a href="/n/{n}">A story number {n}</a> <i>{n + 2} hours ago</i></li>'
        for n in range(9)
    )
    page = attrs.evolve(page_of(f"<body><ul>{html}</ul></body>"), fetched_at=None)
    made = draft("demo", page)
    told = "\n".join(review(made, cases(made, declared(module_text(made), "demo")), width=100))
    assert "look at: 9 dates are relative: --fetched-at" in told
    assert "not understood" not in told.partition("9 entries")[2]


def test_a_page_that_says_it_is_elsewhere_is_asked_about() -> None:
    stated = '<head><meta property="og:url" content="https://other.example/list">'
    html = PAGES["articles-en"].html.replace("<head>", stated)
    made = draft("demo", page_of(html))
    told = "\n".join(review(made, cases(made, declared(module_text(made), "demo")), width=100))
    assert "look at: the page says that it is https://other.example/list" in told
    assert "address: https://news.example/list (it states https://other.example/list)" in told
    assert "give the source a marker" not in told


def test_nothing_is_written_where_a_part_cannot_be(tmp_path: Path) -> None:
    made = drafted(PAGES["articles-en"])
    text = module_text(made)
    found = cases(made, declared(text, "demo"))
    place = Place(module=tmp_path / "gone" / "demo.py", fixture=tmp_path / "fixtures" / "demo")
    with pytest.raises(OSError, match="gone"):
        write(place, text, found)
    assert not place.fixture.exists()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = scraper.settings\n", "utf-8")
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "__init__.py").touch()
    return tmp_path


def scrapy(project: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*args, settings=QUICK), cwd=project, env=environment(), capture_output=True,
        encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


def tree(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in found if "__pycache__" not in path.parts}


def test_a_source_in_one_command_works_in_the_next(project: Path) -> None:
    first, second = (
        shell("ar", articles(items_of("ar", 12, at), "ar")).replace("https://news.example", "")
        for at in (0, 12)
    )
    with Site(robots="User-agent: *\nAllow: /\n").running() as site:
        site.pages |= {"/list": first, "/list?page=2": second, "/list?page=3": second}
        made = scrapy(project, "genspider", "-t", "source", "akhbar", f"{site.base}/list")
        assert made.returncode == 0, made.stderr
        assert "12 entries" in made.stdout
        assert f"address: {site.base}/list\n" in made.stdout
        assert f"next page: {site.base}/list?page=2\n" in made.stdout
        assert "look at: the id has words, which a site may change: 2024/100-story" in made.stdout
        assert "Written: " in made.stdout
        again = scrapy(project, "genspider", "-t", "source", "akhbar", f"{site.base}/list")
        assert again.returncode == 2
        assert "--force" in again.stderr
        assert "look at: 127.0.0.1 is not of the open internet; `hosts` allows it" in made.stdout
        printed = re.search(r"^  \S*scrapy (crawl akhbar .*)$", made.stdout, re.MULTILINE)
        assert printed
        assert scrapy(project, *printed[1].split()).returncode == 0
        assert len((project / "akhbar.jsonl").read_text("utf-8").splitlines()) == 24
        feed = project / "feed.jsonl"
        crawl = scrapy(project, "crawl", "akhbar", "-a", f"base={site.base}", "-O", str(feed))
    assert crawl.returncode == 0, crawl.stderr
    lines = [json.loads(line) for line in feed.read_text(encoding="utf-8").splitlines()]
    assert [line["title"] for line in lines] == [item.title for item in items_of("ar", 24)]
    assert {line["language"] for line in lines} == {"ar"}
    assert (project / "fixtures/akhbar/first_page/page.html").read_text("utf-8") == first
    shown = scrapy(
        project, "split", "fixtures/akhbar/first_page/page.html", "--source", "akhbar"
    ).stdout
    assert [json.loads(line)["native_id"] for line in shown.splitlines()] == [
        f"2024/{n}-story" for n in range(100, 112)
    ]


def test_a_saved_page_does_and_force_replaces_it(project: Path) -> None:
    saved = project / "saved.html"
    saved.write_text(PAGES["cards-de"].html, encoding="utf-8")
    args = ("genspider", "-t", "source", "karten", "--file", str(saved),
            "--url", "https://news.example/list")  # fmt: skip
    assert scrapy(project, *args).returncode == 0
    module = project / "spiders/karten.py"
    text = module.read_text(encoding="utf-8")
    module.write_text("# corrected\n", encoding="utf-8")
    own = project / "fixtures/karten/own_case/page.html"
    own.parent.mkdir()
    own.touch()
    assert scrapy(project, *args).returncode == 2
    assert module.read_text(encoding="utf-8") == "# corrected\n"
    assert scrapy(project, *args, "--force").returncode == 0
    assert module.read_text(encoding="utf-8") == text
    assert own.exists()
    other = scrapy(project, "genspider", "-t", "source", "zweite", "https://news.example/list")
    assert other.returncode == 2
    assert "is a page of the source 'karten'" in other.stderr
    assert "scrapy crawl listing -a url=https://news.example/list" in other.stderr


def test_a_saved_page_may_state_its_own_address(project: Path) -> None:
    saved = project / "saved.html"
    args = ("genspider", "-t", "source", "demo", "--file", str(saved))
    saved.write_text(PAGES["cards-de"].html, encoding="utf-8")
    ended = scrapy(project, *args)
    assert ended.returncode == 2
    assert "give it with --url" in ended.stderr
    stated = '<head><link rel="canonical" href="https://news.example/neu/">'
    saved.write_text(PAGES["cards-de"].html.replace("<head>", stated), encoding="utf-8")
    ended = scrapy(project, *args)
    assert ended.returncode == 0
    assert "address: https://news.example/neu/ (as it states)" in ended.stdout
    assert '"neu/"' in (project / "spiders/demo.py").read_text(encoding="utf-8")


ARTICLE = f"<body><h1>One</h1>{'<p>' + 'A long sentence of an article. ' * 20 + '</p>'}</body>" * 3
WEAK = "<body><p><a href='/a'>Apples of the north</a></p><p><a href='/b'>Pears of it</a></p></body>"
FEED = '<rss version="2.0"><channel><item><title>One</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("name", "page", "code", "said"),
    [
        ("Bad-Name", ARTICLE, 2, "cannot name a source"),
        ("listing", ARTICLE, 2, "cannot name a source"),
        ("class", ARTICLE, 2, "cannot name a source"),
        ("artikel", ARTICLE, 1, "The page"),
        ("weak", WEAK, 1, "hardly stands out"),
        ("feeds", FEED, 1, "a feed needs none"),
        ("missing", None, 2, "cannot read"),
        ("", ARTICLE, 2, "give a name"),
    ],
)
def test_what_gives_no_source_is_said_and_writes_nothing(
    project: Path, name: str, page: str | None, code: int, said: str
) -> None:
    saved = project / "saved.html"
    if page:
        saved.write_text(page, encoding="utf-8")
    before = tree(project)
    ended = scrapy(
        project, "genspider", "-t", "source", name, "--file", str(saved), "--url", "https://a.example/"
    )  # fmt: skip
    assert (ended.returncode, tree(project)) == (code, before), ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list((project).rglob(".*.tmp"))


def test_a_page_that_cannot_be_had_is_said_and_writes_nothing(project: Path) -> None:
    with Site(robots="User-agent: *\nDisallow: /secret\n").running() as site:
        before = tree(project)
        for path, said in (("/nowhere", "HTTP 404"), ("/secret", "robots.txt")):
            ended = scrapy(project, "genspider", "-t", "source", "demo", site.base + path)
            assert (ended.returncode, tree(project)) == (1, before)
            assert said in ended.stderr


def test_outside_a_project_a_source_has_no_place(tmp_path: Path) -> None:
    ended = subprocess.run(
        command("genspider", "-t", "source", "demo", "https://a.example/"), cwd=tmp_path,
        env=environment() | {"SCRAPY_SETTINGS_MODULE": "scraper.settings"}, capture_output=True,
        encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "a source belongs to a project" in ended.stderr
    assert not tree(tmp_path)


def test_other_templates_are_scrapy_s_own(project: Path) -> None:
    ended = scrapy(project, "genspider", "plain", "a.example")
    assert ended.returncode == 0, ended.stderr
    assert "scrapy.Spider" in (project / "spiders/plain.py").read_text(encoding="utf-8")
    assert "  source (a whole source" in scrapy(project, "genspider", "--list").stdout


def test_a_template_that_there_is_not_is_told(project: Path) -> None:
    before = tree(project)
    for action in ("-t", "-d"):
        ended = scrapy(project, "genspider", action, "sauce", "x", "https://a.example/")
        assert (ended.returncode, tree(project)) == (2, before)
        assert "no template is called 'sauce'. Did you mean 'source'?" in ended.stderr
        assert "Known: basic, " in ended.stderr


def test_a_spider_that_exists_is_not_written_again(project: Path) -> None:
    assert scrapy(project, "genspider", "plain", "a.example").returncode == 0
    again = scrapy(project, "genspider", "plain", "a.example")
    assert again.returncode == 2
    assert "already exists" in again.stdout


def contract(project: Path, name: str) -> str:
    """What the contract of sources says of a source of the project."""
    tests = project / "tests"
    tests.mkdir(exist_ok=True)
    shutil.copy(ROOT / "tests/test_sources.py", tests)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_sources.py",
         "-k", name], cwd=project, env=environment(), capture_output=True, encoding="utf-8",
        timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode in (0, 1), ended.stderr
    return ended.stdout


def made_of(project: Path, name: str, html: str, url: str) -> str:
    saved = project / "saved.html"
    saved.write_text(html, encoding="utf-8")
    made = scrapy(project, "genspider", "-t", "source", name, "--file", str(saved), "--url", url)
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_a_corrected_source_is_recorded_again_with_what_changed(project: Path) -> None:
    made_of(project, "hafen", PAGES["articles-en"].html, "https://news.example/list")
    expected = project / "fixtures/hafen/first_page/expected.jsonl"
    lines = [json.loads(line) for line in expected.read_text("utf-8").splitlines()]
    del lines[0]["summary"]
    expected.write_text("".join(json.dumps(line) + "\n" for line in lines[:-1]), "utf-8")
    module = project / "spiders/hafen.py"
    wide, narrow = r"/(?P<id>\d{4}/\d+-[^/?#]+)/?", r"/\d{4}/(?P<id>\d+)-[^/?#]+/?"
    assert wide in module.read_text("utf-8")
    module.write_text(module.read_text("utf-8").replace(wide, narrow), "utf-8")
    assert "3 failed" in contract(project, "hafen")
    ended = scrapy(project, "genspider", "-t", "source", "hafen", "--record")
    assert ended.returncode == 0, ended.stderr
    assert "  1: id: 'hafen:2024/100-story' -> 'hafen:100'" in ended.stdout
    assert f"  {len(lines)}: new: {lines[-1]['title']} (hafen:" in ended.stdout
    told = [json.loads(line) for line in expected.read_text("utf-8").splitlines()]
    assert len(told) == len(lines)
    assert "summary" not in told[0]
    assert "summary" in told[1]
    assert "failed" not in contract(project, "hafen")
    again = scrapy(project, "genspider", "-t", "source", "hafen", "--record")
    assert "0 changes" in again.stdout
    module.write_text(module.read_text("utf-8").replace(narrow, "/gone/(?P<id>x)"), "utf-8")
    ended = scrapy(project, "genspider", "-t", "source", "hafen", "--record")
    assert ended.returncode == 1
    assert "Nothing was recorded" in ended.stderr
    assert [json.loads(line) for line in expected.read_text("utf-8").splitlines()] == told
    for args in (["nowhere"], ["hafen", "https://a.example/"]):
        refused = scrapy(project, "genspider", "-t", "source", *args, "--record")
        assert refused.returncode == 2


def relative(name: str, title: str = "") -> str:
    """A page that names its host nowhere."""
    html = PAGES[name].html.replace("https://news.example", "")
    return re.sub("<title>.*?</title>", f"<title>{title}</title>", html)


@pytest.mark.parametrize(("title", "told"), [("", True), ("Ships & Sails of the Harbour", False)])
def test_a_new_source_keeps_the_contract_whatever_its_page_tells(
    project: Path, title: str, *, told: bool
) -> None:
    page = relative("articles-en", title.replace("&", "&amp;"))
    review = made_of(project, "hafen", page, "https://news.example/list")
    assert ("give the source a marker" in review) is told
    said = contract(project, "hafen")
    assert "12 passed" in said, said
    meta = project / "fixtures/hafen/first_page/meta.json"
    wrong = json.loads(meta.read_text("utf-8")) | {"recognised": told}
    meta.write_text(json.dumps(wrong), "utf-8")
    assert "1 failed" in contract(project, "hafen")


def test_two_sources_of_one_host_are_told_apart(project: Path) -> None:
    page = relative("articles-en")
    made_of(project, "news", page, "https://ministry.example/news/")
    made_of(project, "notices", page, "https://ministry.example/notices/index.html")
    module = (project / "spiders/notices.py").read_text("utf-8")
    assert 'paths=("/notices/",),' in module
    assert "paths" not in (project / "spiders/news.py").read_text("utf-8")
    assert "24 passed" in contract(project, "news or notices")


@pytest.mark.parametrize(
    ("urls", "paths"),
    [
        (("https://a.example/list", "https://b.example/list"), ()),
        (("https://a.example/list", "https://a.example/other"), ("/other",)),
        (("https://a.example/list?c=1", "https://a.example/list?c=2"), ("/list?c=2",)),
        (("https://a.example/x/1.html", "https://a.example/x/2.html"), ("/x/2.html",)),
        (("http://127.0.0.1:8001/list", "http://127.0.0.1:8002/list"), ()),
        (("https://a.example/list", "https://news.a.example/list"), ()),
        (("https://a.example/list", "https://a.example/list"), None),
        (("https://a.example/list", "https://a.example/list#top"), None),
        (("https://a.example/list", "https://a.example/"), None),
    ],
)
def test_paths_are_what_tells_sources_apart(
    urls: tuple[str, str], paths: tuple[str, ...] | None
) -> None:
    first, second = urls
    one = attrs.evolve(LISTING, name="one", home=urljoin(first, "/"))
    assert paths_of("two", second, [one], [Recorded(url=first, text="")]) == paths


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("http://10.0.0.5:8080/list", ("10.0.0.5",)),
        ("http://localhost/list", ("localhost",)),
        ("http://[::1]/list", ("::1",)),
        ("http://8.8.8.8/list", ()),
        ("https://news.example/list", ()),
    ],
)
def test_hosts_that_are_private_are_declared(url: str, hosts: tuple[str, ...]) -> None:
    assert private_hosts(url, ask=False) == hosts
    made = attrs.evolve(drafted(PAGES["articles-en"]), hosts=hosts, paths=("/a list/",))
    text = module_text(made)
    _is_clean(text)
    assert (declared(text, "demo").hosts, declared(text, "demo").paths) == (hosts, ("/a list/",))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.example/", "news"),
        ("https://a.example/list", "news"),
        ("https://a.example/notices", "notices"),
        ("https://a.example/notices?page=2", "notices"),
        ("https://www.a.example/notices/page/2#x", "notices"),
        ("https://a.example/noticesandmore", "news"),
        ("https://a.example/notices/old/4", "old"),
        ("https://sub.a.example/notices", "sub"),
        ("https://b.example/notices", None),
        (None, None),
    ],
)
def test_the_longest_path_decides(url: str | None, name: str | None) -> None:
    def source(name: str, host: str, *paths: str) -> Source:
        return attrs.evolve(LISTING, name=name, home=f"https://{host}/", paths=paths)

    sources = [
        source("news", "a.example"),
        source("notices", "a.example", "/notices"),
        source("old", "a.example", "/notices/old/"),
        source("sub", "sub.a.example"),
    ]
    found = source_at(url, sources)
    assert (found.name if found else None) == name
    twice = [*sources, source("again", "a.example")]
    assert source_at("https://a.example/list", twice) is None


def test_marks_that_another_source_s_pages_bear_are_none() -> None:
    page = page_of(relative("articles-en", "Harbour Town | Harbour News"))
    assert draft("demo", page).marker == r"Harbour\s+News"
    told = draft("demo", page, others=["Read the Harbour News"]).marker
    assert told == r"<title[^>]*>\s*Harbour\s+Town\s+\|\s+Harbour\s+News\s*</title>"
    both = ["Read the Harbour News", page.body.decode()]
    assert draft("demo", page, others=both).marker == r"(?!)"
