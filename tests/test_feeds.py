"""RSS, Atom, RDF, JSON Feed and sitemaps of any site."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalize.dates import parse_date
from scraper.errors import NoEntries, SplitError, UnsupportedDocument
from scraper.split import split
from scraper.split.document import Document, DocumentKind
from scraper.split.listing.feeds import next_feed_page

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


def rss(*items: str, channel: str = "", declaration: str = "") -> str:
    """An RSS feed with every namespace that feeds use."""
    spaces = " ".join(
        f'xmlns:{name}="{space}"'
        for name, space in {
            "dc": "http://purl.org/dc/elements/1.1/",
            "content": "http://purl.org/rss/1.0/modules/content/",
            "media": "http://search.yahoo.com/mrss/",
            "atom": "http://www.w3.org/2005/Atom",
            "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
        }.items()
    )
    told = "".join(f"<item>{item}</item>" for item in items)
    return f'{declaration}<rss version="2.0" {spaces}><channel>{channel}{told}</channel></rss>'


def atom(*entries: str, head: str = "", root: str = "") -> str:
    told = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {root}>{head}{told}</feed>'


ONE = "<title>Night train</title><link>https://port.example/1</link>"

OPENINGS = {
    "declaration": '<?xml version="1.0"?>',
    "stylesheet": '<?xml version="1.0"?>\n<?xml-stylesheet type="text/xsl" href="/feed.xsl"?>\n',
    "doctype": '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "x.dtd">',
    "comment": "<?xml version='1.0'?>\n<!-- generator=\"x\" -->\n<!-- again -->",
    "blank lines": "\n\n  \n<?xml version='1.0'?>",
    "warning": "<br />\n<b>Warning</b>: Cannot modify header in <b>/a.php</b> on line 3<br />\n"
    "<?xml version='1.0'?>",
    "mark": "\ufeff<?xml version='1.0'?>",
}


@pytest.mark.parametrize("opening", OPENINGS.values(), ids=OPENINGS)
@pytest.mark.parametrize("content_type", [None, "text/html", "application/octet-stream"])
def test_feeds_are_known_whatever_stands_before_them(
    opening: str, content_type: str | None
) -> None:
    (entry,) = split(rss(ONE, declaration=opening).encode(), content_type=content_type)
    assert (entry.source, entry.title) == ("feed", "Night train")


def test_a_page_about_feeds_is_a_page() -> None:
    items = "".join(f"<li><a href='/{n}'>How to read feeds, part {n}</a></li>" for n in range(9))
    page = f"<!DOCTYPE html><html><body><ul>{items}</ul><pre>{rss(ONE)}</pre></body></html>"
    assert {entry.source for entry in split(page, url="https://port.example/")} == {"listing"}


@pytest.mark.parametrize("codec", ["windows-1256", "utf-8", "utf-16", "iso-8859-6"])
@pytest.mark.parametrize("declared", [True, False])
def test_feeds_in_other_encodings(codec: str, declared: bool) -> None:  # noqa: FBT001  a parameter of the test
    declaration = f'<?xml version="1.0" encoding="{codec}"?>' if declared else ""
    text = "مكتبة القرية تفتح أبوابها للزوار من جديد بعد أعوام طويلة من العمل"
    body = rss(
        f"<title>{text}</title><description>{text}</description>",
        channel="<language>ar</language>",
        declaration=declaration,
    )
    (entry,) = split(body.encode(codec), url="https://port.example/feed")
    assert (entry.title, entry.languages) == (text, ("ar",))


TITLES = [
    ("<title>Tom &amp;amp; Jerry</title>", "Tom & Jerry"),
    ("<title>Tom &amp; Jerry</title>", "Tom & Jerry"),
    ("<title><![CDATA[Tom &amp; Jerry]]></title>", "Tom & Jerry"),
    ("<title><![CDATA[<b>Tom</b> &amp; Jerry]]></title>", "Tom & Jerry"),
    ("<title>&lt;b&gt;Tom&lt;/b&gt; and Jerry</title>", "Tom and Jerry"),
    ("<title>1 &lt; 2 and 3 &gt; 2</title>", "1 < 2 and 3 > 2"),
    ("<title>Using &lt;div&gt; tags</title>", "Using <div> tags"),
    ("<title>A &amp;lt;b&amp;gt; tag</title>", "A <b> tag"),
    ("<title>It&#8217;s late</title>", "It’s late"),
    ("<title>It&amp;#8217;s late</title>", "It’s late"),
    ("<title>\n  Two\n  lines </title>", "Two lines"),
    (("<title>Night</title><media:content url='https://a.example/a.jpg' medium='image'>"
     "<media:title>Photo</media:title></media:content>"), "Night"),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "title"), TITLES)
def test_titles_are_unescaped_once(markup: str, title: str) -> None:
    (entry,) = split(rss(markup + "<link>https://port.example/1</link>"))
    assert entry.title == title


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<title>Using &lt;b&gt; tags &amp;amp; more</title>", "Using <b> tags &amp; more"),
        ('<title type="html">&lt;b&gt;Tom&lt;/b&gt; &amp;amp; Jerry</title>', "Tom & Jerry"),
        (
            (
                '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>Tom</b> &amp; x'
                "</div></title>"
            ),
            "Tom & x",
        ),
    ],
)
def test_titles_of_atom_say_what_they_are(markup: str, title: str) -> None:
    (entry,) = split(atom(f"{markup}<id>urn:1</id><updated>2024-01-01T00:00:00Z</updated>"))
    assert entry.title == title


LONG = "&lt;p&gt;The whole long story of the night train, from its first day on.&lt;/p&gt;"
ENCODED = f"<content:encoded>{LONG}</content:encoded>"
BRIEF = "<description>A train at night.</description>"


@pytest.mark.parametrize(
    ("markup", "summary"),
    [
        (BRIEF + ENCODED, "A train at night."),
        (ENCODED + BRIEF, "A train at night."),
        (ENCODED, "The whole long story of the night train, from its first day on."),
        (ENCODED + "<description>…</description>",
         "The whole long story of the night train, from its first day on."),
        ("<description>" + LONG + "</description><content:encoded>Short.</content:encoded>",
         "Short."),
        ("<description>   </description>", None),
        ("<description>5 &amp;lt; 6 &amp;amp; 7</description>", "5 < 6 & 7"),
    ],
)  # fmt: skip
def test_the_summary_counts_more_than_the_whole_text(markup: str, summary: str | None) -> None:
    (entry,) = split(rss(ONE + markup))
    assert entry.summary == summary


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("<link>/1</link>", "https://port.example/1"),
        ("<link>\n https://port.example/1 \n</link>", "https://port.example/1"),
        ('<guid isPermaLink="true">https://port.example/1</guid>', "https://port.example/1"),
        ("<guid>https://port.example/1</guid>", "https://port.example/1"),
        ('<guid isPermaLink="false">https://port.example/?p=1</guid>', None),
        (("<link>https://feeds.example/~r/1</link>"
         "<feedburner:origLink>https://port.example/1</feedburner:origLink>"),
         "https://port.example/1"),
        ("<link>mailto:a@port.example</link>", None),
        ("<atom:link href='https://port.example/1'/>", "https://port.example/1"),
    ],
)  # fmt: skip
def test_links(link: str, url: str | None) -> None:
    (entry,) = split(rss(f"<title>Night train</title>{link}"), url="https://port.example/feed")
    assert entry.url == url


def test_links_hang_on_xml_base() -> None:
    body = atom(
        "<title>x</title><id>urn:1</id><link href='a/1'/>",
        "<title>y</title><id>urn:2</id><link href='2' xml:base='/other/'/>",
        "<title>z</title><id>urn:3</id><link rel='self' href='/s'/><link href='/3'/>",
        root='xml:base="https://port.example/blog/"',
    )
    found = [entry.url for entry in split(body, url="https://copy.example/atom.xml")]
    assert found[0] == "https://port.example/blog/a/1"
    assert found[1] == "https://port.example/other/2"
    assert found[2] == "https://port.example/3"


def test_languages_are_each_entrys_own() -> None:
    body = atom(
        "<title xml:lang='ar'>قطار الليل</title><id>urn:1</id>",
        "<title>Noční vlak</title><id>urn:2</id>",
        root='xml:lang="cs-CZ"',
    )
    assert [entry.languages for entry in split(body)] == [("ar",), ("cs",)]
    (tagged,) = split(rss(ONE + "<dc:language>ko</dc:language>", channel="<language>en</language>"))
    assert tagged.languages == ("ko",)


def test_authors() -> None:
    (first, second, third) = split(
        rss(
            ONE + "<author>rania@port.example (Rania Haddad)</author>",
            ONE + "<author>desk@port.example</author>",
            ONE + "<dc:creator>Rania Haddad</dc:creator><dc:creator>Omar Nasser</dc:creator>",
        )
    )
    assert first.authors == ("Rania Haddad",)
    assert second.authors == ()
    assert third.authors == ("Rania Haddad", "Omar Nasser")


def test_entries_of_atom_have_the_feeds_author_unless_their_own() -> None:
    body = atom(
        "<title>x</title><id>urn:1</id>",
        "<title>y</title><id>urn:2</id><author><name>Omar</name></author>",
        head="<author><name>Rania</name></author>",
    )
    assert [entry.authors for entry in split(body)] == [("Rania",), ("Omar",)]


def test_categories() -> None:
    (entry,) = split(rss(ONE + "<category>News &amp;amp; Views</category><category>Sea</category>"))
    assert entry.tags == ("News & Views", "Sea")
    (labelled,) = split(atom("<title>x</title><id>u</id><category term='s1' label='Ships'/>"))
    assert labelled.tags == ("Ships",)


@pytest.mark.parametrize(
    ("markup", "image", "enclosures"),
    [
        ("<enclosure url='/a.jpg' type='image/jpeg' length='1'/>", "/a.jpg", []),
        ("<enclosure url='/a.mp3' type='audio/mpeg' length='1'/>", None, ["/a.mp3"]),
        ("<media:content url='/v.mp4' type='video/mp4'/>", None, ["/v.mp4"]),
        ("<media:content url='/a.png' medium='image'/>", "/a.png", []),
        ("<media:content url='/a.webp?w=300'/>", "/a.webp?w=300", []),
        ("<media:content url='/v.mp4' type='video/mp4'/><media:thumbnail url='/t.jpg'/>",
         "/t.jpg", ["/v.mp4"]),
        ("<description>&lt;img src='/i.jpg'&gt; A train.</description>", "/i.jpg", []),
        ("<description>&lt;img src='/c.gif' width=1 height=1&gt; x</description>", None, []),
    ],
)  # fmt: skip
def test_enclosures(markup: str, image: str | None, enclosures: list[str]) -> None:
    (entry,) = split(rss(ONE + markup), url="https://port.example/feed")
    site = "https://port.example"
    assert entry.image == (site + image if image else None)
    assert [link.url for link in entry.links] == [site + path for path in enclosures]


@pytest.mark.parametrize(
    ("markup", "published", "raw"),
    [
        ("<published>2024-01-02</published><updated>2024-03-04</updated>", "2024-01-02",
         {"updated": "2024-03-04"}),
        ("<updated>2024-03-04</updated>", "2024-03-04", {"updated": "2024-03-04"}),
        ("", None, {}),
    ],
)  # fmt: skip
def test_dates_of_atom(markup: str, published: str | None, raw: dict[str, str]) -> None:
    (entry,) = split(atom(f"<title>x</title><id>urn:1</id>{markup}"))
    assert (entry.published, entry.raw) == (published, raw)


@pytest.mark.parametrize(
    "date", ["05 مارس 2024", "Tue, 5 Mar 24 8:00 EST", "2024-03-05 08:00:00", "yesterday"]
)
def test_dates_come_as_they_are(date: str) -> None:
    (entry,) = split(rss(f"{ONE}<pubDate> {date} </pubDate>"))
    assert entry.published == date


BROKEN = {
    "ampersand": rss(ONE.replace("Night", "Night & day")),
    "entity": rss(ONE.replace("Night", "Night&nbsp;")),
    "control": rss(ONE.replace("Night", "Night\x0b")),
    "unclosed": rss(ONE)[: -len("</item></channel></rss>")],
    "prefix": rss(ONE + "<unknown:thing>x</unknown:thing>"),
    "tag": rss(ONE + "<description><p>One<p>Two</description>"),
    "bomb": '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + rss(ONE),
    "upper case": rss(ONE).replace("<rss", "<RSS").replace("</rss", "</RSS"),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_broken_feeds_are_read(body: str) -> None:
    (entry,) = split(body, source="feed", url="https://port.example/feed")
    assert (entry.title or "").startswith("Night")
    assert entry.url == "https://port.example/1"


def test_sitemaps_tell_changes_from_publication() -> None:
    body = SITEMAP.replace("<loc>", "<lastmod>2024-04-01</lastmod><loc>")
    (news,) = split(body)
    assert (news.published, news.raw) == ("2024-03-05", {"lastmod": "2024-04-01"})
    (plain,) = split(
        "<urlset><url><loc>https://a.example/1</loc><lastmod>2024</lastmod></url></urlset>"
    )
    assert (plain.published, plain.raw["lastmod"]) == (None, "2024")


def test_a_picture_in_a_sitemap_is_not_its_title() -> None:
    body = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
     xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
     xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><image:image>
     <image:loc>/i.jpg</image:loc><image:title>Photo</image:title></image:image>
     <loc>/cs/1</loc><news:news><news:title>Noční vlak</news:title>
     <news:keywords>vlak, noc</news:keywords></news:news></url></urlset>"""
    (entry,) = split(body, url="https://port.example/s.xml")
    assert (entry.title, entry.url) == ("Noční vlak", "https://port.example/cs/1")
    assert (entry.image, entry.tags) == ("https://port.example/i.jpg", ("vlak", "noc"))


