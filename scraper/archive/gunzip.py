"""Gzip read piece by piece, so that the whole part of a file that breaks off is not lost."""

from __future__ import annotations

import zlib
from typing import Protocol

MAGIC = b"\x1f\x8b"

_BLOCK = 2**16
_GZIP = 16 + zlib.MAX_WBITS


class Readable(Protocol):
    """A stream of bytes."""

    def read1(self, size: int, /) -> bytes:
        """Up to ``size`` bytes, at least one; none at the end."""


class Gunzip:
    """The unpacked bytes of a stream of gzip members, as if there were one.

    `gzip.GzipFile` drops what it has unpacked already when it finds the end missing, and does not
    tell an end that is missing from one that is wrong.
    """

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._packed = b""
        self._member: zlib._Decompress | None = None

    def read1(self, size: int, /) -> bytes:
        """Up to ``size`` bytes, at least one; none at the end.

        Raises:
            EOFError: the stream ends within a member.
            zlib.error: a member is damaged, or no gzip.
        """
        while True:
            if not self._packed:
                self._packed = self._stream.read1(_BLOCK)
                if not self._packed:
                    return self._end()
            member = self._member or zlib.decompressobj(_GZIP)
            self._member = member
            unpacked = member.decompress(self._packed, size)
            self._packed = member.unconsumed_tail
            if member.eof:
                self._packed = member.unused_data
                self._member = None
            if unpacked:
                return unpacked

    def _end(self) -> bytes:
        if self._member is not None:
            raise EOFError("the last gzip member breaks off")
        return b""
