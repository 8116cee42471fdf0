"""What a crawl was sent, kept and read again: by ``scrapy split``, by a crawl without a site."""

from __future__ import annotations

import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import attrs
import pytest

from scraper.sources import SourceSpider
from spiders.aitopics import AITopicsSpider
from spiders.huggingface_papers import HuggingFacePapersSpider
from spiders.shamra_academia import ShamraAcademiaSpider
from tests.archives import pages, reader
from tests.crawls import QUICK, ROOT, Ended, command, crawl, environment, scrapy, start
from tests.jsonl import objects
from tests.processes import wait_until
from tests.site import Site
from tools.snapshot_site import serve

SPIDERS: tuple[type[SourceSpider], ...] = (
    AITopicsSpider, HuggingFacePapersSpider, ShamraAcademiaSpider,
)  # fmt: skip
FAST = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0"}


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


# --- the snapshot site: crawled, its archive split, its archive crawled ---


@attrs.frozen
class Crawled:
    """The snapshot site's sources, crawled live and then from their archives alone."""

    folder: Path
    bases: Mapping[str, str]

    def file(self, way: str, source: str, name: str) -> Path:
        return self.folder / way / source / name

    def archive(self, source: str) -> Path:
        return self.file("live", source, f"{source}.warc.gz")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("crawled")
    with serve() as bases:
        done = Crawled(folder, bases)
        run_all(done, "live", ARCHIVE_FILE=str(folder / "live/%(name)s/%(name)s.warc.gz"))
    # The servers are gone: whatever is answered now is answered by the archives.
    run_all(done, "replay", REPLAY_FILES=",".join(str(done.archive(name)) for name in bases))
    return done


