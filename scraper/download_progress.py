"""Telling how far a download is: a bar on a terminal, a line a quarter elsewhere."""

from __future__ import annotations

import shutil
from time import monotonic
from types import TracebackType
from typing import Self, TextIO

SECONDS_BETWEEN_DRAWINGS = 0.1
LINES = 4
BAR = 24
"""Columns of the bar."""


class DownloadProgress:
    """Shows the bytes that have come.

    Args:
        title: what is downloaded.
        stream: to write to.
    """

    def __init__(self, title: str, stream: TextIO) -> None:
        self._title = title
        self._stream = stream
        self._redraw = stream.isatty()
        self._told = 0.0
        self._lines = 0
        self._last = ""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the last state on a line of its own."""
        if self._redraw and self._last:
            self._draw(self._last)
            self._stream.write("\n")
            self._stream.flush()

    def update(self, received: int, total: int | None) -> None:
        """Show how far it is, if it is time to."""
        if self._redraw:
            self._last = self._bar(received, total)
            if monotonic() - self._told >= SECONDS_BETWEEN_DRAWINGS:
                self._told = monotonic()
                self._draw(self._last)
        elif total and received * LINES // total > self._lines:
            self._lines = received * LINES // total
            self._stream.write(f"{self._title}: {megabytes(received)} of {megabytes(total)}\n")

    def _bar(self, received: int, total: int | None) -> str:
        if not total:
            return f"{self._title}  {megabytes(received)}"
        share = min(received / total, 1.0)
        bar = "#" * round(share * BAR)
        return f"{self._title}  [{bar:<{BAR}}] {share:4.0%}  {megabytes(received)}"

    def _draw(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r{text[:width]:<{width}}")
        self._stream.flush()


def megabytes(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / 1e6:,.1f} MB"
