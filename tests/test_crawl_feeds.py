"""What becomes of a feed: added to, killed in mid-run, stopped, compressed, unwritable."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crawls import (
    GOOD,
    QUICK,
    ROOT,
    Ended,
    command,
    crawl,
    environment,
    finish,
    scrapy,
    start,
)
from tests.site import Site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site().running() as running:
        yield running


def at(site: Site, path: str = "/ok") -> tuple[str, ...]:
    return ("-a", f"base={site.base}", "-a", f"path={path}")


def ids(text: str | None) -> list[str]:
    return [json.loads(line)["id"].removeprefix("demo:") for line in (text or "").splitlines()]


def wait_for_request(site: Site, path: str, process: subprocess.Popen[str]) -> None:
    """Until the site has been asked for ``path``."""
    until = time.monotonic() + 30
    while not site.hits[path]:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


def test_appending_adds_what_the_feed_lacks(site: Site, tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(GOOD, encoding="utf-8")
    first = crawl(tmp_path, *at(site, "/ok?n=2"), flag="-o")
    assert (first.outcome, first.code, ids(first.feed)) == ("ok", 0, ["good", "0", "1"])
    assert first.summary.endswith(f"; added 2 to {feed}")
    second = crawl(tmp_path, *at(site, "/ok?n=3"), flag="-o")
    assert (second.outcome, ids(second.feed)) == ("ok", ["good", "0", "1", "2"])
    assert second.summary.endswith(f"; added 1 to {feed}, which has 2 others already")
    before = feed.stat()
    third = crawl(tmp_path, *at(site, "/ok?n=3"), flag="-o")
    assert (third.outcome, third.code, third.feed) == ("unchanged", 0, second.feed)
    told = f"; nothing new: {feed} has all of them already and is left as it was"
    assert third.summary.endswith(told)
    assert feed.stat() == before
    failed = crawl(tmp_path, *at(site, "/ok?n=4"), "-a", "fault=layout", flag="-o")
    assert (failed.outcome, failed.feed) == ("layout", second.feed)
    assert ids(failed.withheld) == ["0", "1", "2", "3"]


def test_two_runs_that_add_to_one_feed_lose_and_repeat_nothing(site: Site, tmp_path: Path) -> None:
    def run(offset: int) -> Ended:
        return crawl(tmp_path, *at(site, f"/ok?n=20&offset={offset}"), flag="-o")

    with ThreadPoolExecutor(2) as pool:
        codes = {end.code for end in pool.map(run, (0, 10))}
    feed = ids((tmp_path / "feed.jsonl").read_text(encoding="utf-8"))
    assert codes == {0}
    assert sorted(map(int, feed)) == list(range(30))


def test_what_became_of_the_records_is_said(site: Site, tmp_path: Path) -> None:
    none = crawl(tmp_path, *at(site, "/ok?n=0"), "-a", "allow_empty=true", flag="-o")
    feed = tmp_path / "feed.jsonl"
    assert (none.outcome, none.feed) == ("ok", "")
    assert none.summary.endswith(f"; nothing to add to {feed}")
    one = finish(start(*at(site, "/ok?n=1")), tmp_path)
    assert one.summary.startswith("demo: ok, 1 record in ")
    assert one.summary.endswith("; no feed was asked for (-O FILE)")
    replaced = crawl(tmp_path, *at(site, "/ok?n=2"))
    assert replaced.summary.startswith("demo: ok, 2 records in ")
    assert replaced.summary.endswith(f"; published to {feed}")
    rows = tmp_path / "feed.csv"
    told = [finish(start(*at(site), "-o", str(rows)), tmp_path).summary for _ in range(2)]
    assert [line.rpartition("; ")[2] for line in told] == [f"added to {rows}"] * 2


def test_a_torn_feed_is_not_added_to(tmp_path: Path) -> None:
    torn = GOOD + GOOD[:40]
    (tmp_path / "feed.jsonl").write_text(torn, encoding="utf-8")
    with Site().running() as site:
        end = crawl(tmp_path, *at(site), flag="-o")
        assert not site.hits
    assert (end.outcome, end.code, end.feed, end.withheld) == ("crash", 1, torn, None)
    assert f"the last line of {tmp_path / 'feed.jsonl'} has no line end" in end.summary


def test_a_feed_that_cannot_be_written_is_found_out_before_the_first_request(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with Site().running() as site:
        end = finish(start(*at(site), "-O", str(tmp_path / "file" / "feed.jsonl")), tmp_path)
        assert not site.hits
    assert (end.outcome, end.code) == ("crash", 1)
    assert "file" in end.summary


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.parametrize(
    "entries",
    [3, 100],  # found out at the end, and on the way
)
def test_a_full_disk_is_a_failure(entries: int, site: Site, tmp_path: Path) -> None:
    path = f"/ok?n={entries}&next=/ok?n=200"
    end = finish(start(*at(site, path), "-O", "/dev/full:jsonl"), tmp_path)
    assert (end.outcome, end.code) == ("crash", 1)
    told = "the feed cannot be written: No space left on device"
    assert f"{told} (feed/write_errors=1)" in end.summary
    assert f"ERROR: {told}\n" in end.err
    assert end.err.count("ERROR") == 2  # in the stats once more
    assert "Traceback" not in end.err


@pytest.mark.parametrize("flag", ["-O", "-o"])
def test_a_disk_that_fills_up_keeps_the_good_feed_and_no_part(
    flag: str, site: Site, tmp_path: Path
) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(GOOD, encoding="utf-8")
    crawled = command("crawl", "demo", *at(site, "/ok?n=2000"), flag, str(feed), settings=QUICK)
    limited = f"ulimit -f 16; exec {shlex.join(crawled)}"  # a file may have 8 or 16 kB
    process = subprocess.Popen(
        ["/bin/sh", "-c", limited], cwd=ROOT, env=environment(), encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end = finish(process, tmp_path)
    assert (end.outcome, end.code, end.feed) == ("crash", 1, GOOD)
    assert (end.withheld, end.temporaries) == (None, ())
    assert f"{feed} is left as it was, nothing of this run is kept" in end.summary
    assert "Traceback" not in end.err


def test_a_killed_run_leaves_the_good_feed_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(GOOD, encoding="utf-8")
    with Site().running() as site:
        process = start(*at(site, "/ok?next=/slow"), "-O", str(feed), DOWNLOAD_TIMEOUT="30")
        wait_for_request(site, "/slow", process)
        # A second run beside the first one leaves its temporary alone.
        beside = crawl(tmp_path, *at(site, "/missing"))
        assert len(beside.temporaries) == 1
        process.kill()
        killed = finish(process, tmp_path)
        assert (killed.code, killed.feed) == (-signal.SIGKILL, GOOD)
        assert len(killed.temporaries) == 1
        after = crawl(tmp_path, *at(site))
    assert (after.code, ids(after.feed), after.temporaries) == (0, ["0", "1", "2"], ())


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_withholds(stop: signal.Signals, tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(GOOD, encoding="utf-8")
    with Site().running() as site:
        process = start(*at(site, "/ok?next=/slow"), "-O", str(feed), DOWNLOAD_TIMEOUT="3")
        wait_for_request(site, "/slow", process)
        process.send_signal(stop)
        end = finish(process, tmp_path)
    assert (end.outcome, end.code, end.feed) == ("interrupted", 130, GOOD)
    assert ids(end.withheld) == ["0", "1", "2"]
    assert end.temporaries == ()


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text(GOOD, encoding="utf-8")
    with Site().running() as site:
        process = start(
            *at(site, "/ok?next=/slow"), "-O", str(tmp_path / "feed.jsonl"), DOWNLOAD_TIMEOUT="30"
        )
        wait_for_request(site, "/slow", process)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        end = finish(process, tmp_path)
    assert (end.outcome, end.code, end.feed) == ("interrupted", 130, GOOD)


def test_other_formats_and_compression_go_the_same_way(site: Site, tmp_path: Path) -> None:
    options = {
        str(tmp_path / "feed.csv"): {"format": "csv", "overwrite": True},
        str(tmp_path / "feed.json"): {"format": "json", "overwrite": True},
        (tmp_path / "feed.jsonl.gz").as_uri(): {
            "format": "jsonl",
            "postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"],
        },
        str(tmp_path / "batch-%(batch_id)d.jsonl"): {"format": "jsonl", "batch_item_count": 2},
    }
    for _ in range(2):
        end = finish(start(*at(site), FEEDS=json.dumps(options)), tmp_path)
        assert end.code == 0, end.err
    rows = list(csv.DictReader(io.StringIO((tmp_path / "feed.csv").read_text(encoding="utf-8"))))
    assert [row["title"] for row in rows] == ["عنوان رقم 0", "عنوان رقم 1", "عنوان رقم 2"]
    listed = json.loads((tmp_path / "feed.json").read_text(encoding="utf-8"))
    assert [item["id"] for item in listed] == ["demo:0", "demo:1", "demo:2"]
    packed = gzip.decompress((tmp_path / "feed.jsonl.gz").read_bytes()).decode("utf-8")
    assert ids(packed) == ["0", "1", "2"]
    assert ids((tmp_path / "batch-1.jsonl").read_text(encoding="utf-8")) == ["0", "1"]
    assert ids((tmp_path / "batch-2.jsonl").read_text(encoding="utf-8")) == ["2"]


def test_batches_wait_for_the_outcome(site: Site, tmp_path: Path) -> None:
    options = {str(tmp_path / "%(batch_id)d.jsonl"): {"format": "jsonl", "batch_item_count": 2}}
    end = finish(start(*at(site, "/ok?n=5&next=/missing"), FEEDS=json.dumps(options)), tmp_path)
    assert end.code == 3
    assert {path.name for path in tmp_path.iterdir()} == {
        "1.jsonl.withheld", "2.jsonl.withheld", "3.jsonl.withheld",
    }  # fmt: skip


def test_standard_output_holds_records_alone(site: Site, tmp_path: Path) -> None:
    end = finish(start(*at(site), "-o", "-:jsonl"), tmp_path)
    assert (end.code, ids(end.out)) == (0, ["0", "1", "2"])


def test_why_a_crawl_could_not_begin_is_said_without_a_traceback(tmp_path: Path) -> None:
    archive = tmp_path / "a.warc"
    archive.write_bytes(b"precious")
    end = crawl(tmp_path, ARCHIVE_FILE=str(archive))
    assert (end.code, end.outcome, end.feed) == (1, "crash", None)
    told = f"the crawl could not begin: FileExistsError: [Errno 17] File exists: '{archive}'"
    assert end.summary.endswith(told)
    assert "Traceback" not in end.err


def test_a_bug_before_a_crawl_begins_keeps_its_traceback(tmp_path: Path) -> None:
    end = crawl(tmp_path, ARCHIVE_FILE=str(tmp_path / "%d.warc"))
    assert (end.code, end.outcome) == (1, "crash")
    assert "the crawl could not begin: TypeError: " in end.summary
    assert end.err.count("Traceback") == 1


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("crawl", "dmeo"), "no source is called 'dmeo'. Did you mean 'demo'? Known: demo, other."),
        (("crawl",), "expected one source, found 0"),
        (("crawl", "demo", "other"), "expected one source, found 2"),
        (("crawl", "demo", "-a", "bsae=x"), "demo takes no argument 'bsae'"),
        (("crawl", "demo", "-a", "fault=quake"), "fault cannot be 'quake'"),
        (("crawl", "demo", "-a", "allow_empty=perhaps"), "allow_empty must be true or false"),
        (("crawl", "demo", "-s", "REFERENCE_DATE=soon"), "REFERENCE_DATE: "),
        (("crawl", "demo", "-s", "NORMALIZER=nowhere.Normalizer"), "NORMALIZER: No module named"),
        (("crawl", "demo", "-s", "CONTACT_URL=me"), "CONTACT_URL must be a page"),
        (("crawl", "demo", "-s", "TWISTED_REACTOR_ENABLED=0"), "TWISTED_REACTOR_ENABLED cannot"),
        (("crawl", "demo", "-O", "feed.xyz"), "xyz"),
        (("crawl", "demo", "--overwirte=x"), "--overwirte"),
    ],
)
def test_wrong_usage_is_told_without_a_traceback(args: tuple[str, ...], told: str) -> None:
    end = scrapy(*args, "-s", "SPIDER_MODULES=tests.crawl_spiders")
    err = end.stderr.decode("utf-8")
    assert end.returncode == 2
    assert told in err
    assert "Traceback" not in err
