"""Web archives: written whole, read back whatever happened, replayed without a network."""

from __future__ import annotations

import errno
import gzip
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.http import Request, Response
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from scraper.archive.writer import ArchiveWriter
from tests.archives import (
    ANSWERS,
    BODY,
    PACKED,
    WHEN,
    Foreign,
    chunked,
    own,
    pages,
    reader,
    repacked,
)

# --- what is written ---


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_other_tools_read_what_is_written(tmp_path: Path, name: str) -> None:
    url = "https://example.org/list?page=2#top"
    request = Request(url, headers={"User-Agent": "khulasa", "Cookie": "secret=1", "X": "ü"})
    request.headers["Authorization"] = "Basic secret"
    response = Response(
        request.url,
        status=301,
        headers={"Location": "https://example.org/ä", "Transfer-Encoding": "chunked"},
        body=BODY,
    )
    writer = ArchiveWriter(tmp_path / "deep" / name)
    writer.write(request, response, fetched_at=WHEN)
    writer.close()
    path = tmp_path / "deep" / name
    with path.open("rb") as file:
        records = []
        for record in ArchiveIterator(file, check_digests="raise"):
            records.append((record.rec_type, record.rec_headers, record.http_headers))
            if record.rec_type == "response":
                assert record.content_stream().read() == BODY
    assert [kind for kind, _, _ in records] == ["warcinfo", "response", "request"]
    (_, answer, head), (_, asked, line) = records[1:]
    assert answer.get("WARC-Target-URI") == asked.get("WARC-Target-URI") == url.removesuffix("#top")
    assert answer.get("WARC-Date") == asked.get("WARC-Date") == "2026-05-09T06:00:07Z"
    assert asked.get("WARC-Concurrent-To") == answer.get("WARC-Record-ID")
    assert (head.protocol, head.statusline) == ("HTTP/1.1", "301 Moved Permanently")
    assert head.get("Location") == "https%3A//example.org/%C3%A4"
    assert (head.get("Transfer-Encoding"), head.get("Content-Length")) == (None, str(len(BODY)))
    assert (line.protocol, line.statusline) == ("GET", "/list?page=2 HTTP/1.1")
    assert (line.get("Host"), line.get("User-Agent")) == ("example.org", "khulasa")
    content = path.read_bytes()
    assert b"secret" not in (gzip.decompress(content) if name.endswith(".gz") else content)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_compressed_bodies_are_kept_compressed(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.warc"
    writer = ArchiveWriter(path)
    request = Request("https://example.org/")
    headers = {"Content-Encoding": encoding, "Set-Cookie": ["a=1", "b=2"]}
    sent = Response(request.url, body=PACKED[encoding], headers=headers)
    writer.write(request, sent, fetched_at=WHEN)
    writer.close()
    assert PACKED[encoding] in path.read_bytes()
    (page,) = pages(path.read_bytes())
    assert page.body == BODY
    assert page.headers == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))


def test_an_archive_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    own(path, ANSWERS)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        ArchiveWriter(path)
    assert path.read_bytes() == before


def record_ends(archive: bytes) -> list[int]:
    starts = [found.start() for found in re.finditer(rb"WARC/1.0\r\n|\x1f\x8b\x08\0", archive)]
    return [*starts[1:], len(archive)]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_wherever_it_breaks_off_what_was_whole_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    sizes = own(path, ANSWERS)
    content = path.read_bytes()
    ends = record_ends(content)
    assert sizes == ends[::2]
    urls = list(ANSWERS)
    whole = []
    for cut in range(sizes[0], len(content) + 1):
        read = reader(content[:cut])
        found = [page.url for page in read]
        assert found == urls[: len(found)], cut
        # The request stands behind its answer: the answer may be whole where the pair is not.
        assert len(found) >= sum(end <= cut for end in ends[1::2]), cut
        if not read.torn:
            whole.append(cut)
    assert set(sizes) <= set(whole)
    # Unpacked, a record is whole wherever the two empty lines behind it break off.
    assert len(whole) == 1 + 2 * len(ANSWERS) * (1 if name.endswith(".gz") else 5)


