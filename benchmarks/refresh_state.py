"""What a million known entries cost a refresh: ``python benchmarks/refresh_state.py``.

Fills a state with a source's entries (1,000,000, or as many as ``--entries`` says), of which the
newest 10,000 are its feed, and publishes them. Then takes in a run that saw 50 new entries and 50
known ones, and publishes, in a process of its own; prints its seconds and its highest resident
memory. The same is done with an empty state before; what a process needs to begin with is in both.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from normalize.identity import content_hash
from normalize.model import Record
from scraper.outcome import Outcome
from scraper.runs.layout import Layout
from scraper.runs.model import CrawlResult, PageVisit, Policy, utc_text
from scraper.runs.publish import publish
from scraper.runs.state import State

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NEW = 50
MIB = 2**20
SUMMARY = "The text of an entry, of about the length that summaries of works have. " * 14
COUNT = "SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM feed)"


def record(number: int) -> Record:
    """The entry of a number; later ones are newer."""
    content = {"title": f"Entry {number}", "summary": SUMMARY}
    return Record(
        id=f"bench:{number}",
        source="bench",
        url=f"https://site.example/{number}",
        page_url="https://site.example/",
        position=1,
        title=content["title"],
        summary=content["summary"],
        content_hash=content_hash(content),
        fetched_at=utc_text(BEGIN),
        first_seen=utc_text(BEGIN),
        last_seen=utc_text(BEGIN),
    )


def crawl(root: Path, first: int, last: int) -> CrawlResult:
    """What a crawl leaves that saw the entries of these numbers, the newest above."""
    directory = root / f"crawl-{last}"
    directory.mkdir()
    records = [record(number) for number in range(last, first - 1, -1)]
    lines = "".join(one.to_json_line() for one in records)
    (directory / "records.jsonl").write_text(lines, encoding="utf-8")
    visit = PageVisit(
        url="https://site.example/",
        status=200,
        fetched_at=utc_text(BEGIN),
        entry_ids=tuple(one.id for one in records),
    )
    (directory / "pages.jsonl").write_text(visit.to_json(), encoding="utf-8")
    return CrawlResult(
        source="bench",
        run_id=directory.name,
        started=BEGIN,
        finished=BEGIN,
        outcome=Outcome.OK,
        directory=directory,
    )


def fill(root: Path, entries: int) -> None:
    """Make a state that has seen so many entries, and publish it."""
    layout = Layout(root=root / "out")
    layout.make()
    live = min(entries, Policy().max_entries or entries)
    with State(layout.state) as state:
        if live:
            result = crawl(root, entries - live + 1, entries)
            state.apply(result, now=BEGIN, policy=Policy())
        publish(state, layout, now=BEGIN)
    with sqlite3.connect(layout.state) as connection:
        connection.executemany(
            "INSERT INTO entries (source, id, content_hash, revision, first_seen, last_seen)"
            " VALUES ('bench', ?, ?, 1, ?, ?)",
            (
                (f"bench:{number}", f"{number:032x}", utc_text(BEGIN), utc_text(BEGIN))
                for number in range(1, entries - live + 1)
            ),
        )
    connection.close()


def refresh(root: Path, entries: int) -> None:
    """Take in a run with new entries and publish; print what it cost."""
    layout = Layout(root=root / "out")
    now = BEGIN + timedelta(hours=1)
    result = crawl(root, max(1, entries - NEW + 1), entries + NEW)
    begun = time.perf_counter()
    with State(layout.state) as state:
        delta = state.apply(result, now=now, policy=Policy())
        applied = time.perf_counter()
        publish(state, layout, now=now)
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = {"added": len(delta.added), "archived": len(delta.archived), "peak": peak / MIB}
    print(json.dumps({**told, "apply": applied - begun, "publish": ended - applied}))


def measure(entries: int) -> None:
    """Fill a state, refresh it in another process, print what that says."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        fill(root, entries)
        command = [sys.executable, __file__, "--entries", str(entries), "--refresh", str(root)]
        ended = subprocess.run(command, check=True, capture_output=True, text=True)
        told = json.loads(ended.stdout)
        state = Layout(root=root / "out").state
        with sqlite3.connect(state) as connection:
            known, live = connection.execute(COUNT).fetchone()
        connection.close()
        assert (told["added"], known) == (NEW, entries + NEW)
        print(
            f"{entries:9,} known entries, state of {state.stat().st_size / MIB:4.0f} MiB: "
            f"apply {told['apply']:5.2f} s, publish {told['publish']:5.2f} s, "
            f"highest memory {told['peak']:4.0f} MiB; {live:,} in the feed, "
            f"{told['archived']} archived"
        )


def main() -> None:
    """Measure an empty and a full state, or be the process that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--refresh", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.refresh is not None:
        refresh(options.refresh, options.entries)
        return
    measure(0)
    measure(options.entries)


if __name__ == "__main__":
    main()