def test_a_sitemap_without_namespaces_is_read() -> None:
    body = """<urlset><url><loc>https://port.example/1</loc><news:news>
     <news:publication><news:language>zh-cn</news:language></news:publication>
     <news:title>夜行列车 &amp; 港口</news:title></news:news></url></urlset>"""
    (entry,) = split(body)
    assert (entry.title, entry.languages) == ("夜行列车 & 港口", ("zh",))


NOWHERE = {
    "rss": rss("<title>Night train</title><link>http://[bad</link>"),
    "atom": atom(
        "<title>Night train</title><link href='http://[bad'/>", root="xml:base='http://['"
    ),
    "json": '{"version": "https://jsonfeed.org/version/1", "items": [{"title": "Night train",'
    ' "url": "http://[bad", "image": "http://[bad", "attachments": [{"url": "http://[bad"}]}]}',
}


@pytest.mark.parametrize("body", NOWHERE.values(), ids=NOWHERE)
def test_addresses_that_are_none(body: str) -> None:
    (entry,) = split(body, url="https://port.example/feed")
    assert (entry.title, entry.url, entry.image, entry.links) == ("Night train", None, None, ())


def test_a_sitemap_of_addresses_that_are_none_is_empty() -> None:
    with pytest.raises(NoEntries):
        split("<urlset><url><loc>http://[bad</loc></url></urlset>", url="https://port.example/s")


