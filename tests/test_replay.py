"""What a crawl was sent, kept and read again: by ``scrapy split``, by a crawl without a site."""

from __future__ import annotations

import gzip
import json
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import attrs
import pytest

from scraper.archive.store import PageStore
from scraper.sources import SourceSpider
from spiders.aitopics import AITopicsSpider
from spiders.huggingface_papers import HuggingFacePapersSpider
from spiders.shamra_academia import ShamraAcademiaSpider
from tests.archives import Foreign, own, pages, reader
from tests.crawls import QUICK, ROOT, Ended, command, crawl, environment, scrapy, start
from tests.processes import wait_until
from tests.site import Site, refused_port
from tools.snapshot_site import serve

SPIDERS: tuple[type[SourceSpider], ...] = (
    AITopicsSpider, HuggingFacePapersSpider, ShamraAcademiaSpider,
)  # fmt: skip
FAST = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0"}
PAGE = (ROOT / "fixtures/shamra_academia/first_page/page.html").read_bytes()
HOME = "https://shamra-academia.com"
HTML = ("Content-Type", "text/html; charset=utf-8")


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def entries(output: bytes | str) -> list[dict[str, object]]:
    text = output.decode("utf-8") if isinstance(output, bytes) else output
    return [json.loads(line) for line in text.splitlines()]


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
    records = entries(read(crawled.file("live", source.name, "feed.jsonl")))
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


# --- crawls answered by archives ---


def replay(folder: Path, archives: str, base: str, **settings: str) -> Ended:
    return crawl(folder, "-a", f"base={base}", REPLAY_FILES=archives, **settings)


def test_what_the_archive_does_not_hold_is_an_error(tmp_path: Path, site: Site) -> None:
    own(tmp_path / "a.warc.gz", {f"{site.base}/other": b"1\tone\n"})
    hits = Counter(site.hits)
    ended = replay(tmp_path, str(tmp_path / "a.warc.gz"), site.base)
    assert (ended.code, ended.outcome) == (3, "http")
    assert f"The archive holds no answer to GET {site.base}/ok" in ended.err
    # The site is up, and is not asked.
    assert site.hits == hits


def test_robots_txt_is_obeyed_as_it_was(tmp_path: Path) -> None:
    base = f"http://127.0.0.1:{refused_port()}"
    robots = {f"{base}/robots.txt": b"User-agent: *\nDisallow: /\n", f"{base}/ok": b"1\tone\n"}
    own(tmp_path / "a.warc.gz", robots)
    ended = replay(tmp_path, str(tmp_path / "a.warc.gz"), base)
    assert (ended.code, ended.outcome) == (3, "blocked")


def test_a_torn_archive_is_told_and_used(tmp_path: Path) -> None:
    base = f"http://127.0.0.1:{refused_port()}"
    archive = tmp_path / "a.warc.gz"
    own(archive, {f"{base}/ok": b"1\tone\n", f"{base}/more": b"2\ttwo\n"})
    archive.write_bytes(archive.read_bytes()[:-5])
    ended = replay(tmp_path, str(tmp_path), base, ARCHIVE_FILE=str(tmp_path / "again.warc"))
    assert (ended.code, ended.outcome) == (0, "ok")
    assert "breaks off within its last record" in ended.err
    # Nothing was fetched, so nothing is archived.
    assert not (tmp_path / "again.warc").exists()


@pytest.mark.parametrize("content", [None, b"no archive\n" * 9])
def test_an_archive_that_is_none_stops_the_crawl(tmp_path: Path, content: bytes | None) -> None:
    archive = tmp_path / "a.warc"
    if content is not None:
        archive.write_bytes(content)
    ended = replay(tmp_path, str(archive), "http://127.0.0.1:9")
    assert (ended.code, ended.outcome) == (1, "crash")


def store(tmp_path: Path, *archives: Foreign) -> PageStore:
    for number, archive in enumerate(archives):
        (tmp_path / f"{number}.warc.gz").write_bytes(archive.buffer.getvalue())
    (tmp_path / "readme.txt").write_text("no archive", encoding="utf-8")
    return PageStore([tmp_path])


def test_the_newest_capture_answers(tmp_path: Path) -> None:
    url = "https://example.org/"
    found = store(
        tmp_path,
        Foreign()
        .add(url, b"newest", date="2026-01-03T00:00:00Z")
        .add(url, b"older", date="2026-01-01T00:00:00Z")
        .add(url + "same", b"first"),
        Foreign()
        .add(url, b"", date="2026-01-04T00:00:00Z", status="304 Not Modified")
        .add(url + "same", b"second")
        .add(url + "unchanged", b"", status="304 Not Modified"),
    )
    bodies = {name: found.find(url + name) for name in ("", "same", "unchanged", "#top", "none")}
    assert {name: page and (page.status, page.body) for name, page in bodies.items()} == {
        "": (200, b"newest"),
        "same": (200, b"second"),
        "unchanged": (304, b""),
        "#top": (200, b"newest"),
        "none": None,
    }
    assert len(found) == 3
    found.close()


def test_a_directory_without_archives_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no archive"):
        PageStore([tmp_path])


# --- scrapy split ---


