"""Text dumps of four real pages: everything in them comes out, and nothing else."""

from __future__ import annotations

import re
from datetime import date

import pytest

from normalize import Normalizer, Record
from scraper.split import split
from tests.shared import shared

INTERFACE = (
    "Get trending papers",
    "Subscribe",
    "byAK",
    "mircosoft-partner",
    "ترغب",
    "شمرا",
    "(4 more...)",
)


def dump(name: str) -> str:
    return shared(f"seeds/{name}.txt").read_text(encoding="utf-8")


def records(name: str, reference: date | None = None) -> list[Record]:
    entries = split(dump(name))
    return list(Normalizer(target=None, reference=reference).normalize(entries))


def papers(name: str) -> list[re.Match[str]]:
    """The entries of a Hugging Face dump, read another way than the splitter does."""
    shape = re.compile(
        r"(?P<title>[^\n]+)\n\n(?P<summary>[^\n]+)\n\n  • (?P<count>\d+) authors\n·\n"
        r"(?P<date>[A-Z][a-z]{2} \d{1,2}(?:, \d{4})?)(?: (?P<upvotes>\d+))?(?:\n|\Z)"
    )
    return list(shape.finditer(dump(name)))


@pytest.mark.parametrize(
    ("name", "count"), [("huggingface_papers_1", 66), ("huggingface_papers_2", 11)]
)
def test_papers_come_out_whole(name: str, count: int) -> None:
    found = records(name)
    assert len(found) == len(papers(name)) == count
    for record, paper in zip(found, papers(name), strict=True):
        assert record.title == paper["title"]
        assert record.summary == paper["summary"]
        assert record.author_count == int(paper["count"])
        assert record.published_raw == paper["date"]
        upvotes = paper["upvotes"]
        assert record.metrics == ({"upvotes": int(upvotes)} if upvotes else {})
        assert record.authors == ()


def test_no_year_is_invented() -> None:
    incomplete = [r for r in records("huggingface_papers_1") if r.published is None]
    without_year = [p["date"] for p in papers("huggingface_papers_1") if "," not in p["date"]]
    assert [record.published_raw for record in incomplete] == without_year
    assert len(without_year) == 9
    assert all("date_without_year" in record.issues for record in incomplete)
    assert not any(re.search(r"\d{4}", record.published_raw or "") for record in incomplete)


def test_reference_date_completes_dates_without_year() -> None:
    before = [r.published_raw for r in records("huggingface_papers_1") if r.published is None]
    found = records("huggingface_papers_1", date(2025, 10, 30))
    completed = [r for r in found if "year_from_reference" in r.issues]
    assert [r.published_raw for r in completed] == before
    assert all((r.published or "").startswith("2025-") for r in completed)
    assert {r.published_raw: r.published for r in completed}["Oct 1"] == "2025-10-01"
    assert {r.published_raw: r.published for r in completed}["Apr 25"] == "2025-04-25"
    assert all(record.published for record in found)


def test_aitopics_entries_come_out_whole() -> None:
    lines = dump("aitopics").splitlines()
    found = records("aitopics")
    assert len(found) == 10
    rest = [line for line in lines[1:] if line]
    for record in found:
        told = [record.title, record.raw.get("byline"), record.summary]
        taxonomy = record.raw.get("taxonomy", "").split("\n")
        told += [f"- {line}" for line in taxonomy if line]
        expected = [line for line in told if line]
        assert rest[: len(expected)] == expected
        rest = rest[len(expected) :]
    assert rest == []


def test_aitopics_names_and_taxonomy() -> None:
    found = records("aitopics")
    assert found[0].authors == ()
    assert found[1].authors == ("Logan Weber", "Jesse Michel", "Alex Renda", "Michael Carbin")
    assert found[2].authors == ("Alexander van Meegen", "Haim Sompolinsky")
    assert found[4].authors == ("Zonghao Huang", "Neil Gong", "Michael K. Reiter")
    assert [len(r.authors) for r in found] == [0, 4, 2, 2, 3, 3, 2, 5, 3, 4]
    assert found[1].places[0].path == (
        "North America",
        "United States",
        "Massachusetts",
        "Middlesex County",
        "Cambridge",
    )
    assert found[1].places[0].confidence == 0.14
    assert [(len(r.places), len(r.topics)) for r in found] == [
        (0, 0),
        (3, 4),
        (3, 3),
        (4, 0),
        (4, 0),
        (0, 4),
        (4, 0),
        (3, 0),
        (3, 0),
        (3, 0),
    ]
    folded = [i for r in found for i in r.issues if i.startswith("folded_taxonomy")]
    assert folded == ["folded_taxonomy:4", "folded_taxonomy:2"]


def test_shamra_joints_are_undone_and_no_other_space_touched() -> None:
    abstracts = [line for line in dump("shamra_academia").splitlines() if len(line) > 300]
    found = records("shamra_academia")
    assert len(found) == len(abstracts) == 10
    for place, (record, abstract) in enumerate(zip(found, abstracts, strict=True)):
        # In one of them the cut fell on a space of the text, and the dump shows just that one.
        on_space = place == 8
        assert abstract[249 if on_space else 250] == " "
        whole = abstract if on_space else abstract[:250] + abstract[251:]
        assert record.summary == whole
        assert ("teaser_gap_repaired" in record.issues) is not on_space
    assert "latex_backslashes_lost" in found[8].issues


def test_everything_is_english_and_nothing_is_boilerplate() -> None:
    names = ("huggingface_papers_1", "huggingface_papers_2", "aitopics", "shamra_academia")
    found = [record for name in names for record in records(name)]
    assert len(found) == 97
    assert {record.language for record in found} == {"en"}
    for record in found:
        assert record.title != "training input"
        for text in (record.title or "", record.summary or ""):
            assert not any(phrase in text for phrase in INTERFACE)
