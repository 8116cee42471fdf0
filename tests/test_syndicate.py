"""Atom and JSON Feed: valid, with both languages, the right way round, byte for byte the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import attrs
import feedparser
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from normalize.model import Direction, Record, TranslatedText, TranslationStatus
from scraper.runs.syndicate import atom, entry_id, json_feed
from scraper.split import split

DATA = Path(__file__).resolve().parent / "data"
ATOM = etree.RelaxNG(etree.parse(DATA / "atom.rng"))
JSON_FEED = jsonschema_rs.validator_for(
    json.loads((DATA / "json_feed.schema.json").read_text(encoding="utf-8")),
    validate_formats=True,
)
NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
NS = {"a": "http://www.w3.org/2005/Atom"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ARABIC = Record(
    id="demo:1",
    source="demo",
    url="https://example.org/عرض/1",
    position=1,
    title="BERT لتحليل المشاعر",
    summary="ملخص أول.\nفقرة ثانية <b>& رموز</b>.",
    authors=("ميسون الدروبي",),
    published="2019",
    published_raw="2019",
    language="ar",
    direction=Direction.RTL,
    translations={
        "en": TranslatedText(
            title="BERT for Sentiment", summary="A first abstract.", status=TranslationStatus.OK
        )
    },
    tags=("العنقدة",),
    content_hash="0" * 32,
    first_seen="2026-11-20T06:00:00Z",
    fetched_at="2026-11-21T06:00:00Z",
    last_seen="2026-11-21T06:00:00Z",
)


def as_atom(*records: Record, target: str | None = "en", url: str | None = None) -> bytes:
    shown = [record.to_dict() for record in records]
    return atom(shown, title="Digest", self_url=url, updated=NOW, target=target)


def as_json(*records: Record, target: str | None = "en", url: str | None = None) -> bytes:
    shown = [record.to_dict() for record in records]
    return json_feed(shown, title="Digest", self_url=url, updated=NOW, target=target)


def valid_atom(feed: bytes) -> etree._Element:
    root = etree.fromstring(feed)
    ATOM.assertValid(root)
    return root


def valid_json(feed: bytes) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(feed.decode("utf-8"))
    JSON_FEED.validate(read)
    return read


def text(root: etree._Element, path: str) -> str:
    return cast("str", root.xpath(f"string({path})", namespaces=NS))


def item(record: Record, target: str | None = "en") -> dict[str, Any]:
    (found,) = valid_json(as_json(record, target=target))["items"]
    return cast("dict[str, Any]", found)


def paragraphs(content: str) -> list[tuple[str | None, str | None, str]]:
    found = html.fragments_fromstring(content)
    return [(p.get("lang"), p.get("dir"), p.text_content()) for p in found]


BOTH = [
    ("en", "ltr", "A first abstract."),
    ("ar", "rtl", "BERT لتحليل المشاعر"),
    ("ar", "rtl", "ملخص أول."),
    ("ar", "rtl", "فقرة ثانية <b>& رموز</b>."),
    (None, None, "2019"),
]


def test_atom_shows_the_translation_and_the_original_beside_it() -> None:
    root = valid_atom(as_atom(ARABIC, url="https://example.org/feed.atom"))
    assert root.get(LANG) == "en"
    assert text(root, "a:id") == "https://example.org/feed.atom"
    assert text(root, "a:updated") == "2026-11-21T06:30:00Z"
    assert text(root, "a:entry/@xml:lang") == "en"
    assert text(root, "a:entry/a:title") == "BERT for Sentiment"
    assert text(root, "a:entry/a:updated") == "2026-11-21T06:00:00Z"
    assert text(root, "a:entry/a:author/a:name") == "ميسون الدروبي"
    assert text(root, "a:entry/a:link/@hreflang") == "ar"
    assert text(root, "a:entry/a:category/@term") == "العنقدة"
    assert root.find("a:entry/a:published", NS) is None
    assert paragraphs(text(root, "a:entry/a:content")) == BOTH


def test_json_feed_says_the_same() -> None:
    feed = valid_json(as_json(ARABIC, url="https://example.org/feed.json"))
    (found,) = feed["items"]
    assert (feed["language"], feed["feed_url"]) == ("en", "https://example.org/feed.json")
    assert paragraphs(found.pop("content_html")) == BOTH
    assert found == {
        "id": "demo:1",
        "url": "https://example.org/عرض/1",
        "title": "BERT for Sentiment",
        "date_modified": "2026-11-21T06:00:00Z",
        "authors": [{"name": "ميسون الدروبي"}],
        "tags": ["العنقدة"],
        "language": "en",
        "_khulasa": {
            "source": "demo",
            "title": "BERT لتحليل المشاعر",
            "language": "ar",
            "direction": "rtl",
            "published": "2019",
            "published_raw": "2019",
            "translation": {"status": "ok", "reason": None, "engine": None},
        },
    }


def test_readers_read_them() -> None:
    read = feedparser.parse(as_atom(ARABIC))
    assert (read.bozo, read.version, len(read.entries)) == (False, "atom10", 1)
    (entry,) = read.entries
    assert entry.id == entry_id("demo:1")
    assert entry.link == "https://example.org/عرض/1"
    assert entry.title_detail.language == "en"
    assert entry.content[0].type == "text/html"
    # What the reader takes for safe markup, the directions among it.
    assert 'dir="rtl"' in entry.content[0].value
    assert 'lang="ar"' in entry.content[0].value
    assert "<b>" not in entry.content[0].value


def test_the_splitter_reads_them_back() -> None:
    for feed in (as_atom(ARABIC), as_json(ARABIC)):
        (entry,) = split(feed)
        assert (entry.title, entry.url) == ("BERT for Sentiment", "https://example.org/عرض/1")
        assert "ملخص أول." in (entry.summary or "")


def test_without_a_translation_the_original_stands_alone() -> None:
    for record, target in (
        (ARABIC, None),
        (attrs.evolve(ARABIC, translations={}), "en"),
        (ARABIC, "fr"),
    ):
        found = item(record, target)
        # Its first strong letter is Latin: a mark keeps the line from being laid out as English.
        assert found["title"] == "\u200fBERT لتحليل المشاعر"
        assert found["language"] == "ar"
        assert paragraphs(found["content_html"]) == BOTH[2:]
        root = valid_atom(as_atom(record, target=target))
        assert root.get(LANG) == target
        assert text(root, "a:entry/@xml:lang") == "ar"


@pytest.mark.parametrize("status", [TranslationStatus.SUSPECT, TranslationStatus.FAILED])
def test_a_doubtful_translation_stands_behind_the_original(status: TranslationStatus) -> None:
    doubtful = attrs.evolve(ARABIC.translations["en"], status=status, reason="numbers differ")
    found = item(attrs.evolve(ARABIC, translations={"en": doubtful}))
    assert found["title"] == "\u200fBERT لتحليل المشاعر"
    assert [(lang, text) for lang, _, text in paragraphs(found["content_html"])] == [
        ("ar", "ملخص أول."),
        ("ar", "فقرة ثانية <b>& رموز</b>."),
        ("en", "BERT for Sentiment"),
        ("en", "A first abstract."),
        (None, "2019"),
    ]
    assert found["_khulasa"]["translation"]["reason"] == "numbers differ"


@pytest.mark.parametrize(
    ("title", "direction", "shown"),
    [
        ("Deep learning", Direction.LTR, "Deep learning"),
        ("تعلم عميق", Direction.RTL, "تعلم عميق"),
        ("3D نمذجة", Direction.RTL, "\u200f3D نمذجة"),
        ("العربية in NLP", Direction.LTR, "\u200eالعربية in NLP"),
        ("2024", Direction.RTL, "2024"),
    ],
)
def test_titles_are_laid_out_in_their_direction(
    title: str, direction: Direction, shown: str
) -> None:
    assert item(attrs.evolve(ARABIC, title=title, direction=direction), None)["title"] == shown


def test_a_title_in_another_language_than_the_text_says_so() -> None:
    mixed = attrs.evolve(ARABIC, title="Sentiment", field_languages={"title": "en"})
    found = item(mixed, None)
    assert (found["title"], found["language"]) == ("Sentiment", "en")
    assert {lang for lang, _, _ in paragraphs(found["content_html"])[:-1]} == {"ar"}


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        (None, None),
        ("2019", None),
        ("2019-05", None),
        ("2019-05-21", None),
        ("2019-05-21T10:00", None),
        ("2019-05-21T10:00:00", None),
        ("2019-05-21T10:00Z", "2019-05-21T10:00:00Z"),
        ("2019-05-21T10:00:07+03:00", "2019-05-21T10:00:07+03:00"),
    ],
)
def test_no_time_is_invented(published: str | None, shown: str | None) -> None:
    record = attrs.evolve(ARABIC, published=published)
    found = item(record)
    assert found.get("date_published") == shown
    assert text(valid_atom(as_atom(record)), "a:entry/a:published") == (shown or "")
    times = html.fragment_fromstring(found["content_html"], create_parent=True).findall(".//time")
    assert [time.get("datetime") for time in times] == ([published] if published else [])


def test_what_is_missing_is_left_out() -> None:
    bare = Record(id="demo:2", source="demo", position=1, content_hash="0" * 32)
    root = valid_atom(as_atom(bare))
    assert text(root, "a:entry/a:title") == "demo:2"
    assert text(root, "a:entry/a:updated") == "2026-11-21T06:30:00Z"
    assert text(root, "a:entry/a:author/a:name") == "demo"
    assert root.find("a:entry/a:link", NS) is None
    found = item(bare)
    assert found.keys() == {
        "id", "title", "content_html", "date_modified", "language", "_khulasa",
    }  # fmt: skip


def test_a_summary_begins_where_there_is_no_title() -> None:
    summary = "كلمة " * 40
    found = item(attrs.evolve(ARABIC, title=None, summary=summary), None)
    assert found["title"] == "كلمة " * 15 + "كلمة…"
    assert paragraphs(found["content_html"])[0] == ("ar", "rtl", summary.strip())


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("javascript:alert(1)", None),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("https://example.org/?a=1&b=٢", "https://example.org/?a=1&b=٢"),
        ("https://example.org/100%#a#b%20", "https://example.org/100%25#a%23b%20"),
        ("https://example.org:port/", None),
        ("https:///path", None),
    ],
)
def test_links_are_addresses_to_click_on(url: str, shown: str | None) -> None:
    record = attrs.evolve(ARABIC, url=url, image=url)
    found = item(record)
    assert (found.get("url"), found.get("image")) == (shown, shown)
    assert text(valid_atom(as_atom(record)), "a:entry/a:link/@href") == (shown or "")


def test_an_id_is_the_same_for_ever() -> None:
    assert entry_id("demo:1") == "urn:uuid:7d1f5df6-6515-525e-a917-776af975383b"


def test_the_same_records_give_the_same_bytes_in_their_order() -> None:
    second = attrs.evolve(ARABIC, id="demo:2")
    for write in (as_atom, as_json):
        assert write(ARABIC, second) == write(ARABIC, second)
    ids = [found["id"] for found in valid_json(as_json(second, ARABIC))["items"]]
    assert ids == ["demo:2", "demo:1"]


def test_no_records_are_a_valid_feed() -> None:
    assert valid_json(as_json(target=None)) == {
        "version": "https://jsonfeed.org/version/1.1", "title": "Digest", "items": [],
    }  # fmt: skip
    assert text(valid_atom(as_atom(target=None)), "a:id").startswith("urn:uuid:")


def test_the_clock_has_an_offset() -> None:
    with pytest.raises(ValueError, match="needs an offset"):
        atom([], title="t", self_url=None, updated=datetime(2026, 1, 1), target=None)  # noqa: DTZ001  the point


def test_the_schemas_refuse() -> None:
    good = as_atom(ARABIC)
    for old, new in (
        (b"2026-11-21T06:00:00Z", b"2026-11-21"),
        (b"<entry ", b"<entry dir='rtl' "),
        (b'xml:lang="en"', b'xml:lang=""'),
        (b"<title>", b"<title type='xhtml'>"),
        (b"urn:uuid:", b""),
    ):
        assert not ATOM.validate(etree.fromstring(good.replace(old, new))), old
    feed = as_json(ARABIC)
    for old, new in (
        (b"2026-11-21T06:00:00Z", b"2026-11-21"),
        (b'"id": "demo:1",', b""),
        (b'"content_html"', b'"content"'),
        (b"/1.1", b"/1"),
    ):
        assert not JSON_FEED.is_valid(json.loads(feed.replace(old, new))), old


WILD = st.text(st.characters(), max_size=40)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    title=st.none() | WILD,
    summary=st.none() | WILD,
    names=st.lists(WILD, max_size=2),
    address=WILD,
    translated=st.none() | WILD,
    status=st.sampled_from(TranslationStatus),
)
def test_any_text_makes_a_valid_feed(  # noqa: PLR0913  the fields of a record
    *,
    title: str | None,
    summary: str | None,
    names: list[str],
    address: str,
    translated: str | None,
    status: TranslationStatus,
) -> None:
    record = attrs.evolve(
        ARABIC,
        title=title,
        summary=summary,
        authors=tuple(names),
        tags=tuple(names),
        url=f"https://example.org/{address}",
        translations={"en": TranslatedText(title=translated, status=status)},
    )
    root = valid_atom(as_atom(record))
    shown = text(root, "a:entry/a:title").strip("\u200e\u200f")
    assert shown == valid_json(as_json(record))["items"][0]["title"].strip("\u200e\u200f")
    assert shown.strip() == shown