MIXED = (
    Foreign()
    .add(f"{HOME}/robots.txt", b"User-agent: *\nDisallow:\n", ("Content-Type", "text/plain"))
    .add(f"{HOME}/index.php", b"", ("Location", f"{HOME}/"), status="302 Found")
    .add(f"{HOME}/", gzip.compress(PAGE), HTML, ("Content-Encoding", "gzip"))
    .add(f"{HOME}/logo.png", b"\x89PNG\r\n", ("Content-Type", "image/png"))
    .add(f"{HOME}/style.css", b"a{}", ("Content-Type", "text/css"))
    .add(f"{HOME}/gone", b"gone", HTML, status="404 Not Found")
    .add("https://example.org/about", b"<html><p>One article of no list.</p></html>", HTML)
    .add(f"{HOME}/", b"", kind="revisit")
    .add(f"{HOME}/?page=1", PAGE, HTML, date="2025-02-03T04:05:06Z")
)


@pytest.mark.parametrize("piped", [False, True])
def test_split_reads_every_capture_and_says_what_it_skips(tmp_path: Path, *, piped: bool) -> None:
    (tmp_path / "mixed.warc.gz").write_bytes(MIXED.buffer.getvalue())
    name = "-" if piped else "mixed.warc.gz"
    run = scrapy("split", name, cwd=tmp_path, stdin=MIXED.buffer.getvalue() if piped else None)
    assert run.returncode == 0
    assert run.stderr.decode("utf-8") == (
        f"{name}: 2 pages split; skipped: 1 x HTTP 302, 1 x HTTP 404, 1 x image/png, "
        "1 x no listing, 1 x robots.txt, 1 x text/css, 1 x unchanged page (revisit)\n"
    )
    found = entries(run.stdout)
    assert Counter((e["page_url"], e["fetched_at"]) for e in found) == {
        (f"{HOME}/", "2025-01-02T03:04:05Z"): 11,
        (f"{HOME}/?page=1", "2025-02-03T04:05:06Z"): 11,
    }


def test_a_page_of_a_known_source_that_cannot_be_split_is_a_failure(tmp_path: Path) -> None:
    changed = (
        Foreign().add(f"{HOME}/", PAGE, HTML).add(f"{HOME}/x", b"<html><p>new</p></html>", HTML)
    )
    (tmp_path / "changed.warc").write_bytes(gzip.decompress(changed.buffer.getvalue()))
    run = scrapy("split", "changed.warc", cwd=tmp_path)
    told = run.stderr.decode("utf-8").splitlines()
    assert run.returncode == 1
    assert len(entries(run.stdout)) == 11
    assert told[0].startswith(f"changed.warc: {HOME}/x: ")
    assert told[1:] == ["changed.warc: 1 page split", "1 of 1 files could not be split"]


def test_torn_damaged_and_fruitless_archives_are_told(tmp_path: Path) -> None:
    whole = MIXED.buffer.getvalue()
    (tmp_path / "torn.warc.gz").write_bytes(whole[:-300])
    (tmp_path / "damaged.warc.gz").write_bytes(whole + b"garbage")
    nothing = Foreign().add("https://example.org/", b"<p>nothing</p>", HTML)
    (tmp_path / "nothing.warc.gz").write_bytes(nothing.buffer.getvalue())
    names = ["torn.warc.gz", "damaged.warc.gz", "nothing.warc.gz"]
    run = scrapy("split", *names, cwd=tmp_path)
    told = run.stderr.decode("utf-8").splitlines()
    assert run.returncode == 1
    assert len(entries(run.stdout)) == 11 + 22
    assert told[0] == "torn.warc.gz: the archive breaks off within its last record"
    assert told[1].startswith("torn.warc.gz: 1 page split; skipped: ")
    assert told[2].startswith("damaged.warc.gz: the archive is damaged: ")
    assert told[3].startswith("damaged.warc.gz: 2 pages split; skipped: ")
    assert told[4:] == [
        "nothing.warc.gz: 0 pages split; skipped: 1 x no listing",
        "2 of 3 files could not be split",
    ]


def test_options_win_over_the_archive(tmp_path: Path) -> None:
    archive = Foreign().add("http://127.0.0.1:8000/?page=2", PAGE, HTML)
    (tmp_path / "a.warc.gz").write_bytes(archive.buffer.getvalue())
    options = ["--base-url", f"{HOME}/", "--fetched-at", "2026-05-09T06:00:00Z"]
    run = scrapy("split", *options, "a.warc.gz", cwd=tmp_path)
    assert {(e["page_url"], e["fetched_at"], e["source"]) for e in entries(run.stdout)} == {
        (f"{HOME}/?page=2", "2026-05-09T06:00:00Z", "shamra_academia")
    }


@pytest.mark.parametrize("address", ["notaurl", "https://", "ftp://example.org/", "http://[/"])
def test_a_base_that_is_no_address_is_wrong_usage(address: str) -> None:
    run = scrapy("split", "--base-url", address, "whatever.html")
    assert (run.returncode, run.stdout) == (2, b"")
    assert f"not {address!r}" in run.stderr.decode("utf-8")


def test_a_missing_file_is_named_once() -> None:
    run = scrapy("split", "nosuch")
    assert run.returncode == 1
    assert run.stderr.decode("utf-8").splitlines() == [
        "nosuch: No such file or directory",
        "1 of 1 files could not be split",
    ]
