"""``scrapy split`` as a user runs it: several files, bad ones among them, pipes that break."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest

from scraper.commands.split import read_document
from scraper.errors import DocumentTooLarge, UnsupportedDocument
from scraper.split.document import MAX_BYTES
from tests.crawls import ROOT, command, environment, scrapy
from tests.jsonl import objects

PAGE = ROOT / "fixtures" / "shamra_academia" / "first_page" / "page.html"


class Endless(io.RawIOBase):
    """A stream that never ends, and how much of it was asked for."""

    def __init__(self, head: bytes = b"") -> None:
        self.head = head
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  any buffer
        size = len(buffer)
        buffer[:] = self.head + bytes(size - len(self.head))
        self.head = b""
        self.given += size
        return size


def stream(body: bytes) -> io.BufferedReader:
    return io.BufferedReader(cast("io.RawIOBase", io.BytesIO(body)))


def test_endless_stream_is_read_to_the_limit_and_no_further() -> None:
    raw = Endless(b"<html>")
    with pytest.raises(DocumentTooLarge, match="larger than 64 MiB"):
        read_document(io.BufferedReader(raw))
    assert raw.given <= MAX_BYTES + 2**20


def test_gzip_bomb_is_unpacked_to_the_limit_and_no_further() -> None:
    bomb = gzip.compress(bytes(MAX_BYTES + 2**20), compresslevel=9)
    assert len(bomb) < 2**20
    with pytest.raises(DocumentTooLarge, match="larger than 64 MiB"):
        read_document(stream(bomb))


@pytest.mark.parametrize("cut", [2, 8, 20, -1])
def test_broken_gzip_is_refused(cut: int) -> None:
    packed = gzip.compress(b"<html>" + bytes(range(256)) * 40)
    with pytest.raises(UnsupportedDocument, match="cannot be read to its end"):
        read_document(stream(packed[:cut]))


def test_gzip_that_breaks_inside_is_refused() -> None:
    packed = gzip.compress(b"<html>")
    for broken in (packed[:10] + b"\xff" * 30, packed[:-8] + bytes(8), packed + b"more"):
        with pytest.raises(UnsupportedDocument, match="cannot be read to its end"):
            read_document(stream(broken))


def test_several_members_of_gzip_are_one_document() -> None:
    packed = gzip.compress(b"<html>one") + gzip.compress(b"two")
    assert read_document(stream(packed)) == b"<html>onetwo"


def titles(output: bytes) -> list[str]:
    return [json.loads(line)["title"] for line in output.decode("utf-8").splitlines()]


def test_bad_files_are_named_and_the_rest_is_done(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<p>nothing of any source</p>", encoding="utf-8")
    packed = gzip.compress(PAGE.read_bytes())
    (tmp_path / "good.html.gz").write_bytes(packed)
    (tmp_path / "cut.html.gz").write_bytes(packed[:200])
    (tmp_path / "empty.html").write_bytes(b"")
    names = ["bad.html", str(PAGE), "good.html.gz", "cut.html.gz", "empty.html", ".", "missing"]
    run = scrapy("split", "--source", "shamra_academia", *names, cwd=tmp_path)
    told = run.stderr.decode("utf-8").splitlines()
    assert run.returncode == 1
    assert titles(run.stdout) == titles(run.stdout)[:11] * 2
    assert len(titles(run.stdout)) == 22
    assert [line.partition(":")[0] for line in told[:-1]] == [
        "bad.html", "cut.html.gz", "empty.html", ".", "missing",
    ]  # fmt: skip
    assert told[-1] == "5 of 7 files could not be split"
    for line, reason in zip(
        told,
        ["page has no entries", "cannot be read to its end", "empty", "directory", "No such file"],
        strict=False,
    ):
        assert reason in line


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(*, packed: bool) -> None:
    body = PAGE.read_bytes()
    run = scrapy("split", "-", stdin=gzip.compress(body) if packed else body)
    assert (run.returncode, run.stderr) == (0, b"")
    assert len(titles(run.stdout)) == 11


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sorce", "aitopics", str(PAGE)], "unknown option --sorce"),
        (["--source", "shamra", str(PAGE)], "Did you mean 'shamra_academia'?"),
        (["--source", "nope", str(PAGE)], "shamra_academia, listing, feed."),
        (["--source", "listng", str(PAGE)], "Did you mean 'listing'?"),
        (
            ["--fetched-at", "2026-05-09T06:00:00", str(PAGE)],
            "--fetched-at is written like 2026-05-09T06:00:00Z",
        ),
        ([], "name a file"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    run = scrapy("split", *arguments)
    assert (run.returncode, run.stdout) == (2, b"")
    assert message in run.stderr.decode("utf-8")
    assert "Traceback" not in run.stderr.decode("utf-8")


def test_options_reach_the_entries() -> None:
    base = "https://shamra-academia.com/list?page=7"
    arguments = ["--base-url", base, "--fetched-at", "2026-05-09T08:00:00+02:00"]
    run = scrapy("split", *arguments, str(PAGE))
    entries = objects(run.stdout)
    assert {entry["page_url"] for entry in entries} == {base}
    assert {entry["fetched_at"] for entry in entries} == {"2026-05-09T06:00:00Z"}
    assert [entry["position"] for entry in entries] == list(range(1, 12))


def shell(line: str) -> subprocess.CompletedProcess[bytes]:
    told = " ".join(command("split"))
    return subprocess.run(
        ["/bin/sh", "-c", line.format(split=told, page=PAGE)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_reader_that_leaves_early_is_no_error() -> None:
    run = shell("{split} {page} {page} {page} | head -n 1")
    assert (run.returncode, run.stderr) == (0, b"")
    assert len(titles(run.stdout)) == 1


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("{split} {page} > /dev/full", 1, b"cannot write the entries: No space left on device\n"),
        ("{split} {page} >&-", 2, b"standard output is closed"),
        ("{split} - <&-", 1, b"-: standard input is closed\n1 of 1 files could not be split\n"),
    ],
)
def test_closed_and_full_streams_are_told(line: str, code: int, message: bytes) -> None:
    run = shell(line)
    assert run.returncode == code
    assert message in run.stderr
    assert b"Traceback" not in run.stderr
    assert b"ignored" not in run.stderr
    assert run.stdout == b""


def test_locale_does_not_matter() -> None:
    run = shell("LC_ALL=C PYTHONUTF8=0 {split} {page}")
    assert run.returncode == 0
    assert any("\u0621" <= letter <= "\u064a" for letter in "".join(titles(run.stdout)))
