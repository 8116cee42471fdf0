"""Archives that are damaged, have no end or are larger than allowed."""

from __future__ import annotations

import gzip
import io
import re
import tracemalloc
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.archive.payload import TooLarge, unpacked
from scraper.archive.reader import BrokenArchive
from tests.archives import (
    ANSWERS,
    BODY,
    PACKED,
    Foreign,
    chunked,
    own,
    pages,
    reader,
)


def longer(archive: bytes, by: int) -> bytes:
    """The archive with another length of its first answer."""
    head, answer, rest = archive.partition(b"WARC-Type: response")
    changed = re.sub(
        rb"(?<=\nContent-Length: )\d+", lambda length: b"%d" % (int(length[0]) + by), rest, count=1
    )
    return head + answer + changed


DAMAGED = {
    "garbage behind": lambda whole: whole + b"garbage\n" * 9,
    "too short a length": lambda whole: longer(whole, -5),
    "too long a length": lambda whole: longer(whole, 5),
    "no length": lambda whole: whole.replace(b"Content-Length: ", b"Content-Width: "),
    "negative length": lambda whole: whole.replace(b"Content-Length: ", b"Content-Length: -"),
    "endless headers": lambda whole: whole + b"WARC/1.0\r\n" + b"X: y\r\n" * 2**19,
    "endless line": lambda whole: whole + b"WARC/1.0\r\nX: " + b"y" * 2**22,
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damage_is_told_and_what_stands_before_it_is_read(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    own(path, ANSWERS)
    content = DAMAGED[damage](path.read_bytes())
    found = []
    with pytest.raises(BrokenArchive, match="the archive is damaged"):
        found.extend(page.url for page in reader(content))
    assert set(found) <= set(ANSWERS)


def test_damaged_gzip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    sizes = own(path, ANSWERS)
    content = bytearray(path.read_bytes())
    content[sizes[1] + 60 : sizes[1] + 90] = bytes(30)
    read = iter(reader(bytes(content)))
    assert next(read).url == "https://example.org/1"
    with pytest.raises(BrokenArchive, match="the archive is damaged"):
        next(read)


BOMB = bytes(2**28)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(BOMB, 9)),
        ("br", brotli.compress(BOMB, quality=1)),
        ("zstd", zstd.compress(BOMB)),
    ],
)
def test_bombs_do_not_go_off(encoding: str, body: bytes) -> None:
    archive = Foreign().add("https://example.org/1", body, ("Content-Encoding", encoding))
    archive.add("https://example.org/2", BODY)
    content = archive.buffer.getvalue()
    tracemalloc.start()
    try:
        bomb, good = pages(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (bomb.body, bomb.problem) == (b"", "The document is larger than 64 MiB")
    assert (good.body, good.problem) == (BODY, None)
    assert peak < 200 * 2**20


@pytest.mark.parametrize("kind", ["response", "metadata"])
def test_records_without_end_are_passed_over(kind: str) -> None:
    archive = Foreign().add("https://example.org/1", BOMB, kind=kind)
    archive.add("https://example.org/2", BODY)
    content = archive.buffer.getvalue()
    tracemalloc.start()
    try:
        *first, good = pages(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [page.problem for page in first] == (
        ["The document is larger than 64 MiB"] if kind == "response" else []
    )
    assert good.body == BODY
    assert peak < 200 * 2**20


def test_a_body_as_large_as_the_limit_is_taken() -> None:
    assert unpacked((), io.BytesIO(b"1234"), limit=4) == ((), b"1234")
    with pytest.raises(TooLarge):
        unpacked((), io.BytesIO(b"12345"), limit=4)


PLAIN = Foreign(packed=False)
for number, (encoding, packed) in enumerate(PACKED.items()):
    PLAIN.add(f"https://example.org/{number}", chunked(packed), ("Content-Encoding", encoding))
PLAIN.add("https://example.org/plain", BODY, ("Transfer-Encoding", "chunked"))
PLAIN.add("https://example.org/resource", BODY, ("Content-Type", "text/html"), kind="resource")
WHOLE = PLAIN.buffer.getvalue()
CHANGES = st.lists(
    st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 12), st.binary(max_size=12)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(changes=CHANGES, packed=st.booleans())
def test_no_damage_does_more_than_end_the_reading(
    changes: list[tuple[int, int, bytes]], *, packed: bool
) -> None:
    content = bytearray(gzip.compress(WHOLE) if packed else WHOLE)
    for at, length, new in changes:
        content[at : at + length] = new
    try:
        found = pages(bytes(content))
    except BrokenArchive:
        return
    assert len(found) <= len(PACKED) + 2


@settings(max_examples=200, deadline=None)
@given(
    body=st.binary(max_size=200) | st.sampled_from([*PACKED.values(), chunked(BODY)]),
    cut=st.integers(0, 200),
    encoding=st.sampled_from([*PACKED, "identity", "GZIP", " br , ", ""]),
    transfer=st.sampled_from(["chunked", "Chunked", "identity", ""]),
)
def test_any_body_under_any_headers_is_taken(
    body: bytes, cut: int, encoding: str, transfer: str
) -> None:
    headers = (("Content-Encoding", encoding), ("Transfer-Encoding", transfer), ("X", "y"))
    kept, taken = unpacked(headers, io.BytesIO(body[:cut]), limit=10_000)
    assert kept == (("X", "y"),)
    assert len(taken) <= 10_000
