"""Telling how far a run is: a line redrawn on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TextIO

from scraper.bulk.sinks import Tally

SECONDS_BETWEEN_DRAWINGS = 0.2
SECONDS_BETWEEN_LINES = 30.0


class Progress:
    """Writes records, records a second and rejects, and how much of the input is read.

    Args:
        names: of the input files.
        stream: to write to.
        redraw: whether it is a terminal that shows nothing else.
    """

    def __init__(self, names: Sequence[str], stream: TextIO, *, redraw: bool) -> None:
        self._sizes = [_size(name) for name in names]
        self._stream = stream
        self._redraw = redraw
        self._interval = SECONDS_BETWEEN_DRAWINGS if redraw else SECONDS_BETWEEN_LINES
        self._begun = self._told = monotonic()
        self._before: Tally | None = None
        self._drawn = False

    def begin(self, tally: Tally) -> None:
        """Take note of what an earlier run had done: it does not count for the rate."""
        self._before = tally

    def update(self, tally: Tally, consumed: int) -> None:
        """Say how far the run is, if it is time to.

        Args:
            tally: what is done.
            consumed: bytes read of the file that the last batch was of.
        """
        now = monotonic()
        if now - self._told < self._interval:
            return
        self._told = now
        text = f"{self._counts(tally)}{self._share(tally, consumed)}"
        if self._redraw:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r{text[:width]:<{width}}")
            self._drawn = True
        else:
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def tell(self, message: str) -> None:
        """Write a message on a line of its own."""
        if self._drawn:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r{'':<{width}}\r")
            self._drawn = False
        self._stream.write(f"{message}\n")
        self._stream.flush()

    def summary(self, tally: Tally) -> str:
        """What was done, in one line."""
        return f"{self._counts(tally)}, {monotonic() - self._begun:,.1f} s"

    def _counts(self, tally: Tally) -> str:
        seconds = max(monotonic() - self._begun, 0.001)
        done = tally.records - (self._before.records if self._before else 0)
        return f"{tally.records:,} records, {done / seconds:,.0f}/s, {tally.rejects:,} rejected"

    def _share(self, tally: Tally, consumed: int) -> str:
        whole = sum(self._sizes)
        if not all(self._sizes):
            return ""
        read = sum(self._sizes[: tally.position.file]) + consumed
        return f", {min(read / whole, 1):.0%} of the input"


def _size(name: str) -> int:
    path = Path(name)
    return path.stat().st_size if path.is_file() else 0
