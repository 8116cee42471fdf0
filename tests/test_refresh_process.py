"""The process of a crawl: how its end is read, and that it ends."""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.outcome import Outcome
from scraper.runs import process
from scraper.runs.layout import Layout
from scraper.runs.model import CrawlResult
from scraper.runs.plan import SourcePlan
from scraper.runs.process import Child, Crawl, new_run

NOW = datetime(2026, 11, 21, 6, 35, tzinfo=UTC)
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); "


def child(
    folder: Path, program: str, monkeypatch: pytest.MonkeyPatch, timeout: float = 60
) -> Child:
    """A crawl whose process runs a program of its own."""
    monkeypatch.setattr(process, "command", lambda *_: [sys.executable, "-c", program])
    plan = SourcePlan(name="site", spider="site", timeout=timeout)
    return Child(Crawl(plan=plan, run_id="1", directory=folder, settings={}))


def result(folder: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> CrawlResult:
    return child(folder, program, monkeypatch).run()


def leave(folder: Path, outcome: str, *, records: bool = True) -> None:
    """What a crawl leaves at its end."""
    stats = {"outcome": outcome, "told": "why", "item_scraped_count": 3}
    (folder / "stats.json").write_text(json.dumps(stats), encoding="utf-8")
    if records:
        (folder / "records.jsonl").write_text("", encoding="utf-8")


def test_the_outcome_is_what_the_crawl_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(tmp_path, "ok")
    found = result(tmp_path, "print('hello')", monkeypatch)
    assert (found.outcome, found.told) == (Outcome.OK, "why")
    assert found.stats["item_scraped_count"] == 3
    assert (tmp_path / "log.txt").read_text(encoding="utf-8") == "hello\n"
    leave(tmp_path, "blocked", records=False)
    assert result(tmp_path, "raise SystemExit(3)", monkeypatch).outcome is Outcome.BLOCKED


def test_an_empty_crawl_tells_what_a_refresh_understands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(tmp_path, "empty")
    found = result(tmp_path, "raise SystemExit(3)", monkeypatch)
    assert found.outcome is Outcome.EMPTY
    assert found.told == "no entries; if that is right, say so with -a site.allow_empty=true"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("http/broken_off=2", "pages that end in mid-list: 2"),
        ("item_errors/count=3", "entries that could not be made into records: 3"),
        (
            "/x?a/b=1 answered HTTP 404 (http/errors/404=1, split/blocked=1)",
            "/x?a/b=1 answered HTTP 404 (pages answered with HTTP 404: 1, pages that refuse: 1)",
        ),
        ("http/failures/DownloadTimeoutError=4", "pages not fetched: 4"),
        ("no entries; if that is right, say so", "no entries; if that is right, say so"),
        ("somebodys/own/counter=1", "somebodys/own/counter=1"),
    ],
)
def test_counters_are_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, words: str
) -> None:
    stats = json.dumps({"outcome": "http", "told": told})
    (tmp_path / "stats.json").write_text(stats, encoding="utf-8")
    assert result(tmp_path, "raise SystemExit(3)", monkeypatch).told == words


@pytest.mark.parametrize(
    ("program", "outcome", "told"),
    [
        ("raise SystemExit(1)", None, "ended with exit code 1"),
        ("", None, "ended with exit code 0"),
        ("import os; os.kill(os.getpid(), 9)", None, "was ended by SIGKILL"),
        ("import os; os.kill(os.getpid(), 9)", "ok", "was ended by SIGKILL"),
        ("raise SystemExit(1)", "ok", "the records could not be written"),
        ("", "without records", "the records could not be written"),
    ],
)
def test_what_cannot_be_believed_is_a_crash(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    outcome: str | None,
    told: str,
) -> None:
    if outcome is not None:
        leave(tmp_path, "ok", records=outcome == "ok")
    found = result(tmp_path, program, monkeypatch)
    assert found.outcome is Outcome.CRASH
    assert told in found.told
    assert found.told.endswith("log.txt")


def test_stats_that_are_no_json_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stats.json").write_text('{"outcome": "o', encoding="utf-8")
    assert result(tmp_path, "", monkeypatch).outcome is Outcome.CRASH


def test_a_crawl_that_hears_nothing_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE", 0.3)
    found = child(tmp_path, DEAF + "time.sleep(60)", monkeypatch, timeout=0.5).run()
    assert found.outcome is Outcome.TIMEOUT
    assert found.told == "took longer than 0.5 s and was ended"


def test_a_crawl_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE", 0.3)
    one = child(tmp_path, DEAF + "time.sleep(60)", monkeypatch)
    found: list[CrawlResult] = []
    thread = threading.Thread(target=lambda: found.append(one.run()))
    thread.start()
    log = tmp_path / "log.txt"
    while not log.exists() or log.read_text(encoding="utf-8") != "1\n":
        time.sleep(0.02)
    one.stop()
    thread.join(30)
    assert [end.outcome for end in found] == [Outcome.INTERRUPTED]


def test_a_crawl_that_was_stopped_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = child(tmp_path, "print('begun')", monkeypatch)
    one.stop()
    assert one.run().outcome is Outcome.INTERRUPTED
    assert (tmp_path / "log.txt").read_text(encoding="utf-8") == ""


def test_ids_of_runs_are_unique_whatever_the_clock(tmp_path: Path) -> None:
    ids = [new_run(tmp_path / "runs", NOW)[0] for _ in range(3)]
    assert ids == [
        "20261121T063500.000000Z",
        "20261121T063500.000000Z-2",
        "20261121T063500.000000Z-3",
    ]


def test_a_crawl_reads_what_it_is_told_where_nobody_else_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        "import json, os, sys; told = json.load(os.fdopen(int(sys.argv[1]))); "
        "print(told[:3], os.listdir(sys.argv[2]))"
    )

    def command(_: str, descriptor: int) -> list[str]:
        return [sys.executable, "-c", program, str(descriptor), str(tmp_path)]

    monkeypatch.setattr(process, "command", command)
    plan = SourcePlan(name="site", spider="listing", args={"url": "https://a.example/?key=secret"})
    Child(Crawl(plan=plan, run_id="1", directory=tmp_path, settings={})).run()
    assert (tmp_path / "log.txt").read_text(encoding="utf-8") == (
        "['listing', '-a', 'url=https://a.example/?key=secret'] ['log.txt']\n"
    )


def test_a_run_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path / "out")
    layout.make()
    _, directory = new_run(layout.runs("site"), NOW)
    modes = [path.stat().st_mode & 0o777 for path in (layout.private, directory)]
    assert modes == [0o700, 0o700]


def command_of(args: dict[str, str], **more: object) -> list[str]:
    plan = SourcePlan(name="site", spider="site", args=args, settings={"DOWNLOAD_DELAY": "7"})
    crawl = Crawl(plan=plan, run_id="1", directory=Path("/runs/50%"), settings={}, **more)  # type: ignore[arg-type]  # as given by the test
    return crawl.arguments()


def test_copies_and_archives_are_read_without_pauses_but_for_those_asked_for() -> None:
    live = command_of({"q": "x"})
    assert "AUTOTHROTTLE_ENABLED=0" not in live
    for quick in (
        command_of({"base": "http://127.0.0.1:8000/"}),
        command_of({"url": "http://localhost/"}),
        command_of({}, replayed=True),
    ):
        assert "AUTOTHROTTLE_ENABLED=0" in quick
        assert "DOWNLOAD_DELAY=7" in quick
        assert "DOWNLOAD_DELAY=0" not in quick
    # Scrapy formats the name of the file.
    assert live[-2:] == ["-O", "/runs/50%%/records.jsonl:jsonl"]
