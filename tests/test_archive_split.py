"""``scrapy split`` over web archives: every capture, and what is skipped or damaged told."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from tests.archives import Foreign
from tests.crawls import ROOT, scrapy
from tests.jsonl import objects

PAGE = (ROOT / "fixtures/shamra_academia/first_page/page.html").read_bytes()
HOME = "https://shamra-academia.com"
HTML = ("Content-Type", "text/html; charset=utf-8")

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
    found = objects(run.stdout)
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
    assert len(objects(run.stdout)) == 11
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
    assert len(objects(run.stdout)) == 11 + 22
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
    assert {(e["page_url"], e["fetched_at"], e["source"]) for e in objects(run.stdout)} == {
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
