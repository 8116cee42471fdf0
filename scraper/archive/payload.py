"""HTTP bodies as they were sent: chunks joined, compression undone, within a limit."""

from __future__ import annotations

import io
import zlib
from functools import cache
from typing import TypeAlias

import attrs
import brotli  # type: ignore[import-untyped]  # publishes no types
from backports import zstd
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager
from warcio.bufferedreaders import (  # type: ignore[import-untyped]  # publishes no types
    ChunkedDataReader,
)

Headers: TypeAlias = tuple[tuple[str, str], ...]

_PACKING = ("transfer-encoding", "content-encoding", "content-length")
_UNPACKING_ERRORS = (brotli.error, zstd.ZstdError, zlib.error, OSError, EOFError)


class TooLarge(ValueError):
    """The body is larger than the limit once it is unpacked."""


def unpacked(headers: Headers, stream: io.BytesIO, *, limit: int) -> tuple[Headers, bytes]:
    """The body behind the headers, and the headers without those that told how it was packed.

    A body that is not packed as its headers say is taken as it is: browsers and some crawlers
    store it unpacked under the headers of the transfer.

    Raises:
        TooLarge: the body, or what it unpacks to, has more than ``limit`` bytes.
    """
    values = {name.lower(): value for name, value in headers}
    chunked = "chunked" in values.get("transfer-encoding", "").lower()
    body = ChunkedDataReader(stream).read() if chunked else stream.read()
    encodings = [value for name, value in headers if name.lower() == "content-encoding"]
    if encodings:
        body = _decompressed(body, encodings, limit)
    if len(body) > limit:
        raise TooLarge(f"more than {limit} bytes")
    return tuple(pair for pair in headers if pair[0].lower() not in _PACKING), body


@attrs.frozen
class _NoCrawler:
    """The three parts of a crawler that its middleware for compression takes."""

    settings: Settings
    signals: SignalManager
    stats: None = None


@cache
def _compression(limit: int) -> HttpCompressionMiddleware:
    parts = _NoCrawler(Settings({"DOWNLOAD_MAXSIZE": limit}), SignalManager())
    return HttpCompressionMiddleware(crawler=parts)  # type: ignore[arg-type]  # a crawler has no stats before it runs


def _decompressed(body: bytes, encodings: list[str], limit: int) -> bytes:
    packed = Response("http://archived/", body=body, headers={"Content-Encoding": encodings})
    try:
        answer = _compression(limit).process_response(Request(packed.url), packed)
    except IgnoreRequest as error:
        raise TooLarge(str(error)) from error
    except _UNPACKING_ERRORS:
        return body
    assert isinstance(answer, Response)  # noqa: S101  a response was given, no request made of it
    return answer.body
