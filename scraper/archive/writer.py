"""Answers into a WARC file, each as it comes: what is written stays, whatever happens next."""

from __future__ import annotations

import io
import os
from datetime import datetime
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from scrapy.http import Request, Response
from scrapy.http.headers import Headers
from warcio.statusandheaders import (  # type: ignore[import-untyped]  # publishes no types
    StatusAndHeaders,
)
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]  # publishes no types

# Whoever reads the archive is not to act as whoever crawled.
_SECRET = (b"authorization", b"proxy-authorization", b"cookie")
# The transfer undid its chunks before the answer came here.
_TRANSFER = (b"transfer-encoding", b"content-length", b"connection")


class ArchiveWriter:
    """A new WARC 1.0 file, gzipped record by record where its name ends in ``.gz``.

    Bodies are stored as sent, compression included; chunks are joined. After each answer the file
    is whole and on the disk: a kill leaves at most a last record that breaks off.

    Args:
        path: where to write; its directory is made.

    Raises:
        FileExistsError: an archive is never written over.
        OSError: the file cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._gzip = path.suffix == ".gz"
        self._file = path.open("xb", buffering=0)
        self._size = 0
        buffer, writer = self._records()
        info = {"software": f"khulasa/{version('khulasa')}", "format": "WARC File Format 1.0"}
        writer.write_record(writer.create_warcinfo_record(path.name, info))
        self._append(buffer.getvalue())

    def write(self, request: Request, response: Response, *, fetched_at: datetime) -> None:
        """Add an answer and the request that it answers.

        Raises:
            OSError: the disk is full, or gone; the file keeps the records before.
        """
        buffer, writer = self._records()
        url = urldefrag(request.url).url
        facts = {"WARC-Date": fetched_at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        told = dict(facts)
        if response.ip_address is not None:
            told["WARC-IP-Address"] = str(response.ip_address)
        if "dataloss" in response.flags or "partial" in response.flags:
            told["WARC-Truncated"] = "disconnect"
        answer = writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(response.body),
            length=len(response.body),
            warc_headers_dict=told,
            http_headers=_answer_head(response),
        )
        asked = writer.create_warc_record(
            url,
            "request",
            payload=io.BytesIO(request.body),
            length=len(request.body),
            warc_headers_dict=facts,
            http_headers=_request_head(request),
        )
        writer.write_request_response_pair(asked, answer)
        self._append(buffer.getvalue())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _records(self) -> tuple[io.BytesIO, WARCWriter]:
        buffer = io.BytesIO()
        return buffer, WARCWriter(buffer, gzip=self._gzip)

    def _append(self, records: bytes) -> None:
        rest = memoryview(records)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except OSError:
            # The part of a record for which there was no room.
            self._file.truncate(self._size)
            raise
        self._size += len(records)


def _answer_head(response: Response) -> StatusAndHeaders:
    length = ("Content-Length", str(len(response.body)))
    return StatusAndHeaders(
        _status_line(response.status),
        [*_headers(response.headers, without=_TRANSFER), length],
        protocol="HTTP/1.1",
    )


def _request_head(request: Request) -> StatusAndHeaders:
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = _headers(request.headers, without=_SECRET)
    host = [] if "Host" in request.headers else [("Host", parts.netloc.rpartition("@")[2])]
    return StatusAndHeaders(
        f"{request.method} {path} HTTP/1.1", [*host, *headers], is_http_request=True
    )


def _status_line(status: int) -> str:
    known = status in {known.value for known in HTTPStatus}
    return f"{status} {HTTPStatus(status).phrase}" if known else f"{status} Unknown"


def _headers(headers: Headers, *, without: tuple[bytes, ...]) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), _value(value))
        for name, values in headers.items()
        if name.lower() not in without
        for value in values
    ]


def _value(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return " ".join(text.split("\r\n"))
