"""What an entry's own page gives: only what it says of this entry, and nothing invented."""

from __future__ import annotations

import pytest

from normalize.model import Entry
from scraper.split.document import Document, DocumentKind, parse_html
from scraper.split.entry_page import EntryBatch, EntryPage, page_description, read_entry_page

LONG = "The harbour was quiet on the night when the old ferry came back after forty years. "
ARABIC = "عادت العبارة القديمة إلى الميناء بعد أربعين عاما في ليلة هادئة من ليالي الربيع. "
JAPANESE = "四十年ぶりに古い渡し船が静かな夜の港に戻ってきたと、町の人々は口々に語り合っていた。"


def ld(**fields: str) -> str:
    told = ", ".join(f'"{name.lstrip("_")}": "{value}"' for name, value in fields.items())
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {told}}}</script>'


def meta(name: str, content: str, kind: str = "name") -> str:
    return f'<meta {kind}="{name}" content="{content}">'


def read(head: str = "", body: str = "", title: str | None = "A title") -> EntryPage:
    text = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_entry_page(Document(text=text, kind=DocumentKind.HTML), title=title)


def summary(page: EntryPage) -> str | None:
    return next(iter(page.summaries), None)


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (ld(description="From data"), "", "From data"),
        (ld(description="From data") + meta("description", "From head"), "", "From data"),
        (meta("og:description", "Open graph", "property"), "", "Open graph"),
        (meta("Description", "  From \n head "), "", "From head"),
        (meta("citation_abstract", "An abstract") + meta("description", "x y"), "", "An abstract"),
        ("", f"<article><p>{LONG}</p><p>{LONG * 2}</p></article>", LONG.strip()),
        ("", f"<article><p>{ARABIC}</p><p>{ARABIC * 2}</p></article>", ARABIC.strip()),
        ("", f"<div><p>{JAPANESE}</p><p>{JAPANESE * 2}</p></div>", JAPANESE),
        ("", f"<div itemprop=description>{LONG}</div>", LONG.strip()),
        # The entry's title, and one paragraph alone, are none.
        (meta("description", "A TITLE"), "", None),
        ("", f"<p>{LONG}</p>", None),
        ("", "<p>Short.</p>" * 50, None),
        # What stands beside the article.
        ("", f"<aside><p>{LONG * 5}</p></aside>", None),
        ("", f"<div class=comments><div><p>{LONG * 5}</p></div></div>", None),
        ("", f"<footer><p>{LONG * 5}</p></footer><main><p>{ARABIC * 3}</p></main>",
         (ARABIC * 3).strip()),
        ("", f"<div><p><a href=/x>{LONG}</a></p><p><a href=/y>{LONG * 3}</a></p></div>", None),
        ("<script type='application/ld+json'>{broken</script>", "", None),
    ],
)  # fmt: skip
def test_summaries(head: str, body: str, expected: str | None) -> None:
    assert summary(read(head, body)) == expected


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (ld(datePublished="2024-05-02T08:00:00+03:00"), "", "2024-05-02T08:00:00+03:00"),
        (meta("article:published_time", "2024-05-02", "property"), "", "2024-05-02"),
        (meta("DC.date.issued", "2024-05-02"), "", "2024-05-02"),
        (meta("citation_publication_date", "2024/05/02"), "", "2024/05/02"),
        ("", "<span itemprop=datePublished content='2024-05-02'>x</span>", "2024-05-02"),
        ("", "<article><h1>x</h1><time datetime='2024-05-02'>2 May</time></article>", "2024-05-02"),
        ("", "<main><h1>x</h1><time>٢ مايو ٢٠٢٤</time></main>", "٢ مايو ٢٠٢٤"),
        ("", "<article><header><h1>x</h1><time datetime='2024-05-02'></time></header></article>",
         "2024-05-02"),
        # Changes, the site's own clock, comments' and other articles' dates are none.
        (ld(dateModified="2024-05-02"), "", None),
        (meta("og:updated_time", "2024-05-02", "property"), "", None),
        (meta("date", "2024-05-02"), "", None),
        ("", "<main><h1>x</h1><time class=updated datetime='2024-05-02'></time></main>", None),
        ("", "<header><time datetime='2026-01-01'></time></header><main><h1>x</h1></main>", None),
        ("", "<main><h1>x</h1><article><time datetime='2024-05-02'></time></article></main>", None),
        ("", "<time datetime='2024-05-02'></time><time datetime='2024-05-03'></time>", None),
        ("", "<main><h1>x</h1><time>recently</time></main>", None),
        (ld(datePublished="soon"), "", None),
        (ld(datePublished="2024-05-02") + ld(datePublished="2024-05-03"), "", None),
    ],
)  # fmt: skip
def test_dates(head: str, body: str, expected: str | None) -> None:
    assert read(head, body).published == expected


def test_data_may_stand_in_a_graph() -> None:
    head = (
        '<script type="application/ld+json">{"@graph": ['
        '{"@type": "WebPage", "description": "Site"}, {"@type": ["BlogPosting"], '
        '"datePublished": "2024-05-02", "description": "Own"}]}</script>'
    )
    page = read(head)
    assert (page.published, summary(page)) == ("2024-05-02", "Own")


def test_what_the_site_says_of_itself_is_no_summary() -> None:
    head = meta("description", "News of the harbour") + meta("og:description", "A ferry returns")
    of_site = page_description(parse_html(f"<head>{meta('description', 'News of the harbour')}"))
    assert of_site == {"News of the harbour"}
    document = Document(text=f"<html><head>{head}</head></html>", kind=DocumentKind.HTML)
    assert read_entry_page(document, of_site=of_site).summaries == ("A ferry returns",)


def entry(position: int, text: str | None = None) -> Entry:
    return Entry(source="a", position=position, title=f"Title {position}", summary=text)


def test_a_batch_comes_out_whole_and_in_order() -> None:
    batch = EntryBatch(3)
    page = EntryPage(summaries=("Everywhere", "Own"), published="2024-05-02")
    other = EntryPage(summaries=("Everywhere", "Another"), published=None)
    assert batch.add(entry(3), page) == []
    assert batch.add(entry(1, "From the listing"), other) == []
    first, second, third = batch.add(entry(2))
    assert (first.summary, first.published, first.raw) == ("From the listing", None, {})
    assert (second.summary, second.published, second.raw) == (None, None, {})
    assert (third.summary, third.published) == ("Own", "2024-05-02")
    assert third.raw == {"entry_page": "published,summary"}
