"""WARC files for tests: of the project's own writer, and as other crawlers write them."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from backports import zstd
from scrapy.http import Request, Response
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from scraper.archive.reader import ArchivedPage, ArchiveReader, opened
from scraper.archive.writer import ArchiveWriter

WHEN = datetime(2026, 5, 9, 6, 0, 7, tzinfo=UTC)
BODY = "<html><p>مرحبا</p></html>".encode()
ANSWERS = {f"https://example.org/{n}": BODY * n for n in (1, 2, 3)}
PACKED = {
    "gzip": gzip.compress(BODY),
    "x-gzip": gzip.compress(BODY),
    "deflate": zlib.compress(BODY),
    "br": brotli.compress(BODY),
    "zstd": zstd.compress(BODY),
    "gzip, br": brotli.compress(gzip.compress(BODY)),
}


def own(path: Path, answers: Mapping[str, bytes], *, when: datetime = WHEN) -> list[int]:
    """An archive of the project's own; the value is its size at first and after each answer."""
    writer = ArchiveWriter(path)
    sizes = [path.stat().st_size]
    for url, body in answers.items():
        response = Response(url, body=body, headers={"Content-Type": "text/html"})
        writer.write(Request(url), response, fetched_at=when)
        sizes.append(path.stat().st_size)
    writer.close()
    return sizes


class Foreign:
    """An archive of another crawler.

    Args:
        packed: whether each record is a gzip member, as most crawlers write them.
    """

    def __init__(self, *, packed: bool = True, version: str = "1.0") -> None:
        self.buffer = io.BytesIO()
        self._writer = WARCWriter(self.buffer, gzip=packed, warc_version=version)

    def add(  # noqa: PLR0913  the parts of a record
        self,
        url: str,
        body: bytes,
        *headers: tuple[str, str],
        status: str = "200 OK",
        kind: str = "response",
        date: str = "2025-01-02T03:04:05Z",
        protocol: str = "HTTP/1.1",
    ) -> Foreign:
        """Write a record with the body as it is given."""
        is_http = kind in ("response", "revisit")
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            warc_content_type="" if is_http else dict(headers).get("Content-Type", ""),
            warc_headers_dict={"WARC-Date": date},
            http_headers=StatusAndHeaders(status, list(headers), protocol) if is_http else None,
        )
        self._writer.write_record(record)
        return self

    def pages(self) -> list[ArchivedPage]:
        """What is read of it."""
        return pages(self.buffer.getvalue())


def reader(archive: bytes) -> ArchiveReader:
    return ArchiveReader(opened(io.BufferedReader(io.BytesIO(archive))))  # type: ignore[arg-type]  # reads as a raw stream does


def pages(archive: bytes) -> list[ArchivedPage]:
    return list(reader(archive))


def chunked(body: bytes, size: int = 7) -> bytes:
    """The body as a transfer in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])


def repacked(archive: bytes) -> bytes:
    """An archive packed as one, as ``gzip`` does it."""
    return gzip.compress(archive)
