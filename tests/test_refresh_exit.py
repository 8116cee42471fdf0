"""Exit codes of ``scrapy refresh`` and ``scrapy status``, and what they say on the way."""

from __future__ import annotations

import argparse
import fcntl
import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from scraper.commands.refresh import Command
from scraper.outcome import Outcome
from scraper.runs import lock
from scraper.runs.layout import Layout
from scraper.runs.lock import Holder, SourceLocks
from scraper.runs.model import Policy
from scraper.runs.report import SourceReport, exit_code
from scraper.runs.retention import KEPT
from scraper.runs.state import State
from tests.crawls import ROOT, environment, scrapy
from tests.refreshes import SETTINGS, Output
from tests.runs_state import crawled, record
from tests.site import Site, page_of

HOLDER = Holder(pid=1, since="2026-11-21T06:00:00+00:00")
REFRESH = [
    *(sys.executable, "-m", "scrapy", "refresh"),
    *(part for name, value in SETTINGS.items() for part in ("-s", f"{name}={value}")),
    "--out",
]
GOOD, BAD, BUG = Outcome.OK, Outcome.LAYOUT, Outcome.CRASH


@pytest.fixture
def site() -> Iterator[Site]:
    with Site().running() as running:
        running.pages["/list"] = page_of("1", "2")
        yield running


@pytest.mark.parametrize(
    ("outcomes", "refused", "unpublished", "expected"),
    [
        ([GOOD], 0, None, 0),
        ([GOOD, Outcome.UNCHANGED], 0, None, 0),
        ([BUG], 0, None, 1),
        ([BUG, BAD], 0, None, 1),
        ([GOOD], 0, "no space", 1),
        ([BAD], 0, None, 3),
        ([BAD, Outcome.TIMEOUT], 0, None, 3),
        ([GOOD, BAD], 0, None, 4),
        ([GOOD, BUG], 0, None, 4),
        ([GOOD], 1, None, 4),
        ([BAD], 1, None, 3),
        ([], 2, None, 75),
    ],
)
def test_exit_codes(
    outcomes: list[Outcome], refused: int, unpublished: str | None, expected: int
) -> None:
    reports = [SourceReport(source=str(n), outcome=one) for n, one in enumerate(outcomes)]
    holders = {f"other-{n}": HOLDER for n in range(refused)}
    assert exit_code(reports, holders, unpublished) == expected


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "name a source, say --all, or list sources in refresh.toml"),
        (("buletin",), "no source is called 'buletin'. Did you mean 'bulletin'?"),
        (("bulletin", "-a", "bulletin.pages=none"), "pages must be a whole number from 1"),
        (("bulletin", "--jobs", "0"), "--jobs is a whole number from 1, not '0'"),
        (("bulletin", "--since", "yesterday"), "--since is a day like 2026-05-09"),
        (
            ("bulletin", "--to", "English"),
            "--to is a language like en, or none, not 'English'; 'En",
        ),
        (("bulletin", "--replay", "/none.gz,/b"), "--replay: there is no archive /none.gz"),
        (("bulletin", "--replay", "/none.warc.gz"), "--replay: there is no archive /none.warc.gz"),
        (("bulletin", "--config", "/none.toml"), "cannot read /none.toml"),
        (("bulletin", "--frob"), "unknown option --frob"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_made(
    tmp_path: Path, args: tuple[str, ...], told: str
) -> None:
    command = Command()
    command.settings = Settings({"SPIDER_MODULES": ["tests.run_spiders"]})
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    options, names = parser.parse_known_args([*args, "--out", str(tmp_path / "out")])
    with pytest.raises(UsageError) as refused:
        command.run(names, options)
    assert told in str(refused.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('settings = { DOWNLOAD_DELAY = "fast" }', "bulletin: DOWNLOAD_DELAY must be a number"),
        (
            "settings = { DOWNLOAD_DELAI = 3 }",
            "bulletin: no setting is called 'DOWNLOAD_DELAI'. Did you mean 'DOWNLOAD_DELAY'?",
        ),
        ("[notify]\nwebhook = 'env:NOT_SET'", "[notify]: the environment has no NOT_SET"),
        ("[[source]]\nname = 'Site'\nspider = 'listing'\nargs = { url = 'https://a.example/' }",
         "Site: name begins with a small letter"),
        ("[[source]]\nname = 'site'\nspider = 'listing'",
         'site: listing needs the address of a page: args = { url = "…" } in refresh.toml'),
    ],
)  # fmt: skip
def test_a_configuration_that_no_crawl_can_begin_with_is_refused(
    tmp_path: Path, table: str, told: str
) -> None:
    path = tmp_path / "refresh.toml"
    path.write_text(f"[[source]]\nname = 'bulletin'\n{table}\n", encoding="utf-8")
    assert refusal("--config", str(path), "--out", str(tmp_path / "out")).startswith(told)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("setting", "instead"),
    [
        ('TRANSLATE_TO = "fr"', 'write to = "LANGS" at the top of refresh.toml, or --to'),
        ('TRANSLATE_CACHE = "a.sqlite"', "write -s TRANSLATE_CACHE=FILE"),
        ("CLOSESPIDER_TIMEOUT = 5", "write timeout = SECONDS in refresh.toml"),
        ('ARCHIVE_FILE = "a.warc.gz"', "write archive = true at the top"),
        ('REPLAY_FILES = "a.warc.gz"', "write --replay WARC"),
        ('STATE_FILE = "a.sqlite"', "leave it out"),
        ('RUN_DIR = "a"', "leave it out"),
        ('LOG_FILE = "a.log"', "the log of each run is in its directory"),
        ('FEEDS = "{}"', "--out says where to"),
    ],
)
def test_a_setting_that_the_refresh_would_override_is_refused(
    tmp_path: Path, setting: str, instead: str
) -> None:
    name = setting.partition(" ")[0]
    path = tmp_path / "refresh.toml"
    path.write_text(
        f"[[source]]\nname = 'bulletin'\nsettings = {{ {setting} }}\n", encoding="utf-8"
    )
    told = refusal("--config", str(path), "--out", str(tmp_path / "out"))
    assert told.startswith(f"bulletin: settings: {name} has no effect here; ")
    assert instead in told
    assert not (tmp_path / "out").exists()


