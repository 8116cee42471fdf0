"""Pages out of WARC files: our own, and those that other crawlers wrote."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

import attrs
from warcio.archiveiterator import WARCIterator  # type: ignore[import-untyped]  # publishes none
from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]  # publishes none
from warcio.recordloader import (  # type: ignore[import-untyped]  # publishes none
    ArcWarcRecord,
    ArcWarcRecordLoader,
)

from scraper.archive.gunzip import MAGIC as GZIP_MAGIC
from scraper.archive.gunzip import Gunzip, Readable
from scraper.archive.payload import Headers, TooLarge, unpacked
from scraper.split.document import MAX_BYTES

_MAGIC = b"WARC/"
_MAX_HEADERS = 2**20  # bytes of a record's headers; real ones take some kilobytes
_BLOCK = 2**16  # bytes
_PAYLOADS = ("resource", "conversion")  # records that hold a page without its HTTP answer
# A packed body is held whole before it is unpacked; HTTP headers and chunk sizes stand around it.
_MAX_RECORD = MAX_BYTES + 2 * _MAX_HEADERS


class BrokenArchive(ValueError):
    """From some place on the file is no WARC, or is damaged."""


def opened(file: io.BufferedReader) -> Readable:
    """The file's bytes, gzip unpacked."""
    return Gunzip(file) if _is_gzip(file) else file


def is_archive(file: io.BufferedReader) -> bool:
    """Whether a file, packed or not, begins as a WARC file does; nothing of it is consumed."""
    head = file.peek(_BLOCK)
    if _is_gzip(file):
        try:
            head = Gunzip(io.BytesIO(head)).read1(len(_MAGIC))
        except (EOFError, zlib.error):
            return False
    return head.startswith(_MAGIC)


def _is_gzip(file: io.BufferedReader) -> bool:
    return file.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)


class _TornRecord(Exception):
    """The file ends within a record."""


@attrs.frozen(kw_only=True)
class ArchivedPage:
    """An answer as it was fetched, its body unpacked."""

    url: str
    """The address asked for."""

    fetched_at: datetime | None
    """When, UTC; None where the record does not say."""

    status: int
    """The HTTP status."""

    headers: Headers
    """The HTTP headers, without those that told how the body was packed."""

    body: bytes
    """The body, unpacked; empty where there is a `problem`."""

    problem: str | None = None
    """Why the body could not be taken."""

    @property
    def content_type(self) -> str | None:
        """The ``Content-Type`` header."""
        return next((v for name, v in self.headers if name.lower() == "content-type"), None)


class ArchiveReader:
    """The pages of one WARC file, in the file's order, one in memory at a time.

    A last record that breaks off, as a killed crawl leaves it, is marked, and left out where any
    of its page is missing.

    Args:
        stream: the file; gzip already unpacked.

    Raises:
        BrokenArchive: while iterating, after the pages before the damage.
    """

    def __init__(self, stream: Readable) -> None:
        self._source = _Source(stream)
        self.torn = False
        """Whether the last record breaks off."""
        self.revisits = 0
        """Records that only say that a page was the same as before."""

    def __iter__(self) -> Iterator[ArchivedPage]:
        try:
            records = WARCIterator(self._source, no_record_parse=True)
            for record in records:
                page = self._page(record)
                damage = _damage_behind(records)
                if page is not None and not records.err_count:
                    yield page
                if damage is not None:
                    raise damage
                self._source.allow()
        except _TornRecord:
            self.torn = True
        except ArchiveLoadFailed as error:
            if not self._source.ended:
                raise BrokenArchive(f"the archive is damaged: {error}") from error
            self.torn = True
        except (zlib.error, OSError) as error:
            raise BrokenArchive(f"the archive is damaged: {error}") from error

    def _page(self, record: ArcWarcRecord) -> ArchivedPage | None:
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        wanted = record.rec_type in ("response", *_PAYLOADS) and url.startswith(("http:", "https:"))
        block = self._block(record, limit=_MAX_RECORD if wanted else 0)
        self.revisits += record.rec_type == "revisit"
        if not wanted:
            return None
        page = ArchivedPage(
            url=url,
            fetched_at=_instant(record.rec_headers.get_header("WARC-Date")),
            status=200,
            headers=(("Content-Type", record.content_type or "application/octet-stream"),),
            body=block or b"",
            problem=_TOO_LARGE if block is None else None,
        )
        return _answer(page) if record.rec_type == "response" else page

    def _block(self, record: ArcWarcRecord, *, limit: int) -> bytes | None:
        """All bytes of a record, or None where it has more than ``limit``."""
        length = record.rec_headers.get_header("Content-Length") or ""
        if not length.isdecimal():
            if self._source.ended:
                raise _TornRecord
            raise BrokenArchive("the archive is damaged: a record does not tell its length")
        kept: list[bytes] = []
        taken = 0
        while chunk := record.raw_stream.read(_BLOCK):
            self._source.allow()
            taken += len(chunk)
            if taken <= limit:
                kept.append(chunk)
        if taken < int(length):
            raise _TornRecord
        return b"".join(kept) if taken <= limit else None


def _damage_behind(records: WARCIterator) -> Exception | None:
    """What keeps the parser from the next record: the one before is whole all the same."""
    try:
        records.read_to_end()
    except (_TornRecord, BrokenArchive, zlib.error, OSError) as error:
        return error
    if records.err_count:
        return BrokenArchive("the archive is damaged: a record is longer than it says")
    return None


_TOO_LARGE = f"The document is larger than {MAX_BYTES // 2**20} MiB"


def _answer(page: ArchivedPage) -> ArchivedPage | None:
    """The page that an HTTP answer holds; None for what is no HTTP answer."""
    if page.problem:
        return page
    stream = io.BytesIO(page.body)
    head = ArcWarcRecordLoader(verify_http=False).load_http_headers(
        "response", page.url, stream, len(page.body)
    )
    status = head.get_statuscode() if head else ""
    if not status.isdecimal():
        return None
    page = attrs.evolve(page, status=int(status), headers=tuple(head.headers), body=b"")
    try:
        headers, body = unpacked(page.headers, stream, limit=MAX_BYTES)
    except TooLarge:
        return attrs.evolve(page, problem=_TOO_LARGE)
    return attrs.evolve(page, headers=headers, body=body)


class _Source:
    """What the parser reads from: tells a torn end, and refuses headers without end."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._allowed = _MAX_HEADERS
        self.ended = False

    def allow(self) -> None:
        """A record goes on as it should: let the parser read further."""
        self._allowed = _MAX_HEADERS

    def read(self, size: int) -> bytes:
        try:
            block = self._stream.read1(size)
        except EOFError as error:
            raise _TornRecord from error
        self.ended = not block
        self._allowed -= len(block)
        if self._allowed < 0:
            raise BrokenArchive("the archive is damaged: the headers of a record do not end")
        return block


def _instant(text: str | None) -> datetime | None:
    """A WARC-Date: UTC by the standard, at any precision."""
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
