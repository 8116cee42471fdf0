"""Reading files of lines in batches, from any position on, in bounded memory."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import BufferedReader
from typing import IO

import attrs

from scraper.append import decompressed
from scraper.commands import open_input

LINES_A_BATCH = 64
BYTES_A_BATCH = 256 * 2**10
LONGEST_LINE = 16 * 2**20
"""Bytes without the line end; longer ones are passed over."""

SHOWN_OF_LONG_LINE = 1000
"""Bytes of a line that is too long which are kept, to find it again by."""


@attrs.frozen(kw_only=True)
class Position:
    """A place between two lines of the input files."""

    file: int = 0
    """0-based index of the file; the number of files at the end of the last."""

    offset: int = 0
    """Bytes before it in the file, decompressed."""

    line: int = 0
    """Lines before it in the file."""


@attrs.frozen(kw_only=True)
class Batch:
    """Lines that follow each other in one file."""

    file: str
    """Name of the file."""

    start: Position
    """Where its first line begins."""

    end: Position
    """Where the line after its last one begins."""

    consumed: int
    """Bytes of the file, as it lies on the disk, that were read so far; 0 if not known."""

    lines: tuple[bytes, ...]
    """With their line ends; of one that is too long, the beginning."""

    unreadable: Mapping[int, str] = attrs.field(factory=dict)
    """Why a line cannot be used, by its 0-based index in `lines`."""


def batches(names: Sequence[str], start: Position) -> Iterator[Batch]:
    """Read files (plain, gzip, bzip2 or xz; ``-`` for standard input) one after the other.

    A compressed file that breaks off or is damaged yields one unreadable line at that place.

    Raises:
        OSError: a file cannot be read on.
        UsageError: a file cannot be opened.
    """
    for index in range(start.file, len(names)):
        position = start if index == start.file else Position(file=index)
        with open_input(names[index]) as file:
            yield from _batches_of(file, names[index], position)


def _batches_of(file: BufferedReader, name: str, position: Position) -> Iterator[Batch]:
    stream = decompressed(file)
    if position.offset:
        stream.seek(position.offset)
    while True:
        batch = _read_batch(stream, file, name, position)
        if batch.lines:
            yield batch
        if batch.end.file != position.file or not batch.lines:
            return
        position = batch.end


def _read_batch(stream: IO[bytes], file: BufferedReader, name: str, start: Position) -> Batch:
    lines: list[bytes] = []
    unreadable: dict[int, str] = {}
    length = 0
    damaged = False
    while len(lines) < LINES_A_BATCH and length < BYTES_A_BATCH:
        try:
            line, whole = _read_line(stream)
        except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            damaged = True
            line, whole = b"", 0
            unreadable[len(lines)] = f"the compressed file is damaged or cut off here: {error}"
        else:
            if not line:
                break
        if whole > len(line):
            unreadable[len(lines)] = f"longer than {LONGEST_LINE // 2**20} MiB: {whole:,} bytes"
        lines.append(line)
        length += whole
        if damaged:
            break
    following = Position(
        file=start.file, offset=start.offset + length, line=start.line + len(lines)
    )
    return Batch(
        file=name,
        start=start,
        end=Position(file=start.file + 1) if damaged else following,
        consumed=file.tell() if file.seekable() else 0,
        lines=tuple(lines),
        unreadable=unreadable,
    )


def _read_line(stream: IO[bytes]) -> tuple[bytes, int]:
    """Read a line, or the beginning of one that is too long, and its whole length."""
    line = stream.readline(LONGEST_LINE + 1)
    if len(line) <= LONGEST_LINE or line.endswith(b"\n"):
        return line, len(line)
    length = len(line)
    while rest := stream.readline(LONGEST_LINE):
        length += len(rest)
        if rest.endswith(b"\n"):
            break
    return line[:SHOWN_OF_LONG_LINE], length
