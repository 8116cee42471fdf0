"""``scrapy crawl feed``: any feed, and the feed that a page names."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import SpiderArgumentError
from scraper.split.discovery import feed_links
from scraper.split.document import parse_html
from spiders.feed import FeedSpider
from tests.pages_site import Crawled, Page, Served, crawl, serve

XML = "application/rss+xml"
HERE = "https://port.example/news/sea/"


def rss(*numbers: int, head: str = "") -> str:
    items = "".join(
        f"<item><title>خبر رقم {n} من الميناء</title><link>{{base}}/a/{n}</link>"
        f"<pubDate>Tue, 05 Mar 2024 08:0{n % 10}:00 +0300</pubDate></item>"
        for n in numbers
    )
    return f"<rss version='2.0'><channel><language>ar</language>{head}{items}</channel></rss>"


def atom_page(number: int, following: str = "") -> str:
    link = f"<link rel='next' href='{following}'/>" if following else ""
    return (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>"
        f"{link}<entry><title>Ship {number}</title><id>urn:ship:{number}</id>"
        f"<link href='/a/{number}'/></entry></feed>"
    )


def sitemap(*numbers: int) -> str:
    items = "".join(
        f"<url><loc>{{base}}/a/{n}</loc>"
        f"<news:news><news:title>Ship {n}</news:title></news:news></url>"
        for n in numbers
    )
    return f"<urlset>{items}</urlset>"


def alternate(href: str, title: str = "", kind: str = XML) -> str:
    return f"<link rel='alternate' type='{kind}' title='{title}' href='{href}'>"


HOME = (
    "<html lang=ar><head>"
    + alternate("/comments/feed/", "الميناء » تغذية التعليقات")
    + alternate("/feed/", "الميناء » الخلاصة")
    + "</head><body><h1>الميناء</h1></body></html>"
)
INDEX = (
    "<sitemapindex><sitemap><loc>{base}/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>"
    "<sitemap><loc>{base}/new.xml.gz</loc><lastmod>2024-01-01</lastmod></sitemap>"
    "<sitemap><loc>{base}/news-sitemap.xml</loc></sitemap></sitemapindex>"
)
PAGES: Mapping[str, Page] = {
    "/": Page(body=HOME),
    "/feed/": Page(body=rss(1, 2, 3), content_type="text/html; charset=utf-8"),
    "/silent/": Page(body="<html><body><p>Nothing here.</p></body></html>"),
    "/login/": Page(body="<title>Log in</title><form><input type=password></form>"),
    "/empty.xml": Page(body="<rss version='2.0'><channel><title>x</title></channel></rss>"),
    "/atom?page=1": Page(body=atom_page(1, "/atom?page=2"), content_type="text/xml"),
    "/atom?page=2": Page(body=atom_page(2, "/atom?page=3"), content_type="text/xml"),
    "/atom?page=3": Page(body=atom_page(3, "/atom?page=1"), content_type="text/xml"),
    "/feed.json": Page(
        body=json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "next_url": "/feed2.json",
                "items": [{"id": "1", "title": "One"}],
            }
        ),
        content_type="application/feed+json",
    ),
    "/feed2.json": Page(
        body=json.dumps(
            {"version": "https://jsonfeed.org/version/1", "items": [{"id": "2", "title": "Two"}]}
        ),
        content_type="application/feed+json",
    ),
    "/away.xml": Page(body=atom_page(1, "{elsewhere}/atom?page=2"), content_type="text/xml"),
    "/away.json": Page(
        body=json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "next_url": "{elsewhere}/feed2.json",
                "items": [{"id": "1", "title": "One"}],
            }
        ),
        content_type="application/feed+json",
    ),
    "/away_index.xml": Page(
        body="<sitemapindex><sitemap><loc>{elsewhere}/old.xml</loc></sitemap>"
        "<sitemap><loc>{base}/news-sitemap.xml</loc></sitemap></sitemapindex>",
        content_type="application/xml",
    ),
    "/sitemap_index.xml": Page(body=INDEX, content_type="application/xml"),
    "/news-sitemap.xml": Page(body=sitemap(1, 2), content_type="application/xml"),
    "/new.xml.gz": Page(
        body=gzip.compress(sitemap(3).replace("{base}", "https://port.example").encode()),
        content_type="application/x-gzip",
    ),
    "/old.xml": Page(body=sitemap(4), content_type="application/xml"),
    "/arabic.xml": Page(
        body=rss(7, 8)
        .replace("{base}", "https://port.example")
        .replace("من الميناء", "من مكتبة القرية القديمة")
        .encode("windows-1256"),
        content_type="application/xml",
    ),
}
JOBS: Mapping[str, dict[str, str]] = {
    "page": {"url": "/", "label": "port-sea"},
    "silent": {"url": "/silent/"},
    "login": {"url": "/login/"},
    "empty": {"url": "/empty.xml"},
    "empty allowed": {"url": "/empty.xml", "allow_empty": "true"},
    "atom": {"url": "/atom?page=1", "pages": "9"},
    "atom once": {"url": "/atom?page=1"},
    "json": {"url": "/feed.json", "pages": "5"},
    "index": {"url": "/sitemap_index.xml", "pages": "2"},
    "arabic": {"url": "/arabic.xml"},
    "atom away": {"url": "/away.xml", "pages": "9"},
    "json away": {"url": "/away.json", "pages": "9"},
    "index away": {"url": "/away_index.xml", "pages": "9"},
}

Ended = Mapping[str, Future[Crawled]]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Served]:
    """Another site: the same machine by another name, whose robots.txt allows everything."""
    with serve(PAGES) as served:
        yield attrs.evolve(served, base=served.base.replace("127.0.0.1", "localhost"))


@pytest.fixture(scope="module")
def site(elsewhere: Served) -> Iterator[Served]:
    told = {
        path: attrs.evolve(page, body=page.body.replace("{elsewhere}", elsewhere.base))
        if isinstance(page.body, str)
        else page
        for path, page in PAGES.items()
    }
    with serve(told) as served:
        yield served


@pytest.fixture(scope="module")
def ended(site: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    folder = tmp_path_factory.mktemp("feeds")
    with ThreadPoolExecutor(2) as pool:
        yield {
            name: pool.submit(
                crawl,
                "feed",
                Path(folder / f"{name}.jsonl"),
                **(arguments | {"url": site.base + arguments["url"]}),
            )
            for name, arguments in JOBS.items()
        }


def titles(end: Crawled) -> list[str]:
    assert end.code == 0, end.err
    return [record["title"] for record in end.records]


def test_the_feed_of_a_page_is_found(ended: Ended, site: Served) -> None:
    end = ended["page"].result()
    assert titles(end) == [f"خبر رقم {n} من الميناء" for n in (1, 2, 3)]
    first = end.records[0]
    assert first["source"] == "port-sea"
    assert first["id"].startswith("port-sea:")
    assert first["url"] == f"{site.base}/a/1"
    assert first["published"] == "2024-03-05T08:01:00+03:00"
    assert first["language"] == "ar"
    assert site.hits["/comments/feed/"] == 0


@pytest.mark.parametrize(
    ("job", "outcome"), [("silent", "layout"), ("login", "blocked"), ("empty", "empty")]
)
def test_what_gives_no_entries_is_withheld(job: str, outcome: str, ended: Ended) -> None:
    end = ended[job].result()
    assert end.code == 3
    assert end.summary.startswith(f"feed: {outcome}, 0 records")


def test_a_feed_may_be_empty_if_that_is_said(ended: Ended) -> None:
    end = ended["empty allowed"].result()
    assert end.code == 0, end.err


def test_pages_of_a_feed_are_followed_in_turn_once(ended: Ended, site: Served) -> None:
    assert titles(ended["atom"].result()) == ["Ship 1", "Ship 2", "Ship 3"]
    assert titles(ended["atom once"].result()) == ["Ship 1"]
    assert site.hits["/atom?page=1"] == 2
    assert titles(ended["json"].result()) == ["One", "Two"]


def test_the_news_of_an_index_come_first_then_the_latest(ended: Ended, site: Served) -> None:
    assert titles(ended["index"].result()) == ["Ship 1", "Ship 2", "Ship 3"]
    assert site.hits["/old.xml"] == 0


@pytest.mark.parametrize(
    ("job", "given"),
    [("atom away", ["Ship 1"]), ("json away", ["One"]), ("index away", ["Ship 1", "Ship 2"])],
)
def test_a_feed_is_not_followed_to_another_site(
    job: str, given: list[str], ended: Ended, elsewhere: Served
) -> None:
    end = ended[job].result()
    assert titles(end) == given
    assert f"goes on at another site, {elsewhere.base}/" in end.err
    assert "'pages/elsewhere': 1" in end.err
    assert not elsewhere.hits


def test_a_feed_in_an_undeclared_encoding(ended: Ended) -> None:
    expected = [f"خبر رقم {n} من مكتبة القرية القديمة" for n in (7, 8)]
    assert titles(ended["arabic"].result()) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (alternate("/feed"), "https://port.example/feed"),
        (alternate("/atom.xml", kind="application/atom+xml"), "https://port.example/atom.xml"),
        (alternate("/feed.json", kind="application/feed+json"), "https://port.example/feed.json"),
        (alternate("feed://port.example/rss"), "http://port.example/rss"),
        (alternate("https://feeds.example/port"), "https://feeds.example/port"),
        (alternate("/feed/", "Port") + alternate("/news/sea/feed/", "Sea"),
         "https://port.example/news/sea/feed/"),
        (alternate("/comments/feed/", "Comments") + "<a href='/rss.xml'>RSS</a>",
         "https://port.example/rss.xml"),
        (alternate("/c/", "Port » Kommentar-Feed") + alternate("/f/", "Port » Feed"),
         "https://port.example/f/"),
        (alternate("/c/", "コメント フィード") + alternate("/f/", "フィード"), "https://port.example/f/"),
        (alternate("/en/", kind="text/html") + alternate("/f/"), "https://port.example/f/"),
        (alternate("/wp-json/oembed/1.0/embed?url=x", kind="application/json+oembed")
         + alternate("/f/"), "https://port.example/f/"),
        (alternate("/wp-json/wp/v2/pages/2", kind="application/json") + "<a href='/feed'>f</a>",
         "https://port.example/feed"),
        (alternate("/?feed=comments-rss2") + alternate("/?feed=rss2"),
         "https://port.example/?feed=rss2"),
        ("<a href='?feed=rss2'>RSS</a>", "https://port.example/news/sea/?feed=rss2"),
        ("<a href='/news.rss'>خلاصة</a>", "https://port.example/news.rss"),
        ("<base href='https://port.example/x/'><a href='rss'>RSS</a>",
         "https://port.example/x/rss"),
        ("<a href='https://feedly.example/i/https://port.example/rss.xml'>Feedly</a>", None),
        ("<a href='/feedback'>Feedback</a>", None),
        ("<a href='/feeding-birds/'>Feeding birds</a>", None),
        ("<a href='/rss-explained'>What is RSS?</a>", None),
        ("<link rel=stylesheet href='/feed.xml'>", None),
        ("<a href='http://[bad/rss.xml'>RSS</a>", None),
    ],
)  # fmt: skip
def test_the_feed_of_the_page_is_chosen(markup: str, expected: str | None) -> None:
    found = feed_links(parse_html(f"<html><head></head><body>{markup}</body></html>"), HERE)
    assert next((link.url for link in found if not link.of_comments), None) == expected


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_address_raises(href: str) -> None:
    root = parse_html("<a type='application/rss+xml'>x</a>")
    (anchor,) = root.iter("a")
    anchor.set("href", "".join(c for c in href if c.isprintable()))
    assert all(link.url.startswith("http") for link in feed_links(root, HERE))


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(SpiderArgumentError, match="feed takes no argument 'follow'"):
        FeedSpider(url=HERE, follow="true")
    with pytest.raises(SpiderArgumentError, match="feed takes no argument 'urll'"):
        FeedSpider(urll=HERE)
    with pytest.raises(SpiderArgumentError, match="feed needs the address of a page"):
        FeedSpider()
    with pytest.raises(SpiderArgumentError, match="'listing' is the name of a source"):
        FeedSpider(url=HERE, label="listing")
