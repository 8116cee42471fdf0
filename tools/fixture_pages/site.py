"""The snapshot site: which path of which source leads to which page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fixture_pages.case import TEXT, TOOLS, Case

LATEST = "/papers/date/2026-05-08"

PAGES: Mapping[str, Mapping[str, str]] = {
    "huggingface_papers": {
        LATEST: "daily_2026",
        "/papers/date/2026-05-07": "daily_2026_compact",
        "/papers?q=dialect": "search",
        "/api/daily_papers": "api",
        "/api/daily_papers?date=2026-05-08": "api",
    },
    "aitopics": {
        "/search": "first_page",
        "/search?start=0": "first_page",
        "/search?start=10": "second_page",
        "/search?start=20": "last_page",
        "/search?start=30": "empty",
    },
    "shamra_academia": {
        "/": "first_page",
        "/?page=1": "first_page",
        "/?page=2": "last_page",
        "/?page=3": "empty",
    },
}
"""Path and query to the name of the fixture that is served there."""

REDIRECTS: Mapping[str, Mapping[str, str]] = {
    "huggingface_papers": {
        "/papers": LATEST,
        "/papers/date/2026-05-09": LATEST,
        "/papers/date/2026-05-10": LATEST,
    },
    "aitopics": {"/": "/search"},
    "shamra_academia": {"/index.php": "/"},
}
"""Path to path; a Saturday, a Sunday and a day to come lead to the latest day."""


def files(cases: Iterable[Case]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the site's files: ``routes.json`` and each source's robots.txt."""
    by_name = {(case.source, case.name): case for case in cases}
    routes: dict[str, dict[str, dict[str, Any]]] = {}
    for source, pages in PAGES.items():
        robots = f"site/{source}/robots.txt"
        yield (
            f"{source}/robots.txt",
            (TOOLS / "fixture_templates/site" / f"{source}.txt").read_bytes(),
        )
        routes[source] = {path: {"redirect": to} for path, to in REDIRECTS[source].items()}
        routes[source]["/robots.txt"] = {"file": robots, "content_type": TEXT, "status": 200}
        for path, name in pages.items():
            case = by_name[source, name]
            routes[source][path] = {
                "file": case.path,
                "content_type": case.content_type,
                "status": 200,
            }
    yield "routes.json", (json.dumps(routes, ensure_ascii=False, indent=2) + "\n").encode()
