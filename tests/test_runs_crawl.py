"""What a crawl leaves for a refresh, and what it makes of what earlier runs left."""

from __future__ import annotations

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from scraper.commands.crawl import check_values
from scraper.outcome import Outcome
from scraper.runs.model import CrawlResult, Policy
from scraper.runs.state import State
from tests.crawls import QUICK, ROOT, command, environment
from tests.site import Site, page_of
from tools.snapshot_site import serve

SETTINGS = {**QUICK, "SPIDER_MODULES": "tests.run_spiders"}
LIVE = "http://bulletin.example"


@attrs.frozen(kw_only=True)
class Run:
    """A crawl with a run directory, to its end."""

    code: int
    err: str
    directory: Path

    @property
    def stats(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.directory / "stats.json").read_text("utf-8"))
        return told

    @property
    def outcome(self) -> tuple[str, int]:
        return self.stats["outcome"], self.code

    def lines(self, name: str) -> list[dict[str, Any]]:
        text = (self.directory / f"{name}.jsonl").read_bytes().decode("utf-8")
        assert text.endswith("\n") or not text
        return [json.loads(line) for line in text.splitlines()]

    def ids(self, name: str) -> list[str]:
        key = "native_id" if name == "entries" else "id"
        return [line[key] for line in self.lines(name)]

    def pages(self, *names: str) -> list[tuple[Any, ...]]:
        return [tuple(page[name] for name in names) for page in self.lines("pages")]