def test_a_setting_that_the_refresh_would_override_is_wrong_usage(tmp_path: Path) -> None:
    done = scrapy("refresh", "aitopics", "--out", str(tmp_path / "out"), "-s", "RUN_DIR=elsewhere")
    assert done.returncode == 2
    assert b"-s: RUN_DIR has no effect here; a refresh sets it itself" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_is_wrong_usage(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("in the way", encoding="utf-8")
    assert refusal("bulletin", "--out", str(path)) == f"the output directory {path} is a file"


def test_outside_a_project_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCRAPY_SETTINGS_MODULE", raising=False)
    assert refusal("--all").startswith("this is not a project directory")


def refusal(*args: str) -> str:
    """What a refresh that is refused says."""
    command, options = built(*args)
    with pytest.raises(UsageError) as refused:
        command.run(options.names, options)
    return str(refused.value)


def built(*args: str) -> tuple[Command, argparse.Namespace]:
    """The command as `scrapy` makes it of arguments; they stand in the options as ``names``."""
    command = Command()
    modules = ["tests.run_spiders", "spiders"]
    command.settings = Settings({"SPIDER_MODULES": modules})
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    options, names = parser.parse_known_args([*args])
    options.names = names
    return command, options


def test_a_refresh_that_hangs_while_it_takes_its_locks_is_75(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lock, "GATE_SECONDS", 0.1)
    layout = Layout(root=tmp_path)
    layout.make()
    command, options = built("bulletin", "--out", str(tmp_path))
    with (layout.locks / lock.GATE).open("w", encoding="utf-8") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        command.run(["bulletin"], options)
    assert command.exitcode == 75
    assert "another refresh has been looking for free sources for 0.1 s" in capsys.readouterr().err


def test_wrong_usage_is_2() -> None:
    done = scrapy("refresh", "huggingface_paper")
    assert done.returncode == 2
    assert b"Did you mean 'huggingface_papers'?" in done.stderr


def arguments(site: Site, *more: str) -> list[str]:
    return ["bulletin", "--base", f"bulletin={site.base}", *more]


def test_withheld_is_3_until_it_is_accepted(site: Site, tmp_path: Path) -> None:
    output = Output(tmp_path)
    site.pages["/list"] = page_of(*"123456")
    assert output.refresh(*arguments(site)).code == 0
    before = output.published()
    site.pages["/list"] = page_of(*"123")
    end = output.refresh(*arguments(site, "--json"))
    assert end.code == 3
    data = json.loads(end.out)
    assert (data["exit_code"], data["unpublished"], data["locked"]) == (3, None, [])
    (told,) = data["sources"]
    assert (told["outcome"], told["seen"], told["added"]) == ("bounds", 3, 0)
    listed = output.told("bulletin")
    assert (told["stale_since"], told["feed_of"]) == (listed["stale_since"], listed["last_good"])
    assert told["feed_of"] < told["stale_since"]
    assert end.err.splitlines()[-1].endswith(
        f"; the feed of {told['feed_of']} is kept; see {told['log']}"
    )
    assert output.published() == before
    assert output.refresh(*arguments(site, "--accept")).code == 0
    assert output.told("bulletin")["stale_since"] is None


def test_the_advice_on_an_empty_list_works_as_it_is_typed(site: Site, tmp_path: Path) -> None:
    site.pages["/list"] = page_of().replace("<ul>", '<ul class="nothing">')
    end = Output(tmp_path).refresh(*arguments(site))
    assert (end.code, end.outcome("bulletin")) == (3, "empty")
    advice = re.search(r"say so with (-a \S+=true)", end.err)
    assert advice is not None
    allowed = Output(tmp_path).refresh(*arguments(site, *advice[1].split()))
    assert (allowed.code, allowed.outcome("bulletin")) == (0, "unchanged")


def test_an_empty_list_that_may_be_empty_is_published_once_accepted(
    site: Site, tmp_path: Path
) -> None:
    output = Output(tmp_path)
    site.pages["/list"] = page_of(*"123456")
    assert output.refresh(*arguments(site)).code == 0
    site.pages["/list"] = page_of().replace("<ul>", '<ul class="nothing">')
    allowed = arguments(site, "-a", "bulletin.allow_empty=true")
    assert output.refresh(*allowed).outcome("bulletin") == "bounds"
    end = output.refresh(*allowed, "--accept")
    assert (end.code, end.outcome("bulletin")) == (0, "unchanged")
    (warning,) = output.told("bulletin")["warnings"]
    assert warning == "accepted as it is: 0 entries on pages that had 6 at the last good run"
    assert len(output.ids()) == 6


def test_a_bug_is_1(site: Site, tmp_path: Path) -> None:
    end = Output(tmp_path).refresh(*arguments(site, "-a", "bulletin.fault=yes"))
    assert end.code == 1
    assert end.outcome("bulletin") == "crash"
    assert "RuntimeError: a bug in " in end.err
    (log,) = tmp_path.glob("private/runs/bulletin/*/log.txt")
    assert end.err.endswith(f"; there is no good feed yet; see {log}\n")


def test_an_output_that_cannot_be_made_is_1(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    end = Output(tmp_path / "file" / "out").refresh(*arguments(site))
    assert end.code == 1
    assert end.err.startswith("refresh: ")
    assert "Not a directory" in end.err
    assert site.answers == []


def test_a_full_disk_is_1_and_loses_nothing(site: Site, tmp_path: Path) -> None:
    output = Output(tmp_path)
    assert output.refresh(*arguments(site)).code == 0
    before = output.published()
    site.pages["/list"] = page_of(*(str(number) for number in range(40)))
    # No file may grow beyond 70 KiB: what the crawl leaves fits, the state's journal does not.
    limited = subprocess.run(
        ["sh", "-c", 'ulimit -f 140; exec "$@"', "sh", *REFRESH, str(tmp_path), *arguments(site)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert limited.returncode == 1
    assert b"bulletin: crash, " in limited.stderr
    assert output.published() == before
    assert output.refresh(*arguments(site)).code == 0
    assert len(output.ids()) == 40


def test_what_cannot_be_published_is_published_next_time(site: Site, tmp_path: Path) -> None:
    output = Output(tmp_path)
    assert output.refresh(*arguments(site)).code == 0
    before = output.feed()
    changes = tmp_path / "changes"
    changes.rename(tmp_path / "elsewhere")
    changes.write_text("in the way", encoding="utf-8")
    site.pages["/list"] = page_of("new", "1", "2")
    end = output.refresh(*arguments(site))
    assert end.code == 1
    assert end.outcome("bulletin") == "ok"
    assert "the next refresh publishes what is missing" in end.err
    assert output.feed() == before
    changes.unlink()
    (tmp_path / "elsewhere").rename(changes)
    end = output.refresh(*arguments(site))
    assert (end.code, end.outcome("bulletin")) == (0, "unchanged")
    assert output.ids() == ["bulletin:1", "bulletin:2", "bulletin:new"]


def test_what_cannot_be_tidied_away_takes_nothing_from_a_good_run(
    site: Site, tmp_path: Path
) -> None:
    runs = Layout(root=tmp_path).runs("bulletin")
    for number in range(10, 10 + KEPT):
        (runs / f"killed-{number}" / "somebody's").mkdir(parents=True)
    output = Output(tmp_path)
    done = output.refresh("bulletin", "--base", f"bulletin={site.base}")
    assert (done.code, done.outcome("bulletin")) == (0, "ok")
    assert "warning: old runs could not be tidied away" in done.err
    assert output.told("bulletin")["outcome"] == "ok"


def test_an_archive_is_replayed_as_it_was_fetched(site: Site, tmp_path: Path) -> None:
    output = Output(tmp_path / "first")
    assert output.refresh(*arguments(site, "--archive", "--gzip")).code == 0
    lines = gzip.decompress((output.root / "feed.jsonl.gz").read_bytes())
    (archive,) = output.root.glob("private/runs/bulletin/*/pages.warc.gz")
    site.pages["/list"] = page_of("other")
    site.answers.clear()
    again = Output(tmp_path / "again")
    assert again.refresh(*arguments(site, "--replay", str(archive))).code == 0
    assert site.answers == []
    assert again.ids() == ["bulletin:1", "bulletin:2"]
    fetched = [json.loads(line)["fetched_at"] for line in lines.splitlines()]
    assert [json.loads(line)["fetched_at"] for line in again.feed().splitlines()] == fetched


def status(*args: str) -> tuple[int, str, str]:
    done = scrapy("status", *args)
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def test_status_of_what_was_never_refreshed_is_1(tmp_path: Path) -> None:
    code, out, err = status("--out", str(tmp_path))
    assert (code, out) == (1, "")
    assert "nothing has been refreshed there yet" in err


def test_a_state_in_which_no_run_ever_ended_is_stale(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    layout.make()
    State(layout.state).close()
    assert status("--out", str(tmp_path))[0] == 0
    code, _, err = status("--out", str(tmp_path), "--max-age", "3")
    assert (code, err) == (1, "no run of any source has ended yet\n")


def test_status_tells_and_judges(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    layout.make()
    now = datetime.now(UTC).replace(microsecond=0)
    with State(layout.state) as state:
        for hours, count in ((40, 8), (30, 4)):
            at = now - timedelta(hours=hours)
            result = crawled(tmp_path, [record(str(n), at=at) for n in range(count)], at=at)
            state.apply(result, now=at, policy=Policy(), warnings=["something odd"])
        failed = crawled(tmp_path, [], at=now - timedelta(hours=3), outcome=Outcome.BLOCKED)
        state.record_failure(attrs.evolve(failed, told="HTTP 403"))
    out = ("--out", str(tmp_path))
    code, text, _ = status(*out)
    assert code == 0
    assert text.splitlines() == [
        "source  outcome  since  last good  entries  last new  trend",
        "site    blocked  3 h    30 h             8  40 h      █▅×",
        "  HTTP 403",
    ]
    code, text, err = status(*out, "--json", "--max-age", "29.5")
    assert code == 1
    assert err.startswith("site: last good run ")
    (source,) = json.loads(text)["sources"]
    assert (source["outcome"], source["told"], source["count"]) == ("blocked", "HTTP 403", 8)
    assert 30 * 3600 <= source["age_seconds"] < 31 * 3600
    assert [row["seen"] for row in source["runs"]] == [0, 4, 8]
    assert status(*out, "--max-age", "31")[0] == 0
    code, _, err = status(*out, "site", "other")
    assert (code, err.splitlines()[0]) == (1, "other was never refreshed")
    code, text, err = status(*out, "other")
    assert (code, text, err) == (1, "", "other was never refreshed\n")


def test_status_tells_of_what_was_never_refreshed_and_judges_it_by_age(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path / "out")
    layout.make()
    now = datetime.now(UTC)
    with State(layout.state) as state:
        for source in ("aitopics", "gone", "news"):
            result = crawled(tmp_path, [record("1", at=now)], source=source, at=now)
            state.apply(result, now=now, policy=Policy())
    config = tmp_path / "refresh.toml"
    config.write_text(
        "[[source]]\nname = 'news'\nspider = 'listing'\n[[source]]\nname = 'later'\n",
        encoding="utf-8",
    )
    told = ("--config", str(config), "--out", str(layout.root))
    code, text, err = status(*told, "--json")
    assert code == 0
    assert json.loads(text)["never_refreshed"] == ["later"]
    assert json.loads(text)["orphaned"] == ["gone"]
    later, gone = err.splitlines()
    assert later == "later was never refreshed"
    assert gone.startswith("gone: neither a spider nor a source of refresh.toml is called so ")
    assert gone.endswith("; scrapy refresh --retire gone takes it out of the feeds")
    assert status(*told, "--max-age", "5")[0] == 1
    assert status(*told, "--max-age", "5", "news")[0] == 0


def test_a_source_is_retired_and_brought_back(site: Site, tmp_path: Path) -> None:
    output = Output(tmp_path)
    assert output.refresh(*arguments(site)).code == 0
    feed = output.feed()
    for begins in ("bulletin: retired at 20", "bulletin: was already retired at 20"):
        end = output.refresh("--retire", "bulletin")
        assert end.code == 0
        told, back = end.err.splitlines()
        assert told.startswith(begins)
        (place,) = tmp_path.glob("retired/bulletin/*")
        assert told.endswith(f"; 2 entries; its files are in {place}")
        assert back == "bulletin: its spider is still there: a refresh --all brings it back"
    assert (place / "feed.jsonl").read_bytes() == feed
    assert (output.feed(), output.manifest["sources"]) == (b"", {})
    code, text, _ = status("--out", str(tmp_path))
    assert code == 0
    assert text.splitlines()[1].startswith("bulletin: retired now, 2 entries in retired/bulletin/")
    (retired,) = json.loads(status("--out", str(tmp_path), "--json", "--max-age", "1")[1])[
        "retired"
    ]
    assert (retired["source"], retired["entries"]) == ("bulletin", 2)
    assert status("--out", str(tmp_path), "--max-age", "1")[0] == 0
    site.pages["/list"] = page_of("new", "1", "2")
    end = output.refresh(*arguments(site))
    assert (end.code, end.outcome("bulletin")) == (0, "ok")
    assert output.ids() == ["bulletin:1", "bulletin:2", "bulletin:new"]
    assert output.feed().startswith(feed)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--retire", "nobody"), "no refreshed source is called 'nobody'"),
        (("--retire", "bulletin", "other"), "--retire stands alone: write --retire other"),
    ],
)
def test_what_cannot_be_retired_is_wrong_usage(
    tmp_path: Path, args: tuple[str, ...], told: str
) -> None:
    assert refusal("--out", str(tmp_path), *args).startswith(told)


def test_a_source_that_is_being_refreshed_is_not_retired(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    layout.make()
    now = datetime.now(UTC)
    with State(layout.state) as state:
        state.apply(crawled(tmp_path, [record("1")]), now=now, policy=Policy())
    with SourceLocks(layout.locks, now=now) as locks:
        locks.acquire(["site"])
        end = Output(tmp_path).refresh("--retire", "site")
    assert end.code == 75
    assert end.err.startswith("site: locked, another refresh is at work on it (process ")


def test_an_age_that_is_no_number_is_wrong_usage(tmp_path: Path) -> None:
    assert status("--out", str(tmp_path), "--max-age", "soon")[0] == 2
