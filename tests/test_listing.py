"""Listing pages of no known source: what comes out, and what is refused."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from normalize.dates import parse_date
from normalize.model import Entry
from scraper.errors import NoEntries, SplitError
from scraper.split import split
from tests.listing_layouts import all_pages
from tests.listing_pages import SITE, Page, articles, items_of, shell
from tests.shared import shared

PAGES = tuple(all_pages())

# What is reached over the made pages. These figures may be raised, never lowered.
LEAST_F1 = 1.0
LEAST_PERFECT = 207
LEAST_TITLES = 1.0
LEAST_DATES = 1.0


def day_of(entry: Entry) -> str | None:
    date = parse_date(entry.published or "", languages=entry.languages, day_first=entry.day_first)
    return (date.iso or "")[:10] if date else None


def key_of(page: Page, url: str | None, title: str | None) -> str | None:
    return url if page.linked else title


def test_quality_over_made_pages_is_not_lowered() -> None:
    assert len({page.name.rpartition("-")[0] for page in PAGES}) >= 69
    assert len(PAGES) >= 207
    scores, titles, dates, hits, dated = [], 0, 0, 0, 0
    for page in PAGES:
        found = split(page.html, url=page.url, content_type="text/html")
        told = {key_of(page, r.url, r.title): r for r in found}
        pairs = [(i, told.get(key_of(page, i.url, i.title))) for i in page.items]
        hit = [(item, entry) for item, entry in pairs if entry]
        scores.append(2 * len(hit) / (len(found) + len(page.items)))
        hits += len(hit)
        titles += sum(entry.title == item.title for item, entry in hit)
        dated += len(hit) * page.dated
        if page.dated:
            dates += sum(day_of(entry) == item.day for item, entry in hit)
    assert sum(scores) / len(scores) >= LEAST_F1
    assert sum(score == 1 for score in scores) >= LEAST_PERFECT
    assert titles / hits >= LEAST_TITLES
    assert dates / dated >= LEAST_DATES


def test_entries_say_how_they_were_found() -> None:
    items = items_of("he", 12)
    found = split(shell("he", articles(items, "he")), url=f"{SITE}/list")
    assert [entry.position for entry in found] == list(range(1, 13))
    first = found[0]
    assert first.source == "listing"
    assert first.title == items[0].title
    assert first.url == items[0].url
    assert first.summary == items[0].summary
    assert first.published == "2024-03-28T08:00:00+00:00"
    assert first.authors == ("Mara Lindt",)
    assert first.languages == ("he",)
    assert float(first.raw["confidence"]) > 0.7
    assert first.issues == ()


def test_counts_are_read_with_their_labels() -> None:
    page = next(page for page in PAGES if page.name.startswith("paired_rows"))
    found = split(page.html, url=page.url)
    assert [entry.metrics["comments"] for entry in found] == [str(i.count) for i in page.items]
    assert found[0].metrics == {"points": "1", "comments": "1"}


def test_numeric_dates_tell_their_order_by_agreement() -> None:
    rows = "".join(
        f'<li><a href="/s/{n}">A story about the harbour, part {n}</a> <i>{n:02}/05/2024</i></li>'
        for n in range(9, 16)
    )
    found = split(f"<html><body><ul>{rows}</ul></body></html>", url=SITE)
    assert [entry.published for entry in found] == [f"{n:02}/05/2024" for n in range(9, 16)]
    assert {entry.day_first for entry in found} == {True}


def test_cut_titles_come_whole_from_the_attribute() -> None:
    page = next(page for page in PAGES if page.name.startswith("tagged"))
    found = split(page.html, url=page.url)
    assert [entry.title for entry in found] == [item.title for item in page.items]


def test_structured_data_fills_what_the_page_does_not_show() -> None:
    items = items_of("en", 6)
    rows = "".join(f'<li><a href="{i.url}">{i.title}</a></li>' for i in items)
    data = ",".join(
        f'{{"@type":"Article","url":"{i.url}","headline":"x","datePublished":"{i.day}",'
        f'"author":{{"name":"{i.author}"}}}}'
        for i in items
    )
    script = f'<script type="application/ld+json">[{data}]</script>'
    found = split(f"<html><body>{script}<ul>{rows}</ul></body></html>", url=SITE)
    assert [entry.title for entry in found] == [item.title for item in items]
    assert [entry.published for entry in found] == [item.day for item in items]
    assert found[0].authors == ("Mara Lindt",)


def test_structured_data_about_something_else_is_not_used() -> None:
    items = items_of("en", 6)
    rows = "".join(f'<li><a href="{i.url}">{i.title}</a></li>' for i in items)
    data = (
        '{"@type":"Article","url":"https://other.example/","headline":"x","datePublished":"2001"}'
    )
    script = f'<script type="application/ld+json">{data}</script>'
    found = split(f"<html><body>{script}<ul>{rows}</ul></body></html>", url=SITE)
    assert {entry.published for entry in found} == {None}


def test_single_article_is_refused_as_such() -> None:
    text = "".join(
        f"<p>{'The harbour council met again and nobody could say what would come of it. ' * 4}</p>"
        for _ in range(12)
    )
    main = f"<article><h1>The harbour council</h1>{text}</article>"
    with pytest.raises(NoEntries, match="single article"):
        split(shell("en", main), url=f"{SITE}/2024/7-story")


def test_page_without_a_list_is_refused() -> None:
    with pytest.raises(NoEntries, match="no list"):
        split("<html><body><p>Nothing is here but a sentence.</p></body></html>", url=SITE)


def test_weak_list_is_marked_uncertain() -> None:
    rows = "".join(
        f'<li><a href="/{n}">{word}</a></li>' for n, word in enumerate(("The harbour", "A library"))
    )
    body = f"<html><body><ul>{rows}<li><a href='/x'>Night train</a></li></ul></body></html>"
    found = split(body, url=SITE)
    assert all("listing_uncertain" in entry.issues for entry in found)
    assert all(float(entry.raw["confidence"]) < 0.5 for entry in found)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("huggingface_papers_1", 66),
        ("huggingface_papers_2", 11),
        ("aitopics", 10),
        ("shamra_academia", 10),
    ],
)
def test_dumps_come_out_by_rhythm_alone(name: str, count: int) -> None:
    text = shared(f"seeds/{name}.txt").read_text(encoding="utf-8")
    by_rules = split(text)
    by_rhythm = split(text, source="listing")
    assert len(by_rhythm) == len(by_rules) == count
    for rhythm, rules in zip(by_rhythm, by_rules, strict=True):
        assert rhythm.source == "listing"
        assert rhythm.title == rules.title
        assert (rhythm.summary or "")[:200] == (rules.summary or "")[:200]


def test_text_of_titles_and_dates_has_a_rhythm() -> None:
    text = "\n".join(
        f"{i.title}\n{i.shown}\n{i.count} {word}\n"
        for i, word in zip(items_of("en", 5), ["comments"] * 5, strict=True)
    )
    found = split(text, source="listing", content_type="text/plain")
    assert [entry.title for entry in found] == [item.title for item in items_of("en", 5)]
    assert [entry.published for entry in found] == [item.shown for item in items_of("en", 5)]
    assert [entry.metrics for entry in found] == [
        {"comments": str(item.count)} for item in items_of("en", 5)
    ]


def test_prose_has_no_rhythm() -> None:
    prose = "\n\n".join(
        f"In the {n}th year the old port slept, and nobody would have thought of waking it up now."
        for n in range(4, 12)
    )
    with pytest.raises(NoEntries):
        split(prose, source="listing", content_type="text/plain")


def paragraph(language: str, length: int, start: int = 0) -> str:
    """Sentences of a language, as many as a paragraph of that length takes."""
    told = ""
    for item in items_of(language, 20, start):
        if len(told) >= length:
            break
        told += f"{item.title} {item.summary} "
    return told.strip().rstrip(".。") + ("。" if language in {"zh", "ja"} else ".")


def article(language: str) -> str:
    """A headline, an author, and paragraphs as uneven as in any article."""
    lengths = (420, 130, 310, 90, 560, 240, 380, 150)
    told = [paragraph(language, length, start) for start, length in enumerate(lengths)]
    return "\n\n".join([items_of(language, 1)[0].title, "Mara Lindt", *told])


def manual(language: str) -> str:
    """Headings with one to four paragraphs and commands below each."""
    parts = []
    for number, item in enumerate(items_of(language, 8)):
        texts = [paragraph(language, 160 + 60 * n, n) for n in range(number % 4 + 1)]
        code = ["    run --all", "    run --help"][: number % 3]
        parts += [f"## {item.title}", *texts, *code]
    return "\n\n".join(parts)


@pytest.mark.parametrize("language", ["en", "ar", "he", "ru", "zh", "ja", "hi"])
@pytest.mark.parametrize("made", [article, manual])
@pytest.mark.parametrize("columns", [0, 72, 110])
def test_prose_is_no_list(language: str, made: Callable[[str], str], columns: int) -> None:
    prose = made(language)
    if columns:
        prose = "\n".join(textwrap.fill(line, columns) for line in prose.split("\n"))
    with pytest.raises(NoEntries):
        split(prose, content_type="text/plain")


def test_a_readme_is_no_list() -> None:
    readme = Path(__file__).resolve().parents[1] / "README.md"
    with pytest.raises(NoEntries, match="prose of one text, such as an article"):
        split(readme.read_text(encoding="utf-8"), content_type="text/plain")


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_titles_with_a_text_each_are_a_list_without_details_too(language: str) -> None:
    items = items_of(language, 6)
    told = [paragraph(language, 150 + 70 * (n % 3), n) for n in range(6)]
    text = "\n\n".join(f"{i.title}\n{t}" for i, t in zip(items, told, strict=True))
    found = split(text, content_type="text/plain")
    assert [entry.title for entry in found] == [item.title for item in items]
    assert [entry.summary for entry in found] == told


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>" + "<div>" * 5000 + '<a href="/a">Some title or other</a>' + "</div>" * 5000,
        "<html><body>" + "<a href='/x'>one and the same</a>" * 5000,
        "<html><body><p>" + "word " * 200_000 + "</p>",
        "<html><body>" + "<table><tr><td>" * 600 + "<a href='/x'>Inner title</a>",
    ],
)
def test_extreme_pages_end_in_entries_or_in_a_named_refusal(body: str) -> None:
    try:
        found = split(body, url=SITE, source="listing")
    except SplitError:
        return
    assert len(found) < 3


@pytest.mark.parametrize("part", ["<br>" * 405_001, "<a href=/x>" * 135_001])
def test_endless_pages_are_refused_before_they_are_parsed(part: str) -> None:
    with pytest.raises(SplitError, match="more parts than a listing page"):
        split("<html><body>" + part, url=SITE, source="listing")