def test_xml_beyond_repair_is_refused() -> None:
    body = RDF.replace("22-rdf-syntax-ns#", "22-rdf\u00a0syntax-ns#")
    with pytest.raises(UnsupportedDocument, match="too broken"):
        split(body, source="feed")


@pytest.mark.parametrize(
    ("item", "fields"),
    [
        ({"id": 7}, {"native_id": "7"}),
        ({"id": True}, {"native_id": None}),
        ({"id": "a", "external_url": "/x"}, {"url": "https://port.example/x"}),
        ({"id": "a", "content_text": "Text", "summary": "Short"}, {"summary": "Short"}),
        ({"id": "a", "content_text": "1 < 2"}, {"summary": "1 < 2"}),
        ({"id": "a", "date_modified": "2024"}, {"published": "2024", "raw": {"updated": "2024"}}),
        ({"id": "a", "language": "fa_IR"}, {"languages": ("fa",)}),
        ({"id": "a"}, {"authors": ("Port",), "languages": ("en",)}),
        ({"id": "a", "author": {"name": "Omar"}}, {"authors": ("Omar",)}),
        (
            {"id": "a", "attachments": [{"url": "/a.jpg", "mime_type": "image/jpeg"}]},
            {"image": "https://port.example/a.jpg", "links": ()},
        ),
    ],
)
def test_items_of_json_feeds(item: dict[str, object], fields: dict[str, object]) -> None:
    feed = {
        "version": "http://jsonfeed.org/version/1",
        "language": "en",
        "author": {"name": "Port"},
        "items": [{"title": "x"} | item],
    }
    (entry,) = split(json.dumps(feed), url="https://port.example/feed.json")
    assert {name: getattr(entry, name) for name in fields} == fields


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