def test_a_full_disk_leaves_the_answers_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.warc.gz"
    writer = ArchiveWriter(path)
    request = Request("https://example.org/1")
    writer.write(request, Response(request.url, body=BODY), fetched_at=WHEN)
    size = path.stat().st_size

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            writer.write(request, Response(request.url, body=b"second"), fetched_at=WHEN)
    writer.close()
    assert path.stat().st_size == size
    assert [page.body for page in pages(path.read_bytes())] == [BODY]


# --- what is read ---


@pytest.mark.parametrize("in_chunks", [True, False])
@pytest.mark.parametrize("encoding", PACKED)
def test_bodies_of_other_crawlers_are_unpacked(encoding: str, *, in_chunks: bool) -> None:
    body = PACKED[encoding]
    headers = [("Content-Type", "text/html"), ("Content-Encoding", encoding)]
    if in_chunks:
        headers.append(("Transfer-Encoding", "chunked"))
    archive = Foreign().add("https://example.org/", chunked(body) if in_chunks else body, *headers)
    (page,) = archive.pages()
    assert page.body == BODY
    assert page.headers == (("Content-Type", "text/html"),)
    assert (page.status, page.content_type) == (200, "text/html")
    assert page.fetched_at == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "unheard-of"])
def test_bodies_stored_unpacked_under_the_headers_of_the_transfer(encoding: str) -> None:
    headers = (("Content-Encoding", encoding), ("Transfer-Encoding", "chunked"))
    (page,) = Foreign().add("https://example.org/", BODY, *headers).pages()
    assert page.body == BODY


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("packing", ["records", "whole", "none", "twice"])
def test_archives_packed_in_any_way(packing: str, version: str) -> None:
    archive = Foreign(packed=packing in ("records", "twice"), version=version)
    archive.add("https://example.org/1", BODY).add("https://example.org/2", BODY)
    content = archive.buffer.getvalue()
    content = repacked(content) if packing == "whole" else content
    content = content * 2 if packing == "twice" else content
    assert [page.url[-1] for page in pages(content)] == ["1", "2"] * (
        2 if packing == "twice" else 1
    )


def test_kinds_of_records() -> None:
    archive = (
        Foreign()
        .add("", b"software: x\r\n", kind="warcinfo")
        .add("https://example.org/1", BODY, ("Content-Type", "text/html"), kind="resource")
        .add("https://example.org/2", b"words", ("Content-Type", "text/plain"), kind="conversion")
        .add("https://example.org/3", b"", kind="revisit")
        .add("https://example.org/4", b"about", kind="metadata")
        .add("dns:example.org", b"1.2.3.4", ("Content-Type", "text/dns"), kind="resource")
        .add("https://example.org/5", BODY, status="200", protocol="HTTP/2")
        .add("<https://example.org/6>", BODY, status="404 Not Found")
        .add("https://example.org/7", BODY, status="no status")
        .add("https://example.org/8", b"")
    )
    read = reader(archive.buffer.getvalue())
    assert [(page.url[-1], page.status, page.content_type) for page in read] == [
        ("1", 200, "text/html"),
        ("2", 200, "text/plain"),
        ("5", 200, None),
        ("6", 404, None),
        ("8", 200, None),
    ]
    assert (read.revisits, read.torn) == (1, False)


@pytest.mark.parametrize(
    ("date", "instant"),
    [
        ("2025-01-02T03:04:05.678901Z", datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)),
        ("2025-01-02T03:04:05+02:00", datetime(2025, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("2025-01-02", datetime(2025, 1, 2, tzinfo=UTC)),
        ("yesterday", None),
    ],
)
def test_dates(date: str, instant: datetime | None) -> None:
    (page,) = Foreign().add("https://example.org/", BODY, date=date).pages()
    assert page.fetched_at == instant
