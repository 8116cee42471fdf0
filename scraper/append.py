"""Adding new lines to a feed that is there, without gluing, tearing or repeating any."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, cast

import attrs

_COMPRESSIONS: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}


class FeedError(Exception):
    """A feed cannot be read or added to; the message names the file and what is wrong."""


@attrs.frozen(kw_only=True)
class Appended:
    """What became of the new lines."""

    added: int
    """Lines written."""

    known: int
    """Lines left out: the feed has their id with the same content."""


def append_bytes(feed: Path, new: Path, out: IO[bytes]) -> None:
    """Write the bytes of ``feed``, where it exists, and of ``new`` to ``out``."""
    for path in (feed, new):
        if path.exists():
            with path.open("rb") as source:
                shutil.copyfileobj(source, out)


def append_lines(feed: Path, new: Path, out: IO[bytes]) -> Appended:
    """Write ``feed`` byte for byte to ``out``, and after it the lines of ``new`` it lacks.

    A line is known by its ``id`` and ``content_hash``; one without them is always added. Both
    files may be compressed (gzip, bzip2, xz); what is added is compressed as ``new`` is.

    Raises:
        FeedError: the feed's last line has no line end, or the feed cannot be decompressed.
    """
    known: set[bytes | None] = set()
    if feed.exists():
        known.update(_key(line) for line in _whole_lines(feed))
        with feed.open("rb") as source:
            shutil.copyfileobj(source, out)
    known.discard(None)
    added = left_out = 0
    with open_feed(new) as lines, _like(new, out) as target:
        for line in lines:
            if _key(line) in known:
                left_out += 1
            else:
                target.write(line)
                added += 1
    return Appended(added=added, known=left_out)


def check_last_line(feed: Path) -> None:
    """See that new lines can follow the last one of an uncompressed feed.

    Raises:
        FeedError: the last line has no line end.
    """
    with feed.open("rb") as file:
        if _compression(file) is None and file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                raise FeedError(_torn(feed))


@contextmanager
def open_feed(path: Path) -> Iterator[IO[bytes]]:
    """Open a feed for reading, decompressed if it is compressed (gzip, bzip2, xz)."""
    with path.open("rb") as file:
        yield decompressed(file)


def decompressed(file: BufferedReader) -> IO[bytes]:
    """Read through a file's compression (gzip, bzip2, xz), told by its first bytes."""
    compression = _compression(file)
    return file if compression is None else cast("IO[bytes]", compression(file))


def _compression(file: BufferedReader) -> Callable[..., Any] | None:
    head = file.peek(6)
    return next((kind for magic, kind in _COMPRESSIONS.items() if head.startswith(magic)), None)


@contextmanager
def _like(model: Path, out: IO[bytes]) -> Iterator[IO[bytes]]:
    with model.open("rb") as file:
        compression = _compression(file)
    if compression is None:
        yield out
    else:
        with compression(out, "wb") as compressed:
            yield compressed


def _whole_lines(feed: Path) -> Iterator[bytes]:
    try:
        with open_feed(feed) as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    raise FeedError(_torn(feed))
                yield line
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        raise FeedError(f"{feed} is damaged ({error}): nothing was added to it") from error


def _torn(feed: Path) -> str:
    return (
        f"the last line of {feed} has no line end: it was torn or written by another program, "
        "and nothing was added to it; remove that line, or overwrite the feed with -O"
    )


def _key(line: bytes) -> bytes | None:
    try:
        data = json.loads(line)
    except ValueError:  # another program's line; `scrapy validate` tells what is wrong with it
        return None
    if not isinstance(data, dict) or not data.get("id") or not data.get("content_hash"):
        return None
    told = f"{data['id']}\0{data['content_hash']}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(told, digest_size=16).digest()
