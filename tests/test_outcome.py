from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from scraper.outcome import Outcome, explain, outcome

DOCS = Path(__file__).resolve().parents[1] / "docs" / "crawling.md"
TEN = {"item_scraped_count": 10}


@pytest.mark.parametrize(
    ("stats", "reason", "verdict"),
    [
        (TEN, "finished", "ok"),
        ({}, "finished", "empty"),
        ({"source/allow_empty": True}, "finished", "ok"),
        ({"source/allow_empty": True, "source/min_entries": 3}, "finished", "ok"),
        (TEN | {"source/min_entries": 10}, "finished", "ok"),
        (TEN | {"source/min_entries": 11}, "finished", "bounds"),
        (TEN | {"source/min_entries": 11}, "closespider_itemcount", "ok"),
        (TEN | {"source/min_entries": None, "source/max_entries": 5}, "finished", "ok"),
        (TEN | {"feed/already_there": 10, "feed/appended": 0}, "finished", "unchanged"),
        (TEN | {"feed/already_there": 9, "feed/appended": 1}, "finished", "ok"),
        (TEN | {"http/errors/404": 1}, "finished", "http"),
        (TEN | {"http/errors/500": 1}, "finished", "http"),
        (TEN | {"http/failures/DownloadTimeoutError": 1}, "finished", "http"),
        (TEN | {"http/errors/403": 1, "http/errors/404": 5}, "finished", "blocked"),
        (TEN | {"http/errors/429": 1}, "finished", "blocked"),
        (TEN | {"robotstxt/forbidden": 1}, "finished", "blocked"),
        ({"robotstxt/forbidden": 1, "http/robots_unreachable": 1}, "finished", "http"),
        (TEN | {"split/blocked": 1, "split/layout_changed": 1}, "finished", "blocked"),
        (TEN | {"split/layout_changed": 1, "http/errors/404": 1}, "finished", "layout"),
        (TEN | {"split/unsupported": 1}, "finished", "layout"),
        (TEN, "closespider_timeout", "timeout"),
        (TEN, "closespider_timeout_no_item", "timeout"),
        (TEN, "shutdown", "interrupted"),
        (TEN | {"spider_exceptions/count": 1}, "shutdown", "interrupted"),
        (TEN | {"spider_exceptions/count": 1}, "closespider_timeout", "crash"),
        (TEN | {"item_errors/count": 1}, "finished", "crash"),
        (TEN | {"feed/invalid": 1, "http/errors/404": 1}, "finished", "crash"),
        (TEN | {"feed/write_errors": 1}, "finished", "crash"),
        (TEN | {"feedexport/failed_count/FileStorage": 1}, "finished", "crash"),
        (TEN, "start_error", "crash"),
        (TEN, "memusage_exceeded", "crash"),
        (TEN, "cancelled", "crash"),
        # Duplicates and retries are everyday.
        (TEN | {"feed/duplicates": 4, "retry/count": 9}, "finished", "ok"),
    ],
)
def test_outcome(stats: dict[str, Any], reason: str, verdict: str) -> None:
    assert outcome(stats, reason) == verdict


EXIT_CODES = {
    "ok": 0, "unchanged": 0, "crash": 1, "empty": 3, "blocked": 3, "http": 3, "layout": 3,
    "bounds": 3, "timeout": 3, "interrupted": 130,
}  # fmt: skip


def test_exit_codes() -> None:
    assert {verdict.value: verdict.exit_code for verdict in Outcome} == EXIT_CODES


def test_only_a_healthy_crawl_publishes() -> None:
    assert {verdict.value for verdict in Outcome if verdict.publishes} == {"ok", "unchanged"}


def test_the_documented_exit_codes_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `([a-z]+)` \| (\d+) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name: int(code) for name, code in rows} == EXIT_CODES


@pytest.mark.parametrize(
    ("stats", "reason", "told"),
    [
        (TEN, "finished", ""),
        (
            {"http/errors/404": 2, "http/errors/500": 1},
            "finished",
            "http/errors/404=2, http/errors/500=1",
        ),
        ({"feed/unusable": "no such directory"}, "feed_unusable", "no such directory"),
        (TEN, "memusage_exceeded", "the spider closed itself: memusage_exceeded"),
        ({"split/layout_changed": 2}, "finished", "split/layout_changed=2"),
        (
            {"http/errors/404": 2, "fault/http/errors/404": "https://a.example/ answered HTTP 404"},
            "finished",
            "https://a.example/ answered HTTP 404 (http/errors/404=2)",
        ),
        # What was taken back is not told.
        (
            {"http/errors/404": 0, "fault/http/errors/404": "x", "http/errors/410": 1},
            "finished",
            "http/errors/410=1",
        ),
    ],
)
def test_explanation(stats: dict[str, Any], reason: str, told: str) -> None:
    assert explain(stats, reason) == told