class Refresh:
    """Runs against one site, each good one applied to the state."""

    def __init__(self, site: Site, folder: Path, *args: str, spider: str = "bulletin") -> None:
        self.site = site
        self.state = folder / "state.sqlite"
        self._folder = folder
        self._args = args
        self._spider = spider
        self._number = 0
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, *args: str, **settings: str) -> tuple[subprocess.Popen[bytes], Path]:
        self._number += 1
        directory = self._folder / f"run{self._number}"
        directory.mkdir()
        told = {"RUN_DIR": str(directory), "RUN_STATE": str(self.state), **SETTINGS, **settings}
        self.site.answers.clear()
        process = subprocess.Popen(
            command(
                "crawl", self._spider, "-a", f"base={self.site.base}", *self._args, *args,
                "-O", str(directory / "records.jsonl"), settings=told,
            ),
            cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        self._processes.append(process)
        return process, directory

    def close(self) -> None:
        """End what a failed test has left."""
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def run(self, *args: str, **settings: str) -> Run:
        return ended(*self.start(*args, **settings))

    def refresh(self, *args: str, **settings: str) -> Run:
        """A run that the state takes in."""
        run = self.run(*args, **settings)
        now = datetime(2026, 11, 21, self._number, tzinfo=UTC)
        result = CrawlResult(
            source=settings.get("RUN_SOURCE", self._spider),
            run_id=f"{self._folder.name}-{run.directory.name}",
            started=now,
            finished=now,
            outcome=Outcome(run.stats["outcome"]),
            stats=run.stats,
            directory=run.directory,
        )
        with contextlib.closing(State(self.state)) as state:
            state.apply(result, now=now, policy=Policy())
        return run

    def asked(self) -> list[tuple[str, int]]:
        """Addresses that the last run asked for, but for robots.txt, and the answers' statuses."""
        return [(path, status) for path, _, status in self.site.answers if path != "/robots.txt"]


def ended(process: subprocess.Popen[bytes], directory: Path) -> Run:
    _, err = process.communicate(timeout=120)
    return Run(code=process.returncode, err=err.decode("utf-8"), directory=directory)


def two_pages() -> Site:
    """Two pages of three entries."""
    site = Site()
    site.pages["/list"] = page_of("1", "2", "3", following="/second")
    site.pages["/second"] = page_of("4", "5", "6")
    return site


@pytest.fixture
def site() -> Iterator[Site]:
    with two_pages().running() as running:
        yield running


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A first good run, and the state that it left."""
    with two_pages().running() as site:
        refresh = Refresh(site, tmp_path_factory.mktemp("before"))
        return refresh.refresh("-a", "minimum=6"), refresh.state


@pytest.fixture
def fresh(site: Site, tmp_path: Path) -> Iterator[Refresh]:
    with contextlib.closing(Refresh(site, tmp_path)) as refresh:
        yield refresh


@pytest.fixture
def refresh(fresh: Refresh, before: tuple[Run, Path]) -> Refresh:
    """Of a site that was as it is in the last run."""
    fresh.state.write_bytes(before[1].read_bytes())
    return fresh


def test_a_run_leaves_what_it_found(before: tuple[Run, Path]) -> None:
    run, _ = before
    assert run.outcome == ("ok", 0)
    assert run.ids("entries") == ["1", "2", "3", "4", "5", "6"]
    assert run.ids("records") == [f"bulletin:{number}" for number in range(1, 7)]
    assert run.lines("rejects") == []
    assert run.lines("entries")[0]["page_url"] == f"{LIVE}/list"
    assert run.pages("url", "status", "next_url", "entry_ids", "unchanged", "last_modified") == [
        (f"{LIVE}/list", 200, f"{LIVE}/second",
         ["bulletin:1", "bulletin:2", "bulletin:3"], False, None),
        (f"{LIVE}/second", 200, None,
         ["bulletin:4", "bulletin:5", "bulletin:6"], False, None),
    ]  # fmt: skip
    assert all(page["etag"].startswith('"') for page in run.lines("pages"))
    assert (run.stats["item_scraped_count"], run.stats["finish_reason"]) == (6, "finished")
    assert run.stats["start_time"].startswith("20")


def test_an_unchanged_site_is_not_read_again(refresh: Refresh, before: tuple[Run, Path]) -> None:
    first, _ = before
    again = refresh.refresh("-a", "minimum=6")
    assert (first.outcome, again.outcome) == (("ok", 0), ("unchanged", 0))
    assert refresh.asked() == [("/list", 304), ("/second", 304)]
    assert (again.lines("entries"), again.lines("records")) == ([], [])
    assert (again.stats["pages/unchanged"], again.stats["entries/unchanged"]) == (2, 6)
    places = ("url", "next_url", "entry_ids", "etag")
    assert again.pages(*places) == first.pages(*places)
    assert again.pages("status", "unchanged") == [(304, True), (304, True)]
    third = refresh.run("-a", "minimum=6")
    assert third.outcome == ("unchanged", 0)
    assert refresh.asked() == [("/list", 304), ("/second", 304)]


def test_a_run_without_memory_reads_everything(refresh: Refresh) -> None:
    assert refresh.run(RUN_STATE="").outcome == ("ok", 0)
    assert refresh.asked() == [("/list", 200), ("/second", 200)]


def test_what_a_site_calls_unchanged_is_read_now_and_then(refresh: Refresh) -> None:
    assert refresh.run(UNCHANGED_DAYS="0").outcome == ("ok", 0)
    assert refresh.asked() == [("/list", 200), ("/second", 200)]


def test_a_page_that_was_read_by_a_clock_ahead_is_read(refresh: Refresh) -> None:
    with contextlib.closing(sqlite3.connect(refresh.state)) as database:
        database.execute("UPDATE pages SET fetched_at = '2099-01-01T00:00:00Z'")
        database.commit()
    assert refresh.run().outcome == ("ok", 0)
    assert refresh.asked() == [("/list", 200), ("/second", 200)]


def test_only_what_changed_is_read(refresh: Refresh, site: Site) -> None:
    site.pages["/list"] = page_of("0", "1", "2", following="/second")
    run = refresh.run("-a", "minimum=6")
    assert run.outcome == ("ok", 0)
    assert refresh.asked() == [("/list", 200), ("/second", 304)]
    assert run.ids("records") == ["bulletin:0", "bulletin:1", "bulletin:2"]
    assert run.pages("unchanged") == [(False,), (True,)]


def test_entries_of_unchanged_pages_count_for_the_bounds(refresh: Refresh, site: Site) -> None:
    site.pages["/list"] = page_of("1", following="/second")
    assert refresh.run("-a", "minimum=5").outcome == ("bounds", 3)
    assert refresh.run("-a", "minimum=4").outcome == ("ok", 0)


def test_an_unchanged_page_does_not_hide_a_fault(refresh: Refresh, site: Site) -> None:
    del site.pages["/second"]
    site.page = "<!DOCTYPE html><title>New</title><h1>All new</h1><p>Some words."
    assert refresh.run().outcome == ("layout", 3)
    assert refresh.asked() == [("/list", 304), ("/second", 200)]


def test_more_pages_than_last_time_are_read(fresh: Refresh) -> None:
    fresh.refresh("-a", "pages=1")
    run = fresh.run("-a", "pages=2")
    assert run.outcome == ("ok", 0)
    assert fresh.asked() == [("/list", 304), ("/second", 200)]
    assert run.ids("records") == ["bulletin:4", "bulletin:5", "bulletin:6"]


def test_what_a_redirect_leads_to_is_remembered_by_its_own_address(
    fresh: Refresh, site: Site
) -> None:
    fresh.refresh("-a", "path=redirect?host=127.0.0.1", "-a", "pages=1")
    run = fresh.run("-a", "path=redirect?host=127.0.0.1", "-a", "pages=1")
    start = "/redirect?host=127.0.0.1"
    assert run.outcome == ("unchanged", 0)
    assert fresh.asked() == [(start, 302), ("/list", 304)]
    # The same page under the address that redirected is another one.
    site.pages[start] = page_of("1", "2", "3", following="/second")
    fresh.run("-a", "path=redirect?host=127.0.0.1", "-a", "pages=1")
    assert fresh.asked() == [(start, 200)]


def test_runs_of_other_sources_are_no_memory(fresh: Refresh) -> None:
    fresh.refresh(RUN_SOURCE="morning")
    assert fresh.run(RUN_SOURCE="evening").outcome == ("ok", 0)
    assert fresh.run(RUN_SOURCE="morning").outcome == ("unchanged", 0)


@pytest.mark.parametrize(
    ("dated", "setting", "read_on"),
    [(True, "", False), (True, "false", True), (False, "", True), (False, "true", False)],
)
def test_a_page_of_known_entries_ends_a_list_by_date(
    refresh: Refresh, site: Site, *, dated: bool, setting: str, read_on: bool
) -> None:
    site.pages["/list"] = page_of("3", "2", "1", following="/second")
    args = ("-a", "minimum=6", *(("-a", "dated=yes") if dated else ()))
    run = refresh.run(*args, STOP_AT_KNOWN=setting)
    assert run.outcome == ("ok", 0)
    assert run.ids("records") == ["bulletin:3", "bulletin:2", "bulletin:1"]
    assert refresh.asked() == [("/list", 200), *([("/second", 304)] if read_on else [])]
    assert run.stats.get("pages/stopped_at_known", 0) == (0 if read_on else 1)


def test_a_page_with_one_new_entry_leads_on(refresh: Refresh, site: Site) -> None:
    site.pages["/list"] = page_of("7", "1", "2", following="/second")
    refresh.run("-a", "dated=yes")
    assert [path for path, _ in refresh.asked()] == ["/list", "/second"]


def test_an_unchanged_page_ends_a_list_by_date(refresh: Refresh) -> None:
    assert refresh.run("-a", "dated=yes", "-a", "minimum=6").outcome == ("unchanged", 0)
    assert refresh.asked() == [("/list", 304)]


def test_not_modified_is_an_error_where_nothing_was_asked(fresh: Refresh) -> None:
    run = fresh.run("-a", "path=not_modified")
    assert run.outcome == ("http", 3)
    assert "http/errors/304=1" in run.err


@pytest.mark.parametrize("content", [b"no database at all" * 100, None])
def test_a_state_that_cannot_be_read_is_none(fresh: Refresh, content: bytes | None) -> None:
    if content is not None:
        fresh.state.write_bytes(content)
    run = fresh.run()
    assert run.outcome == ("ok", 0)
    assert run.stats.get("run/memory_errors", 0) == (0 if content is None else 1)
    assert len(run.lines("records")) == 6


def test_what_is_not_published_is_told_with_its_reason(fresh: Refresh, site: Site) -> None:
    site.pages["/second"] = page_of("3", "4")
    pipelines = {
        "scraper.pipelines.NormalizePipeline": 100,
        "scraper.pipelines.DuplicatesPipeline": 200,
        "tests.run_spiders.SpoilingPipeline": 250,
        "scraper.pipelines.ValidatePipeline": 300,
    }
    run = fresh.run(ITEM_PIPELINES=json.dumps(pipelines))
    assert run.outcome == ("crash", 1)
    rejects = [(line["reason"], line["id"], line["detail"]) for line in run.lines("rejects")]
    assert rejects == [
        ("invalid", "bulletin:1",
         "bulletin:1 is invalid: /position: 0 is less than the minimum of 1"),
        ("failed", "bulletin:2", "RuntimeError: a bug at bulletin:2"),
        ("duplicate", "bulletin:3", "bulletin:3 was in this crawl before"),
    ]  # fmt: skip
    assert run.lines("rejects")[0]["title"] == "عنوان رقم 1"
    assert run.ids("entries") == ["1", "2", "3", "3", "4"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_tells_so(
    fresh: Refresh, site: Site, number: int, tmp_path: Path
) -> None:
    log = tmp_path / "log.txt"
    site.pages["/second"] = page_of("4", following="/held")
    process, directory = fresh.start(LOG_FILE=str(log))
    wait_for(lambda: site.hits["/held"] > 0)
    process.send_signal(number)
    wait_for(lambda: "Received SIG" in log.read_text(encoding="utf-8"))
    site.released.set()
    run = ended(process, directory)
    assert run.outcome == ("interrupted", 130)
    assert run.ids("entries")[:4] == ["1", "2", "3", "4"]


def test_a_run_that_waits_for_a_site_can_be_stopped(fresh: Refresh, site: Site) -> None:
    process, directory = fresh.start("-a", "path=busy?after=100")
    wait_for(lambda: site.hits["/busy"] > 0)
    process.send_signal(signal.SIGINT)
    assert ended(process, directory).outcome == ("interrupted", 130)
    assert site.hits["/busy"] == 1


def test_a_run_that_is_killed_leaves_whole_lines_and_no_stats(fresh: Refresh, site: Site) -> None:
    site.pages["/second"] = page_of("4", following="/slow")
    process, directory = fresh.start()
    wait_for(lambda: site.hits["/slow"] > 0)
    process.kill()
    run = ended(process, directory)
    assert run.ids("entries") == ["1", "2", "3", "4"]
    assert run.pages("url") == [(f"{LIVE}/list",), (f"{LIVE}/second",)]
    assert not (run.directory / "stats.json").exists()


PARENT = """
import subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep(300)
"""


def test_a_crawl_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    with Site().running() as site:
        told = command(
            "crawl", "bulletin", "-a", f"base={site.base}", "-a", "path=slow",
            "-O", str(tmp_path / "records.jsonl"),
            settings={**SETTINGS, "RUN_DIR": str(tmp_path), "RUN_PARENT_PIPE": "1"},
        )  # fmt: skip
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, *told],
            cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        with parent:
            assert parent.stdout is not None
            child = int(parent.stdout.readline())
            wait_for(lambda: site.hits["/slow"] > 0)
            assert is_running(child)
            parent.kill()
        wait_for(lambda: not is_running(child))
        assert not (tmp_path / "stats.json").exists()


def test_a_crawl_whose_parent_lives_is_left_alone(fresh: Refresh) -> None:
    process, directory = fresh.start()
    process.communicate(timeout=120)
    told = command(
        "crawl", "bulletin", "-a", f"base={fresh.site.base}",
        "-O", str(directory / "records.jsonl"),
        settings={**SETTINGS, "RUN_DIR": str(directory), "RUN_PARENT_PIPE": "1"},
    )  # fmt: skip
    with subprocess.Popen(
        told, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as held:
        assert held.wait(60) == 0


def test_a_portal_that_is_as_it_was_sends_no_page(tmp_path: Path) -> None:
    with serve() as bases, Site().running() as site:
        site.base = bases["huggingface_papers"]
        refresh = Refresh(site, tmp_path, "-a", "pages=2", spider="huggingface_papers")
        usual = {"SPIDER_MODULES": "spiders", "NORMALIZER": "normalize.normalizer.Normalizer"}
        first = refresh.refresh(**usual)
        again = refresh.refresh(**usual)
    assert (first.outcome, again.outcome) == (("ok", 0), ("unchanged", 0))
    assert again.stats["pages/unchanged"] == len(first.lines("pages")) == 2
    assert again.stats["entries/unchanged"] == len(first.lines("records"))
    assert "downloader/response_status_count/200" not in again.stats or (
        again.stats["downloader/response_status_count/200"] == 1  # robots.txt
    )


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("DOWNLOAD_DELAY=abc", "DOWNLOAD_DELAY must be a number, not 'abc'."),
        ("COOKIES_ENABLED=maybe", "COOKIES_ENABLED must be true or false, not 'maybe'."),
    ],
)
def test_a_setting_that_cannot_be_is_wrong_usage(setting: str, told: str) -> None:
    end = subprocess.run(
        command("crawl", "bulletin", "-s", "SPIDER_MODULES=tests.run_spiders", "-s", setting),
        cwd=ROOT, env=environment(), capture_output=True, text=True, encoding="utf-8",
        timeout=60, check=False,
    )  # fmt: skip
    assert end.returncode == 2
    assert told in end.stderr + end.stdout
    assert "Traceback" not in end.stderr


@pytest.mark.parametrize(
    ("name", "value", "valid"),
    [
        ("DOWNLOAD_DELAY", "0.5", True),
        ("DNS_TIMEOUT", "0.5", True),
        ("RETRY_TIMES", "3", True),
        ("COOKIES_ENABLED", "True", True),
        ("COOKIES_ENABLED", "0", True),
        ("TRANSLATE_TO", "abc", True),
        ("STOP_AT_KNOWN", "", True),
        ("STOP_AT_KNOWN", "true", True),
        ("STOP_AT_KNOWN", "maybe", False),
        ("CLOSESPIDER_TIMEOUT", "nan", False),
        ("RETRY_TIMES", "", False),
        ("RETRY_AFTER_MAX", "1h", False),
    ],
)
def test_values_of_settings(name: str, value: str, *, valid: bool) -> None:
    with contextlib.nullcontext() if valid else pytest.raises(UsageError, match=name):
        check_values(Settings({name: value}))


def wait_for(condition: Any) -> None:  # noqa: ANN401  any callable
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether a process is there and no mere zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
