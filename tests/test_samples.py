"""Real captures of Hugging Face Daily Papers: what their JSON says is what comes out."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from normalize import Normalizer, Record
from scraper.split import split
from tests.shared import shared

PAGE = "samples/huggingface_papers/daily_2024-08-01.html"
RESPONSE = "samples/huggingface_papers/api_daily_papers_2026-05.json"


def records(body: bytes, url: str) -> list[Record]:
    return list(Normalizer(target=None).normalize(split(body, url=url)))


def hydration(page: str) -> list[dict[str, Any]]:
    found = re.search(r'data-target="DailyPapers"[^>]*data-props="([^"]*)"', page)
    assert found
    items: list[dict[str, Any]] = json.loads(html.unescape(found[1]))["dailyPapers"]
    return items


def unwrapped(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_page_of_2024_equals_its_json() -> None:
    page = shared(PAGE).read_bytes()
    found = records(page, "https://huggingface.co/papers?date=2024-08-01")
    items = hydration(page.decode("utf-8"))
    assert len(found) == len(items) == 13
    for record, item in zip(found, items, strict=True):
        paper = item["paper"]
        assert record.id == f"huggingface_papers:{paper['id']}"
        assert record.identifiers["arxiv"] == paper["id"]
        assert record.url == f"https://huggingface.co/papers/{paper['id']}"
        assert record.title == unwrapped(paper["title"])
        assert record.summary == unwrapped(paper["summary"])
        assert record.authors == tuple(unwrapped(a["name"]) for a in paper["authors"])
        assert record.author_count == len(paper["authors"])
        assert record.metrics["upvotes"] == paper["upvotes"]
        assert record.published == paper["publishedAt"].replace(".000Z", "Z")
        assert record.raw["publishedAt"] == paper["publishedAt"]


def test_page_of_2024_without_its_json_still_gives_the_cards() -> None:
    page = shared(PAGE).read_text(encoding="utf-8")
    items = hydration(page)
    bare = re.sub(r'data-props="[^"]*"', "", page)
    found = records(bare.encode(), "https://huggingface.co/papers?date=2024-08-01")
    assert len(found) == 13
    for record, item in zip(found, items, strict=True):
        paper = item["paper"]
        assert record.id == f"huggingface_papers:{paper['id']}"
        assert record.title == unwrapped(paper["title"])
        assert record.url == f"https://huggingface.co/papers/{paper['id']}"
        assert record.author_count == len(paper["authors"])
        assert record.metrics["upvotes"] == paper["upvotes"]
        assert "layout_fallback:cards" in record.issues


def test_api_response_of_2026() -> None:
    body = shared(RESPONSE).read_bytes()
    items = json.loads(body)
    found = records(body, "https://huggingface.co/api/daily_papers")
    assert [r.id for r in found] == [f"huggingface_papers:{i['paper']['id']}" for i in items]
    for record, item in zip(found, items, strict=True):
        assert record.published == item["paper"]["publishedAt"][:10]
        assert record.metrics["comments"] == item["numComments"]
        assert record.authors == tuple(a["name"] for a in item["paper"]["authors"])