WHOLE = [RSS, ATOM, RDF, SITEMAP, rss(ONE + ENCODED), atom(head="<link rel='next' href='/2'/>")]
PIECES = [
    "<",
    ">",
    "&",
    '"',
    "&#0;",
    "]]>",
    "<![CDATA[",
    "http://[",
    "\x00",
    "\ufffd",
    "\u00a0",
    "م",
]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(WHOLE),
    st.lists(
        st.tuples(st.integers(0, 900), st.integers(0, 20), st.sampled_from(PIECES)), max_size=6
    ),
)
def test_mutated_feeds_give_entries_or_a_named_refusal(
    body: str, changes: list[tuple[int, int, str]]
) -> None:
    for at, length, piece in changes:
        body = body[:at] + piece + body[at + length :]
    try:
        found = split(body, source="feed", url="https://port.example/feed")
        next_feed_page(Document(text=body, kind=DocumentKind.FEED, url="https://port.example/"))
    except SplitError:
        return
    assert all(entry.title or entry.url or entry.summary for entry in found)
    assert all(entry.url is None or entry.url.startswith("http") for entry in found)


@pytest.mark.parametrize(
    ("description", "summary"),
    [
        ("<p>Short text&hellip; <a href='/1'>Read more</a></p>", "Short text…"),
        (("<p>Short.</p><p>The post <a href='/1'>Ships &amp; crews</a> appeared first on"
         " <a href='/'>Port</a>.</p>"), "Short."),
        (("<p>نص قصير عن السفينة</p><p>ظهرت المقالة <a href='/1'>Ships &amp; crews</a> أولاً على"
         " <a href='/'>الميناء</a>.</p>"), "نص قصير عن السفينة"),
        ("<p>نص قصير <a href='/1'>اقرأ المزيد »</a></p>", "نص قصير"),
        ("<p>טקסט קצר</p><a href='/1'>המשך קריאה</a>", "טקסט קצר"),
        ("<p>A text that ends in <a href='/1'>another one</a></p>",
         "A text that ends in another one"),
        ("<p><a href='/1'>Read more</a> of the council.</p>", "Read more of the council."),
        ("<p>See <a href='/1'>Ships &amp; crews</a>.</p>", "See Ships & crews."),
        ("Plain text. Read more", "Plain text. Read more"),
        ("<a href='/1'>Read more</a>", None),
    ],
)  # fmt: skip
def test_what_sites_add_for_readers_of_feeds_is_no_summary(
    description: str, summary: str | None
) -> None:
    item = (
        "<item><title>Ships &amp; crews</title><link>https://port.example/1</link>"
        f"<description><![CDATA[{description}]]></description></item>"
    )
    (entry,) = split(f"<rss version='2.0'><channel><title>Port</title>{item}</channel></rss>")
    assert entry.summary == summary


