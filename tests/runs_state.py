"""What the tests of the state share: runs as a crawl leaves them, and their records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from normalize.identity import content_hash
from normalize.model import Record, TranslatedText
from scraper.outcome import Outcome
from scraper.runs.model import CrawlResult, PageVisit, compact_time, utc_text

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAGE = "https://site.example/list"


def record(  # noqa: PLR0913  what tests vary of a record
    entry: str,
    title: str = "A title",
    *,
    source: str = "site",
    page: str = PAGE,
    position: int = 1,
    translations: Mapping[str, TranslatedText] | None = None,
    at: datetime = NOON,
) -> Record:
    """A record of the entry ``<source>:<entry>``."""
    return Record(
        id=f"{source}:{entry}",
        source=source,
        url=f"https://site.example/{entry}",
        page_url=page,
        position=position,
        title=title,
        content_hash=content_hash({"title": title}),
        translations=translations or {},
        fetched_at=utc_text(at),
    )


def visit(*entries: str, source: str = "site", url: str = PAGE, **more: Any) -> PageVisit:  # noqa: ANN401  fields of PageVisit
    """A page that was read and holds these entries."""
    ids = tuple(f"{source}:{entry}" for entry in entries)
    told = {"status": 200, "fetched_at": utc_text(NOON), "entry_ids": ids, **more}
    return PageVisit(url=url, **told)


def crawled(  # noqa: PLR0913  what tests vary of a crawl
    root: Path,
    records: Sequence[Record],
    visits: Sequence[PageVisit] | None = None,
    *,
    source: str = "site",
    at: datetime = NOON,
    outcome: Outcome = Outcome.OK,
) -> CrawlResult:
    """What a crawl that found these records leaves; by default one page, with all of them."""
    runs = root / "crawled" / source
    run_id = f"{compact_time(at)}-{len(list(runs.glob('*')))}"
    directory = runs / run_id
    directory.mkdir(parents=True)
    if visits is None:
        ids = tuple(one.id for one in records)
        visits = [PageVisit(url=PAGE, status=200, fetched_at=utc_text(at), entry_ids=ids)]
    lines = "".join(one.to_json_line() for one in records)
    (directory / "records.jsonl").write_text(lines, encoding="utf-8")
    pages = "".join(one.to_json() for one in visits)
    (directory / "pages.jsonl").write_text(pages, encoding="utf-8")
    return CrawlResult(
        source=source, run_id=run_id, started=at, finished=at, outcome=outcome, directory=directory
    )


def listed(
    root: Path,
    *entries: str,
    titles: Mapping[str, str] | None = None,
    **more: Any,  # noqa: ANN401  arguments of crawled
) -> CrawlResult:
    """What a crawl leaves that found these entries on one page, in this order."""
    source = more.get("source", "site")
    records = [
        record(entry, (titles or {}).get(entry, f"Title of {entry}"), position=place, source=source)
        for place, entry in enumerate(entries, start=1)
    ]
    return crawled(root, records, **more)


def parsed(lines: bytes) -> list[dict[str, Any]]:
    """Lines of JSON."""
    return [json.loads(line) for line in lines.splitlines()]
