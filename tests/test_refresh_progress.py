"""What is seen of a refresh while it runs."""

from __future__ import annotations

import io
from pathlib import Path

import attrs

from scraper.outcome import Outcome
from scraper.runs.lock import Holder
from scraper.runs.progress import Progress
from scraper.runs.report import SourceReport, refused_line

REPORT = SourceReport(source="a", outcome=Outcome.OK, seen=3, added=2, rejects=1, seconds=1.25)


def test_off_a_terminal_there_are_lines_only(tmp_path: Path) -> None:
    stream = io.StringIO()
    progress = Progress(["a", "b"], stream, redraw=False)
    progress.begin("a", tmp_path)
    progress.draw()
    progress.end(REPORT)
    progress.close()
    assert (
        stream.getvalue() == "a: ok, 3 seen, 2 added, 0 updated, 0 removed, 1 rejected in 1.2 s\n"
    )


def test_on_a_terminal_the_table_is_drawn_in_its_place(tmp_path: Path) -> None:
    stream = io.StringIO()
    progress = Progress(["a", "longer"], stream, redraw=True)
    entries = tmp_path / "entries.jsonl"
    entries.write_text("{}\n{}\n{}", encoding="utf-8")
    progress.begin("a", tmp_path)
    progress.draw()
    assert stream.getvalue() == ("a       crawling     0 s       2 entries\nlonger  waiting\n")
    with entries.open("a", encoding="utf-8") as file:
        file.write("\n{}\n")
    stream.truncate(0)
    stream.seek(0)
    progress.draw()
    # Two lines up, and all below is cleared.
    assert stream.getvalue().startswith("\x1b[2F\x1b[Ja       crawling     0 s       4 entries\n")
    stream.truncate(0)
    stream.seek(0)
    progress.end(REPORT)
    assert stream.getvalue().startswith("\x1b[2F\x1b[Ja: ok, ")
    assert stream.getvalue().endswith("\nlonger  waiting\n")
    progress.close()
    assert stream.getvalue().endswith("\x1b[1F\x1b[J")


def test_a_report_says_what_is_kept() -> None:
    failed = SourceReport(
        source="a",
        outcome=Outcome.HTTP,
        told="http/errors/500=1",
        warnings=("no new entry for 40 days",),
        stale_since="2026-11-20T07:00:00Z",
        feed_of="2026-11-20T06:00:00Z",
    )
    assert failed.line() == (
        "a: http, 0 seen, 0 added, 0 updated, 0 removed in 0.0 s; http/errors/500=1; warning: no"
        " new entry for 40 days; the feed of 2026-11-20T06:00:00Z is kept"
    )
    logged = attrs.evolve(failed, log="/out/private/runs/a/1/log.txt")
    assert logged.line() == f"{failed.line()}; see /out/private/runs/a/1/log.txt"
    crashed = attrs.evolve(logged, told="ended by SIGKILL; see /out/private/runs/a/1/log.txt")
    assert crashed.line().count("log.txt") == 1
    first = SourceReport(source="a", outcome=Outcome.EMPTY)
    assert first.line().endswith("; there is no good feed yet")


def test_a_refusal_names_who_is_at_work() -> None:
    holder = Holder(pid=4711, since="2026-11-21T06:00:00+00:00")
    assert refused_line("a", holder) == (
        "a: locked, another refresh is at work on it"
        " (process 4711, since 2026-11-21T06:00:00+00:00)"
    )
