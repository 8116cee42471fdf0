"""Crawls that archives answer, and what they lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.archive.store import PageStore
from tests.archives import Foreign, own
from tests.crawls import Ended, crawl
from tests.site import Site, refused_port


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site().running() as served:
        yield served


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
