"""Atom and JSON Feed: valid, with both languages, the right way round, byte for byte the same."""

from __future__ import annotations

import attrs
import feedparser
import pytest
from lxml import html

from normalize.model import Direction, Record, TranslationStatus
from scraper.runs.syndicate import entry_id
from scraper.split import split
from tests.syndicated import (
    ARABIC,
    LANG,
    NS,
    as_atom,
    as_json,
    item,
    text,
    valid_atom,
    valid_json,
)


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
