"""One contract for every source: each fixture page gives the records that stand beside it."""

from __future__ import annotations

import json
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from normalize import Normalizer
from scraper import errors
from scraper.split import split
from scraper.split.registry import known_sources
from tests.jsonl import objects

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/meta.json"))
READABLE = [
    case
    for case in CASES
    if (case / "expected.jsonl").is_file() and (case / "expected.jsonl").stat().st_size
]


def read_case(case: Path) -> tuple[bytes, dict[str, Any]]:
    meta = json.loads((case / "meta.json").read_text(encoding="utf-8"))
    (page,) = case.glob("page.*")
    return page.read_bytes(), meta


def records_of(case: Path) -> list[dict[str, Any]]:
    body, meta = read_case(case)
    entries = split(
        body,
        url=meta["url"],
        content_type=meta["content_type"],
        source=case.parent.name,
        fetched_at=meta["fetched_at"],
    )
    return [record.to_dict() for record in Normalizer(target=None).normalize(entries)]


def name_of(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_page_gives_what_stands_beside_it(case: Path) -> None:
    _, meta = read_case(case)
    if "raises" in meta:
        with pytest.raises(getattr(errors, meta["raises"])) as raised:
            records_of(case)
        assert case.parent.name in str(raised.value)
        assert meta["url"] in str(raised.value)
        return
    expected = objects((case / "expected.jsonl").read_bytes())
    records = records_of(case)
    assert [record["title"] for record in records] == [line.get("title") for line in expected]
    for record, line in zip(records, expected, strict=True):
        assert {name: record[name] for name in line} == line


@pytest.mark.parametrize("name", known_sources())
def test_every_source_has_its_cases(name: str) -> None:
    cases = [case for case in CASES if case.parent.name == name]
    raising = [case for case in cases if "raises" in read_case(case)[1]]
    assert len(cases) >= 4
    assert raising


def test_spiders_for_any_site_are_no_sources() -> None:
    assert {"listing", "feed"}.isdisjoint(known_sources())
    assert all(source.home for source in known_sources().values())


@pytest.mark.parametrize("case", READABLE, ids=name_of)
@pytest.mark.parametrize("addressed", [True, False], ids=["address", "content"])
def test_source_is_found_without_being_named(case: Path, *, addressed: bool) -> None:
    body, meta = read_case(case)
    url = meta["url"] if addressed else None
    recognised = addressed or meta.get("recognised", True)
    with nullcontext() if recognised else suppress(errors.SplitError):
        found = split(body, url=url, content_type=meta["content_type"])
        assert ({entry.source for entry in found} == {case.parent.name}) is recognised


def test_a_result_keeps_its_title_whatever_short_lines_stand_beside_it() -> None:
    page = """<html><body><div class="r"><h3 class="searchtitle"><a href="https://a.example/1">
    A Fine Title About Ships</a></h3><div>arXiv.org Artificial Intelligence</div>
    <p>Doe, Jane, Roe, Richard</p><div class="summary-content"><p>A short summary of it.</p></div>
    <div>Add feedback</div></div></body></html>"""
    (entry,) = split(page, source="aitopics")
    assert entry.title == "A Fine Title About Ships"
    assert entry.summary == "A short summary of it."
    assert entry.byline == "Doe, Jane, Roe, Richard"
    assert entry.raw["other"] == "arXiv.org Artificial Intelligence\nAdd feedback"


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("huggingface_papers", "https://elsewhere.example/papers/2605.90242"),
        ("shamra_academia", "https://elsewhere.example/show/3a443d1e5ffee4"),
    ],
)
def test_links_to_other_sites_are_no_entries(source: str, link: str) -> None:
    page = f'<html><body><p><a href="{link}">A title of some length</a></p></body></html>'
    with pytest.raises(errors.LayoutChanged):
        split(page, source=source)


def test_a_short_abstract_is_kept() -> None:
    page = """<html><body><div><h3><a href="/show/3a443d1e5ffee4">عنوان البحث الأول</a></h3>
    <p>ملخص قصير للبحث.</p></div><div><h3><a href="/show/3a443d1e5ffee5">عنوان ثان</a></h3>
    <p>ملخص آخر للبحث.</p></div></body></html>"""
    assert [entry.summary for entry in split(page, source="shamra_academia")] == [
        "ملخص قصير للبحث.",
        "ملخص آخر للبحث.",
    ]


def test_a_page_of_another_site_that_quotes_a_source_is_not_taken_for_it() -> None:
    items = "".join(
        f'<li><h3><a href="/news/{n}">News item number {n} of today</a></h3>'
        f"<p>What happened near شمرا أكاديميا on day {n} is told here.</p></li>"
        for n in range(8)
    )
    page = f"<html><body><ul>{items}</ul></body></html>"
    found = split(page, url="https://news.example.org/")
    assert {entry.source for entry in found} == {"listing"}
    assert len(found) == 8
