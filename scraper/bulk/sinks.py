"""Where records go, and what was counted on the way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import IO, Protocol

import attrs

from scraper.bulk.lines import Batch, Position
from scraper.bulk.work import Reject, Result


@attrs.frozen(kw_only=True)
class Tally:
    """How far a run is."""

    position: Position = attrs.field(factory=Position)
    """Place in the input up to which all is written."""

    records: int = 0
    """Records written."""

    rejects: int = 0
    """Lines rejected."""

    def plus(self, batch: Batch, result: Result) -> Tally:
        """Count a batch that follows."""
        return Tally(
            position=batch.end,
            records=self.records + result.count,
            rejects=self.rejects + len(result.rejects),
        )


class Sink(Protocol):
    """Takes the results of a run, in order."""

    compress: bool
    """Whether it takes gzip members."""

    def begin(self) -> Tally:
        """Say from where on results are wanted."""

    def write(self, batch: Batch, result: Result, tally: Tally) -> None:
        """Take a result; ``tally`` includes it."""

    def finish(self, tally: Tally) -> None:
        """Take note that this was all."""

    def suspend(self) -> str:
        """Keep what can be kept of an unfinished run; say what that is."""


class StreamOutput:
    """Records to a stream as they come; rejects are told.

    Args:
        stream: binary.
        tell: takes a message for each reject.
    """

    compress = False

    def __init__(self, stream: IO[bytes], tell: Callable[[str], None]) -> None:
        self._stream = stream
        self._tell = tell

    def begin(self) -> Tally:
        """From the beginning."""
        return Tally()

    def write(self, batch: Batch, result: Result, tally: Tally) -> None:  # noqa: ARG002  Sink's
        """Write whole lines."""
        for reject in result.rejects:
            self._tell(describe(batch.file, reject))
        self._stream.write(result.records)
        self._stream.flush()

    def finish(self, tally: Tally) -> None:
        """Nothing is left to do."""

    def suspend(self) -> str:
        """Say that a stream cannot be gone on with."""
        return "the output is a part of the whole; with -o a stopped run can be gone on with"


def close(file: IO[bytes]) -> None:
    """Close a file of which all that counts was flushed: a full disk would fail a flush again."""
    with contextlib.suppress(OSError):
        file.close()


def describe(file: str, reject: Reject) -> str:
    """Message that names a rejected line and the reason."""
    return f"{file}:{reject.line}: {reject.reason}"