def run_all(done: Crawled, way: str, **settings: str) -> None:
    processes = {}
    for source, base in done.bases.items():
        done.file(way, source, "").mkdir(parents=True)
        told = FAST | {"RUN_DIR": str(done.file(way, source, ""))} | settings
        feed = str(done.file(way, source, "feed.jsonl"))
        arguments = ["-a", f"base={base}", "-a", "pages=2", "-O", feed]
        processes[source] = subprocess.Popen(
            command("crawl", source, *arguments, settings=told),
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    for source, process in processes.items():
        _, log = process.communicate(timeout=240)
        assert process.returncode == 0, (source, log.decode("utf-8"))


@pytest.mark.parametrize("spider", SPIDERS)
def test_an_archive_crawled_gives_what_the_site_gave(
    crawled: Crawled, spider: type[SourceSpider]
) -> None:
    for name in ("feed.jsonl", "entries.jsonl", "pages.jsonl"):
        live = read(crawled.file("live", spider.name, name))
        assert live
        assert read(crawled.file("replay", spider.name, name)) == live


@pytest.mark.parametrize("spider", SPIDERS)
def test_an_archive_split_gives_what_the_site_gave(
    crawled: Crawled, spider: type[SourceSpider]
) -> None:
    archive = crawled.archive(spider.name)
    run = scrapy("split", "--base-url", spider.source.home, str(archive))
    assert run.returncode == 0, run.stderr
    assert run.stdout.decode("utf-8") == read(crawled.file("live", spider.name, "entries.jsonl"))


@pytest.mark.parametrize("spider", SPIDERS)
def test_entries_are_dated_as_the_archive_dates_their_page(
    crawled: Crawled, spider: type[SourceSpider]
) -> None:
    source, base = spider.source, crawled.bases[spider.name]
    found = pages(crawled.archive(source.name).read_bytes())
    dates = {source.home + page.url.removeprefix(base): page.fetched_at for page in found}
    records = objects(read(crawled.file("live", source.name, "feed.jsonl")))
    assert records
    for record in records:
        assert datetime.fromisoformat(str(record["fetched_at"])) == dates[str(record["page_url"])]


def test_everything_sent_is_in_the_archive(crawled: Crawled) -> None:
    base = crawled.bases["huggingface_papers"]
    found = pages(crawled.archive("huggingface_papers").read_bytes())
    assert [(page.url.removeprefix(base), page.status) for page in found] == [
        ("robots.txt", 200),
        ("papers", 302),
        ("papers/date/2026-05-08", 200),
        ("papers/date/2026-05-07", 200),
    ]


def test_a_refresh_replayed_publishes_what_it_published(tmp_path: Path) -> None:
    source = "huggingface_papers"
    quick = [part for name, value in FAST.items() for part in ("-s", f"{name}={value}")]

    def refresh(out: str, *arguments: str) -> Path:
        told = ["--out", str(tmp_path / out), "--base", f"{source}={bases[source]}", *quick]
        run = scrapy("refresh", source, *told, *arguments)
        assert run.returncode == 0, run.stderr
        return tmp_path / out

    with serve() as bases:
        live = refresh("live", "--archive")
    (archive,) = live.glob(f"private/runs/{source}/*/pages.warc.gz")
    again = refresh("again", "--replay", str(archive))
    assert read(live / "feed.jsonl")
    for name in ("feed.jsonl", "feed.atom", "feed.json"):
        assert entries_but_instants(again / name) == entries_but_instants(live / name)


def entries_but_instants(path: Path) -> str:
    """A file without the instants of the publication itself."""
    return re.sub(r"(?<=<updated>)[^<]*|(?<=\"date_modified\": \")[^\"]*", "", read(path))


# --- archives in crawls ---


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site().running() as served:
        yield served


def demo(folder: Path, site: Site, path: str = "/ok", **settings: str) -> Ended:
    return crawl(folder, "-a", f"base={site.base}", "-a", f"path={path}", **settings)


def statuses(path: Path) -> list[tuple[str, int]]:
    return [
        (page.url.partition("/")[2].partition("/")[2], page.status)
        for page in pages(path.read_bytes())
    ]


def test_errors_and_retries_are_kept_as_they_were_sent(tmp_path: Path) -> None:
    archive = tmp_path / "a.warc.gz"
    with Site().running() as site:
        ended = demo(tmp_path, site, "/flaky", ARCHIVE_FILE=str(archive))
    assert (ended.code, ended.outcome) == (0, "ok")
    assert [status for _, status in statuses(archive)] == [404, 500, 200]


def test_an_archive_that_is_there_stops_the_crawl_before_it_begins(
    tmp_path: Path, site: Site
) -> None:
    archive = tmp_path / "a.warc.gz"
    archive.write_bytes(b"precious")
    hits = Counter(site.hits)
    ended = demo(tmp_path, site, ARCHIVE_FILE=str(archive))
    assert (ended.code, ended.outcome) == (1, "crash")
    assert "FileExistsError" in ended.err
    assert (archive.read_bytes(), ended.feed, site.hits) == (b"precious", None, hits)


def test_a_full_disk_fails_the_crawl(tmp_path: Path, site: Site) -> None:
    archive = tmp_path / "a.warc"
    # The limit on sizes of files stands in for a full disk.
    limited = "ulimit -f 1; exec " + " ".join(
        command(
            "crawl", "demo", "-a", f"base={site.base}", "-a", "path=/ok?n=2000",
            settings={**QUICK, "ARCHIVE_FILE": str(archive)},
        )
    )  # fmt: skip
    run = subprocess.run(
        ["/bin/bash", "-c", limited],
        cwd=ROOT, env=environment(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    told = run.stderr.decode("utf-8")
    assert run.returncode == 1
    assert "The archive cannot be written further: File too large" in told
    assert "crash" in told.splitlines()[-1]
    assert not reader(archive.read_bytes()).torn


def test_a_killed_crawl_leaves_what_came_before(tmp_path: Path, site: Site) -> None:
    archive = tmp_path / "a.warc.gz"
    process = start(
        *("-a", f"base={site.base}", "-a", "path=/ok?n=3&next=/slow"),
        ARCHIVE_FILE=str(archive),
    )
    try:
        wait_until(lambda: site.hits["/slow"], process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    read = reader(archive.read_bytes())
    assert [page.status for page in read] == [404, 200]
    assert not read.torn
