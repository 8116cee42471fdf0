"""What is seen of a refresh while it runs: a table on a terminal, nothing elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import TextIO

from scraper.runs.report import SourceReport

ENTRIES = "entries.jsonl"


class Progress:
    """A table of the sources, drawn again and again in its place; lines that stay go above it.

    Args:
        sources: in the order of the table.
        stream: to write to.
        redraw: whether it is a terminal.
    """

    def __init__(self, sources: Iterable[str], stream: TextIO, *, redraw: bool) -> None:
        self._stream = stream
        self._redraw = redraw
        self._rows = list(sources)
        self._begun: dict[str, float] = {}
        self._counters: dict[str, _LineCounter] = {}
        self._drawn = 0

    def begin(self, source: str, directory: Path) -> None:
        """Say that a source is being crawled, into that run directory; from any thread."""
        self._counters[source] = _LineCounter(directory / ENTRIES)
        self._begun[source] = monotonic()

    def end(self, report: SourceReport) -> None:
        """Say how a source ended: a line that stays."""
        self.drop(report.source, report.line())

    def drop(self, source: str, why: str) -> None:
        """Take a source out of the table, for a line that stays."""
        self._rows.remove(source)
        self.tell(why)

    def tell(self, line: str) -> None:
        """Write a line that stays."""
        self._clear()
        self._stream.write(f"{line}\n")
        self._stream.flush()
        self.draw()

    def draw(self) -> None:
        """Draw the table, if there is a terminal."""
        if not self._redraw:
            return
        self._clear()
        width = shutil.get_terminal_size().columns - 1
        lines = [self._line(source)[:width] for source in self._rows]
        self._stream.write("".join(f"{line}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)

    def close(self) -> None:
        """Take the table away."""
        self._rows.clear()
        self._clear()

    def _clear(self) -> None:
        if self._drawn:
            self._stream.write(f"\x1b[{self._drawn}F\x1b[J")
            self._drawn = 0

    def _line(self, source: str) -> str:
        name = f"{source:<{max(map(len, self._rows))}}"
        if source not in self._begun:
            return f"{name}  waiting"
        seconds = monotonic() - self._begun[source]
        entries = self._counters[source].count()
        return f"{name}  crawling  {seconds:4.0f} s  {entries:6d} entries"


class _LineCounter:
    """Counts the lines of a file that grows, reading only what is new."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._lines = 0

    def count(self) -> int:
        """The lines so far."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                new = file.read()
        except FileNotFoundError:
            return 0
        self._read += len(new)
        self._lines += new.count(b"\n")
        return self._lines