@pytest.mark.parametrize(
    ("titles", "dates", "days"),
    [
        # A number above twelve is a day; no country that writes Hebrew writes the month first.
        (("One", "Two"), ("05/03/2024 10:00", "13/03/2024 10:00"), ("2024-03-05", "2024-03-13")),
        (("ידיעה ראשונה", "ידיעה שנייה"), ("01/03/2024", "02/03/2024"),
         ("2024-03-01", "2024-03-02")),
        (("One", "Two"), ("03/13/2024", "03/05/2024"), ("2024-03-13", "2024-03-05")),
        (("One", "Two"), ("01/03/2024", "02/04/2024"), (None, None)),
        (("One", "Two"), ("Tue, 05 Mar 2024 08:00:00 GMT", "2024-03-04"),
         ("2024-03-05", "2024-03-04")),
    ],
)  # fmt: skip
def test_numeric_dates_of_a_feed_are_read_together(
    titles: tuple[str, ...], dates: tuple[str, ...], days: tuple[str | None, ...]
) -> None:
    items = "".join(
        f"<item><title>{title}</title><pubDate>{date}</pubDate></item>"
        for title, date in zip(titles, dates, strict=True)
    )
    entries = split(f"<rss version='2.0'><channel><title>Port</title>{items}</channel></rss>")
    read = [parse_date(entry.published or "", day_first=entry.day_first) for entry in entries]
    assert tuple(date and date.iso and date.iso[:10] for date in read) == days
