"""RSS, Atom, RDF, JSON Feed and sitemaps of any site."""

from __future__ import annotations

import json

import pytest

from scraper.errors import NoEntries, SplitError, UnsupportedDocument
from scraper.split import split

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>ميناء</title><link>https://port.example/</link><language>ar-SY</language>
<item><title>مكتبة القرية تفتح أبوابها</title><link>https://port.example/1</link>
<guid isPermaLink="false">port-1</guid><pubDate>Tue, 05 Mar 2024 08:00:00 +0300</pubDate>
<dc:creator>رانيا حداد</dc:creator><category>ثقافة</category><slash:comments>12</slash:comments>
<description>&lt;p&gt;سطر أول.&lt;/p&gt;&lt;p&gt;سطر ثان &amp;amp; أخير.&lt;/p&gt;</description>
<media:thumbnail url="https://port.example/1.jpg"/></item>
<item><title>قطار الليل</title><link>/2</link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ko"><title>항구</title>
<entry><title>작은 도서관</title><id>urn:x:1</id><link href="https://port.example/ko/1"/>
<updated>2024-03-05T08:00:00Z</updated><author><name>김하늘</name></author>
<summary>모두에게 문을 열었다.</summary></entry></feed>"""

RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://port.example/"><title>港</title><link>https://port.example/</link></channel>
<item rdf:about="https://port.example/ja/1"><title>夜行列車</title>
<link>https://port.example/ja/1</link><dc:date>2024-03-05T08:00:00+09:00</dc:date></item></rdf:RDF>"""

SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
<loc>https://port.example/cs/1</loc><news:news><news:publication><news:name>Přístav</news:name>
<news:language>cs</news:language></news:publication>
<news:publication_date>2024-03-05</news:publication_date><news:title>Noční vlak</news:title>
</news:news></url></urlset>"""


def test_rss() -> None:
    first, second = split(RSS, url="https://port.example/feed")
    assert first.source == "feed"
    assert first.native_id == "port-1"
    assert first.title == "مكتبة القرية تفتح أبوابها"
    assert first.url == "https://port.example/1"
    assert first.summary == "سطر أول.\nسطر ثان & أخير."
    assert first.published == "Tue, 05 Mar 2024 08:00:00 +0300"
    assert first.authors == ("رانيا حداد",)
    assert first.tags == ("ثقافة",)
    assert first.metrics == {"comments": "12"}
    assert first.image == "https://port.example/1.jpg"
    assert first.languages == ("ar",)
    assert second.url == "https://port.example/2"
    assert second.published is None
    assert [first.position, second.position] == [1, 2]


def test_atom() -> None:
    (entry,) = split(ATOM, url="https://port.example/atom")
    assert (entry.native_id, entry.title) == ("urn:x:1", "작은 도서관")
    assert entry.url == "https://port.example/ko/1"
    assert entry.published == "2024-03-05T08:00:00Z"
    assert entry.authors == ("김하늘",)
    assert entry.summary == "모두에게 문을 열었다."


def test_rdf() -> None:
    (entry,) = split(RDF, url="https://port.example/rdf")
    assert (entry.title, entry.url) == ("夜行列車", "https://port.example/ja/1")
    assert entry.published == "2024-03-05T08:00:00+09:00"


def test_news_sitemap() -> None:
    (entry,) = split(SITEMAP, url="https://port.example/news.xml")
    assert (entry.title, entry.url) == ("Noční vlak", "https://port.example/cs/1")
    assert entry.published == "2024-03-05"
    assert entry.languages == ("cs",)


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Port",
        "language": "hi-IN",
        "items": [
            {
                "id": 7,
                "url": "/hi/7",
                "title": "रात की रेलगाड़ी",
                "content_html": "<p>नदी के उस पार।</p>",
                "date_published": "2024-03-05T08:00:00+05:30",
                "authors": [{"name": "मीरा"}],
                "tags": ["यात्रा", 3],
            },
            "not an item",
        ],
    }
    (entry,) = split(json.dumps(feed), url="https://port.example/feed.json")
    assert (entry.native_id, entry.title) == ("7", "रात की रेलगाड़ी")
    assert entry.url == "https://port.example/hi/7"
    assert entry.summary == "नदी के उस पार।"
    assert entry.authors == ("मीरा",)
    assert entry.tags == ("यात्रा",)
    assert entry.languages == ("hi",)


@pytest.mark.parametrize(
    "body",
    [
        '<rss version="2.0"><channel><title>x</title></channel></rss>',
        '{"version": "https://jsonfeed.org/version/1", "items": []}',
        "<sitemapindex><sitemap><loc>https://port.example/1.xml</loc></sitemap></sitemapindex>",
        "<urlset></urlset>",
    ],
)
def test_feeds_without_entries_are_refused(body: str) -> None:
    with pytest.raises(NoEntries):
        split(body, url="https://port.example/feed")


def test_other_json_is_no_feed() -> None:
    with pytest.raises(UnsupportedDocument, match="no JSON Feed"):
        split('{"items": []}', source="feed")


@pytest.mark.parametrize("cut", range(60, len(RSS), 97))
def test_feeds_that_break_off_give_what_they_hold_or_a_named_refusal(cut: int) -> None:
    try:
        found = split(RSS[:cut], url="https://port.example/feed")
    except SplitError:
        return
    assert len(found) <= 2
    assert all(entry.title or entry.url or entry.summary for entry in found)
