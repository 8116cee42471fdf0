"""What is done to a batch, in whichever process: lines of entries to lines of records."""

from __future__ import annotations

import gzip
import json
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from normalize.model import Entry, InvalidEntry, Record, json_line
from scraper.bulk.lines import Batch
from scraper.bulk.options import Options
from scraper.validation import BOM, record_problems, record_validator

GZIP_LEVEL = 6


@attrs.frozen(kw_only=True)
class Reject:
    """A line that did not become a record."""

    line: int
    """Its 1-based number in its file."""

    reason: str
    """What is wrong with it."""

    raw: str
    """The line without its line end; bytes that are not UTF-8 as ``\\xNN``."""


@attrs.frozen(kw_only=True)
class Result:
    """What became of a batch."""

    records: bytes
    """Whole lines of records, in the order of their entries; a gzip member if so asked."""

    count: int
    """Number of records."""

    rejects: tuple[Reject, ...]
    """The lines that are none; blank lines are neither."""


class BatchNormalizer:
    """Normalises batches; made once in each process.

    Args:
        options: of the normaliser.
        compress: whether results are gzip members, which joined make a gzip file.
    """

    def __init__(self, options: Options, *, compress: bool = False) -> None:
        self._normalizer = options.normalizer()
        self._validator = record_validator()
        self._compress = compress

    def __call__(self, batch: Batch) -> Result:
        """Normalise a batch; a line that fails is rejected and the others are done."""
        records: list[bytes] = []
        rejects: list[Reject] = []
        for index, line in enumerate(batch.lines):
            number = batch.start.line + index + 1
            content = line.removeprefix(BOM) if number == 1 else line
            reason = batch.unreadable.get(index)
            if reason is None and not content.strip():
                continue
            outcome = reason or self._record(content)
            if isinstance(outcome, bytes):
                records.append(outcome)
            else:
                rejects.append(_reject(number, outcome, content))
        lines = b"".join(records)
        if self._compress and lines:
            lines = gzip.compress(lines, GZIP_LEVEL, mtime=0)
        return Result(records=lines, count=len(records), rejects=tuple(rejects))

    def _record(self, line: bytes) -> bytes | str:
        """Make the line of a record, or say why it cannot be made."""
        try:
            data = self._normalizer.record(_entry(line)).to_dict()
            problems = record_problems(self._validator, data)
            record = json_line(data).encode()
        except InvalidEntry as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  one bad entry in a million must not end the run
            return _explain(error)
        if problems:
            return f"the record would break the schema: {'; '.join(map(str, problems))}"
        return record


def records_of(result: Result) -> Iterator[Record]:
    """Read the records of a result that is not compressed."""
    for line in result.records.split(b"\n"):
        if line:
            yield Record.from_dict(json.loads(line))


def with_records(result: Result, records: Iterable[Record], *, compress: bool) -> Result:
    """Replace the records of a result by as many others, as a gzip member if so asked."""
    lines = b"".join(record.to_json_line().encode() for record in records)
    if compress and lines:
        lines = gzip.compress(lines, GZIP_LEVEL, mtime=0)
    return attrs.evolve(result, records=lines)


def _entry(line: bytes) -> Entry:
    try:
        data = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise InvalidEntry(f"not UTF-8: byte 0x{byte:02x} at {error.start}") from error
    except json.JSONDecodeError as error:
        raise InvalidEntry(f"not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise InvalidEntry("not an entry: JSON that is nested too deep") from error
    if not isinstance(data, dict):
        raise InvalidEntry(f"not an entry: expected a JSON object, found {type(data).__name__}")
    return Entry.from_dict(data)


def _explain(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


def _reject(number: int, reason: str, line: bytes) -> Reject:
    return Reject(
        line=number,
        reason=reason.encode("utf-8", "backslashreplace").decode("utf-8"),
        raw=line.rstrip(b"\r\n").decode("utf-8", "backslashreplace"),
    )
