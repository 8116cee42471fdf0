"""One contract for every source: each fixture page gives the records that stand beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from normalize import Normalizer
from scraper import errors
from scraper.split import split
from scraper.split.registry import known_sources

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
    lines = (case / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [json.loads(line) for line in lines]
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


@pytest.mark.parametrize("case", READABLE, ids=name_of)
@pytest.mark.parametrize("addressed", [True, False], ids=["address", "content"])
def test_source_is_found_without_being_named(case: Path, *, addressed: bool) -> None:
    body, meta = read_case(case)
    found = split(body, url=meta["url"] if addressed else None, content_type=meta["content_type"])
    assert found
    assert {entry.source for entry in found} == {case.parent.name}
