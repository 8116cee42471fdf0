"""Entries to records: what is parsed, what stays beside it, what is remembered."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import attrs
import pytest

from normalize import Entry, Normalizer, Record
from normalize.model import Link, ParallelText
from normalize.recurrence import MINIMUM
from scraper.validation import record_problems, record_validator

ENTRY = Entry(
    source="portal",
    position=1,
    native_id="7",
    url="HTTPS://Example.org/a/7?utm_source=feed#top",
    title="  A  title\nin two lines ",
    summary="We measure $x_i &lt; 3$ in 1,200 villages; the results are clear &amp; stable.",
    byline="Weber, Logan, Michel, Jesse",
    family_first=True,
    published="3 May 2026",
    taxonomy=("Europe > Austria > Vienna (0.14)", "(2 more...)"),
    metrics={"upvotes": "12", "github_stars": "10.2k", "views": "many"},
    links=(Link(rel="arxiv", url="https://arxiv.org/abs/2401.00001v2"),),
    fetched_at="2026-05-09T06:00:00Z",
)


def record(entry: Entry = ENTRY, **settings: date | datetime) -> Record:
    return Normalizer(target=None, **settings).record(entry)


def test_every_value_is_parsed_and_kept_raw() -> None:
    found = record()
    assert found.id == "portal:7"
    assert found.url == "https://example.org/a/7"
    assert found.title == "A title in two lines"
    assert found.authors == ("Logan Weber", "Jesse Michel")
    assert found.author_count == 2
    assert found.published == "2026-05-03"
    assert found.published_raw == "3 May 2026"
    assert found.language == "en"
    assert found.places[0].path == ("Europe", "Austria", "Vienna")
    assert found.identifiers == {"arxiv": "2401.00001"}
    assert found.metrics == {"upvotes": 12, "github_stars": 10200}
    assert (
        found.summary
        == "We measure $x_i &lt; 3$ in 1,200 villages; the results are clear & stable."
    )
    assert found.issues == (
        "text_repaired:entities",
        "folded_taxonomy:2",
        "count_approximate:github_stars",
        "count_not_understood:views",
    )
    assert found.raw["byline"] == "Weber, Logan, Michel, Jesse"
    assert found.raw["github_stars"] == "10.2k"
    assert found.raw["taxonomy"].splitlines() == list(ENTRY.taxonomy)


def test_every_record_validates() -> None:
    validator = record_validator()
    bare = Entry(source="portal", position=1)
    for entry in (ENTRY, bare):
        assert record_problems(validator, record(entry).to_dict()) == []
    assert "no_text" in record(bare).issues
    assert record(bare).language == "und"


def test_reference_completes_a_date_and_the_fetch_time_stands_in() -> None:
    entry = attrs.evolve(ENTRY, published="Oct 1")
    assert record(entry).published == "2025-10-01"
    assert record(entry, reference=date(2024, 10, 30)).published == "2024-10-01"
    unknown = record(attrs.evolve(entry, fetched_at=None))
    assert unknown.published is None
    assert "date_without_year" in unknown.issues


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"metrics": {"upvotes": "13"}}, True),
        ({"position": 2, "fetched_at": "2026-05-10T06:00:00Z"}, True),
        ({"title": "Another title"}, False),
        ({"published": "4 May 2026"}, False),
    ],
)
def test_content_hash_tells_content_from_circumstance(
    changed: dict[str, object],
    same: bool,  # noqa: FBT001  a parameter of the case
) -> None:
    # A source's day is told; what it counts, and where it stands on the page, changes hourly.
    other = record(attrs.evolve(ENTRY, **changed))  # type: ignore[arg-type]  fields by name
    assert (other.content_hash == record().content_hash) is same


def test_text_the_page_gives_in_a_second_language_is_its_translation() -> None:
    entry = attrs.evolve(
        ENTRY,
        title="تحسين عمر شبكات الحساسات اللاسلكية",
        summary="تعاني شبكات الحساسات اللاسلكية من محدودية الطاقة في عقدها.",
        parallel=(ParallelText(title="Extending the lifetime of wireless sensor networks"),),
    )
    found = record(entry)
    assert (found.language, found.direction) == ("ar", "rtl")
    assert found.translations["en"].title == "Extending the lifetime of wireless sensor networks"
    assert found.translations["en"].engine == "source"


def test_a_title_in_another_language_than_its_summary_is_told() -> None:
    entry = attrs.evolve(
        ENTRY,
        title="كشف الأخبار الزائفة في النصوص العربية",
        summary="We detect false news in Arabic text with a small model and measure its errors.",
    )
    assert record(entry).field_languages == {"title": "ar", "summary": "en"}


def entries(count: int, footer: str) -> list[Entry]:
    return [
        Entry(
            source="portal",
            position=place,
            native_id=str(place),
            title=f"Notice number {place} of the council on water and roads",
            summary=f"Notice {place} tells what the council decided on day {place}.\n{footer}",
        )
        for place in range(1, count + 1)
    ]


def test_what_recurs_over_a_source_is_dropped_and_remembered(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    footer = "Share this notice with your neighbours"
    first = Normalizer(target=None, state=state)
    list(first.normalize(entries(10 * MINIMUM, footer)))
    first.state.close()
    (later,) = Normalizer(target=None, state=state).normalize(entries(1, footer))
    assert later.summary == "Notice 1 tells what the council decided on day 1."
    assert "boilerplate_dropped:1" in later.issues


def test_what_occurs_once_is_never_dropped() -> None:
    made = Normalizer(target=None).normalize(
        attrs.evolve(entry, summary=f"{entry.summary}\nOnly here: {entry.position}")
        for entry in entries(100, "Share this notice")
    )
    assert all(f"Only here: {found.position}" in (found.summary or "") for found in made)


def test_the_same_paper_elsewhere_is_told_over_runs(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    first = Normalizer(target=None, state=state)
    (original,) = first.normalize([ENTRY])
    first.state.close()
    again = attrs.evolve(ENTRY, source="other", native_id="x", url="https://other.example/1")
    (copy,) = Normalizer(target=None, state=state).normalize([again])
    assert original.duplicate_of is None
    assert copy.duplicate_of == "portal:7"


def test_normalising_again_gives_the_same(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    once = list(Normalizer(target=None, state=state).normalize([ENTRY]))
    assert list(Normalizer(target=None, state=state).normalize([ENTRY])) == once


def test_an_entry_seen_at_every_run_is_no_evidence_against_itself(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    for day in range(12):
        entry = Entry(
            source="portal",
            position=1,
            native_id="1",
            title="The bridge over the northern arm stays closed",
            summary=f"Engineers found rust in two pylons.\nA detour leads by the mill.\nDay {day}.",
        )
        normalizer = Normalizer(target=None, state=state)
        (found,) = normalizer.normalize([entry])
        normalizer.state.close()
        assert found.summary == entry.summary


def test_addresses_that_lead_nowhere_are_told_not_published() -> None:
    entry = Entry(
        source="demo", position=1, title="T", url="/news/1", image="pic.png",
        links=(Link(rel="pdf", url="a.pdf"), Link(rel="code", url="https://e.example/c")),
    )  # fmt: skip
    found = Normalizer(target=None).record(entry)
    assert (found.url, found.image) == (None, None)
    assert found.links == (Link(rel="code", url="https://e.example/c"),)
    assert found.issues == ("url_relative:url", "url_relative:image", "url_relative:links")
    assert found.raw == {"url": "/news/1", "image": "pic.png", "links": "a.pdf"}
    kept = Entry(source="demo", position=1, title="T", url="HTTPS://e.example/1?utm_source=x")
    assert Normalizer(target=None).record(kept).url == "https://e.example/1"
